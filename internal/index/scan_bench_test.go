package index

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cited/internal/devdata"
	"cited/internal/embed"
	"cited/internal/kb"
	"cited/internal/simd"
)

// passages are texts of DATA/dev/kb: each knowledge base's chunks, then runs of 60, 40, 25 and 15
// words of them, in that order, until there are n.
func passages(t testing.TB, n int) []string {
	t.Helper()
	root := filepath.Join(devdata.Folder(t), "dev", "kb")
	var chunks []string
	for _, name := range []string{"arduino-help-center", "prestashop-v8-user", "adobe-commerce-kb", "opensource-guide", "ms-alchemy"} {
		c, err := kb.Load(t.Context(), filepath.Join(root, name), time.Unix(1_800_000_000, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range c.Chunks {
			chunks = append(chunks, EmbedText(k))
		}
		if len(chunks) >= n {
			return chunks[:n]
		}
	}
	texts := chunks
	for _, words := range []int{60, 40, 25, 15} {
		for _, c := range chunks {
			for f := strings.Fields(c); len(f) >= words; f = f[words:] {
				if texts = append(texts, strings.Join(f[:words], " ")); len(texts) == n {
					return texts
				}
			}
		}
	}
	t.Fatalf("%d passages, want %d", len(texts), n)
	return nil
}

// realVectors are n vectors of passages, and those of questions: eight words each from the middle
// of every 97th passage.
func realVectors(t testing.TB, n, dims int) (vectors, questions [][]float32) {
	t.Helper()
	return embedded(t, passages(t, n), dims)
}

func embedded(t testing.TB, texts []string, dims int) (vectors, questions [][]float32) {
	t.Helper()
	e := embed.NewHashedDims(dims)
	vectors, err := e.EmbedDocuments(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(texts) && len(questions) < 500; i += 97 {
		f := strings.Fields(texts[i])
		q, err := e.EmbedQuery(t.Context(), strings.Join(f[len(f)/3:min(len(f), len(f)/3+8)], " "))
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, q)
	}
	return vectors, questions
}

// noisy are n unit vectors near those given: for sizes that DATA does not reach.
func noisy(vectors [][]float32, n int) [][]float32 {
	r := rand.New(rand.NewPCG(8, 8))
	out := make([][]float32, n)
	for i := range out {
		out[i] = make([]float32, len(vectors[0]))
		for d, x := range vectors[i%len(vectors)] {
			out[i][d] = x + float32(r.NormFloat64())*0.01
		}
		normalise(out[i])
	}
	return out
}

func normalise(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
}

// numbered embeds the text "7" as vector 7.
type numbered struct {
	pointer
	vectors [][]float32
}

func (n numbered) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	i, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	return n.vectors[i%len(n.vectors)], nil
}

func benchSearch(b *testing.B, s nearest, limit int) {
	for i := 0; b.Loop(); i++ {
		if _, err := s.Search(b.Context(), Query{Text: strconv.Itoa(i), Limit: limit}); err != nil {
			b.Fatal(err)
		}
	}
}

func scansOf(b *testing.B, e Embedder, vectors [][]float32) map[string]*Scan {
	scans := make(map[string]*Scan)
	for _, path := range simd.Paths() {
		k, err := simd.New(string(path))
		if err != nil {
			b.Fatal(err)
		}
		s, err := NewScan(b.Context(), e, vectorChunks(len(vectors), 0), vectors, ScanOptions{Kernels: k})
		if err != nil {
			b.Fatal(err)
		}
		scans[string(path)] = s
	}
	return scans
}

// BenchmarkNearest is the table of ways to search 100,000 real vectors of 256 dimensions (the
// hashed embedder's own 256, no projection): chromem-go, a plain loop, and Scan by path.
func BenchmarkNearest(b *testing.B) {
	const dims = 256
	for _, rows := range []int{10_000, 100_000} {
		vectors, questions := realVectors(b, rows, dims)
		e := numbered{vectors: questions}
		b.Run(fmt.Sprintf("rows=%d/chromem", rows), func(b *testing.B) {
			v, err := NewVector(b.Context(), e, vectorChunks(rows, 0), vectors)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ { // its best: no filter, no ties resolved
				if _, err := v.collection.QueryEmbedding(b.Context(), questions[i%len(questions)], 10, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("rows=%d/loop", rows), func(b *testing.B) { benchLoop(b, vectors, questions) })
		for name, s := range scansOf(b, e, vectors) {
			for _, limit := range []int{10, 100} {
				b.Run(fmt.Sprintf("rows=%d/scan=%s/limit=%d", rows, name, limit), func(b *testing.B) { benchSearch(b, s, limit) })
			}
		}
	}
}

// benchLoop is what one writes first: one flat slice, four sums, the best ten.
func benchLoop(b *testing.B, vectors, questions [][]float32) {
	dims := len(vectors[0])
	flat := make([]float32, 0, len(vectors)*dims)
	for _, v := range vectors {
		flat = append(flat, v...)
	}
	for i := 0; b.Loop(); i++ {
		q := questions[i%len(questions)]
		best := newTop(10)
		for row := range vectors {
			v := flat[row*dims:][:dims]
			var s0, s1, s2, s3 float32
			for d := 0; d+4 <= len(v) && d+4 <= len(q); d += 4 {
				s0 += v[d] * q[d]
				s1 += v[d+1] * q[d+1]
				s2 += v[d+2] * q[d+2]
				s3 += v[d+3] * q[d+3]
			}
			best.offer(scored{uint32(row), s0 + s1 + s2 + s3})
		}
	}
}

// BenchmarkScanClients is the time a question when many ask at once.
func BenchmarkScanClients(b *testing.B) {
	vectors, questions := realVectors(b, 100_000, 256)
	e := numbered{vectors: questions}
	for _, passes := range []int{1, 2} {
		s, err := NewScan(b.Context(), e, vectorChunks(len(vectors), 0), vectors, ScanOptions{Passes: passes})
		if err != nil {
			b.Fatal(err)
		}
		for _, clients := range []int{1, 2, 4, 32} {
			b.Run(fmt.Sprintf("passes=%d/clients=%d-a-core", passes, clients), func(b *testing.B) {
				b.SetParallelism(clients)
				b.RunParallel(func(pb *testing.PB) {
					for i := 0; pb.Next(); i++ {
						if _, err := s.Search(b.Context(), Query{Text: strconv.Itoa(i), Limit: 10}); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkScanWorkers is one question on several goroutines.
func BenchmarkScanWorkers(b *testing.B) {
	vectors, questions := realVectors(b, 100_000, 256)
	e := numbered{vectors: questions}
	for _, path := range simd.Paths() {
		k, err := simd.New(string(path))
		if err != nil {
			b.Fatal(err)
		}
		for _, workers := range []int{1, 2, 4, 8} {
			s, err := NewScan(b.Context(), e, vectorChunks(len(vectors), 0), vectors, ScanOptions{Kernels: k, Workers: workers})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/workers=%d", path, workers), func(b *testing.B) { benchSearch(b, s, 10) })
		}
	}
}

// BenchmarkScanMillion has 1,000,000 vectors near real ones.
func BenchmarkScanMillion(b *testing.B) {
	vectors, questions := realVectors(b, 20_000, 256)
	million := noisy(vectors, 1_000_000)
	e := numbered{vectors: questions}
	var s *Scan
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			var err error
			if s, err = NewScan(b.Context(), e, vectorChunks(len(million), 0), million, ScanOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("search", func(b *testing.B) { benchSearch(b, s, 10) })
	b.Run("edit", func(b *testing.B) {
		chunks := vectorChunks(6, 0)
		for b.Loop() {
			if _, err := s.Edit(b.Context(), nil, chunks, vectors[:6]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCrossover finds the size from which Scan is worth having.
func BenchmarkCrossover(b *testing.B) {
	vectors, questions := realVectors(b, 10_000, embed.DefaultDims)
	e := numbered{vectors: questions}
	for _, rows := range []int{200, 500, 1000, 2000, 5000, 10_000} {
		v, err := NewVector(b.Context(), e, vectorChunks(rows, 0), vectors[:rows])
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("rows=%d/chromem", rows), func(b *testing.B) { benchSearch(b, v, 100) })
		for name, s := range scansOf(b, e, vectors[:rows]) {
			b.Run(fmt.Sprintf("rows=%d/scan=%s", rows, name), func(b *testing.B) { benchSearch(b, s, 100) })
		}
	}
}
