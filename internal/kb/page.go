package kb

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// atom is a part of a page that no chunk border cuts: a paragraph or a sentence of a long one, a
// list item's own text, a table row, a code block.
type atom struct {
	kind       UnitKind
	start, end int // of its lines in the source
	from, to   int // in the writer's plain text
	block      int // of Unit.Block
	group      int // the top-level block; chunks are runs of groups where they fit
	header     int // Row: index of the header row among the page's atoms, -1
	section    int // index into page.headings, -1 before the first
}

// heading is a heading of a page.
type heading struct {
	level   int
	text    string // what a reader sees
	anchor  string
	start   int  // of its first line in the source
	section bool // it begins a section: not inside a list or a quote
	title   bool // it is the document's title
	node    ast.Node
}

// link is a link, image or reference of a page, for lint.
type link struct {
	target string
	at     int // offset in the source, near the link
}

// page is a Markdown source taken apart.
type page struct {
	writer
	mask     masked
	atoms    []atom
	headings []heading
	anchors  map[string]bool // additional ones: <a name>, id attributes
	links    []link
	wraps    []wrap // by start, once the page is parsed
	blocks   int
	group    int
	raw      int // the end of the source that belongs to an atom or a heading so far
	list     listState
}

// listState says which list a list item's text belongs to.
type listState struct {
	kind  UnitKind
	block int
	depth int
}

// The parsers are shared: goldmark's are safe for concurrent use after their first one.
var (
	markdownParsers = parsers{full: newParser(false, true), quick: newParser(false, false)}
	mdxParsers      = parsers{full: newParser(true, true), quick: newParser(true, false)}
)

// newParser returns a parser; bare says whether it knows bare addresses.
func newParser(mdx, bare bool) parser.Parser {
	blocks := parser.DefaultBlockParsers()
	if mdx { // MDX has no indented code
		kept := blocks[:0]
		for _, b := range blocks {
			switch b.Priority {
			case 500:
				continue
			case 1000:
				b.Value = indentedParagraph{parser.NewParagraphParser()}
			}
			kept = append(kept, b)
		}
		blocks = kept
	}
	inlines := append(parser.DefaultInlineParsers(),
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(extension.NewFootnoteParser(), 101),
		util.Prioritized(extension.NewStrikethroughParser(), 500))
	for i, p := range inlines {
		if p.Priority == 200 {
			inlines[i].Value = watchedLinks{parser.NewLinkParser()}
		}
	}
	if bare {
		inlines = append(inlines, util.Prioritized(extension.NewLinkifyParser(), 999))
	}
	return parser.NewParser(
		parser.WithBlockParsers(append(blocks,
			util.Prioritized(admonitionParser{}, 90),
			util.Prioritized(extension.NewDefinitionListParser(), 101),
			util.Prioritized(extension.NewDefinitionDescriptionParser(), 102),
			util.Prioritized(extension.NewFootnoteBlockParser(), 999))...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(append(parser.DefaultParagraphTransformers(),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200))...),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999)),
	)
}

// indentedParagraph is goldmark's paragraph parser for a dialect without indented code.
type indentedParagraph struct{ parser.BlockParser }

// CanAcceptIndentedLine implements parser.BlockParser.
func (indentedParagraph) CanAcceptIndentedLine() bool { return true }

// parsePage takes the Markdown source apart from byte body on.
func parsePage(source string, body int, mdx bool) *page {
	p, _ := parseTree(source, body, dialect{mdx: mdx})
	return p
}

// parseTree is parsePage that returns goldmark's tree too.
func parseTree(source string, body int, d dialect) (*page, ast.Node) {
	p := &page{mask: mask(unshared(source), body, d)}
	p.src, p.orig = p.mask.text, source
	p.out = make([]byte, 0, len(source)-body)
	if p.mask.weight.why != "" {
		return p, ast.NewDocument()
	}
	md := markdownParsers
	if d.mdx {
		md = mdxParsers
	}
	doc := md.parse(p.src)
	p.nodes(topLevel(doc))
	p.wraps = append(p.wraps, p.mask.marks...)
	slices.SortStableFunc(p.wraps, func(a, b wrap) int { return cmp.Compare(a.start, b.start) })
	return p, doc
}

