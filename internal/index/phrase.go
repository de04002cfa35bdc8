package index

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// phraseCandidates is how many of the best chunks that have all words of a question's phrases
// are read for them, at least: positions are not in the index.
const phraseCandidates = 512

// quotes are the marks that a phrase stands between.
var quotes = [...][2]rune{{'"', '"'}, {'“', '”'}, {'„', '“'}, {'«', '»'}, {'「', '」'}, {'『', '』'}}

// phrases returns the words of each quoted passage of text that has more than one, or is without
// spaces and longer than a bigram: of others the index knows.
func phrases(text, language string) (all [][]lang.Word) {
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		text = text[n:]
		i := slices.IndexFunc(quotes[:], func(q [2]rune) bool { return q[0] == r })
		if i < 0 {
			continue
		}
		inside, after, ok := strings.Cut(text, string(quotes[i][1]))
		if !ok {
			continue
		}
		words := lang.Words(inside, language)
		if len(words) > 1 || len(words) == 1 && words[0].Script == lang.Ideographic {
			all = append(all, words)
		}
		text = after
	}
	return all
}

// sentenceMarks end what may be one phrase.
const sentenceMarks = ";:!?\n。；：！？؟"

// holds reports whether one of the chunk's texts has the words of a phrase in a row. Words are
// compared as they are normalised, not by their stems: who quotes means the words.
func holds(e Entry, phrase []lang.Word) bool {
	var texts []string
	for _, f := range fields {
		texts = f.texts(texts, e)
	}
	var words []lang.Word
	for _, text := range texts {
		words = lang.AppendWords(words[:0], text, e.Chunk.Lang)
		for i := 0; i+len(phrase) <= len(words); i++ {
			if startsPhrase(words[i:], phrase) {
				between := text[words[i].Start:words[i+len(phrase)-1].End]
				if !strings.ContainsAny(between, sentenceMarks) && !strings.Contains(between, ". ") {
					return true
				}
			}
		}
	}
	return false
}

// startsPhrase reports whether words begin with a phrase. A run without spaces may go on before
// the phrase and behind it.
func startsPhrase(words, phrase []lang.Word) bool {
	for i, p := range phrase {
		w := words[i]
		first, last := i == 0, i == len(phrase)-1
		switch {
		case w.Text == p.Text:
		case p.Script != lang.Ideographic || w.Script != lang.Ideographic:
			return false
		case first && last && strings.Contains(w.Text, p.Text):
		case first && !last && strings.HasSuffix(w.Text, p.Text):
		case last && !first && strings.HasPrefix(w.Text, p.Text):
		default:
			return false
		}
	}
	return true
}

// searchPhrases returns the best chunks that have all phrases of q, none when it has no phrases.
func (l *Lexical) searchPhrases(ctx context.Context, q Query) ([]Match, error) {
	phrases := phrases(q.Text, q.Lang)
	if len(phrases) == 0 {
		return nil, nil
	}
	deep := q
	deep.Limit = max(phraseCandidates, q.Limit)
	candidates, err := l.search(ctx, deep, phrases)
	if err != nil {
		return nil, err
	}
	var matches []Match
	for _, m := range candidates {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k := l.corpus.Chunk(m.ChunkID)
		if k == nil {
			continue
		}
		e := Entry{k, l.corpus.Document(k.DocumentID)}
		if !slices.ContainsFunc(phrases, func(p []lang.Word) bool { return !holds(e, p) }) {
			matches = append(matches, m)
		}
		if len(matches) == q.Limit {
			break
		}
	}
	return matches, nil
}

// required returns cursors of the phrases' terms in a layer and language; none when no chunk has
// all of them.
func (l *Lexical) required(y, g int, phrases [][]lang.Word) (cursors []cursor) {
	for _, phrase := range phrases {
		for _, w := range phrase {
			if w.Script == lang.Ideographic && utf8.RuneCountInString(w.Text) == 1 {
				continue // in a longer run it is no term
			}
			for _, term := range l.analyzer.WordTerms(nil, w, l.languages[g].tag) {
				m, before := l.term(term), len(cursors)
				for _, f := range m.found[m.in[g].from:m.in[g].to] {
					if f.layer == y {
						cursors = append(cursors, l.layers[y].segment.cursor(f.number, f.entry))
					}
				}
				if len(cursors) == before {
					return nil
				}
			}
		}
	}
	return cursors
}
