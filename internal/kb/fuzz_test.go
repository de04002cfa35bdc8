package kb

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzParseDocument holds every promise about chunks against arbitrary files, and asks for the
// same outcome twice.
func FuzzParseDocument(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: A\n---\n# A\n\nText *one* two. Three!\n\n* a\n  * b\n\n1. x\n   ```\n   c\n   ```\n",
		"| a | b |\n|---|---|\n| `c\\|d` | &nbsp;e |\n\nT\n: D\n\n[^1] x\n\n[^1]: note\n\n    more\n",
		"<div>\n<p>a<br>b</p>\n<table><tr><th>x<td>y</table>\n\n    <li>z</li>\n</div>\n<!-- open",
		":::tip T\na\n:::\n!!! note \"x\"\n    y\n\n{% hint %}\nq\n{% endhint %}{{< a >}}{#id}\n",
		"\ufeff+++\ntitle = 'x'\n+++\r\n> [!NOTE]\r\n> a\u200bb\u00a0\r\n> # h\r\n",
		"a\\\n\\*b\\* &#x200B;&bne;&amp; <https://x.y/z> **이(a)**은 退货\n期限。是 ~~x~~ ![a](b)\n",
		"- - - a\n\t\tb\n\t- c\n\n===\n# # {#a}\n# {#a}\n## \n",
		"<del>a\n\n<pre>\n b\n\n c</pre><h2 id=x>T</h2><ol><li><p>q</ol>\n",
		"```\n\tx\n", "~~~ a\n>b\n", "import {\nexport const a = {\n", "[!DNL [!UICONTROL x]]", "`a\n\n`b`\n\\",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, source string, mdx bool) {
		name := "de/a.md"
		if mdx {
			name = "de/a.mdx"
		}
		d, faults := ParseDocument(name, []byte(source))
		if d == nil {
			if len(faults) == 0 || !faults[0].Fatal {
				t.Fatalf("no document and no fatal fault: %v", faults)
			}
			return
		}
		if d.Source != source {
			t.Fatal("the source was changed")
		}
		checkDocument(t, d)
		again, _ := ParseDocument(name, []byte(source))
		forgetUnpacked(d, again)
		if !reflect.DeepEqual(d, again) {
			t.Fatal("a second parse differs")
		}
		if _, err := Render(d, func(s string) string { return s }); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzSimpleFields holds the fast reader of front matter against the YAML parser.
func FuzzSimpleFields(f *testing.F) {
	f.Add("title: a\ntags:\n- x\n- 'y'\ndate: 2024-01-02\n")
	f.Add("a-b: \"q\"\nlang: no\nms.x: 1\ntags:\n  - 1\n  - true\n")
	f.Fuzz(func(t *testing.T, block string) {
		got, ok := simpleFields([]byte(block))
		if !ok || !utf8.ValidString(block) { // files that are not UTF-8 come no further
			return
		}
		want, err := parsedFields([]byte(block))
		if err != nil {
			t.Fatalf("%q: the parser says %v", block, err)
		}
		for i := range want {
			if !knownKeys[want[i].key] && i < len(got) {
				want[i].value = got[i].value
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n got %v\nwant %v", block, got, want)
		}
	})
}

// forgetUnpacked drops what documents unpacked when they were asked, so that equal ones are deeply
// equal.
func forgetUnpacked(documents ...*Document) {
	for _, d := range documents {
		for _, c := range d.chunks {
			c.layout.Store(nil)
		}
	}
}
