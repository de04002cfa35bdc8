package retrieve

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cited/internal/kb"
	"cited/internal/lang"
)

// TestBuildSnapshot: building and writing side by side leaves the file that one after the other
// leaves, in every mode and store, and tells of the index before the file is there.
func TestBuildSnapshot(t *testing.T) {
	empty := kb.NewCorpus(nil, kb.Rest{}, time.Now())
	for name, s := range map[string]Settings{
		"hybrid, scan": {Mode: Hybrid, Vectors: Scan}, "hybrid, chromem": {Mode: Hybrid, Vectors: Chromem},
		"lexical": {Mode: Lexical}, "vector": {Mode: Vector, Vectors: Scan},
	} {
		for _, corpus := range []*kb.Corpus{shopCorpus(), empty} {
			s.Analysis, s.Embedder = lang.Stemmed, &letters{}
			dir := t.TempDir()
			one, other := filepath.Join(dir, "one"), filepath.Join(dir, "other")
			var told *Index
			x, err := BuildSnapshot(context.Background(), one, corpus, s, func(x *Index) {
				told = x
				if _, err := os.Stat(one); err == nil {
					t.Errorf("%s: it was there before the index", name)
				}
			})
			if err != nil || x == nil || told != x {
				t.Fatalf("%s: %v, %v, told %v", name, x, err, told)
			}
			if x, err = Build(context.Background(), corpus, s, nil); err != nil {
				t.Fatal(err)
			}
			if err := WriteSnapshot(other, x); err != nil {
				t.Fatal(err)
			}
			a, b := readFile(t, one), readFile(t, other)
			if !bytes.Equal(a, b) {
				t.Errorf("%s: %d bytes, written afterwards %d, or others", name, len(a), len(b))
			}
		}
	}
}

// TestBuildSnapshotFails: without vectors there is an index and no file; an end of the context
// leaves neither, nor a temporary file.
func TestBuildSnapshotFails(t *testing.T) {
	gone := errors.New("gone")
	ended, end := context.WithCancel(context.Background())
	end()
	for name, c := range map[string]struct {
		ctx  context.Context
		mode Mode
		err  error
		want error
		made bool
	}{
		"hybrid": {context.Background(), Hybrid, gone, gone, true},
		"vector": {context.Background(), Vector, gone, gone, false},
		"ended":  {ended, Hybrid, nil, context.Canceled, false},
	} {
		dir := t.TempDir()
		told := false
		s := Settings{Mode: c.mode, Analysis: lang.Stemmed, Embedder: &letters{err: c.err}, Vectors: Scan}
		x, err := BuildSnapshot(c.ctx, filepath.Join(dir, "s"), shopCorpus(), s, func(*Index) { told = true })
		if !errors.Is(err, c.want) || (x != nil) != c.made || told != c.made {
			t.Errorf("%s: %v, %v, told %v", name, x, err, told)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v, %v", name, left, err)
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