// topLevel returns the document's blocks in source order: goldmark moves footnotes to the end.
func topLevel(doc ast.Node) []ast.Node {
	var nodes []ast.Node
	moved := false
	for c := doc.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() != east.KindFootnoteList {
			nodes = append(nodes, c)
			continue
		}
		moved = true
		for f := c.FirstChild(); f != nil; f = f.NextSibling() {
			nodes = append(nodes, f)
		}
	}
	if moved {
		sort.SliceStable(nodes, func(i, j int) bool { return nodes[i].Pos() < nodes[j].Pos() })
	}
	return nodes
}

// nodes walks top-level blocks.
func (p *page) nodes(nodes []ast.Node) {
	for _, n := range nodes {
		if a, ok := n.(*admonition); ok { // transparent: its headings begin sections too
			p.nodes(children(a))
			continue
		}
		p.group++
		if h, ok := n.(*ast.Heading); ok {
			p.heading(h, true)
			continue
		}
		p.walk(n)
	}
}

func children(n ast.Node) []ast.Node {
	var nodes []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		nodes = append(nodes, c)
	}
	return nodes
}

// walk turns a block into atoms.
func (p *page) walk(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		p.heading(n, false)
	case *ast.Paragraph, *ast.TextBlock:
		p.blocks++
		p.paragraphs([]ast.Node{n}, Sentence, p.blocks)
	case *ast.List:
		outer := p.list
		p.list.depth++
		p.list.kind = Item
		if n.IsOrdered() {
			p.list.kind = Step
		}
		if outer.depth == 0 {
			p.blocks++
			p.list.block = p.blocks
		}
		before := len(p.atoms)
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			p.item(c)
		}
		p.list = outer
		if len(p.atoms) == before && n.ChildCount() > 1 {
			p.unannounce()
		}
	case *ast.FencedCodeBlock:
		p.code(n)
	case *ast.CodeBlock:
		if looksLikeHTML(n.Lines().Value(p.src)) {
			p.html(n)
		} else {
			p.code(n)
		}
	case *ast.HTMLBlock:
		p.html(n)
	case *east.Table:
		p.table(n)
	case *east.DefinitionList:
		p.definitions(n)
	case *ast.LinkReferenceDefinition, *ast.ThematicBreak:
	default:
		outer := p.list
		p.list = listState{}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			p.walk(c)
		}
		p.list = outer
	}
}

// item turns a list item into atoms: its own paragraphs in a row are one.
func (p *page) item(n ast.Node) {
	var own []ast.Node
	flush := func() {
		if len(own) > 0 {
			p.paragraphs(own, p.list.kind, p.list.block)
			own = own[:0]
		}
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindParagraph || c.Kind() == ast.KindTextBlock {
			if p.contents(c) {
				continue
			}
			own = append(own, c)
			continue
		}
		flush()
		p.walk(c)
	}
	flush()
}

// unannounce removes the words before a table of contents that was left out: "In this article:".
func (p *page) unannounce() {
	if len(p.atoms) == 0 {
		return
	}
	a := p.atoms[len(p.atoms)-1]
	text := string(p.out[a.from:a.to])
	if a.kind == Sentence && a.section == p.section() && a.group == p.group-1 && countWords(text) <= 8 &&
		(strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")) {
		p.atoms = p.atoms[:len(p.atoms)-1]
		p.drop(a.from)
	}
}

// contents reports whether a list item's paragraph is an entry of a table of contents: one link
// to a heading of the same page. Such entries say nothing and are left out.
func (p *page) contents(n ast.Node) bool {
	first, ok := n.FirstChild().(*ast.Link)
	if !ok || len(first.Destination) == 0 || first.Destination[0] != '#' {
		return false
	}
	if rest := first.NextSibling(); rest != nil {
		t, ok := rest.(*ast.Text)
		if !ok || t.NextSibling() != nil || len(bytes.Trim(t.Segment.Value(p.src), ". \x1A")) > 0 {
			return false
		}
	}
	p.link(string(first.Destination), first.Pos())
	return true
}

