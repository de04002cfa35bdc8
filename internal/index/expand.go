package index

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// expansion is a term that stands for a word of the question that the corpus lacks, or that is
// not yet typed to its end.
type expansion struct {
	word     int // of the question
	language int
	term     string
	weight   float64
	bound    float64
}

const (
	// correctedWeight is the weight of a corrected word beside 1 for one that is there.
	correctedWeight = 0.8
	// maxCorrections and maxCompletions bound the terms that stand for one word in a language.
	maxCorrections = 4
	maxCompletions = 32
	// leastExact is the least share of a last word that is a word as it stands: the rest goes to
	// the words that it may become.
	leastExact = 0.5
)

// expand finds what may be meant by the words that no chunk has, and by the last one where the
// question is still being typed. A word that some chunk has stays as it is.
func (l *Lexical) expand(s *scratch) {
	if l.analysis == lang.Grams { // parts of words match already
		return
	}
	for i, w := range s.words {
		last := s.query.Prefix && i == len(s.words)-1 && w.End == len(s.query.Text)
		if last && l.complete(s, i) {
			continue
		}
		if w.Script != lang.Ideographic && correctable(w.Text, minCorrected) && !l.has(s, w) {
			l.correct(s, i)
		}
	}
}

// has reports whether a live chunk has a word, stemmed by the chunk's language or as it stands.
func (l *Lexical) has(s *scratch, w lang.Word) bool {
	if l.lookup(s, w.Text).df > 0 {
		return true
	}
	for g := range l.languages {
		s.terms = l.analyzer.WordTerms(s.terms[:0], w, l.languages[g].tag)
		for _, term := range s.terms {
			if df, _ := l.idf(s, term, g); df > 0 {
				return true
			}
		}
	}
	return false
}

// correct expands word i of the question by the words within one edit.
func (l *Lexical) correct(s *scratch, i int) {
	var all candidates
	for y := range l.layers {
		l.layers[y].segment.corrections(s.words[i].Text, func(number int) { all.add(&l.layers[y], number) })
	}
	for _, c := range all.best(maxCorrections) {
		s.expansions = append(s.expansions, expansion{i, c.language, c.term, correctedWeight * c.part, c.part})
	}
}

// minPrefix is how many runes a prefix has at least; one that is written without spaces may be
// shorter, since a rune says more there.
const minPrefix = 2

// complete expands word i by the words that it begins, and reports whether there are any.
func (l *Lexical) complete(s *scratch, i int) bool {
	w := s.words[i]
	if n := utf8.RuneCountInString(w.Text); w.Script == lang.Ideographic && n > 1 || w.Script != lang.Ideographic && n < minPrefix {
		return false
	}
	var all candidates
	prefix := []byte(w.Text)
	for y := range l.layers {
		segment := l.layers[y].segment
		for n := segment.searchWord(prefix); n < segment.wordCount && bytes.HasPrefix(segment.word(n), prefix); n++ {
			all.add(&l.layers[y], n)
		}
	}
	best := all.best(maxCompletions)
	for _, c := range best {
		s.expansions = append(s.expansions, expansion{i, c.language, c.term, c.part, c.part})
	}
	return len(best) > 0
}

// completed returns the share that word i keeps in a language beside its expansions, and takes
// that share from them.
func (l *Lexical) completed(s *scratch, i, g int, terms []string) float64 {
	exact, others := 0.0, 0.0
	for n := range s.expansions {
		e := &s.expansions[n]
		switch {
		case e.word != i || e.language != g:
		case slices.Contains(terms, e.term):
			exact += e.bound
		default:
			others += e.bound
		}
	}
	if others == 0 {
		return 1
	}
	if exact == 0 {
		for _, term := range terms {
			if df, _ := l.idf(s, term, g); df > 0 {
				exact = others // as it stands it is a word, though none begins with it
			}
		}
	}
	share := exact / (exact + others)
	if exact > 0 {
		share = max(leastExact, share)
	}
	factor := (1 - share) / others
	if s.stops[i] {
		factor *= stopWeight
	}
	for n := range s.expansions {
		if e := &s.expansions[n]; e.word == i && e.language == g {
			e.weight, e.bound = e.weight*factor, e.bound*factor
		}
	}
	return share
}

// candidates are the terms that may stand for a word, each with the live chunks that have it or
// the spelling that was found.
type candidates map[candidate]int

type candidate struct {
	language int
	term     string
}

// completion is a term with its part of the word's weight in a language; the parts add up to 1.
type completion struct {
	candidate
	df   int
	part float64
}

// add adds what a word of a layer stands for.
func (c *candidates) add(y *layer, word int) {
	if *c == nil {
		*c = make(candidates)
	}
	from, to := y.segment.entriesOf(word)
	for i := from; i < to; i++ {
		e, ok := y.segment.entry(i)
		if !ok || y.languages[e.part] < 0 {
			continue
		}
		term := word
		if e.alias {
			term = int(e.ref)
		}
		if df := int(e.df - min(e.df, y.lost.of(i))); df > 0 {
			(*c)[candidate{y.languages[e.part], string(y.segment.word(term))}] += df
		}
	}
}

// best returns the n most frequent candidates of each language.
func (c candidates) best(n int) []completion {
	list := make([]completion, 0, len(c))
	for key, df := range c {
		list = append(list, completion{candidate: key, df: df})
	}
	slices.SortFunc(list, func(a, b completion) int {
		return cmp.Or(cmp.Compare(a.language, b.language), cmp.Compare(b.df, a.df), strings.Compare(a.term, b.term))
	})
	out := list[:0]
	for from := 0; from < len(list); {
		to, sum := from, 0
		for to < len(list) && list[to].language == list[from].language {
			if to-from < n {
				sum += list[to].df
			}
			to++
		}
		for _, b := range list[from:min(from+n, to)] {
			b.part = float64(b.df) / float64(sum)
			out = append(out, b)
		}
		from = to
	}
	return out
}
