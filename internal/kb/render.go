package kb

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Render returns the document as sanitised HTML: what the help center shows. Headings carry
// their anchors as ids, admonitions and alerts are <div> or <blockquote class="admonition …">.
// link, if not nil, rewrites the target of every link and image; "" keeps it.
func Render(d *Document, link func(target string) string) (string, error) {
	if !isMarkdown(d.Path) {
		return renderText(d.Source), nil
	}
	_, body, _ := frontMatter([]byte(d.Source))
	p, doc := parseTree(d.Source, body, dialect{mdx: isMDX(d.Path), images: true})
	p.anchor()
	var ids []string // of headings in raw HTML, which have none of their own
	for _, h := range p.headings {
		if h.node != nil {
			h.node.SetAttributeString("id", []byte(h.anchor))
		} else if !p.anchors[h.anchor] {
			ids = append(ids, h.anchor)
		}
	}
	p.alerts(doc)
	var b bytes.Buffer
	if err := htmlRenderer().Render(&b, p.src, doc); err != nil {
		return "", fmt.Errorf("kb: render %s: %w", d.Path, err)
	}
	clean := sanitise(bytes.ReplaceAll(b.Bytes(), []byte{hole}, nil))
	return rewrite(string(clean), link, ids), nil
}

// renderText returns plain text as HTML, a paragraph a line.
func renderText(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
	return b.String()
}

// alerts marks the block quotes that began with [!NOTE] and its like.
func (p *page) alerts(doc ast.Node) {
	if len(p.mask.alerts) == 0 {
		return
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() == ast.KindBlockquote {
			at := max(0, n.Pos())
			for i, end := at, nextLine(p.src, at); i < end; i++ {
				if kind, ok := p.mask.alerts[i]; ok {
					n.SetAttributeString("class", []byte("admonition "+kind))
				}
			}
		}
		return ast.WalkContinue, nil
	})
}

// htmlRenderer is safe for concurrent use.
var htmlRenderer = sync.OnceValue(func() renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(ghtml.NewRenderer(rawHTML...), 1000),
		util.Prioritized(extension.NewTableHTMLRenderer(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), 500),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(extension.NewTaskCheckBoxHTMLRenderer(), 500),
		util.Prioritized(extension.NewFootnoteHTMLRenderer(), 500),
		util.Prioritized(extension.NewDefinitionListHTMLRenderer(), 500),
		util.Prioritized(admonitionRenderer{}, 500),
	))
})

// admonitionRenderer writes an admonition as a <div>.
type admonitionRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (admonitionRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindAdmonition, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		a := n.(*admonition)
		switch {
		case a.empty:
			return ast.WalkSkipChildren, nil
		case !entering:
			_, err := w.WriteString("</div>\n")
			return ast.WalkContinue, err
		}
		class := "admonition"
		if a.kind != "" {
			class += " " + strings.ToLower(a.kind)
		}
		_, err := w.WriteString(`<div class="` + html.EscapeString(class) + `">` + "\n")
		return ast.WalkContinue, err
	})
}

// rewrite applies link to the targets of sanitised HTML, where attributes are always quoted, and
// gives the headings without an id those of ids, in order.
func rewrite(s string, link func(string) string, ids []string) string {
	if link == nil {
		link = func(string) string { return "" }
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			break
		}
		tag := s[i : i+end]
		b.WriteString(s[:i])
		s = s[i+end:]
		key := ""
		switch {
		case len(ids) > 0 && len(tag) == 3 && tag[1] == 'h' && tag[2] >= '1' && tag[2] <= '6':
			tag += ` id="` + html.EscapeString(ids[0]) + `"`
			ids = ids[1:]
		case strings.HasPrefix(tag, "<a "):
			key = ` href="`
		case strings.HasPrefix(tag, "<img "):
			key = ` src="`
		}
		if before, rest, ok := strings.Cut(tag, key); key != "" && ok {
			if target, after, ok := strings.Cut(rest, `"`); ok {
				if to := link(html.UnescapeString(target)); to != "" {
					tag = before + key + html.EscapeString(to) + `"` + after
				}
			}
		}
		b.WriteString(tag)
	}
	b.WriteString(s)
	return b.String()
}
