package kb

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	"github.com/yuin/goldmark/ast"
)

// wrap is inline markup around text: a link, emphasis, a code span, [!DNL x]. Offsets are into
// the source; in a chunk, into its Text.
type wrap struct {
	start, end int  // with its marks
	from, to   int  // of the text inside that is shown
	whole      bool // a part of it makes no sense in Markdown: a link
}

// widen grows a range of Text so that it holds the marks of markup whose text it shows, and never
// a part of a link.
func (c *Chunk) widen(from, to int) (int, int) {
	for _, w := range c.unpacked().wraps { // inner before outer
		if from < w.end && to > w.start && (w.whole || from <= w.from && to >= w.to) {
			from, to = min(from, w.start), max(to, w.end)
		}
	}
	return from, to
}

// wrapped writes n's inline text by calling write, and notes where its markup is.
func (p *page) wrapped(n ast.Node, write func(ast.Node)) {
	runs, wraps, plain := len(p.runs), len(p.wraps), len(p.out)
	write(n)
	for runs < len(p.runs) && p.runs[runs].text < n.Pos() {
		runs++ // the space before it
	}
	if runs >= len(p.runs) || len(p.out) <= plain {
		return
	}
	w := wrap{from: p.runs[runs].text, to: p.runs[len(p.runs)-1].textEnd}
	w.start, w.end = n.Pos(), w.to
	for _, inner := range p.wraps[wraps:] {
		w.end = max(w.end, inner.end)
	}
	if w.start < 0 || w.start > w.from {
		return
	}
	switch n.(type) {
	case *ast.Link:
		w.whole = true
		w.end = linkEnd(p.src, w.end)
	case *ast.CodeSpan:
		w.end += len(p.src[w.end:]) - len(bytes.TrimLeft(p.src[w.end:], " \n"))
		w.end += repeated(p.src[w.end:], '`')
	default:
		for w.end < len(p.src) && (p.src[w.end] == '*' || p.src[w.end] == '_') {
			w.end++
		}
	}
	p.wraps = append(p.wraps, w)
}

// linkEnd returns where the link ends whose text ends at i.
func linkEnd(src []byte, i int) int {
	n := bytes.IndexByte(src[i:min(len(src), i+tagLimit)], ']')
	if n < 0 {
		return i
	}
	i += n + 1
	if i == len(src) || src[i] != '(' && src[i] != '[' {
		return i
	}
	depth, angle := 0, false
	for j := i; j < len(src) && j < i+tagLimit; j++ {
		switch src[j] {
		case '\\':
			j++
		case '<':
			angle = true
		case '>':
			angle = false
		case '(', '[':
			if !angle {
				depth++
			}
		case ')', ']':
			if !angle {
				depth--
			}
			if depth == 0 {
				return j + 1
			}
		}
	}
	return i
}

// wrapsIn returns the wraps inside src[start:end], relative to start, the inner ones first.
func (p *page) wrapsIn(start, end int) []wrap {
	i := sort.Search(len(p.wraps), func(i int) bool { return p.wraps[i].start >= start })
	var in []wrap
	for ; i < len(p.wraps) && p.wraps[i].start < end; i++ {
		if w := p.wraps[i]; w.end <= end {
			in = append(in, wrap{w.start - start, w.end - start, w.from - start, w.to - start, w.whole})
		}
	}
	slices.SortStableFunc(in, func(a, b wrap) int { return cmp.Compare(a.end-a.start, b.end-b.start) })
	return in
}
