package kb

import (
	"fmt"
	"strings"
	"testing"
)

// show lists a document's chunks and units: "#anchor [headings]" and "kind text" lines.
func show(d *Document) string {
	var b strings.Builder
	for _, c := range d.chunks {
		fmt.Fprintf(&b, "#%s [%s]", c.Anchor, strings.Join(c.Headings, " > "))
		if c.Context != "" {
			fmt.Fprintf(&b, " context %q", c.Context)
		}
		b.WriteByte('\n')
		for _, u := range c.Units() {
			fmt.Fprintf(&b, "%s ", [...]string{"sentence", "item", "step", "row", "code", "heading"}[u.Kind])
			if u.Header >= 0 {
				fmt.Fprintf(&b, "(under %d) ", u.Header)
			}
			b.WriteString(strings.ReplaceAll(c.Plain[u.Start:u.End], "\n", "⏎") + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// parse parses body below a title, so that nothing but body matters.
func parse(t testing.TB, path, body string) *Document {
	t.Helper()
	d, faults := ParseDocument(path, []byte(body))
	if d == nil {
		t.Fatalf("%s: %v", path, faults)
	}
	checkDocument(t, d)
	return d
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"emphasis", "You have *30* **days** and ***no*** more.", "sentence You have 30 days and no more."},
		{"link", "See [our *terms*](terms.md \"Terms\") now.", "sentence See our terms now."},
		{"reference", "See [terms][t] now.\n\n[t]: terms.md", "sentence See terms now."},
		{"image", "Press ![a cog](cog.png) Save.\n\n![Only a picture](x.png)", "sentence Press Save."},
		{"code span", "Run `a  <b> &amp; {{x}}` now.", "sentence Run a <b> &amp; {{x}} now."},
		{"entities", "5&nbsp;&euro; &amp; more&#x200B;over &lt;b&gt;.", "sentence 5 € & moreover <b>."},
		{"escapes", `Not \*this\* nor 1\. that.`, "sentence Not *this* nor 1. that."},
		{"hard break", "One  \ntwo\\\nthree<br>four", "sentence One two three four"},
		{"soft break", "one\ntwo", "sentence one two"},
		{"soft break Chinese", "退货\n期限是30天。", "sentence 退货期限是30天。"},
		{"soft break Korean", "반품\n기간", "sentence 반품 기간"},
		{"autolink", "Go to <https://a.b/c_d_e> or www.a.b/x_y_z or a@b.de.", "sentence Go to https://a.b/c_d_e or www.a.b/x_y_z or a@b.de."},
		{"struck", "It costs ~~10 €~~ 5 €, not <del>12</del>.", "sentence It costs 5 €, not ."},
		{"tags", "A <b>bold</b> <span class=\"x\">word</span>, H<sub>2</sub>O<!-- no -->.", "sentence A bold word, H2O."},
		{"comment lines", "One.\n<!-- a\n\nb -->\nTwo.", "sentence One.\nsentence Two."},
		{"script", "One.\n\n<script>\nvar a = 1;\n\nvar b;\n</script>\n<style>p { }</style>\n\nTwo.", "sentence One.\nsentence Two."},
		{"details", "<details>\n<summary>More</summary>\n\nHidden **text**.\n\n</details>", "sentence More\nsentence Hidden text."},
		{"html paragraphs", "<div>\n  <p>One &amp; <a href=\"x\">two</a>.</p>\n  <!-- c -->\n\n    <p>Three.</p>\n</div>", "sentence One & two.\nsentence Three."},
		{"html list", "<ol><li>First</li><li>Then</li></ol>\n<ul>\n<li>Dot</li></ul>", "step First\nstep Then\nitem Dot"},
		{"html table", "<table><tr><th>Country</th><th>Days</th></tr>\n<tr><td>DE</td><td>2</td></tr></table>", "row Country | Days\nrow (under 0) DE | 2"},
		{"html cells", "<table>\n<tr>\n<td><p>GLS</p></td>\n<td>\n<ul>\n<li>Only <b>Italy</b></li>\n<li>Fast</li>\n</ul>\n</td>\n<td></td>\n</tr></table>", "row GLS | Only Italy; Fast"},
		{"pre", "<pre><code>a &lt; b\nc</code></pre>", "code a &lt; b⏎c"},
		{"aside", "<aside markdown=\"1\" class=\"q\">\n<img src=\"a.png\">\n  Some *words*\n<p markdown=\"1\" class=\"c\">\n— Me\n</p>\n</aside>", "sentence Some words\nsentence — Me"},
		{"invisible", "a\u200bb\u202ec\ufeffd\u00ade f\u00a0g\u3000h", "sentence abcde f g h"},
		{"joiner kept", "می\u200cخواهم a\u200db", "sentence می\u200cخواهم ab"},
		{"failed emphasis", "**이것(abc)**은 중요합니다.", "sentence 이것(abc)은 중요합니다."},
		{"powers kept", "It is 2**3, all of **/*.md.", "sentence It is 2**3, all of **/*.md."},
		{"crlf", "One\r\ntwo.\r\n\r\n* a\r\n* b\r\n", "sentence One two.\nitem a\nitem b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(parse(t, "en/a.md", c.in))
			if want := "# []\n" + c.want; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestGeneratorMarkup(t *testing.T) {
	for _, c := range []struct{ name, file, in, want string }{
		{"liquid", "a.md", "Hi {{ user.name }}!\n\n{% if x %}\nYes.\n{% endif %}\n\n[Go]({{ site.url }}/a) on.", "sentence Hi !\nsentence Yes.\nsentence Go on."},
		{"liquid comment", "a.md", "A.\n\n{% comment %}\nno\n{% endcomment %}\n\nB {% raw %}{{ shown }}{% endraw %}.", "sentence A.\nsentence B {{ shown }}."},
		{"shortcodes", "a.md", "{{< note title=\"x\" >}}\nText.\n{{< /note >}}\n\n{{% tip %}}Tip{{% /tip %}} {{</* x */>}}", "sentence Text.\nsentence Tip"},
		{"alert", "a.md", "> [!NOTE]\n> Keep it.\n\n> [!warning]+ Title\n> Body.", "sentence Keep it.\nsentence Title Body."},
		{"adobe", "a.md", "Use [!DNL Commerce] > [!UICONTROL **Save**] [!BADGE New]{type=Info tooltip=\"x\"}.", "sentence Use Commerce > Save New."},
		{"include", "a.md", "[!INCLUDE [text](../a.md)]\n\nText [!INCLUDE[x](y)] end.", "sentence Text end."},
		{"attributes", "a.md", "A [link](x){target=\"_blank\"} ![i](i.png){width=\"100%\"} word{.cls}\n{: .note }\n\n{:.wide}\nText {not} that.", "sentence A link word\nsentence Text {not} that."},
		{"gitbook", "a.md", "{% hint style=\"info\" %}\nMind **this**.\n{% endhint %}\n\n{% content-ref url=\"a.md\" %}\n[a.md](a.md)\n{% endcontent-ref %}\nEnd.", "sentence Mind this.\nsentence End."},
		{"docusaurus", "a.md", ":::tip My *tip*\n\nDo it.\n\n* one\n\n:::\n\n:::note[Titled]{x=y}\nIn.\n:::\nOut.", "sentence My tip\nsentence Do it.\nitem one\nsentence Titled\nsentence In.\nsentence Out."},
		{"vitepress", "a.md", "::: details Click\nBody.\n:::", "sentence Click\nsentence Body."},
		{"microsoft", "a.md", "::: moniker range=\">=1\"\nText.\n::: moniker-end\n:::image type=\"content\" source=\"a.png\":::\nAfter.", "sentence Text.\nsentence After."},
		{"mkdocs", "a.md", "!!! note \"Please *note*\"\n    Body of it.\n\n    1. step\n\n??? tip\n    Folded.\n\n=== \"Tab\"\n\n    In tab.\n\nOut.", "sentence Please note\nsentence Body of it.\nstep step\nsentence Folded.\nsentence Tab\nsentence In tab.\nsentence Out."},
		{"mdx", "a.mdx", "import Tabs from '@theme/Tabs';\nimport {\n  A,\n} from \"x\";\nexport const a = {b: 1};\n\n<Tabs groupId=\"os\" values={[{a: 1}, {b: '>'}]}>\n  <TabItem value=\"x\">\n    Mac **text** {props.name}.\n  </TabItem>\n</Tabs>\n\n{/* no */}\nEnd{' '}here.", "sentence Mac text .\nsentence Endhere."},
		{"mdx indented", "a.mdx", "<Tabs>\n  <TabItem>\n\n    Do this:\n\n    1. One\n       more\n    2. Two\n\n    ```sh\n    run\n      it\n    ```\n\n  </TabItem>\n</Tabs>\n- a\n    - b\n", "sentence Do this:\nstep One more\nstep Two\ncode run⏎  it\nitem a\nitem b"},
		{"footnotes", "a.md", "A fact[^1] and [^none].\n\n[^1]: Its *source*.\n\n    More of it.\n\nLast.", "sentence A fact and .\nsentence Its source.\nsentence More of it.\nsentence Last."},
		{"definitions", "a.md", "Return window\n: 30 days.\n: 14 in sales.\n\nRefund:\n: Money back.", "item Return window: 30 days.\nitem 14 in sales.\nitem Refund: Money back."},
		{"toc", "a.md", "[TOC]\n\nIn this article:\n\n* [Here](#here)\n* [There](#there)\n\nMore:\n\n* [Here](#here)\n* [There](#there).\n* [Else](x.md)", "sentence More:\nitem Else"},
		{"code keeps all", "a.md", "```liquid\n{{ x }} <!-- y -->\n:::tip\n```\n\nEnd.", "code {{ x }} <!-- y -->⏎:::tip\nsentence End."},
		{"tasks", "a.md", "- [x] done\n- [ ] open", "item done\nitem open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(parse(t, c.file, "# T {#t}\n"+c.in))
			if want := "#t []\n" + c.want; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestUnits(t *testing.T) {
	d := parse(t, "a.md", "# T\n\nOne. Two!\n\n1. First. Still first.\n\n   Its second paragraph.\n2. Second\n   * nested\n\n   ```sh\n   run me\n     now\n   ```\n\n"+
		"| Country | Days |\n|---|--:|\n| `DE` | **2** |\n| FR | |\n\n> Quoted one. Quoted two.\n> ### Inner\n")
	want := `#t []
sentence One.
sentence Two!
step First. Still first.⏎Its second paragraph.
step Second
item nested
code run me⏎  now
row Country | Days
row (under 6) DE | 2
row (under 6) FR
sentence Quoted one.
sentence Quoted two.
heading Inner`
	if got := show(d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c := d.chunks[0]
	for _, u := range []struct {
		unit int
		want string
	}{{1, "Two!"}, {2, "First. Still first.\n\n   Its second paragraph."}, {4, "nested"}, {7, "`DE` | **2**"}} {
		a, b := c.SourceRange(c.Units()[u.unit].Start, c.Units()[u.unit].End)
		if got := d.Source[a:b]; got != u.want {
			t.Errorf("unit %d is at %q, want %q", u.unit, got, u.want)
		}
	}
}

func TestSourceRange(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"[One](a.md \"(t)\") two. [Three *four*](<b (1).md>). Five [six][7]!\n\n[7]: x", []string{"[One](a.md \"(t)\") two.", "[Three *four*](<b (1).md>).", "Five [six][7]!"}},
		{"**One.** Two *three*. `Four` five.", []string{"**One.**", "Two *three*.", "`Four` five."}},
		{"**One two. Three four.** Five.", []string{"One two.", "Three four.", "Five."}},
		{"[One two. Three.](x) Five.", []string{"[One two. Three.](x)", "[One two. Three.](x)", "Five."}},
		{"Use [!UICONTROL Save] now. See [!DNL **Shop**].", []string{"Use [!UICONTROL Save] now.", "See [!DNL **Shop**]."}},
		{"***[a](b)***", []string{"***[a](b)***"}},
		{"Costs 5&nbsp;&euro;. Yes&#x200B;.", []string{"Costs 5&nbsp;&euro;.", "Yes&#x200B;."}},
	} {
		d := parse(t, "a.md", c.in)
		k := d.chunks[0]
		for i, u := range k.Units() {
			a, b := k.SourceRange(u.Start, u.End)
			if got := d.Source[a:b]; i >= len(c.want) || got != c.want[i] {
				t.Errorf("%q: unit %d is at %q, want %q", c.in, i, got, c.want[min(i, len(c.want)-1)])
			}
		}
	}
	c := &Chunk{Start: 7}
	if a, b := c.SourceRange(0, 0); a != 7 || b != 7 {
		t.Errorf("[%d,%d)", a, b)
	}
}

func TestSections(t *testing.T) {
	d := parse(t, "a.md", "---\ntitle: My shop\n---\nIntro.\n\n# My Shop\n\nTop.\n\n## <a name=\"english-slug\"></a>Rückgabe & Umtausch {#ret}\n\n### Fristen\n\nA.\n\n### Fristen\n\nB.\n\n"+
		"## 반품 정책\n\nC.\n\nSetext `x`\n----------\n\nD.\n\n## Empty\n\n# Other\n\n###### Deep\n\nE.\n")
	want := `# []
sentence Intro.
#my-shop []
sentence Top.
#fristen [Rückgabe & Umtausch > Fristen]
sentence A.
#fristen-1 [Rückgabe & Umtausch > Fristen]
sentence B.
#반품-정책 [반품 정책]
sentence C.
#setext-x [Setext x]
sentence D.
#deep [Other > Deep]
sentence E.`
	if got := show(d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := d.chunks[2].Section(); got != "a#fristen" {
		t.Errorf("section %q", got)
	}
}

func TestChunkLimits(t *testing.T) {
	sentence := "Here " + strings.Repeat("word ", 30) + "end.\n"
	long := strings.Repeat(sentence, 20)
	rows := strings.Repeat("| cell one two three | four five six seven |\n", 60)
	d := parse(t, "a.md", "# T\n\n"+long+"\nDo this:\n\n"+strings.Repeat("* "+sentence, 9)+"\n| Name | Days |\n|---|---|\n"+rows)
	for _, c := range d.chunks {
		if n := countWords(c.Plain); n > chunkWords {
			t.Errorf("%d words in %q", n, c.Plain)
		}
	}
	last := d.chunks[len(d.chunks)-1]
	if last.Context != "Name | Days" || last.Units()[0].Header != -1 || last.Units()[0].Kind != Row {
		t.Errorf("a later part of a table has context %q, unit %+v", last.Context, last.Units()[0])
	}
	for i, c := range d.chunks {
		if strings.HasSuffix(c.Plain, "Do this:") {
			t.Errorf("chunk %d ends with the words that introduce the list", i)
		}
	}
}
