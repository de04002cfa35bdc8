package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// TestLookUps holds every way to look a term up to the list that it was made of: single postings,
// blocks, marks and rows, in the first window and behind it.
func TestLookUps(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 1))
	w := new(window)
	ways := make(map[string]int)
	for round := range 300 {
		chunks := uint32(1 + r.IntN(3000))
		if round%10 == 0 {
			chunks += windowSize
		}
		docs, impacts := randomPostings(r, chunks, []int{1, 2, 3, 7, 15, 17, 40, 900}[r.IntN(8)])
		e := entry{df: uint32(len(docs)), max: slices.Max(impacts)}
		s := &Segment{parts: []part{{count: chunks}}}
		if e.df == 1 {
			e.ref = docs[0]
			s.entries = e.appendTo(nil)
		} else {
			row, marks := e.before(chunks)
			s.postings = appendMarks(appendRow([]byte{7}, docs, impacts, row), docs, marks)
			e.ref = uint32(len(s.postings))
			s.postings = appendPostings(s.postings, docs, impacts)
		}
		for w.lo = 0; w.lo < chunks; w.lo += windowSize {
			w.span = min(windowSize, chunks-w.lo)
			all := make([]uint16, w.span)
			for i := range all {
				all[i] = uint16(i)
			}
			var c collector
			c.open(s, &finding{entry: e}, 3)
			for name, look := range map[string]func(c *cursor){
				"search": func(c *cursor) { c.lookUp(w, slices.Clone(all), 0, 0) },
				"row":    func(c *cursor) { c.lookUpRow(w, slices.Clone(all), 0, 0) },
				"marks":  func(c *cursor) { c.lookUpMarks(w, slices.Clone(all), 0, 0) },
				"add":    func(c *cursor) { c.add(w, 0) },
			} {
				cur := c.cursors[0]
				if name == "row" && len(cur.row) == 0 || name == "marks" && len(cur.marks) == 0 {
					continue
				}
				look(&cur)
				ways[name]++
				for slot := range w.span {
					want := uint32(0)
					if i, ok := slices.BinarySearch(docs, w.lo+slot); ok {
						want = 3 * uint32(impacts[i])
					}
					if w.sums[slot] != want {
						t.Fatalf("round %d: %s: chunk %d of %d, which %d have, has %d, want %d", round, name, w.lo+slot, chunks, e.df, w.sums[slot], want)
					}
				}
				clear(w.sums[:])
				w.count = 0
			}
		}
	}
	for _, name := range []string{"search", "row", "marks", "add"} {
		if ways[name] < 30 {
			t.Errorf("%s: in %d of 300 rounds only", name, ways[name])
		}
	}
}

// randomPostings are those of a term that about one of so many chunks has, one at least.
func randomPostings(r *rand.Rand, chunks uint32, every int) (docs []uint32, impacts []uint8) {
	for d := range chunks {
		if r.IntN(every) == 0 || d == chunks-1 && len(docs) == 0 {
			docs, impacts = append(docs, d), append(impacts, uint8(1+r.IntN(255)))
		}
	}
	return docs, impacts
}

// TestCollectWindows is TestCollect for a part of several windows.
func TestCollectWindows(t *testing.T) {
	r := rand.New(rand.NewPCG(62, 1))
	zipf := rand.NewZipf(r, 1.2, 2, 3000)
	corpus := &kb.Corpus{}
	for i := range 2*windowSize + 500 {
		k := chunkOf(fmt.Sprintf("c%06d", i), "en", "")
		for range 1 + r.IntN(4) {
			k.Plain += fmt.Sprintf("w%dx ", zipf.Uint64())
		}
		corpus.Chunks = append(corpus.Chunks, k)
	}
	l := NewLexical(corpus, lang.Plain)
	for range 15 {
		q := Query{Lang: "en", Limit: []int{1, 10, 100}[r.IntN(3)]}
		for range 1 + r.IntN(6) {
			q.Text += fmt.Sprintf("w%dx ", zipf.Uint64())
		}
		if got, want := search(t, l, q), exhaustive(l, q); !slices.Equal(got, want) {
			t.Fatalf("%+v: %d matches, want %d\n%v\nwant\n%v", q, len(got), len(want), got[:min(5, len(got))], want[:min(5, len(want))])
		}
	}
}
