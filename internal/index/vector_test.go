package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/simd"
)

// pointer is an embedder that answers every question with one vector, after telling asked.
type pointer struct {
	vector []float32
	err    error
	asked  func()
}

func (p pointer) Model() string { return "pointer" }

func (p pointer) EmbedDocuments(context.Context, []string) ([][]float32, error) {
	return nil, errors.New("pointer embeds no documents")
}

func (p pointer) EmbedQuery(context.Context, string) ([]float32, error) {
	if p.asked != nil {
		p.asked()
	}
	return p.vector, p.err
}

// angle is the unit vector at so many degrees.
func angle(degrees float64) []float32 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return []float32{float32(cos), float32(sin)}
}

// nearest is what both indexes over vectors are.
type nearest interface {
	Search(ctx context.Context, q Query) ([]Match, error)
}

// maker makes one of the indexes over vectors.
type maker func(ctx context.Context, e Embedder, chunks []*kb.Chunk, vectors [][]float32) (nearest, error)

// eachNearest runs a test for Vector, and for Scan on every path of this processor.
func eachNearest(t *testing.T, test func(t *testing.T, build maker)) {
	t.Run("chromem", func(t *testing.T) {
		test(t, func(ctx context.Context, e Embedder, chunks []*kb.Chunk, vectors [][]float32) (nearest, error) {
			return NewVector(ctx, e, chunks, vectors)
		})
	})
	for _, path := range simd.Paths() {
		t.Run("scan="+string(path), func(t *testing.T) {
			k, err := simd.New(string(path))
			if err != nil {
				t.Fatal(err)
			}
			test(t, func(ctx context.Context, e Embedder, chunks []*kb.Chunk, vectors [][]float32) (nearest, error) {
				return NewScan(ctx, e, chunks, vectors, ScanOptions{Kernels: k})
			})
		})
	}
}

