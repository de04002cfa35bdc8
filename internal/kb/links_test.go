package kb

import (
	"strings"
	"testing"
	"time"
)

func TestSectionURL(t *testing.T) {
	for _, c := range []struct {
		id, url, anchor, want string
	}{
		{"en/returns", "", "", "/help/en/returns"},
		{"a b/ü?#", "", "größe", "/help/a%20b/%C3%BC%3F%23#gr%C3%B6%C3%9Fe"},
		{"x", "https://shop.example/returns", "refunds", "https://shop.example/returns#refunds"},
		{"x", "HTTP://shop.example", "", "http://shop.example"},
		{"x", "/rückgabe/?a=1&b", "ü", "/r%C3%BCckgabe/?a=1&b#%C3%BC"},
		{"x", "/r#top", "refunds", "/r#top"},
		{"x", "https://shop.example/r#top", "refunds", "https://shop.example/r#top"},
		{"x", "javascript:alert(1)", "a", "/help/x#a"},
		{"x", "JavaScript:alert(1)", "", "/help/x"},
		{"x", "data:text/html,x", "", "/help/x"},
		{"x", "mailto:a@b.c", "", "/help/x"},
		{"x", "//elsewhere.example/r", "", "/help/x"},
		{"x", "///elsewhere.example/r", "", "/help/x"},
		{"x", "https:elsewhere.example", "", "/help/x"},
		{"x", "https:///elsewhere.example", "", "/help/x"},
		{"x", `/\elsewhere.example`, "", "/%5Celsewhere.example"},
		{"x", `\\elsewhere.example`, "", "/help/x"},
		{"x", "/\t/elsewhere.example", "", "/help/x"},
		{"x", "/%zz", "", "/help/x"},
		{"x", "returns", "a", "/help/x#a"}, // a slug says nothing of the folder that it is in
	} {
		d := Document{ID: c.id, URL: c.url}
		if got := d.SectionURL(c.anchor); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.id, c.url, got, c.want)
		}
	}
}

// TestUnfitAddress: what no page may link to is a fault and not an address.
func TestUnfitAddress(t *testing.T) {
	for address, unfit := range map[string]bool{
		"javascript:alert(1)": true, "//elsewhere.example/r": true, "ftp://shop.example/r": true, "/%zz": true,
		"/returns/": false, "returns": false, "https://shop.example/r": false,
	} {
		d, faults := ParseDocument("a.md", []byte("---\ntitle: T\nslug: \""+address+"\"\n---\nText.\n"))
		if (len(faults) > 0) != unfit || (d.URL == "") != unfit {
			t.Errorf("%s: URL %q, faults %v", address, d.URL, faults)
		}
	}
}

func TestLinks(t *testing.T) {
	c, err := Load(t.Context(), folder(t, map[string]string{
		"docs/README.md": "# R\n\nx\n", "docs/a.md": "# A\n\nx\n", "docs/b c.markdown": "# B\n\nx\n", "docs/sub/_index.md": "# S\n\nx\n", "docs/sub/d.mdx": "# D\n\nx\n", "docs/old/index.md": "# O\n\nx\n",
		"de/r.md": "---\ntitle: R\nlang: de\nslug: /returns\naliases: [/old/Returns]\n---\nx\n",
		"en/r.md": "---\ntitle: R\nlang: en\nslug: /returns\n---\nx\n",
	}), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	from := c.Document("docs/a")
	english, german := &Document{Path: "x.md", ID: "x", Lang: "en"}, &Document{Path: "x.md", ID: "x", Lang: "de"}
	for _, tc := range []struct {
		from       *Document
		link, want string
	}{
		{from, "sub/d.mdx#x", "docs/sub/d#x"}, {from, "sub/d", "docs/sub/d"}, {from, "sub/d.html?q=1#x%20y", "docs/sub/d#x y"},
		{from, "b%20c.markdown", "docs/b c"}, {from, "b c.md", "docs/b c"}, {from, "sub/", "docs/sub/_index"}, {from, "sub", "docs/sub/_index"},
		{from, "old", "docs/old/index"}, {from, ".", "docs/README"}, {from, "./", "docs/README"}, {from, "../b c", "docs/b c"}, {from, "../en/r.md", "en/r"},
		{from, "/docs/a.md", "docs/a"}, {from, "/site/docs/a/", "docs/a"}, {from, "/docs/../en/r", "en/r"}, {from, "#x", "docs/a#x"},
		{english, "/returns/", "en/r"}, {german, "/returns#x", "de/r#x"}, {english, "returns", "en/r"}, {english, "/old/returns", "de/r"},
		{from, "none.md", ""}, {from, "https://x.y/docs/a.md", ""}, {from, "//x.y/docs/a", ""}, {from, "mailto:a@b.c", ""}, {from, "/", ""}, {from, "../../docs/a", "docs/a"}, {from, "../../../docs/a", ""},
	} {
		got := ""
		if to, fragment := c.Links().Target(tc.from, tc.link); to != nil {
			got = strings.TrimSuffix(to.ID+"#"+fragment, "#")
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.link, got, tc.want)
		}
	}
}
