package kb

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// htmlWriter turns the text of an HTML block into atoms: what a browser would show.
type htmlWriter struct {
	*page
	from    int // plain offset where the current part begins
	start   int // source offset where the current part begins, -1: not yet
	end     int // source offset after the current part
	kind    UnitKind
	block   int
	header  int    // index of the table's header row, -1
	heads   bool   // the current row has <th> cells only
	cells   int    // of the open row so far
	items   int    // of the lists in the open cell so far
	ordered []bool // open lists
	level   int    // of the open heading, 0
	id      string // of the open heading
	pre     bool
	quote   byte // the open quote inside a tag that goes over a line end
	inTag   bool
}

// looksLikeHTML reports whether an indented code block is HTML that a blank line tore from its
// block: nobody shows such tags to customers.
func looksLikeHTML(code []byte) bool {
	code = bytes.TrimSpace(code)
	if len(code) < 3 || code[0] != '<' || code[len(code)-1] != '>' {
		return false
	}
	return htmlElements[strings.ToLower(tagName(code))]
}

var htmlElements = set("a aside b button details dd div dl dt em figcaption figure footer form h1 h2 h3 h4 h5 h6 header i img " +
	"input label li nav ol p section small span strong summary sup table tbody td th thead tr ul")

// html writes an HTML block.
func (p *page) html(n ast.Node) {
	p.blocks++
	w := &htmlWriter{page: p, from: p.begin(), start: -1, block: p.blocks, header: -1}
	lines := n.Lines()
	for i := range lines.Len() {
		s := lines.At(i)
		w.line(s.Start, s.Stop)
	}
	if b, ok := n.(*ast.HTMLBlock); ok && b.HasClosure() {
		s := b.ClosureLine
		w.line(s.Start, s.Stop)
	}
	w.flush()
}

// line reads one line of the block.
func (w *htmlWriter) line(from, to int) {
	i := from
	for i < to {
		if w.inTag {
			i = w.skipTag(i, to)
			continue
		}
		n := bytes.IndexByte(w.src[i:to], '<')
		if n < 0 {
			w.show(i, to)
			break
		}
		if n > 0 {
			w.show(i, i+n)
		}
		i += n
		if name := tagName(w.src[i:to]); name == "" {
			if i+1 < to && (w.src[i+1] == '!' || w.src[i+1] == '?') {
				w.inTag = true
				i++
				continue
			}
			w.show(i, i+1)
			i++
			continue
		}
		end := tagEnd(w.src[:to], i)
		if end < 0 {
			w.element(w.src[i:to], i, to)
			w.inTag, w.quote = true, 0
			i = w.skipTag(i+1, to)
			continue
		}
		w.element(w.src[i:end], i, end)
		i = end
	}
}

// skipTag returns where the open tag ends, to if not in src[i:to].
func (w *htmlWriter) skipTag(i, to int) int {
	for ; i < to; i++ {
		switch c := w.src[i]; {
		case w.quote != 0:
			if c == w.quote {
				w.quote = 0
			}
		case c == '"' || c == '\'':
			w.quote = c
		case c == '>':
			w.inTag = false
			return i + 1
		}
	}
	return to
}

// show writes the text src[from:to].
func (w *htmlWriter) show(from, to int) {
	if w.pre {
		w.codeLine(from, to, 0)
	} else {
		w.text(from, to, hypertext)
	}
	if w.start < 0 && len(w.out) > w.from {
		w.start = from
	}
	w.end = to
}

// element handles the tag src[from:to].
func (w *htmlWriter) element(tag []byte, from, to int) {
	name := w.tag(tag, from)
	if w.cells > 0 && w.inCell(name) {
		w.end = to
		return
	}
	switch name {
	case "p", "/p", "div", "/div", "section", "/section", "summary", "/summary", "details", "/details",
		"blockquote", "/blockquote", "figure", "/figure", "figcaption", "/figcaption", "aside", "/aside",
		"header", "/header", "footer", "/footer", "article", "/article", "nav", "/nav", "hr", "dt", "dl",
		"/dl", "dd", "form", "/form", "main", "/main", "center", "/center", "caption", "/caption":
		kind := w.kind
		w.flush()
		if kind == Item || kind == Step { // <li><p>…</p></li>
			w.kind = kind
		}
	case "ul", "ol":
		w.flush()
		w.ordered = append(w.ordered, name == "ol")
	case "/ul", "/ol":
		w.flush()
		w.ordered = w.ordered[:max(0, len(w.ordered)-1)]
	case "li", "/li":
		w.flush()
		w.kind = Sentence
		if n := len(w.ordered); name == "li" {
			w.kind = Item
			if n > 0 && w.ordered[n-1] {
				w.kind = Step
			}
		}
	case "pre", "/pre":
		w.flush()
		w.pre = name == "pre"
		w.kind = Sentence
		if w.pre {
			w.kind = Code
		}
	default:
		w.other(name, tag, from)
	}
	if len(w.out) > w.from {
		w.end = to
	}
}