// of indexes vectors as the chunks a0, a1, …; the last internal ones are for agents.
func (build maker) of(t testing.TB, e Embedder, vectors [][]float32, internal int) nearest {
	t.Helper()
	v, err := build(t.Context(), e, vectorChunks(len(vectors), internal), vectors)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func vectorChunks(n, internal int) []*kb.Chunk {
	chunks := make([]*kb.Chunk, n)
	for i := range chunks {
		chunks[i] = chunkOf(fmt.Sprintf("a%03d", i), "en", "text")
		if i >= n-internal {
			chunks[i].Audience = kb.Internal
		}
	}
	return chunks
}

func TestVectorSearch(t *testing.T) { eachNearest(t, testNearestSearch) }

func testNearestSearch(t *testing.T, build maker) {
	v := build.of(t, pointer{vector: angle(0)}, [][]float32{angle(90), angle(10), angle(180), angle(5), angle(60)}, 0)
	got, err := v.Search(t.Context(), Query{Text: "x", Limit: 99}) // more than it holds
	if err != nil || ids(got) != "a003#1 a001#1 a004#1 a000#1 a002#1" {
		t.Fatal(got, err)
	}
	if math.Abs(got[2].Score-0.5) > 1e-6 || got[4].Score != -1 {
		t.Error(got)
	}
	for limit, want := range map[int]int{math.MinInt: 0, -1: 0, 0: 0, 1: 1, 4: 4, 5: 5, 6: 5, math.MaxInt: 5} {
		if got, err := v.Search(t.Context(), Query{Limit: limit}); err != nil || len(got) != want {
			t.Errorf("limit %d: %v, %v", limit, got, err)
		}
	}
	empty, err := build(t.Context(), pointer{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := empty.Search(t.Context(), Query{Limit: 5}); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
}

func TestVectorRefuses(t *testing.T) { eachNearest(t, testNearestRefuses) }

func testNearestRefuses(t *testing.T, build maker) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	good := angle(0)
	for name, vectors := range map[string][][]float32{
		"3 dimensions, want 2": {good, {1, 0, 0}},
		"1 dimensions, want 2": {good, {1}},
		"0 dimensions":         {nil},
		"squared length 0":     {good, {0, 0}},
		"squared length NaN":   {good, {nan, 0}},
		"squared length +Inf":  {good, {inf, 0}},
		"squared length 4":     {good, {2, 0}},
	} {
		_, err := build(t.Context(), pointer{}, vectorChunks(len(vectors), 0), vectors)
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), fmt.Sprintf("a%03d#1", len(vectors)-1)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := build(t.Context(), pointer{}, vectorChunks(2, 0), [][]float32{good}); err == nil {
		t.Error("one vector for two chunks")
	}
	for name, question := range map[string][]float32{
		"3 dimensions": {1, 0, 0}, "0 dimensions": nil, "length NaN": {nan, nan}, "length 0": {0, 0},
	} {
		v := build.of(t, pointer{vector: question}, [][]float32{good}, 0)
		if got, err := v.Search(t.Context(), Query{Limit: 1}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	failed := errors.New("no answer")
	v := build.of(t, pointer{err: failed}, [][]float32{good}, 0)
	if _, err := v.Search(t.Context(), Query{Limit: 1}); !errors.Is(err, failed) {
		t.Error(err)
	}
}

// TestVectorTies: chromem-go alone gives nearly as many different lists as builds.
func TestVectorTies(t *testing.T) { eachNearest(t, testNearestTies) }

func testNearestTies(t *testing.T, build maker) {
	vectors := make([][]float32, 103)
	for i := range vectors {
		vectors[i] = angle(30)
	}
	vectors[70], vectors[71], vectors[102] = angle(20), angle(80), angle(20)
	want := "a070#1 a000#1 a001#1 a002#1 a003#1 a004#1 a005#1 a006#1 a007#1 a008#1"
	for range 50 {
		v := build.of(t, pointer{vector: angle(0)}, vectors, 1)
		if got, err := v.Search(t.Context(), Query{Limit: 10}); err != nil || ids(got) != want {
			t.Fatal(ids(got), err)
		}
	}
}

func TestVectorAudience(t *testing.T) { eachNearest(t, testNearestAudience) }

func testNearestAudience(t *testing.T, build maker) {
	vectors := make([][]float32, 40)
	for i := range vectors {
		vectors[i] = angle(40 - float64(i)) // the internal ones are nearest
	}
	v := build.of(t, pointer{vector: angle(0)}, vectors, 37)
	for audience, want := range map[kb.Audience]string{
		"": "a002#1 a001#1 a000#1", kb.Public: "a002#1 a001#1 a000#1", "nobody": "a002#1 a001#1 a000#1",
		kb.Internal: "a039#1 a038#1 a037#1 a036#1 a035#1",
	} {
		if got, err := v.Search(t.Context(), Query{Audience: audience, Limit: 5}); err != nil || ids(got) != want {
			t.Errorf("%q: %s, %v", audience, ids(got), err)
		}
	}
	all := build.of(t, pointer{vector: angle(0)}, vectors[:5], 5)
	if got, err := all.Search(t.Context(), Query{Limit: 5}); err != nil || len(got) != 0 {
		t.Errorf("public sees %v, %v", got, err)
	}
}

// TestVectorAgainstSorting compares with a full sort over random vectors, many of them equal.
func TestVectorAgainstSorting(t *testing.T) { eachNearest(t, testNearestSorted) }

func testNearestSorted(t *testing.T, build maker) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		vectors := make([][]float32, 1+r.IntN(80))
		var want []Match
		for i := range vectors {
			vectors[i] = angle(float64(r.IntN(12)) * 15)
			want = append(want, Match{ChunkID: fmt.Sprintf("a%03d#1", i), Score: max(-1, min(1, float64(vectors[i][0])))})
		}
		slices.SortFunc(want, func(a, b Match) int {
			if a.Compare(b) < 0 {
				return -1
			}
			return 1
		})
		limit := 1 + r.IntN(len(vectors))
		v := build.of(t, pointer{vector: angle(0)}, vectors, 0)
		if got, err := v.Search(t.Context(), Query{Limit: limit}); err != nil || ids(got) != ids(want[:limit]) {
			t.Errorf("limit %d: %s, %v, want %s", limit, ids(got), err, ids(want[:limit]))
		}
	}
}

// TestVectorScoresStayInRange: rounding takes the square of some unit vectors past 1.
func TestVectorScoresStayInRange(t *testing.T) { eachNearest(t, testNearestInRange) }

func testNearestInRange(t *testing.T, build maker) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		vector := make([]float32, 48)
		sum := 0.0
		for i := range vector {
			vector[i] = float32(r.NormFloat64())
			sum += float64(vector[i]) * float64(vector[i])
		}
		for i := range vector {
			vector[i] /= float32(math.Sqrt(sum))
		}
		v := build.of(t, pointer{vector: vector}, [][]float32{vector}, 0)
		got, err := v.Search(t.Context(), Query{Limit: 1})
		if err != nil || got[0].Score > 1 || got[0].Score < 0.999 {
			t.Fatal(got, err)
		}
	}
}

// TestVectorCancelled: chromem-go returns what it had when the context ended, as a success.
func TestVectorCancelled(t *testing.T) { eachNearest(t, testNearestCancelled) }

func testNearestCancelled(t *testing.T, build maker) {
	ctx, cancel := context.WithCancel(t.Context())
	v := build.of(t, pointer{vector: angle(0), asked: cancel}, [][]float32{angle(0), angle(1), angle(2)}, 0)
	if got, err := v.Search(ctx, Query{Limit: 2}); !errors.Is(err, context.Canceled) || got != nil {
		t.Error(got, err)
	}
	if _, err := v.Search(ctx, Query{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := build(ctx, pointer{}, vectorChunks(1, 0), [][]float32{angle(0)}); !errors.Is(err, context.Canceled) {
		t.Error("building goes on after the end:", err)
	}
}

func TestEmbedText(t *testing.T) {
	k := &kb.Chunk{Title: "Returns", Headings: []string{"How long", "Gold"}, Plain: "60 days", Context: "Purchase Window"}
	if got := EmbedText(k); got != "Returns\nHow long\nGold\n60 days\nPurchase Window" {
		t.Errorf("%q", got)
	}
}
