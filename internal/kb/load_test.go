package kb

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// folder writes files (name → content) to a fresh folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		write(t, root, name, content)
	}
	return root
}

func write(t testing.TB, root, name, content string) {
	t.Helper()
	p := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, root string, old *Corpus) *Corpus {
	t.Helper()
	c, err := LoadFrom(context.Background(), root, now, old)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func faultsOf(c *Corpus) string {
	var b strings.Builder
	for _, f := range c.Faults {
		b.WriteString(f.Path + ":" + string(rune('0'+min(f.Line, 9))) + ": " + f.Message + "\n")
	}
	return b.String()
}

func TestLoadBadFiles(t *testing.T) {
	root := folder(t, map[string]string{
		"good.md":           "# Good\n\nText.\n",
		"binary.md":         "PNG\x00\x01\x02",
		"latin1.md":         "# Zur\n\nZur\xfcck.\n",
		"yaml.md":           "---\ntitle: a\nx: [1,\n---\n# A\n\nsecret yaml\n",
		"twice.md":          "---\ntitle: a\nTitle: b\n---\n",
		"open.md":           "---\ntitle: a\n\n# A\n",
		"toml.md":           "+++\ntitle = \n+++\n# A\n",
		"same.md":           "# Same\n\nFirst.\n",
		"same.markdown":     "# Same\n\nSecond.\n",
		"empty.md":          "",
		".hidden/a.md":      "# No\n",
		"node_modules/a.md": "# No\n",
		"note.txt":          "no",
	})
	write(t, root, "large.md", "# Large\n"+strings.Repeat("x", MaxFile))
	c := load(t, root, nil)
	if got := len(c.Documents); got != 3 { // good, empty, same.markdown
		t.Errorf("%d documents: %v", got, c.Documents)
	}
	for _, want := range []string{
		"binary.md:1: not a text file", "latin1.md:3: not UTF-8: byte 0xfc", "yaml.md:3: front matter: ", "twice.md:3: front matter: the key \"Title\" is there twice",
		"open.md:1: front matter is not closed", "toml.md:2: front matter: ", "large.md:0: cannot be read: larger than 10 MB", "same.md:0: skipped: same.markdown has the same id",
		"empty.md:0: no title",
	} {
		if !strings.Contains(faultsOf(c), want) {
			t.Errorf("no fault %q in\n%s", want, faultsOf(c))
		}
	}
	for _, k := range c.Chunks {
		if strings.Contains(k.Plain, "secret") || strings.Contains(k.Plain, "xxx") {
			t.Errorf("a fault was indexed: %q", k.Plain)
		}
	}
}

func TestLoadNothing(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ path, want string }{
		{filepath.Join(t.TempDir(), "absent"), "no such folder or file; name a folder of Markdown files or a corpus.jsonl with --kb"},
		{t.TempDir(), "no Markdown in this folder; put an article in it"},
		{folder(t, map[string]string{"a.md": "\x00"}), "none of its files could be read (1 faults); the first: a.md:1: not a text file"},
		{filepath.Join(folder(t, map[string]string{"c.jsonl": "\n"}), "c.jsonl"), "no documents in this file"},
		{filepath.Join(folder(t, map[string]string{"c.md": "# A\n"}), "c.md"), "neither a folder"},
	} {
		_, err := Load(ctx, c.path, now)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "kb: read "+c.path) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Load(done, folder(t, map[string]string{"a.md": "# A\n\nb\n"}), now); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestLoadNames(t *testing.T) {
	root := folder(t, map[string]string{
		"with space/Grüße ü.md": "Hi.\n", "ko/반품.md": "# 반품\n\n가능합니다.\n", "a#b.md": "# A\n\nB.\n", "x.MD": "# X\n\ny\n",
	})
	outside := folder(t, map[string]string{"secret.md": "# S\n\ns\n"})
	if err := os.Symlink(filepath.Join(outside, "secret.md"), filepath.Join(root, "link.md")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(filepath.Join(root, "x.MD"), filepath.Join(root, "inner.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "dir")); err != nil {
		t.Fatal(err)
	}
	c := load(t, root, nil)
	var ids []string
	for _, d := range c.Documents {
		ids = append(ids, d.ID)
	}
	if got := strings.Join(ids, ","); got != "a#b,inner,ko/반품,with space/Grüße ü,x" {
		t.Errorf("ids %s", got)
	}
	if !strings.Contains(faultsOf(c), "link.md:0: skipped: a link that leads out of the knowledge base") {
		t.Error(faultsOf(c))
	}
	if d := c.Document("with space/Grüße ü"); d == nil || d.Title != "Grüße ü" {
		t.Errorf("%+v", d)
	}
	k := c.ChunksOf("a#b")[0]
	if c.Chunk(k.ID) != k || c.Chunk("a#none") != nil || c.Chunk("x") != nil || c.Document("none") != nil {
		t.Error("look-ups")
	}
}

func TestLoadFrom(t *testing.T) {
	root := folder(t, map[string]string{"a.md": "# A\n\nOne.\n", "b.md": "# B\n\nTwo.\n", "c.md": "# C\n\nThree.\n"})
	old := load(t, root, nil)
	write(t, root, "b.md", "# B\n\nTwo!\n")
	if err := os.Remove(filepath.Join(root, "c.md")); err != nil {
		t.Fatal(err)
	}
	c := load(t, root, old)
	if c.Document("a") != old.Document("a") || c.ChunksOf("a")[0] != old.ChunksOf("a")[0] {
		t.Error("an unchanged document was parsed again")
	}
	if c.Document("b") == old.Document("b") || c.ChunksOf("b")[0].Plain != "Two!" || c.Document("c") != nil {
		t.Error("a changed or removed document is still the old one")
	}
	if c.Hash == old.Hash || c.Hash != load(t, root, nil).Hash {
		t.Error("hash")
	}
	// What cannot be read, and is not gone, keeps its document; so does all below a folder.
	if d, faults := loadFile(markdownFile{path: "a.md/x.md", name: filepath.Join(root, "a.md/x.md")}, old.Document("a"), time.Now()); d != old.Document("a") || !strings.Contains(faults[0].Message, "the former version is kept") {
		t.Errorf("%v", faults)
	}
	if d, faults := loadFile(markdownFile{path: "gone.md", name: filepath.Join(root, "gone.md")}, old.Document("a"), time.Now()); d != nil || len(faults) != 1 {
		t.Errorf("%v", faults)
	}
	lost := []Fault{{Path: "x/"}}
	if kept := keep(map[string]*Document{"x/b.md": {Path: "x/b.md"}, "x/a.md": {Path: "x/a.md"}, "xy.md": {}}, lost); len(kept) != 2 || kept[0].Path != "x/a.md" || !strings.Contains(lost[0].Message, "2 articles") {
		t.Errorf("%v %v", kept, lost)
	}
	if err := os.Remove(filepath.Join(root, "a.md")); err != nil {
		t.Fatal(err)
	}
	write(t, root, "a.md", "# A\n\nNew.\n")
	unreadable(t, filepath.Join(root, "a.md"))
	d := load(t, root, c)
	if d.Document("a") != c.Document("a") || !strings.Contains(faultsOf(d), "the former version is kept") {
		t.Errorf("unreadable: %v", faultsOf(d))
	}
	if e := load(t, root, nil); e.Document("a") != nil {
		t.Error("an unreadable file was read")
	}
}

// unreadable makes reading a file fail, for root too: its permissions are taken, and where that
// does not help the test is skipped.
func unreadable(t *testing.T, name string) {
	t.Helper()
	if err := os.Chmod(name, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(name); err == nil {
		t.Skip("this user reads files without permission")
	}
}

func TestLive(t *testing.T) {
	root := folder(t, map[string]string{
		"draft.md": "---\ndraft: true\n---\n# A\n\nx\n", "unpublished.md": "---\npublished: false\n---\n# A\n\nx\n",
		"future.md": "---\ndate: 2026-03-02\n---\n# A\n\nx\n", "publish.md": "---\npublishDate: 2026-03-01T13:00:00+02:00\ndate: 2027-01-01\n---\n# A\n\nx\n",
		"expired.md": "---\nexpirydate: 2026-03-01\n---\n# A\n\nx\n", "later.md": "+++\nexpiryDate = 2026-04-01\n+++\n# A\n\nx\n",
		"unlisted.md": "---\nUnlisted: yes\n---\n# A\n\nx\n", "excluded.md": "---\nsearch:\n  exclude: true\n---\n# A\n\nx\n",
		"odd.md": "---\nexpiryDate: someday\n---\n# A\n\nx\n", "plain.md": "# A\n\nx\n",
	})
	c := load(t, root, nil)
	var live []string
	for _, k := range c.Chunks {
		live = append(live, k.DocumentID)
	}
	if got := strings.Join(live, ","); got != "later,plain,publish" {
		t.Errorf("live: %s", got)
	}
	if got := c.NextChange(now).Format(time.DateOnly); got != "2026-03-02" {
		t.Errorf("next change %s", got)
	}
	if got := c.NextChange(now.AddDate(1, 0, 0)); !got.IsZero() {
		t.Errorf("next change %s", got)
	}
	later, err := LoadFrom(context.Background(), root, now.AddDate(0, 0, 1), c)
	if err != nil || len(later.ChunksOf("future")) != 1 || later.Hash != c.Hash {
		t.Errorf("a day later: %v", err)
	}
}

func TestLines(t *testing.T) {
	root := folder(t, map[string]string{"corpus.jsonl": "\ufeff" + `{"_id":"b","title":"T","text":"One two.\nThree *four* <b>."}` + "\n\n" +
		`{"_id":"a","title":"","text":""}` + "\n{broken\n" + `{"_id":"b","text":"again"}` + "\n" + `{"title":"no id","text":"x"}` + "\n" +
		`{"_id":"d","text":"` + strings.Repeat("Here are some words. ", 400) + `"}` + "\n" + `{"_id":"c#1","text":"` + strings.Repeat("Here are some words. ", 600) + `"}`})
	file := filepath.Join(root, "corpus.jsonl")
	c := load(t, file, nil)
	if len(c.Documents) != 4 || len(c.Faults) != 3 {
		t.Fatalf("%d documents, faults\n%s", len(c.Documents), faultsOf(c))
	}
	for _, d := range c.Documents {
		checkDocument(t, d)
	}
	k := c.ChunksOf("b")[0]
	if k.Plain != "One two.\nThree *four* <b>." || k.Text != k.Plain || k.Section() != "b" || len(k.Units()) != 2 || k.Lang != "en" {
		t.Errorf("%+v", k)
	}
	if n := len(c.ChunksOf("c#1")); n < 9 || n > 11 {
		t.Errorf("%d chunks of 2,400 words", n)
	}
	if n := len(c.ChunksOf("d")); n != 1 {
		t.Errorf("a line of 1,600 words has %d chunks: it is what judges read, and stays whole", n)
	}
	if again := load(t, file, c); again.Document("b") != c.Document("b") || again.Hash != c.Hash {
		t.Error("unchanged lines were parsed again")
	}
}

func TestLargeArticle(t *testing.T) {
	start := time.Now()
	d := parse(t, "a.md", "# A\n\n"+strings.Repeat("word ", 100_000)+"\n\n"+strings.Repeat("> ", 90)+"x\n\n"+strings.Repeat("[", 5000)+strings.Repeat("`<{", 20_000))
	if took := time.Since(start); took > 10*time.Second || len(d.chunks) == 0 {
		t.Errorf("%d chunks in %s", len(d.chunks), took)
	}
	if !bytes.Contains([]byte(d.Source), []byte(d.chunks[0].Text)) {
		t.Error("text")
	}
}
