package index

import (
	"cited/internal/kb"
	"cited/internal/lang"
)

// Highlights returns the ranges of chunk.Plain, in bytes, ascending, whose words made the chunk
// a match for q: by their stems, as what the last word may become, or as what a mistyped word may
// mean. Stop words are left out, unless the question has no others. In scripts without spaces a
// range is what two neighbouring characters of the question make.
func (l *Lexical) Highlights(chunk *kb.Chunk, q Query) []lang.Span {
	g := l.language(chunk.Lang)
	if g < 0 {
		return nil
	}
	s := l.scratch.Get().(*scratch)
	defer l.release(s)
	s.reset(q)
	l.expand(s)
	l.plan(s, g)
	marked := make(map[string]bool, len(s.wanted))
	for _, w := range s.wanted {
		if !w.stop && w.share > 0 {
			marked[w.term] = true
		}
	}
	var spans []lang.Span
	for _, w := range lang.Words(chunk.Plain, chunk.Lang) {
		s.terms = l.analyzer.WordTerms(s.terms[:0], w, chunk.Lang)
		if len(s.terms) > 1 && w.Text == chunk.Plain[w.Start:w.End] {
			spans = appendGramSpans(spans, s.terms, w, marked)
			continue
		}
		for _, term := range s.terms {
			if marked[term] {
				spans = appendSpan(spans, w.Span)
				break
			}
		}
	}
	return spans
}

// appendGramSpans appends the ranges of those terms of a word that are marked. Each term begins
// one rune after the one before.
func appendGramSpans(spans []lang.Span, terms []string, w lang.Word, marked map[string]bool) []lang.Span {
	at := w.Start
	for _, term := range terms {
		if marked[term] {
			spans = appendSpan(spans, lang.Span{Start: at, End: at + len(term)})
		}
		for i := range term {
			if i > 0 {
				at += i
				break
			}
		}
	}
	return spans
}

// appendSpan appends a range, or lets the last one grow where they meet.
func appendSpan(spans []lang.Span, next lang.Span) []lang.Span {
	if n := len(spans); n > 0 && spans[n-1].End >= next.Start {
		spans[n-1].End = max(spans[n-1].End, next.End)
		return spans
	}
	return append(spans, next)
}
