package kb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// closed reports whether nothing of a file can be shown to the public: skipped with a fatal fault
// that says so, internal, or not live.
func closed(d *Document, faults []Fault) bool {
	if d == nil {
		return len(faults) > 0 && faults[0].Fatal && faults[0].Line > 0
	}
	return d.Audience == Internal || !d.Live(now)
}

// TestBrokenFrontMatterIsClosed holds that an author's word that an article is not for everybody
// takes effect or is reported, however it is written.
func TestBrokenFrontMatterIsClosed(t *testing.T) {
	const yaml, body = "audience: internal\ntitle: T\n---\n", "\n# T\n\nSecret.\n"
	for name, in := range map[string]string{
		"TOML not closed":         "+++\naudience = \"internal\"\n" + body,
		"comment, not closed":     "---\n# meta\naudience: internal\n" + body,
		"blank, not closed":       "---\n\naudience: internal\n" + body,
		"quoted, not closed":      "---\n\"audience\": internal\n" + body,
		"indented, not closed":    "---\n  audience: internal\n" + body,
		"blank line before":       "\n---\n" + yaml + body,
		"blank lines before":      " \r\n\t\r\n---\r\naudience: internal\r\n---\r\n" + body,
		"space before":            " ---\n" + yaml + body,
		"spaces and indentation":  "  ---\n  audience: internal\n  ---\n" + body,
		"zero width before":       "\u200b---\n" + yaml + body,
		"no-break space before":   "\u00a0---\n" + yaml + body,
		"second BOM":              "\ufeff\ufeff---\n" + yaml + body,
		"comment before":          "<!-- markdownlint-disable -->\n---\n" + yaml + body,
		"comments before":         "<!-- a\nb --> <!-- c -->\n\n---\n" + yaml + body,
		"comment at the mark":     "--- # meta\n" + yaml + body,
		"word at the mark":        "--- yaml\n" + yaml + body,
		"four dashes":             "----\naudience: internal\n----\n" + body,
		"dashes by an editor":     "\u2014-\naudience: internal\n\u2014-\n" + body,
		"two dashes":              "--\naudience: internal\n--\n" + body,
		"no opening mark":         yaml + body,
		"CR":                      strings.ReplaceAll("---\n"+yaml+body, "\n", "\r"),
		"CR in TOML":              strings.ReplaceAll("+++\naudience='internal'\n+++\n"+body, "\n", "\r"),
		"CR and LF":               "---\r\naudience: internal\r---\r\n" + body,
		"JSON":                    "{\n  \"title\": \"T\",\n  \"audience\": \"internal\"\n}\n" + body,
		"JSON on one line":        `{"title": "T", "Audience": "internal"}` + "\n" + body,
		"JSON, broken":            "{\n\"title\": \"T\",\n\"audience\": \"internal\",\n}\n" + body,
		"JSON, not quite":         "{audience: internal}\n" + body,
		"JSON, twice":             `{"audience": "internal", "Audience": "public"}` + "\n" + body,
		"TOML, twice":             "+++\naudience = 'internal'\nAudience = 'public'\n+++\n" + body,
		"YAML merge":              "---\nbase: &b\n  audience: internal\n<<: *b\n---\n" + body,
		"YAML merge, twice":       "---\nbase: &b {Audience: internal}\n<<: *b\naudience: public\n---\n" + body,
		"YAML alias as key":       "---\nx: &k audience\n*k : internal\n---\n" + body,
		"key with a zero width":   "---\naudience\u200b: internal\n---\n" + body,
		"key with a space":        "---\n\"audience \": internal\n---\n" + body,
		"Microsoft":               "---\nms.topic: article\naudience: internal-only\n---\n" + body,
		"Microsoft list":          "---\nms.topic: article\naudience: [ITPro, Internal staff]\n---\n" + body,
		"Microsoft mapping":       "---\nms.topic: article\naudience: {type: internal}\n---\n" + body,
		"nested":                  "---\nparams:\n  Audience: internal\n---\n" + body,
		"nested in TOML":          "+++\n[params]\naudience = 'internal'\n+++\n" + body,
		"dotted in TOML":          "+++\nparams.audience = 'internal'\n+++\n" + body,
		"nested deep":             "---\nmeta:\n  x:\n    1: y\n    audience: internal\n---\n" + body,
		"audiences":               "---\naudiences: [internal]\n---\n" + body,
		"audience and audiences":  "---\naudiences: internal\naudience: public\n---\n" + body,
		"misspelt":                "---\naudiance: internal\n---\n" + body,
		"internal: true":          "---\ninternal: true\n---\n" + body,
		"public: false":           "---\npublic: false\n---\n" + body,
		"visibility":              "---\nvisibility: private\n---\n" + body,
		"status":                  "---\nstatus: Draft\n---\n" + body,
		"drafts":                  "---\ndrafts: true\n---\n" + body,
		"expires":                 "---\nexpires: 2020-01-01\n---\n" + body,
		"expiry_date":             "---\nexpiry_date: 2020-01-01\n---\n" + body,
		"expiry-date":             "---\nExpiry-Date: 2020-01-01\n---\n" + body,
		"publish_date":            "---\npublish_date: 2040-01-01\n---\n" + body,
		"search_exclude":          "---\nsearch_exclude: true\n---\n" + body,
		"search.Exclude":          "---\nsearch: {Exclude: true}\n---\n" + body,
		"search.EXCLUDE in TOML":  "+++\nSearch.EXCLUDE = true\n+++\n" + body,
		"below a heading":         "# T\n\n---\n" + yaml + body,
		"below a template's tag":  "{% include x %}\n---\n" + yaml + body,
		"below other keys":        "---\ntitle: T\n---\n\n---\n" + yaml + body,
		"below empty keys":        "---\n---\n" + yaml + body,
		"below a comment of YAML": "---\n# c\n---\n" + yaml + body,
		"below the closing mark":  "---\ntitle: T\n---\naudience: internal\n" + body,
		"no-break at the mark":    "---\u00a0\n" + yaml + body,
		"a directive of YAML":     "%YAML 1.2\n---\n" + yaml + body,
		"TOML between dashes":     "---\naudience = 'internal'\n---\n" + body,
		"no space":                "---\naudience:internal\n---\n" + body,
		"wide colon":              "\n---\naudience：internal\n---\n" + body,
		"a list":                  "---\n- audience: internal\n---\n" + body,
		"unpublished":             "---\nunpublished: true\n---\n" + body,
		"text, then keys":         "---\n\n# T\n\ntitle: T\naudience: internal\n" + body,
		"draft, not closed":       "---\n\ndraft: true\n" + body,
	} {
		if d, faults := ParseDocument("a.md", []byte(in)); !closed(d, faults) {
			t.Errorf("%s: public and live, faults %v\n%s", name, faults, in)
		}
	}
}

