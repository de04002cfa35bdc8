package kb

import (
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	link := func(target string) string {
		if strings.HasPrefix(target, "https:") || strings.HasPrefix(target, "#") {
			return ""
		}
		return "/help/" + strings.TrimPrefix(target, "../")
	}
	for _, c := range []struct{ name, in, want string }{
		{"heading", "## Zurück & vor\n\n## A {#b}\n\n## A", "<h2 id=\"zurück--vor\">Zurück &amp; vor</h2>\n<h2 id=\"b\">A </h2>\n<h2 id=\"a\">A</h2>"},
		{"links", "[a](../b.md \"t\") ![i](x.png) <a href=\"c.md\">c</a> [d](#e) [f](javascript:alert(1))", "<p><a href=\"/help/b.md\" title=\"t\">a</a> <img src=\"/help/x.png\" alt=\"i\"> <a href=\"/help/c.md\">c</a> <a href=\"#e\">d</a> f</p>"},
		{"external", "<https://x.y/?a=1&b=2>", "<p><a href=\"https://x.y/?a=1&amp;b=2\" rel=\"nofollow\">https://x.y/?a=1&amp;b=2</a></p>"},
		{"alert", "> [!NOTE]\n> Keep.", "<blockquote class=\"admonition note\"><p>Keep.</p>\n</blockquote>"},
		{"admonition", ":::tip My *tip*\nDo.\n:::", "<div class=\"admonition tip\">\n<p class=\"admonition-title\">My <em>tip</em></p>\n<p>Do.</p>\n</div>"},
		{"mkdocs", "!!! note\n    In `it`.", "<div class=\"admonition note\">\n<p>In <code>it</code>.</p>\n</div>"},
		{"table", "| a |\n|--:|\n| 1 |", "<table>\n<thead>\n<tr>\n<th align=\"right\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"right\">1</td>\n</tr>\n</tbody>\n</table>"},
		{"definitions", "T\n: D", "<dl>\n<dt>T</dt>\n<dd>D</dd>\n</dl>"},
		{"template", "A {{ b }} {% c %} [!DNL D] <!-- e --> f{: .g}", "<p>A   D  f</p>"},
		{"unsafe", "<script>alert(1)</script><img src=x onerror=alert(1)> <b onclick=\"x\" style=\"y\">z</b> <iframe src=\"//x\"></iframe>", "<p><img src=\"/help/x\"> <b>z</b> </p>"},
		{"struck and tasks", "- [x] ~~a~~", "<ul>\n<li><input checked=\"\" disabled=\"\" type=\"checkbox\"> <del>a</del></li>\n</ul>"},
		{"footnote", "A[^1].\n\n[^1]: B.", "<p>A<sup id=\"fnref:1\"><a href=\"#fn:1\" class=\"footnote-ref\">1</a></sup>.</p>\n<div class=\"footnotes\">\n<hr>\n<ol>\n<li id=\"fn:1\">\n<p>B. <a href=\"#fnref:1\" class=\"footnote-backref\">↩︎</a></p>\n</li>\n</ol>\n</div>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := ParseDocument("en/a.md", []byte("---\ntitle: T\n---\n"+c.in+"\n"))
			got, err := Render(d, link)
			if err != nil || strings.TrimSpace(got) != c.want {
				t.Errorf("%v, got\n%s\nwant\n%s", err, got, c.want)
			}
		})
	}
}

// TestRenderAnchors holds the ids of the HTML against the anchors of the chunks.
func TestRenderAnchors(t *testing.T) {
	d := parse(t, "a.md", "# One\n\na\n\n## Same\n\nb\n\n## Same\n\nc\n\n## 반품 {#ret}\n\nd\n\nSet\n---\n\ne\n\n<h2 class=\"x\">Größe</h2>\n\nf\n\n<h2 id=\"own\">Own</h2>\n\ng\n")
	html, err := Render(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.chunks {
		if !strings.Contains(html, ` id="`+c.Anchor+`"`) {
			t.Errorf("no id %q in\n%s", c.Anchor, html)
		}
	}
}

func TestRenderText(t *testing.T) {
	d := plainDocument("1", "c.jsonl#1", "T", "One <b>.\n\nTwo *x*.", "")
	if got, err := Render(d, nil); err != nil || got != "<p>One &lt;b&gt;.</p>\n<p>Two *x*.</p>\n" {
		t.Errorf("%q %v", got, err)
	}
}
