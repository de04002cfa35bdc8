package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/simd"
)

// newScan indexes vectors as vectorChunks does.
func newScan(t testing.TB, e Embedder, vectors [][]float32, internal int, o ScanOptions) *Scan {
	t.Helper()
	s, err := NewScan(t.Context(), e, vectorChunks(len(vectors), internal), vectors, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// allScans are a Scan of the same vectors for every path, and for several numbers of goroutines.
func allScans(t testing.TB, e Embedder, vectors [][]float32, internal int) map[string]*Scan {
	t.Helper()
	scans := make(map[string]*Scan)
	for _, path := range simd.Paths() {
		k, err := simd.New(string(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 3} {
			scans[fmt.Sprintf("%s/%d", path, workers)] = newScan(t, e, vectors, internal, ScanOptions{Kernels: k, Workers: workers})
		}
	}
	return scans
}

func found(t testing.TB, s nearest, q Query) []Match {
	t.Helper()
	matches, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return matches
}

// randomUnit are n unit vectors; one in four repeats an earlier one.
func randomUnit(r *rand.Rand, n, dims int) [][]float32 {
	vectors := make([][]float32, n)
	for i := range vectors {
		if i > 0 && r.IntN(4) == 0 {
			vectors[i] = vectors[r.IntN(i)]
			continue
		}
		vectors[i] = make([]float32, dims)
		for d := range vectors[i] {
			vectors[i][d] = float32(r.NormFloat64())
		}
		normalise(vectors[i])
	}
	return vectors
}

// recall is the share of want that got has, in a score: an equal score stands for an equal match,
// since chromem-go adds up in float32.
func recall(got, want []Match) float64 {
	if len(want) == 0 {
		return 1
	}
	hits := 0
	for _, w := range want {
		if slices.ContainsFunc(got, func(g Match) bool { return g.ChunkID == w.ChunkID }) || w.Score <= got[len(got)-1].Score+1e-6 {
			hits++
		}
	}
	return float64(hits) / float64(len(want))
}

// compareWithChromem holds every path to chromem-go's results over the same vectors, and all paths
// and numbers of goroutines to one another, bit for bit.
func compareWithChromem(t *testing.T, vectors, questions [][]float32) {
	t.Helper()
	e := numbered{vectors: questions}
	reference, err := NewVector(t.Context(), e, vectorChunks(len(vectors), 0), vectors)
	if err != nil {
		t.Fatal(err)
	}
	scans := allScans(t, e, vectors, 0)
	for _, limit := range []int{10, 100} {
		sum := 0.0
		for i := range questions {
			q := Query{Text: strconv.Itoa(i), Limit: limit}
			want := found(t, reference, q)
			var first []Match
			for name, s := range scans {
				got := found(t, s, q)
				if first == nil {
					first = got
					sum += recall(got, want)
				}
				if !slices.Equal(got, first) {
					t.Fatalf("%s, question %d: %v, another path %v", name, i, got, first)
				}
			}
			for n := range first {
				if math.Abs(first[n].Score-want[n].Score) > 1e-3 {
					t.Errorf("question %d, rank %d: score %v, chromem-go %v", i, n, first[n].Score, want[n].Score)
				}
			}
		}
		if mean := sum / float64(len(questions)); mean < 0.999 {
			t.Errorf("recall@%d is %.4f", limit, mean)
		}
	}
}

// TestScanRecall: the promise, on sections of DATA/dev/kb as they are embedded.
func TestScanRecall(t *testing.T) {
	texts := passages(t, 3000)
	for _, dims := range []int{256, 768} {
		vectors, questions := embedded(t, texts, dims)
		compareWithChromem(t, vectors, questions[:20])
	}
}

func TestScanRecallRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, dims := range []int{3, 50, 256} {
		compareWithChromem(t, randomUnit(r, 3000, dims), randomUnit(r, 20, dims))
	}
}

// TestScanTies: far more equal vectors than candidates, in no order of ids.
func TestScanTies(t *testing.T) {
	chunks := vectorChunks(700, 0)
	r := rand.New(rand.NewPCG(1, 3))
	r.Shuffle(len(chunks), func(i, j int) { chunks[i], chunks[j] = chunks[j], chunks[i] })
	vectors := slices.Repeat([][]float32{angle(30)}, 700)
	for _, workers := range []int{1, 3} {
		s, err := NewScan(t.Context(), pointer{vector: angle(0)}, chunks, vectors, ScanOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if got := ids(found(t, s, Query{Limit: 3})); got != "a000#1 a001#1 a002#1" {
			t.Error(got)
		}
	}
}

func TestScanRefusesTwins(t *testing.T) {
	chunks := vectorChunks(3, 0)
	chunks[2] = chunks[0]
	if _, err := NewScan(t.Context(), pointer{}, chunks, [][]float32{angle(0), angle(1), angle(2)}, ScanOptions{}); err == nil || !strings.Contains(err.Error(), "a000#1") {
		t.Error(err)
	}
}

// TestOpenScan stores a segment's parts and opens them again, beside flat exact vectors.
func TestOpenScan(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	const dims = 37
	vectors := randomUnit(r, 300, dims)
	e := numbered{vectors: randomUnit(r, 20, dims)}
	built := newScan(t, e, vectors, 40, ScanOptions{})
	segment, rows, ok := built.Segment()
	if !ok || len(rows) != 300 || segment.Rows() != 300 || segment.Dims() != dims || rows[7] != "a007#1" {
		t.Fatal(segment, len(rows), ok)
	}
	var exact []float32
	for i := range vectors {
		exact = append(exact, segment.Exact(i)...)
	}
	again, err := OpenScanSegment(slices.Clone(segment.Codes()), slices.Clone(segment.Scales()), exact, dims)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := OpenScan(e, vectorChunks(300, 40), again, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.vectors {
		for _, audience := range []kb.Audience{kb.Public, kb.Internal} {
			q := Query{Text: strconv.Itoa(i), Limit: 20, Audience: audience}
			if got, want := found(t, opened, q), found(t, built, q); !slices.Equal(got, want) {
				t.Errorf("%v, built %v", got, want)
			}
		}
	}
	for name, open := range map[string]func() (*ScanSegment, error){
		"codes": func() (*ScanSegment, error) {
			return OpenScanSegment(segment.Codes()[1:], segment.Scales(), exact, dims)
		},
		"scales": func() (*ScanSegment, error) {
			return OpenScanSegment(segment.Codes(), segment.Scales()[1:], exact, dims)
		},
		"no vectors of": func() (*ScanSegment, error) {
			return OpenScanSegment(segment.Codes(), segment.Scales(), exact[1:], dims)
		},
		"no vectors": func() (*ScanSegment, error) { return OpenScanSegment(nil, nil, nil, 0) },
		"a segment of no vectors": func() (*ScanSegment, error) {
			return NewScanSegment(nil)
		},
		"row 1": func() (*ScanSegment, error) { return NewScanSegment([][]float32{angle(0), {1}}) },
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenScan(e, vectorChunks(299, 0), again, ScanOptions{}); err == nil {
		t.Error("299 chunks for 300 rows")
	}
}

// FuzzScan: whatever the vectors, every path finds the same, and what it finds is as near as the
// true neighbours but for the rounding that int8 allows.
func FuzzScan(f *testing.F) {
	f.Add([]byte("\x01\x02\x80\xff\x7f\x00 seeds"), uint8(5), uint8(3), uint8(90))
	f.Add([]byte{1}, uint8(1), uint8(1), uint8(1))
	f.Add([]byte(strings.Repeat("abc\x80", 99)), uint8(33), uint8(60), uint8(200))
	f.Fuzz(func(t *testing.T, data []byte, dims, limit, n uint8) {
		if len(data) == 0 || dims == 0 || limit == 0 || n == 0 {
			return
		}
		vectors := fuzzVectors(data, int(dims), int(n))
		question := vectors[len(vectors)-1]
		vectors = vectors[:len(vectors)-1]
		e := pointer{vector: question}
		var want []Match
		k, err := simd.New("")
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range vectorChunks(len(vectors), 0) {
			want = append(want, Match{ChunkID: c.ID, Score: k.Dot(question, vectors[i])})
		}
		slices.SortFunc(want, Match.Compare)
		want = want[:min(int(limit), len(want))]
		var first []Match
		for name, s := range allScans(t, e, vectors, 0) {
			got := found(t, s, Query{Limit: int(limit)})
			if len(got) != len(want) {
				t.Fatalf("%s: %d matches, want %d", name, len(got), len(want))
			}
			if first == nil {
				first = got
			}
			if !slices.Equal(got, first) {
				t.Fatalf("%s: %v, another path %v", name, got, first)
			}
		}
		rounding := 4 * math.Sqrt(float64(dims)) / 254 // twice the question's and the row's
		for i := range want {
			if first[i].Score < want[i].Score-rounding-1e-6 {
				t.Errorf("rank %d scores %v, the true one %v", i, first[i].Score, want[i].Score)
			}
		}
	})
}

// fuzzVectors are n+1 unit vectors made of data.
func fuzzVectors(data []byte, dims, n int) [][]float32 {
	vectors := make([][]float32, n+1)
	for i := range vectors {
		v := make([]float32, dims)
		v[i%dims] = 0.5 // never zero
		for d := range v {
			v[d] += float32(int8(data[(i*dims+d)*(i%7+1)%len(data)]))
		}
		normalise(v)
		vectors[i] = v
	}
	return vectors
}
