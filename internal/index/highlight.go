package index

import (
	"slices"

	"cited/internal/kb"
	"cited/internal/lang"
)

// Mark is a range of a text, in bytes, whose word matches a question.
type Mark struct {
	lang.Span
	Term   int     // equal for the same term
	Weight float64 // how much the term says, in (0,1]: its share of the question
}

// Highlighter marks in texts the words that match one question: by their stems, as what the last
// word may become, or as what a mistyped word may mean. Stop words are left out. It is safe for
// concurrent use; the nil Highlighter marks nothing.
type Highlighter struct {
	analyzer  *lang.Analyzer
	languages []highlights
}

// highlights are the terms of a question in one language.
type highlights struct {
	tag      string
	terms    map[string]Mark // without their ranges
	initials *lang.Initials
	firsts   [4]uint64 // a set of the terms' second and third bytes: of those of ideographs
}

// Highlighter makes a highlighter of texts in these languages.
func (l *Lexical) Highlighter(q Query, languages ...string) *Highlighter {
	s := l.scratch.Get().(*scratch)
	defer l.release(s)
	s.reset(q)
	l.expand(s)
	expansions := slices.Clone(s.expansions) // a plan changes their weights
	h := &Highlighter{analyzer: l.analyzer}
	for _, tag := range languages {
		g := l.language(tag)
		if g < 0 || h.of(tag) != nil {
			continue
		}
		copy(s.expansions, expansions)
		l.plan(s, g)
		h.languages = append(h.languages, highlightsOf(tag, s.wanted))
	}
	return h
}

func highlightsOf(tag string, wanted []wanted) highlights {
	m := highlights{tag: tag, terms: make(map[string]Mark, len(wanted))}
	terms := make([]string, 0, len(wanted))
	for i, w := range wanted {
		if !w.stop && w.share > 0 {
			m.terms[w.term] = Mark{Term: i, Weight: float64(w.share) / fullScore}
			terms = append(terms, w.term)
		}
	}
	m.initials = lang.NewInitials(tag, terms)
	for _, term := range terms {
		m.firsts[gramBit(term)>>6] |= 1 << (gramBit(term) & 63)
	}
	return m
}

func (h *Highlighter) of(tag string) *highlights {
	for i := range h.languages {
		if h.languages[i].tag == tag {
			return &h.languages[i]
		}
	}
	return nil
}

// Append appends to dst the marks of a text in a language that the highlighter was made for, in
// ascending order of their beginnings. Marks of words do not overlap. In scripts without spaces each
// bigram of the question that the text has is a mark, and those of neighbouring ones overlap.
func (h *Highlighter) Append(dst []Mark, text, language string) []Mark {
	if h == nil {
		return dst
	}
	m := h.of(language)
	if m == nil || len(m.terms) == 0 {
		return dst
	}
	var few [16]lang.Word // where a field begins, most have one or two words
	words := few[:0]
	var fewTerms [32]string
	terms := fewTerms[:0]
	for at := 0; ; {
		start, end, ok := m.initials.Next(text, at)
		if !ok {
			return dst
		}
		words = lang.AppendWords(words[:0], text[start:end], language)
		for _, w := range words {
			terms = h.analyzer.WordTerms(terms[:0], w, language)
			w.Start, w.End = w.Start+start, w.End+start
			if len(terms) > 1 && w.Text == text[w.Start:w.End] {
				dst = m.appendGrams(dst, terms, w.Start)
				continue
			}
			for _, term := range terms {
				if mark, ok := m.terms[term]; ok {
					mark.Span = w.Span
					dst = append(dst, mark)
					break
				}
			}
		}
		at = end
	}
}

// appendGrams appends the marks of those terms of a word at an offset that are wanted. Each term
// begins one rune after the one before.
func (m *highlights) appendGrams(dst []Mark, terms []string, at int) []Mark {
	for _, term := range terms {
		if bit := gramBit(term); m.firsts[bit>>6]>>(bit&63)&1 != 0 {
			if mark, ok := m.terms[term]; ok {
				mark.Span = lang.Span{Start: at, End: at + len(term)}
				dst = append(dst, mark)
			}
		}
		for i := range term {
			if i > 0 {
				at += i
				break
			}
		}
	}
	return dst
}

// gramBit tells most terms of ideographs apart without hashing them.
func gramBit(term string) uint8 {
	if len(term) < 4 {
		return 0
	}
	return term[2]<<2 ^ term[1] ^ term[len(term)-1]<<1
}

// Highlights returns the ranges of chunk.Plain, in bytes, ascending, whose words made the chunk a
// match for q, as a Highlighter marks them; ranges that touch are one.
func (l *Lexical) Highlights(chunk *kb.Chunk, q Query) (spans []lang.Span) {
	for _, m := range l.Highlighter(q, chunk.Lang).Append(nil, chunk.Plain, chunk.Lang) {
		if n := len(spans); n > 0 && spans[n-1].End >= m.Start {
			spans[n-1].End = max(spans[n-1].End, m.End)
			continue
		}
		spans = append(spans, m.Span)
	}
	return spans
}
