package kb

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cited/internal/devdata"
)

// BenchmarkLoadFrom loads the German catalogue of 1,490 files again after one of them changed:
// what an edit costs that walks the tree.
func BenchmarkLoadFrom(b *testing.B) {
	tree := b.TempDir()
	if err := os.CopyFS(tree, os.DirFS(filepath.Join(devdata.Folder(b), "dev", "kb", "ms-alchemy", "de"))); err != nil {
		b.Fatal(err)
	}
	c, err := Load(context.Background(), tree, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	edited := c.Documents[len(c.Documents)/2]
	text := edited.Source
	name := filepath.Join(tree, filepath.FromSlash(edited.Path))
	for b.Loop() {
		b.StopTimer()
		text += "\nOne more line.\n"
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		next, err := LoadFrom(context.Background(), tree, time.Now(), c)
		if err != nil {
			b.Fatal(err)
		}
		if len(next.Documents) != len(c.Documents) {
			b.Fatalf("%d documents, want %d", len(next.Documents), len(c.Documents))
		}
	}
}
