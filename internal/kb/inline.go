package kb

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// inline writes what a reader sees of n's inline children. Images, checkboxes, footnote marks
// and struck-out text (which no longer holds) are not written.
func (p *page) inline(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			p.text(c.Segment.Start, c.Segment.Stop, markdown)
			switch {
			case c.HardLineBreak():
				p.space()
			case c.SoftLineBreak():
				p.lineBreak()
			}
		case *ast.CodeSpan:
			p.wrapped(c, p.codeSpan)
		case *ast.Emphasis:
			p.wrapped(c, p.inline)
		case *ast.Link:
			p.link(string(c.Destination), c.Pos())
			p.wrapped(c, p.inline)
		case *ast.Image:
			p.link(string(c.Destination), c.Pos())
		case *ast.AutoLink:
			label := c.Label(p.src)
			if at := cap(p.src) - cap(label); at >= 0 && at+len(label) <= len(p.src) {
				p.copyBytes(at, at+len(label)) // the label is a slice of src
			}
		case *ast.RawHTML:
			p.rawHTML(c)
		case *east.Strikethrough, *east.TaskCheckBox, *east.FootnoteLink, *east.FootnoteBacklink, *ast.String:
		default:
			p.inline(c)
		}
	}
}

func (p *page) codeSpan(n ast.Node) {
	for t := n.FirstChild(); t != nil; t = t.NextSibling() {
		if t, ok := t.(*ast.Text); ok {
			p.text(t.Segment.Start, t.Segment.Stop, verbatim)
		}
	}
}

// link notes a target for lint.
func (p *page) link(target string, at int) {
	if target != "" && !strings.ContainsRune(target, hole) {
		p.links = append(p.links, link{target, max(at, p.raw)})
	}
}

// rawHTML handles an inline tag.
func (p *page) rawHTML(n *ast.RawHTML) {
	if n.Segments.Len() == 0 {
		return
	}
	seg := n.Segments.At(0)
	tag := p.src[seg.Start:n.Segments.At(n.Segments.Len()-1).Stop]
	p.tag(tag, seg.Start)
}

// tag handles an HTML tag that begins at src offset at, and returns its lower-case name ("/p"
// for an end tag).
func (p *page) tag(tag []byte, at int) string {
	name := strings.ToLower(tagName(tag))
	if name == "" {
		return ""
	}
	closing := tag[1] == '/'
	switch name {
	case "del", "s", "strike", "script", "style", "title", "template", "select", "textarea":
		if closing {
			p.skipping = max(0, p.skipping-1)
		} else if !bytes.HasSuffix(tag, []byte("/>")) {
			p.skipping++
		}
	case "br", "p", "li", "div", "td", "th", "tr", "ul", "ol", "hr", "dd", "dt", "summary":
		p.space()
	}
	if closing {
		return "/" + name
	}
	for _, key := range [...]string{"id", "name"} {
		if v := attribute(tag, key); v != "" {
			if p.anchors == nil {
				p.anchors = map[string]bool{}
			}
			p.anchors[v] = true
		}
	}
	if name == "a" || name == "img" {
		p.link(attribute(tag, "href")+attribute(tag, "src"), at)
	}
	return name
}

// attribute returns the value of an HTML tag's attribute, "" if there is none.
func attribute(tag []byte, key string) string {
	for i := 0; i < len(tag); {
		n := indexFold(tag[i:], key)
		if n < 0 {
			return ""
		}
		i += n + len(key)
		before := tag[i-len(key)-1]
		rest := bytes.TrimLeft(tag[i:], " \n\t\r")
		if !isBlank(before) && before != '"' && before != '\'' || len(rest) < 2 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \n\t\r")
		if len(rest) == 0 {
			return ""
		}
		end := -1
		if q := rest[0]; q == '"' || q == '\'' {
			rest = rest[1:]
			end = bytes.IndexByte(rest, q)
		} else {
			end = bytes.IndexAny(rest, " \n\t>")
		}
		if end < 0 {
			return ""
		}
		return html.UnescapeString(string(rest[:end]))
	}
	return ""
}
