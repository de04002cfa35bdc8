package index

import (
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cited/internal/kb"
)

// history edits a Scan at random, and keeps what should be in it.
type history struct {
	r       *rand.Rand
	scan    *Scan
	chunks  map[string]*kb.Chunk
	vectors map[string][]float32
}

func newHistory(t testing.TB, r *rand.Rand, e Embedder) *history {
	t.Helper()
	s, err := NewScan(t.Context(), e, nil, nil, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &history{r: r, scan: s, chunks: make(map[string]*kb.Chunk), vectors: make(map[string][]float32)}
}

// edit removes and adds up to most chunks of ids below 300: some are there already, some are not.
func (h *history) edit(t testing.TB, dims, most int) {
	t.Helper()
	var removed []string
	for range h.r.IntN(most + 1) {
		removed = append(removed, fmt.Sprintf("a%03d#1", h.r.IntN(300)))
	}
	var added []*kb.Chunk
	for _, i := range h.r.Perm(300)[:h.r.IntN(most+1)] {
		c := chunkOf(fmt.Sprintf("a%03d", i), "en", "text")
		if h.r.IntN(3) == 0 {
			c.Audience = kb.Internal
		}
		added = append(added, c)
	}
	vectors := randomUnit(h.r, len(added), dims)
	edited, err := h.scan.Edit(t.Context(), removed, added, vectors)
	if err != nil {
		t.Fatal(err)
	}
	h.scan = edited
	for _, id := range removed {
		delete(h.chunks, id)
		delete(h.vectors, id)
	}
	for i, c := range added {
		h.chunks[c.ID], h.vectors[c.ID] = c, vectors[i]
	}
}

// fresh is a Scan of the same chunks, built in one go.
func (h *history) fresh(t testing.TB) *Scan {
	t.Helper()
	var chunks []*kb.Chunk
	var vectors [][]float32
	for id, c := range h.chunks {
		chunks, vectors = append(chunks, c), append(vectors, h.vectors[id])
	}
	s, err := NewScan(t.Context(), h.scan.embedder, chunks, vectors, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *history) check(t testing.TB, s *Scan) {
	t.Helper()
	fresh := h.fresh(t)
	if s.Len() != len(h.chunks) || fresh.Len() != len(h.chunks) {
		t.Fatalf("%d chunks, %d when built anew, want %d", s.Len(), fresh.Len(), len(h.chunks))
	}
	for i := range 4 {
		for _, q := range []Query{{Text: strconv.Itoa(i), Limit: 5}, {Text: strconv.Itoa(i), Limit: 90, Audience: kb.Internal}} {
			if got, want := found(t, s, q), found(t, fresh, q); !slices.Equal(got, want) {
				t.Fatalf("%+v: %v, built anew %v", q, got, want)
			}
		}
	}
}

// TestScanEdits: a Scan that was edited finds what one finds that was built in one go, while the
// old generations find what they did; it stays in few parts, none mostly dead.
func TestScanEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 8 {
		dims := 1 + r.IntN(40)
		h := newHistory(t, r, numbered{vectors: randomUnit(r, 4, dims)})
		for range 40 {
			old := h.scan
			before := found(t, old, Query{Text: "1", Limit: 9})
			h.edit(t, dims, []int{1, 4, 60}[r.IntN(3)])
			h.check(t, h.scan)
			if after := found(t, old, Query{Text: "1", Limit: 9}); !slices.Equal(before, after) {
				t.Fatalf("an edit changed the generation before: %v, was %v", after, before)
			}
			if most := 2 + bits.Len(uint(len(h.chunks))); len(h.scan.parts) > most {
				t.Errorf("%d parts for %d chunks", len(h.scan.parts), len(h.chunks))
			}
			for _, p := range h.scan.parts {
				if 2*p.live < len(p.ids) {
					t.Errorf("a part of %d rows with %d alive", len(p.ids), p.live)
				}
			}
		}
		compact, err := h.scan.Compact()
		if err != nil {
			t.Fatal(err)
		}
		h.check(t, compact)
		if segment, ids, ok := compact.Segment(); len(h.chunks) > 0 && (!ok || segment.Rows() != len(h.chunks) || len(ids) != segment.Rows()) {
			t.Error(segment, len(ids), ok)
		}
	}
}

// TestScanEditShares: an edit leaves the large segment where it is, and copies a bit a chunk.
func TestScanEditShares(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const dims = 16
	e := numbered{vectors: randomUnit(r, 4, dims)}
	base := newScan(t, e, randomUnit(r, 20_000, dims), 0, ScanOptions{})
	added := []*kb.Chunk{chunkOf("new", "en", "text"), chunkOf("a00017", "en", "text")}
	s := base
	for i := range 50 {
		var err error
		if s, err = s.Edit(t.Context(), []string{fmt.Sprintf("a%03d#1", 1000+i), "nowhere#1"}, added, randomUnit(r, 2, dims)); err != nil {
			t.Fatal(err)
		}
	}
	if s.parts[0].segment != base.parts[0].segment || &s.parts[0].ids[0] != &base.parts[0].ids[0] {
		t.Error("the edits copied the large segment")
	}
	if s.Len() != 20_000-50+2 || base.Len() != 20_000 {
		t.Error(s.Len(), base.Len())
	}
	fresh := randomUnit(r, 2, dims)
	allocated := testing.AllocsPerRun(20, func() {
		if _, err := s.Edit(t.Context(), []string{"a077#1"}, added, fresh); err != nil {
			t.Error(err)
		}
	})
	if allocated > 100 {
		t.Errorf("an edit of two chunks allocates %v times", allocated)
	}
}

func TestScanEditRefuses(t *testing.T) {
	s := newScan(t, pointer{vector: angle(0)}, [][]float32{angle(0), angle(5)}, 0, ScanOptions{})
	added := vectorChunks(3, 0)[1:]
	for name, vectors := range map[string][][]float32{
		"1 vectors for 2 chunks":       {angle(0)},
		"a002#1: 1 dimensions, want 2": {angle(0), {1}},
		"a001#1: 3 dimensions, want 2": {{1, 0, 0}, {0, 1, 0}},
		"a002#1: squared length 4":     {angle(0), {2, 0}},
	} {
		if _, err := s.Edit(t.Context(), nil, added, vectors); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty, err := s.Edit(t.Context(), []string{"a000#1", "a001#1"}, nil, nil)
	if err != nil || empty.Len() != 0 {
		t.Fatal(empty, err)
	}
	if _, _, ok := empty.Segment(); ok {
		t.Error("an empty Scan has a segment")
	}
	again, err := empty.Edit(t.Context(), nil, added[:1], [][]float32{{0, 0, 1}}) // other dimensions may follow nothing
	if err != nil || again.Len() != 1 {
		t.Error(again, err)
	}
	if _, err := again.Search(t.Context(), Query{Limit: 1}); err == nil || errors.Is(err, t.Context().Err()) {
		t.Error("a question of two dimensions for rows of three:", err)
	}
}

// FuzzScanEdits: the order of edits decides nothing.
func FuzzScanEdits(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(20), uint8(9))
	f.Add(uint64(2), uint8(20), uint8(5), uint8(80))
	f.Fuzz(func(t *testing.T, seed uint64, dims, edits, most uint8) {
		if dims == 0 || edits > 60 {
			return
		}
		r := rand.New(rand.NewPCG(seed, 0))
		h := newHistory(t, r, numbered{vectors: randomUnit(r, 4, int(dims))})
		for range edits {
			h.edit(t, int(dims), int(most))
		}
		h.check(t, h.scan)
	})
}

// TestSortedRows: rows in the order of documents, of which some sort in between another's chunks,
// and rows in no order.
func TestSortedRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	documents := []string{"a", "a b", "a!", "a#b", "ab", "b/c", "b/c d", "", "z"}
	for range 300 {
		var ids []string
		for _, d := range documents[:1+r.IntN(len(documents))] {
			for range r.IntN(5) {
				ids = append(ids, fmt.Sprintf("%s#%04x", d, r.IntN(1<<16)))
			}
		}
		if r.IntN(3) == 0 {
			r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		}
		if r.IntN(3) == 0 {
			ids = append(ids, "no number sign", "another")
		}
		got := make([]string, len(ids))
		for i, row := range sortedRows(ids) {
			got[i] = ids[row]
		}
		if want := slices.Sorted(slices.Values(ids)); !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