// TestTextIsNotFrontMatter holds that articles without front matter stay articles.
func TestTextIsNotFrontMatter(t *testing.T) {
	for _, in := range []string{
		"---\n\nText: a word.\n\n---\n\nMore.\n", "***\n\nTitle: x.\n", "\n---\n\nText.\n", "---\nText\n---\n\nText.\n"[4:], "- - -\n\nText.\n",
		"```yaml\n---\naudience: internal\n---\n```\n\nText.\n", "```\n{\"audience\": \"internal\"}\n```\n\nText.\n", "Text.\n\n```\n---\naudience: internal\n---\n```\n",
		"{\"a\": 1}\n\nText.\n", "{% hint %}\nText.\n{% endhint %}\n", "{{< note >}}\nText.\n{{< /note >}}\n", "{#id}\n\nText.\n", "{: .x}\nText.\n",
		"Title\n---\nPublished: 3 May\n\nText.\n", "Title: Text and more.\n\naudience: internal\n", "<!-- audience: internal -->\n\nText.\n", "-\n\nText.\n", "{\n", "{",
		"| a |\n|---|\n| draft: x |\n\nText.\n", "----------\n\nText.\n", "---\n\n# Welcome\n\nLanguage: German\n", "---\n\nText.\n\n---\n\nDate: 3 May\n", "+++\n", "---\n\n# Head\n\nText.\n\n---\n\nSee: more.\n",
	} {
		if d, faults := ParseDocument("a.md", []byte(in)); d == nil || d.Audience != Public || d.Draft {
			t.Errorf("%q: %v", in, faults)
		}
	}
	d, faults := ParseDocument("a.md", []byte("\n<!-- c -->\n---\ntitle: T\nlang: x1\n---\nText.\n"))
	if d == nil || d.Title != "T" || d.chunks[0].Plain != "Text." || len(faults) != 1 || faults[0].Line != 5 {
		t.Errorf("%+v %v", d, faults)
	}
	d, faults = ParseDocument("a.md", []byte("{\"title\": \"T\", \"search\": {\"boost\": 2}}\nText.\n"))
	if d == nil || d.Title != "T" || d.Boost != 2 || d.chunks[0].Plain != "Text." || len(faults) != 0 {
		t.Errorf("%+v %v", d, faults)
	}
	d, faults = ParseDocument("a.md", []byte("---\ntitle: T\nexpires: 2040-01-01\ntag: x\n---\nText.\n"))
	if d == nil || d.ValidUntil.Year() != 2040 || len(faults) != 1 || !strings.Contains(faults[0].Message, `"expires": did you mean expiryDate?`) {
		t.Errorf("%+v %v", d, faults)
	}
}

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Skip(err)
	}
}