// inCell handles a tag inside a table cell, where no part ends; false for those that end the cell.
func (w *htmlWriter) inCell(name string) bool {
	switch name {
	case "table", "/table", "tr", "/tr", "td", "/td", "th", "/th":
		return false
	case "li":
		if w.items++; w.items > 1 && len(w.out) > w.page.block {
			w.virtual("; ")
			w.page.block = len(w.out)
		}
	case "a", "/a", "b", "/b", "i", "/i", "em", "/em", "strong", "/strong", "span", "/span", "code", "/code", "sup", "/sup",
		"sub", "/sub", "kbd", "/kbd", "u", "/u", "small", "/small", "mark", "/mark", "img", "del", "/del", "s", "/s":
	default:
		w.space()
	}
	return true
}

// other handles the tags of tables and headings.
func (w *htmlWriter) other(name string, tag []byte, from int) {
	switch name {
	case "table":
		w.flush()
		w.blocks++
		w.block, w.header = w.blocks, -1
	case "/table", "/tr":
		w.row()
	case "tr":
		w.row()
		w.kind, w.heads = Row, true
	case "td", "th":
		if w.cells > 0 {
			w.separate(w.from)
		} else {
			w.flush()
			w.kind = Row
			if w.start < 0 {
				w.start = from
			}
		}
		w.cells++
		w.items = 0
		w.heads = w.heads && name == "th"
	case "/td", "/th":
		w.gap = noGap
		w.trimSpace(w.page.block)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		w.flush()
		w.level, w.id = int(name[1]-'0'), attribute(tag, "id")
	case "/h1", "/h2", "/h3", "/h4", "/h5", "/h6":
		w.title()
	}
}

// row ends a table row.
func (w *htmlWriter) row() {
	cells, heads := w.cells, w.heads
	w.cells = 0
	if cells == 0 {
		w.flush()
		return
	}
	n := len(w.atoms)
	w.drop(w.from + len(bytes.TrimRight(w.out[w.from:], " |")))
	w.flush()
	if len(w.atoms) > n && heads && w.header < 0 {
		w.header = len(w.atoms) - 1
	}
	w.kind = Sentence
}

// title ends a heading, which begins a section.
func (w *htmlWriter) title() {
	if w.level == 0 {
		return
	}
	w.gap = noGap
	w.trim(w.from)
	h := heading{level: w.level, text: string(w.out[w.from:]), anchor: w.id, start: max(w.start, 0), section: true}
	if h.text != "" && w.list.depth == 0 {
		w.drop(w.from)
		w.raw = max(w.raw, w.end)
		w.headings = append(w.headings, h)
		w.group++
	}
	w.level = 0
	w.flush()
}

// flush ends the current part.
func (w *htmlWriter) flush() {
	if w.kind == Row && w.cells > 0 {
		w.cells = 0
	}
	w.gap = noGap
	w.trim(w.from)
	if len(w.out) > w.from && w.start >= 0 {
		header := -1
		if w.kind == Row {
			header = w.header
		}
		end := w.end
		if end > 0 && w.src[end-1] == '\n' {
			end--
		}
		w.place(atom{kind: w.kind, block: w.block, header: header}, w.from, w.start, end)
		if w.kind == Sentence || w.kind == Code {
			w.blocks++
			w.block = w.blocks
		}
	} else {
		w.drop(w.from)
	}
	w.kind = Sentence
	if n := len(w.ordered); n > 0 {
		w.kind = Item
	}
	skip := w.skipping
	w.from = w.begin()
	w.skipping = skip
	w.start = -1
}
