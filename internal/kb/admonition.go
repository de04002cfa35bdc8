package kb

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// admonition is a container block: Docusaurus' and VitePress' ":::tip Title" … ":::", MkDocs'
// `!!! note "Title"` with an indented body (and "???", `=== "Tab"`). Its title, if it has one, is
// its first child, a paragraph.
type admonition struct {
	ast.BaseBlock
	kind   string // "tip", "note"; "" for a tab or an unnamed container
	colons int    // of the opening fence; 0 for a body that is indented
	empty  bool   // a fence without a body
}

var kindAdmonition = ast.NewNodeKind("Admonition")

// Kind implements ast.Node.
func (*admonition) Kind() ast.NodeKind { return kindAdmonition }

// Dump implements ast.Node.
func (n *admonition) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// admonitionParser is the block parser of admonition.
type admonitionParser struct{}

// Trigger implements parser.BlockParser.
func (admonitionParser) Trigger() []byte { return []byte{':', '!', '?', '='} }

// Open implements parser.BlockParser.
func (admonitionParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || pos+3 > len(line) || segment.Padding > 0 {
		return nil, parser.NoChildren
	}
	mark := line[pos]
	n := repeated(line[pos:], mark)
	if n < 3 || mark != ':' && n > 3 {
		return nil, parser.NoChildren
	}
	if mark == ':' && nestedIn(parent) > maxDepth {
		return nil, parser.NoChildren
	}
	rest := line[pos+n:]
	if mark == '?' && len(rest) > 0 && rest[0] == '+' {
		n, rest = n+1, rest[1:]
	}
	if mark != ':' && (len(rest) == 0 || rest[0] != ' ') || mark == '=' && !bytes.HasPrefix(rest, []byte(` "`)) {
		return nil, parser.NoChildren
	}
	node := &admonition{}
	var title span
	if mark == ':' {
		node.colons = n
		node.kind, title, node.empty = fenceTitle(rest)
	} else {
		node.kind, title = quotedTitle(rest)
	}
	if title.start < title.end {
		from := segment.Start + pos + n
		block := ast.NewParagraph()
		block.SetAttributeString("class", []byte("admonition-title"))
		block.Lines().Append(text.NewSegment(from+title.start, from+title.end))
		node.AppendChild(node, block)
	}
	reader.AdvanceToEOL()
	if node.empty {
		return node, parser.NoChildren
	}
	return node, parser.HasChildren
}

// nestedIn counts the blocks around a block, up to one more than it may have.
func nestedIn(n ast.Node) int {
	depth := 0
	for n != nil && depth <= maxDepth {
		n = n.Parent()
		depth++
	}
	return depth
}

// Continue implements parser.BlockParser.
func (admonitionParser) Continue(n ast.Node, reader text.Reader, _ parser.Context) parser.State {
	node := n.(*admonition)
	if node.empty {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if node.colons == 0 {
		return indentedBody(line, reader)
	}
	trimmed := bytes.TrimSpace(line)
	if n := repeated(trimmed, ':'); n >= node.colons {
		if rest := trimmed[n:]; len(rest) == 0 || bytes.HasSuffix(rest, []byte("-end")) {
			reader.AdvanceToEOL()
			return parser.Close
		}
	}
	return parser.Continue | parser.HasChildren
}

// Close implements parser.BlockParser.
func (admonitionParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (admonitionParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (admonitionParser) CanAcceptIndentedLine() bool { return false }

// fenceTitle reads what follows the colons: "tip", "tip Title", "note[Title]{attrs}", "{note}".
// alone is true for what has no body: a closing fence, ":::row:::".
func fenceTitle(s []byte) (kind string, title span, alone bool) {
	end := len(bytes.TrimRight(s, " \t\r\n"))
	i := 0
	for i < end && (s[i] == ' ' || s[i] == '{') {
		i++
	}
	j := i
	for j < end && (isAlnum(s[j]) || s[j] == '-' || s[j] == '_') {
		j++
	}
	kind = string(s[i:j])
	if i == end || bytes.HasSuffix(s[:end], []byte(":::")) || bytes.HasSuffix(s[i:j], []byte("-end")) {
		return kind, span{}, true
	}
	for j < end && s[j] == '}' {
		j++
	}
	if bytes.Contains(s[j:end], []byte("=")) && bytes.IndexByte(s[j:end], '"') >= 0 {
		return kind, span{}, false
	}
	if j < end && s[j] == '[' {
		if n := bytes.IndexByte(s[j:end], ']'); n > 0 {
			return kind, span{j + 1, j + n}, false
		}
	}
	if n := bytes.IndexByte(s[j:end], '{'); n >= 0 {
		end = j + n
	}
	for j < end && (s[j] == ' ' || s[j] == hole) {
		j++
	}
	for end > j && (s[end-1] == ' ' || s[end-1] == hole) {
		end--
	}
	return kind, span{j, end}, false
}

// quotedTitle reads ` note "Title"`.
func quotedTitle(s []byte) (kind string, title span) {
	first := bytes.IndexByte(s, '"')
	if first < 0 {
		first = len(s)
	}
	if f := bytes.Fields(s[:first]); len(f) > 0 {
		kind = string(f[0])
	}
	if last := bytes.LastIndexByte(s, '"'); last > first {
		title = span{first + 1, last}
	}
	return kind, title
}

// indentedBody continues a body that is indented by four columns.
func indentedBody(line []byte, reader text.Reader) parser.State {
	if blank(line) {
		return parser.Continue | parser.HasChildren
	}
	pos, padding := util.IndentPosition(line, reader.LineOffset(), 4)
	if pos < 0 {
		return parser.Close
	}
	reader.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}
