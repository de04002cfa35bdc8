package kb

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestChanged: after any history of edits, looking at the changed files alone gives the corpus
// that reading everything gives.
func TestChanged(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		root := folder(t, map[string]string{"first.md": "# First\n\nText.\n", "de/b.md": "# B\n\nText auf Deutsch.\n"})
		c := load(t, root, nil)
		for step := range 30 {
			names := edit(t, r, root, step)
			next, ok := c.Changed(root, now, names)
			if !ok {
				next = load(t, root, c)
			}
			want := load(t, root, nil)
			if got, want := summary(next), summary(want); got != want {
				t.Fatalf("seed %d, step %d, %v (%v):\n%s\nwant\n%s", seed, step, names, ok, got, want)
			}
			c = next
		}
	}
}

// edit changes a file or two below root and returns their names.
func edit(t *testing.T, r *rand.Rand, root string, step int) []string {
	t.Helper()
	files := []string{"first.md", "second.md", "second.markdown", "de/b.md", "de/c.mdx", "internal/d.md", "note.txt", ".hidden/x.md", "node_modules/y.md"}
	var names []string
	for range 1 + r.IntN(2) {
		name := filepath.Join(root, files[r.IntN(len(files))])
		names = append(names, name)
		if r.IntN(3) == 0 && filepath.Base(name) != "first.md" {
			if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			continue
		}
		source := fmt.Sprintf("---\ntitle: T%d\nurl: /same/%d\n---\n\nText %d.\n\n## Part\n\nMore.\n", step, r.IntN(3), r.IntN(4))
		if r.IntN(6) == 0 {
			source = "---\ntitle: [\n---\n"
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// summary is all of a corpus that others see.
func summary(c *Corpus) string {
	var b strings.Builder
	for _, d := range c.Documents {
		fmt.Fprintln(&b, d.ID, d.Path, d.Hash, d.URL, d.Audience)
	}
	for _, k := range c.Chunks {
		fmt.Fprintln(&b, k.ID, k.Plain)
	}
	fmt.Fprintln(&b, c.Hash, c.Faults)
	return b.String()
}

func TestChangedIsUnsure(t *testing.T) {
	root := folder(t, map[string]string{"a.md": "# A\n\nText.\n", "b/c.md": "# C\n\nText.\n"})
	c := load(t, root, nil)
	if err := os.Symlink(filepath.Join(root, "a.md"), filepath.Join(root, "link.md")); err != nil {
		t.Skip(err)
	}
	linked := load(t, root, nil)
	for _, tt := range []struct {
		what  string
		c     *Corpus
		names []string
	}{
		{"a folder", c, []string{filepath.Join(root, "b")}},
		{"a folder that went", c, []string{filepath.Join(root, "gone")}},
		{"a link", c, []string{filepath.Join(root, "link.md")}},
		{"a file elsewhere", c, []string{filepath.Join(t.TempDir(), "x.md")}},
		{"the folder itself", c, []string{root}},
		{"the target of a link", linked, []string{filepath.Join(root, "a.md")}},
	} {
		if next, ok := tt.c.Changed(root, now, tt.names); ok {
			t.Errorf("%s: %v", tt.what, next)
		}
	}
	same, ok := c.Changed(root, now, []string{filepath.Join(root, "a.md")})
	if !ok || !slices.Equal(same.Documents, c.Documents) || !reflect.DeepEqual(same.Faults, c.Faults) {
		t.Errorf("nothing changed: %v, %v", same, ok)
	}
}