func TestLinkToInternal(t *testing.T) {
	root := folder(t, map[string]string{"internal/a1.md": "# A\n\nSecret.\n", "Internal/a2.md": "# A\n\nSecret.\n", "_drafts/d.md": "# D\n\nDraft.\n", "open/p.md": "# P\n\nText.\n"})
	symlink(t, "../internal/a1.md", filepath.Join(root, "en/f1.md"))
	symlink(t, "f1.md", filepath.Join(root, "en/f2.md"))
	symlink(t, "../internal", filepath.Join(root, "en/staff"))
	symlink(t, "staff/a1.md", filepath.Join(root, "en/f3.md"))
	symlink(t, "../Internal/a2.md", filepath.Join(root, "en/f4.md"))
	symlink(t, "../_drafts/d.md", filepath.Join(root, "en/d.md"))
	symlink(t, "../open/p.md", filepath.Join(root, "en/p.md"))
	symlink(t, "../open/p.md", filepath.Join(root, "internal/p.md"))
	c := load(t, root, nil)
	for _, id := range []string{"en/f1", "en/f2", "en/f3", "en/f4", "internal/p", "internal/a1"} {
		if d := c.Document(id); d == nil || d.Audience != Internal || d.chunks[0].Audience != Internal {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if d := c.Document("en/p"); d == nil || d.Audience != Public {
		t.Errorf("%+v", d)
	}
	if len(c.ChunksOf("en/d"))+len(c.ChunksOf("_drafts/d")) != 0 {
		t.Error("a draft is live")
	}
	// The same bytes behind the same path, but from an internal folder now.
	write(t, root, "internal/p2.md", "# P\n\nText.\n")
	if err := os.Remove(filepath.Join(root, "en/p.md")); err != nil {
		t.Fatal(err)
	}
	symlink(t, "../internal/p2.md", filepath.Join(root, "en/p.md"))
	if d := load(t, root, c).Document("en/p"); d.Audience != Internal {
		t.Error("the former document of a link that leads to an internal article now was kept")
	}
}

func TestRootNamedInternal(t *testing.T) {
	root := folder(t, map[string]string{"x/Internal/a.md": "# A\n\nSecret.\n", "x/Internal/en/b.md": "---\naudience: public\n---\n# B\n\nSecret.\n", "internal/kb/c.md": "# C\n\nText.\n"})
	for _, path := range []string{"x/Internal", "x/Internal/", "x/Internal/en/.."} {
		c := load(t, root+"/"+path, nil)
		if c.Document("a").Audience != Internal || c.Document("en/b").Audience != Internal {
			t.Errorf("%s: public", path)
		}
	}
	if c := load(t, filepath.Join(root, "internal/kb"), nil); c.Document("c").Audience != Public {
		t.Error("only the folder's own name counts")
	}
	symlink(t, "x/Internal", filepath.Join(root, "kb"))
	symlink(t, "internal/kb", filepath.Join(root, "y/internal"))
	if c := load(t, filepath.Join(root, "kb"), nil); c.Document("a").Audience != Internal {
		t.Error("a link to a folder named internal: public")
	}
	t.Chdir(filepath.Join(root, "x/Internal"))
	if c := load(t, ".", nil); c.Document("a").Audience != Internal {
		t.Error("the working folder: public")
	}
}

func TestAt(t *testing.T) {
	root := folder(t, map[string]string{"a.md": "# A\n\nx\n", "b.md": "---\npublishDate: 2026-03-02\n---\n# B\n\nx\n", "c.md": "---\nexpiryDate: 2026-03-02\n---\n# C\n\nx\n", "d.md": "---\ndraft: true\n---\nx\n"})
	c := load(t, root, nil)
	tomorrow := c.At(now.AddDate(0, 0, 1))
	want := load(t, root, c)
	want = want.At(now.AddDate(0, 0, 1))
	if len(tomorrow.ChunksOf("a")) != 1 || len(tomorrow.ChunksOf("b")) != 1 || len(tomorrow.ChunksOf("c")) != 0 || len(tomorrow.Chunks) != 2 || len(want.Chunks) != 2 {
		t.Errorf("%v", tomorrow.Chunks)
	}
	if tomorrow.Document("a") != c.Document("a") || tomorrow.ChunksOf("a")[0] != c.ChunksOf("a")[0] || tomorrow.Hash != c.Hash || len(c.ChunksOf("c")) != 1 || tomorrow.Links() == nil {
		t.Error("not the same documents, or the corpus was changed")
	}
	if !tomorrow.NextChange(now.AddDate(0, 0, 1)).Equal(time.Time{}) {
		t.Error("next change")
	}
}

func TestSharedAddress(t *testing.T) {
	files := map[string]string{
		"en/s.md": "---\nslug: /shipreturns\n---\n# S\n\nx\n", "de/s.md": "---\nslug: /ShipReturns/\n---\n# S\n\nx\n", "ar/s.md": "---\nslug: /shipreturns\n---\n# S\n\nx\n",
		"en/own.md": "---\nslug: /own\n---\n# O\n\nx\n", "internal/own.md": "---\nslug: /own\n---\n# O\n\nx\n", "de/slug.md": "---\nslug: word\n---\n# W\n\nx\n", "en/slug.md": "---\nslug: word\n---\n# W\n\nx\n",
	}
	root := folder(t, files)
	c := load(t, root, nil)
	for id, want := range map[string]string{"en/s": "/help/en/s#a", "de/s": "/help/de/s#a", "ar/s": "/help/ar/s#a", "en/own": "/own#a", "internal/own": "/help/internal/own#a", "de/slug": "/help/de/slug#a"} {
		if got := c.Document(id).SectionURL("a"); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if n := strings.Count(faultsOf(c), "readers are sent to the help page"); n != 4 || !strings.Contains(faultsOf(c), `en/s.md:2: address "/shipreturns" belongs to ar/s.md too`) {
		t.Error(faultsOf(c))
	}
	if to, _ := c.Links().Target(c.Document("de/slug"), "/shipreturns"); to != c.Document("de/s") {
		t.Errorf("a link to the shared address leads to %v", to)
	}
	again := load(t, root, c)
	if again.Document("en/s") != c.Document("en/s") || faultsOf(again) != faultsOf(c) {
		t.Error("an unchanged document was replaced")
	}
	for _, name := range []string{"de/s.md", "ar/s.md"} {
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	alone := load(t, root, again)
	if alone.Document("en/s").SectionURL("") != "/shipreturns" || again.Document("en/s").URL != "" || alone.ChunksOf("en/s")[0] != again.ChunksOf("en/s")[0] {
		t.Error("the last document with the address does not get it back, or the older corpus was changed")
	}
}
