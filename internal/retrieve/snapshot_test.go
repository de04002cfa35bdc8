package retrieve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/snapshot"
)

// shopNow is when the shop's articles are read in these tests.
var shopNow = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// articles writes a folder of n articles, with the version of each in its text.
func articles(t *testing.T, root string, versions map[int]int) {
	t.Helper()
	for i, v := range versions {
		name := filepath.Join(root, fmt.Sprintf("article%03d.md", i))
		if v == 0 {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			continue
		}
		source := fmt.Sprintf("---\ntitle: Article %d\nlang: en\n---\n\nThe parcel of article %d in version %d arrives on day %c.\n\n## Part\n\nMore of version %d.\n", i, i, v, 'a'+rune(i%26), v)
		if i%7 == 0 {
			source = "---\ntitle: Secret\naudience: internal\nexpiryDate: 2026-12-01\n---\n" + source[len("---\ntitle: Article 0\nlang: en\n---\n"):]
		}
		if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func loadFrom(t *testing.T, root string, old *kb.Corpus) *kb.Corpus {
	t.Helper()
	c, err := kb.LoadFrom(context.Background(), root, shopNow, old)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func reopen(t *testing.T, path string, s Settings, now time.Time) (*Index, *Snapshot) {
	t.Helper()
	x, shot, err := OpenSnapshot(context.Background(), path, s, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shot.Close() }) //nolint:errcheck // a test's file
	return x, shot
}

// TestSnapshotHistories: after any history of edits, appended or written anew, an index that is
// opened finds what a new one finds.
func TestSnapshotHistories(t *testing.T) {
	for seed := range uint64(6) {
		for _, store := range []Store{Scan, Chromem} {
			r := rand.New(rand.NewPCG(seed, 5))
			root, path := t.TempDir(), filepath.Join(t.TempDir(), "snapshot")
			versions := make(map[int]int)
			for i := range 30 {
				versions[i] = 1
			}
			articles(t, root, versions)
			embedder := &flaky{}
			s := Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: embedder, Vectors: store}
			x, err := Build(context.Background(), loadFrom(t, root, nil), s, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := WriteSnapshot(path, x); err != nil {
				t.Fatal(err)
			}
			x, shot := reopen(t, path, s, shopNow)
			for step := range 8 {
				changed := map[int]int{r.IntN(32): r.IntN(4), r.IntN(32): step}
				articles(t, root, changed)
				next, err := Build(context.Background(), loadFrom(t, root, x.Corpus()), s, x)
				if err != nil {
					t.Fatal(err)
				}
				if err := shot.Append(x, next); err != nil {
					t.Fatal(err)
				}
				x = next
				if r.IntN(4) == 0 {
					if err := WriteSnapshot(path, x); err != nil {
						t.Fatal(err)
					}
					x, shot = reopen(t, path, s, shopNow)
				}
				what := fmt.Sprintf("seed %d, %s, step %d", seed, store, step)
				opened, _ := reopen(t, path, s, shopNow)
				fresh := loadFrom(t, root, nil)
				if opened.Corpus().Hash != fresh.Hash {
					t.Fatalf("%s: another corpus", what)
				}
				same(t, opened, build(t, fresh, Hybrid, &letters{}, nil), what)
				if _, ok := opened.Corpus().Changed(root, shopNow, nil); !ok {
					t.Fatalf("%s: what is opened has to be read again to be edited", what)
				}
			}
			embedder.made = 0
			later, _ := reopen(t, path, s, shopNow.AddDate(0, 1, 0))
			same(t, later, build(t, loadFrom(t, root, nil).At(shopNow.AddDate(0, 1, 0)), Hybrid, &letters{}, nil), "a month later")
			if embedder.made > 60 {
				t.Errorf("%d chunks embedded to open a snapshot", embedder.made)
			}
		}
	}
}

// TestSnapshotIsTheIndex: the shop's, in each mode: the very same hits, and an edit embeds its own
// chunks alone.
func TestSnapshotIsTheIndex(t *testing.T) {
	corpus, err := kb.Load(context.Background(), filepath.Join("..", "..", "kb"), shopNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []Mode{Hybrid, Lexical, Vector} {
		path := filepath.Join(t.TempDir(), "snapshot")
		embedder := &flaky{}
		s := Settings{Mode: mode, Analysis: lang.Stemmed, Embedder: embedder}
		x, err := Build(context.Background(), corpus, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteSnapshot(path, x); err != nil {
			t.Fatal(err)
		}
		embedder.made = 0
		opened, shot := reopen(t, path, s, shopNow)
		if embedder.made != 0 || shot.Cut() || shot.Stale() {
			t.Errorf("%s: %d embedded, cut %v, stale %v", mode, embedder.made, shot.Cut(), shot.Stale())
		}
		for _, text := range []string{"how do I return a dress", "Wie lange dauert die Erstattung", "退货运费", "كم تكلفة التوصيل"} {
			a, b := retrieve(t, x, Query{Text: text, Limit: 10}), retrieve(t, opened, Query{Text: text, Limit: 10})
			if documents(a.Hits) != documents(b.Hits) || a.Corpus != b.Corpus {
				t.Errorf("%s, %s: %s, want %s", mode, text, documents(b.Hits), documents(a.Hits))
			}
		}
	}
}

func TestSnapshotRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "snapshot")
	s := Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: &letters{}}
	ctx := context.Background()
	if _, _, err := OpenSnapshot(ctx, path, s, shopNow); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	root := t.TempDir()
	articles(t, root, map[int]int{1: 1, 2: 1})
	corpus := loadFrom(t, root, nil)
	down := &flaky{fail: true}
	x, err := Build(ctx, corpus, Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: down}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteSnapshot(path, x); err == nil {
		t.Error("an index without its vectors was written")
	}
	if err := WriteSnapshot(path, build(t, corpus, Hybrid, &letters{}, nil)); err != nil {
		t.Fatal(err)
	}
	for _, other := range []Settings{
		{Mode: Lexical, Analysis: lang.Stemmed, Embedder: &letters{}},
		{Mode: Hybrid, Analysis: lang.Grams, Embedder: &letters{}},
		{Mode: Vector, Analysis: lang.Stemmed, Embedder: &letters{}},
	} {
		if _, _, err := OpenSnapshot(ctx, path, other, shopNow); !errors.Is(err, ErrOtherSettings) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	for at := 0; at < len(whole); at += 61 {
		b := append([]byte(nil), whole...)
		b[at] ^= 0x10
		if err := os.WriteFile(damaged, b, 0o600); err != nil {
			t.Fatal(err)
		}
		opened, _, err := OpenSnapshot(ctx, damaged, s, shopNow)
		switch {
		case err != nil && !errors.Is(err, snapshot.ErrDamaged):
			t.Errorf("byte %d: %v", at, err)
		case err == nil: // a byte that only fills up
			same(t, opened, build(t, corpus, Hybrid, &letters{}, nil), fmt.Sprint("byte ", at))
		}
	}
	for n := 0; n < len(whole); n += 4 << 10 {
		if err := os.WriteFile(damaged, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := OpenSnapshot(ctx, damaged, s, shopNow); !errors.Is(err, snapshot.ErrDamaged) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

// TestSnapshotOfAnotherEmbedder: words answer at once, the next build embeds everything, and the
// snapshot is written anew.
func TestSnapshotOfAnotherEmbedder(t *testing.T) {
	root, path := t.TempDir(), filepath.Join(t.TempDir(), "snapshot")
	articles(t, root, map[int]int{1: 1, 2: 1, 3: 2})
	corpus := loadFrom(t, root, nil)
	x := build(t, corpus, Hybrid, &letters{}, nil)
	if err := WriteSnapshot(path, x); err != nil {
		t.Fatal(err)
	}
	_, shot := reopen(t, path, x.settings, shopNow)
	articles(t, root, map[int]int{2: 3})
	edited := build(t, loadFrom(t, root, corpus), Hybrid, &letters{}, x)
	if err := shot.Append(x, edited); err != nil {
		t.Fatal(err)
	}
	embedder := &flaky{letters: letters{model: "2"}}
	s := Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: embedder}
	opened, shot := reopen(t, path, s, shopNow)
	found := retrieve(t, opened, english("article 2 in version 3", 5))
	if embedder.made != 0 || opened.Missing() == nil || !shot.Stale() || len(found.Degraded) != 1 || found.Hits[0].Chunk.DocumentID != "article002" {
		t.Errorf("%d embedded, missing %v, stale %v, found %+v", embedder.made, opened.Missing(), shot.Stale(), found)
	}
	x, err := Build(context.Background(), opened.Corpus(), s, opened)
	if err != nil || x.Missing() != nil || embedder.made != 6 {
		t.Fatalf("%d embedded, missing %v, %v", embedder.made, x.Missing(), err)
	}
	same(t, x, build(t, loadFrom(t, root, nil), Hybrid, &letters{}, nil), "embedded anew")
}

// TestSnapshotStale: edits that take long to open ask for a new snapshot.
func TestSnapshotStale(t *testing.T) {
	shot := &Snapshot{chunks: 10_000}
	for _, tt := range []struct {
		pending int
		want    bool
	}{{0, false}, {1200, false}, {1201, true}} {
		if shot.pending = tt.pending; shot.Stale() != tt.want {
			t.Errorf("%d chunks edited: %v", tt.pending, shot.Stale())
		}
	}
}