// paragraphs writes blocks of inline text as one atom, one line each.
func (p *page) paragraphs(nodes []ast.Node, kind UnitKind, block int) {
	from := p.begin()
	start, end := -1, 0
	for _, n := range nodes {
		if len(p.out) > from {
			p.virtual("\n")
			p.block = len(p.out)
		}
		p.inline(n)
		p.gap, p.skipping = noGap, 0
		if k := len(p.out); k > from && p.out[k-1] == '\\' && (k == 1 || p.out[k-2] != '\\') {
			p.drop(k - 1) // a line break before nothing
		}
		p.trim(from)
		if l := n.Lines(); l != nil && l.Len() > 0 {
			if start < 0 {
				start = l.At(0).Start
			}
			end = l.At(l.Len() - 1).Stop
		}
	}
	p.add(atom{kind: kind, block: block, header: -1}, from, start, end)
}

// add ends the atom whose plain text begins at from and whose own bytes are src[start:end]. It
// widens them to whole lines, as far as they are free. An atom that shows nothing is dropped.
func (p *page) add(a atom, from, start, end int) bool {
	p.trim(from)
	if from == len(p.out) || start < 0 {
		p.drop(from)
		return false
	}
	start, end = p.lines(start, end)
	return p.place(a, from, start, end)
}

// lines widens src[start:end] to whole lines without white space at either end.
func (p *page) lines(start, end int) (int, int) {
	start = strings.LastIndexByte(p.orig[:start], '\n') + 1
	for end > start && p.orig[end-1] == '\n' {
		end--
	}
	end = nextLine(p.src, end)
	return start, end
}

// place appends the atom whose plain text is out[from:] and which owns src[start:end], clipped
// to what no former atom owns.
func (p *page) place(a atom, from, start, end int) bool {
	start = max(start, p.raw)
	for start < end && isBlank(p.orig[start]) {
		start++
	}
	for end > start && isBlank(p.orig[end-1]) {
		end--
	}
	first := sort.Search(len(p.runs), func(i int) bool { return p.runs[i].plainEnd > from })
	if start >= end || first == len(p.runs) || p.runs[first].text < start || p.runs[len(p.runs)-1].textEnd > end {
		p.drop(from) // out of source order: no byte range of its own would show it
		return false
	}
	a.start, a.end, a.from, a.to = start, end, from, len(p.out)
	a.group, a.section = p.group, p.section()
	p.raw = end
	p.atoms = append(p.atoms, a)
	p.out = append(p.out, '\n')
	return true
}

// section returns the index of the section that the page is in.
func (p *page) section() int {
	for i := len(p.headings) - 1; i >= 0; i-- {
		if p.headings[i].section {
			return i
		}
	}
	return -1
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v'
}

// heading notes a heading; where it begins no section, it is an atom as well.
func (p *page) heading(n *ast.Heading, section bool) {
	from := p.begin()
	p.inline(n)
	p.gap, p.skipping = noGap, 0
	p.trim(from)
	h := heading{level: n.Level, text: string(p.out[from:]), start: n.Pos(), section: section, node: n}
	start, end := -1, 0
	if l := n.Lines(); l.Len() > 0 {
		start, end = l.At(0).Start, l.At(l.Len()-1).Stop
		h.start = start
	}
	if start >= 0 && section {
		h.start, end = p.lines(start, end)
		h.anchor = p.explicit(h.start, end)
		p.raw = max(p.raw, end)
	}
	if section {
		p.drop(from)
		p.headings = append(p.headings, h)
		return
	}
	p.headings = append(p.headings, h)
	p.blocks++
	p.add(atom{kind: Heading, block: p.blocks, header: -1}, from, start, end)
}

// explicit returns the {#id} that stands in src[start:end], "" if there is none.
func (p *page) explicit(start, end int) string {
	ids := p.mask.ids
	i := sort.Search(len(ids), func(i int) bool { return ids[i].at >= start })
	if i < len(ids) && ids[i].at < end {
		return ids[i].id
	}
	return ""
}

// code writes a code block.
func (p *page) code(n ast.Node) {
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	from := p.begin()
	for i := range lines.Len() {
		s := lines.At(i)
		p.codeLine(s.Start, s.Stop, s.Padding)
	}
	start, end := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	if n.Kind() == ast.KindFencedCodeBlock {
		start = max(0, strings.LastIndexByte(p.orig[:start], '\n')) // the fence's line
		next := nextLine(p.src, end)
		if q, _ := linePrefix(p.src, min(end, next), next); q < next && (p.src[q] == '`' || p.src[q] == '~') {
			end = next
		}
	}
	p.blocks++
	p.add(atom{kind: Code, block: p.blocks, header: -1}, from, start, end)
}
