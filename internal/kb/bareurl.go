package kb

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Bare addresses («see www.example.com») make goldmark look for one at every space. So a text that
// has none is parsed without that: a quarter less time, the same tree but for texts in fewer pieces.

// parsers parse one dialect.
type parsers struct {
	full  parser.Parser
	quick parser.Parser // knows no bare addresses
}

// parse parses src.
func (p parsers) parse(src []byte) ast.Node {
	bare := bareAddresses(src)
	if bare == present {
		return p.full.Parse(text.NewReader(src))
	}
	pc := parser.NewContext()
	doc := p.quick.Parse(text.NewReader(src), parser.WithContext(pc))
	if bare == inLinks && pc.Get(brokenLink) != nil {
		return p.full.Parse(text.NewReader(src))
	}
	return doc
}

// presence says whether a text may have bare addresses.
type presence uint8

const (
	absent  presence = iota
	inLinks          // only where they are the destination of a link, if it is one
	present
)

// bareAddresses looks for what goldmark may take for an address: one of a page after anything but
// a letter or a quotation mark, one of mail anywhere.
func bareAddresses(src []byte) presence {
	found := absent
	for i := 0; ; {
		n := bytes.Index(src[i:], []byte("://"))
		if n < 0 {
			break
		}
		i += n + 3
		for _, scheme := range [...]string{"http", "https", "ftp"} {
			if from := i - 3 - len(scheme); from >= 0 && string(src[from:i-3]) == scheme {
				found = max(found, bareAt(src, from))
			}
		}
	}
	for i := 0; found < present; {
		n := bytes.Index(src[i:], []byte("www."))
		if n < 0 {
			break
		}
		found = max(found, bareAt(src, i+n))
		i += n + 4
	}
	if found == present || bytes.IndexByte(src, '@') >= 0 || found == inLinks && bytes.Contains(src, []byte("[^")) {
		return present // a footnote's mark ends in ], too
	}
	return found
}

// bareAt says whether an address at i may be a bare one. goldmark looks for one at the beginning of
// a line or a cell, behind spaces and some marks, and behind whatever ends an inline element: never
// behind these.
func bareAt(src []byte, i int) presence {
	if i == 0 {
		return present
	}
	switch c := src[i-1]; {
	case isAlnum(c), c >= 0x80, c == '<', c == '"', c == '\'', c == '=', c == '/':
		return absent
	case c != '(' || i < 2 || src[i-2] != ']':
		return present
	}
	if i >= 3 && src[i-3] == '\\' || i >= 4 && src[i-4] == '[' { // \](, and the box of a task
		return present
	}
	return inLinks
}

// brokenLink is set in the context of a text that has "](" where no link is.
var brokenLink = parser.NewContextKey()

// watchedLinks is goldmark's parser of links, which says what is none.
type watchedLinks struct{ parser.InlineParser }

// Parse implements parser.InlineParser.
func (w watchedLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	closing := line[0] == ']'
	broken := closing && len(line) > 1 && line[1] == '('
	node := w.InlineParser.Parse(parent, block, pc)
	if closing && node != nil { // also a reference, which what stands in parentheses does not belong to
		line, _ = block.PeekLine()
		broken = len(line) > 0 && line[0] == '('
	}
	if broken {
		pc.Set(brokenLink, true)
	}
	return node
}

// CloseBlock implements parser.CloseBlocker.
func (w watchedLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := w.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}
