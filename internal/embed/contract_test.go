package embed

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"cited/internal/embed/static"
	"cited/internal/modeltest"
)

// All embedders satisfy Embedder, which says what index.Embedder says.
var (
	_ Embedder = (*Hashed)(nil)
	_ Embedder = (*OpenAI)(nil)
	_ Embedder = (*Cached)(nil)
	_ Embedder = (*static.Embedder)(nil)
)

// TestContract runs what index.Embedder promises against every embedder.
func TestContract(t *testing.T) {
	makers := map[string]func(t *testing.T) Embedder{
		"hashed": func(*testing.T) Embedder { return NewHashed() },
		"static": func(t *testing.T) Embedder { return newTestStatic(t) },
		"weighted": func(t *testing.T) Embedder {
			e := newTestStatic(t)
			weighted, err := e.Weighted(e.Weigh(len(contractTexts), func(i int) string { return contractTexts[i] }))
			if err != nil {
				t.Fatal(err)
			}
			return weighted
		},
		"openai": func(t *testing.T) Embedder {
			return newTestOpenAI(t, OpenAIOptions{BatchTexts: 3}, modeltest.Vectors(16))
		},
		"cached": func(t *testing.T) Embedder {
			inner := newTestOpenAI(t, OpenAIOptions{}, modeltest.Shuffled(16))
			return NewCached(inner, t.TempDir(), func(err error) { t.Error(err) })
		},
	}
	for name, build := range makers {
		t.Run(name, func(t *testing.T) { contract(t, build) })
	}
}

// newTestStatic returns the embedder of a table that knows a few words.
func newTestStatic(t *testing.T) *static.Embedder {
	t.Helper()
	p := static.Packed{Dims: 24, Codebook: []int8{-100, 0, 100}}
	for _, w := range []string{"returns", "free", "반품은", "退货", "long"} {
		p.Keys = append(p.Keys, static.WordKey([]rune(w)))
	}
	slices.Sort(p.Keys)
	for i, k := range p.Keys {
		p.Scales = append(p.Scales, float32(i+1))
		for d := range p.Dims {
			p.Codes = append(p.Codes, uint8(uint32(k)>>(d%16)%3))
		}
	}
	file, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	e, err := static.Open(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var contractTexts = []string{"Returns are free.", "", "반품은 30일", "退货期为30天。", "  \n", "\xff\xfe", "🙂", "Returns are free.",
	"قيمة الطلب", strings.Repeat("long ", 20_000)}

func contract(t *testing.T, build func(t *testing.T) Embedder) {
	t.Run("shape", func(t *testing.T) { contractShape(t, build(t)) })
	t.Run("concurrent", func(t *testing.T) { contractConcurrent(t, build(t)) })
	t.Run("edges", func(t *testing.T) { contractEdges(t, build) })
}

func contractShape(t *testing.T, e Embedder) {
	ctx, texts := context.Background(), contractTexts
	vectors, err := e.EmbedDocuments(ctx, texts)
	if err != nil || len(vectors) != len(texts) {
		t.Fatalf("%d vectors for %d texts, error %v", len(vectors), len(texts), err)
	}
	for i, v := range vectors {
		if len(v) != len(vectors[0]) || math.Abs(length(v)-1) > 1e-5 {
			t.Errorf("%q: %d dimensions, norm %v", texts[i], len(v), length(v))
		}
		alone, err := e.EmbedDocuments(ctx, texts[i:i+1])
		if err != nil || !equal(alone[0], v) {
			t.Errorf("%q: another vector alone than in company (%v)", texts[i], err)
		}
	}
	q, err := e.EmbedQuery(ctx, "")
	if err != nil || len(q) != len(vectors[0]) || math.Abs(length(q)-1) > 1e-5 {
		t.Errorf("query: %d dimensions, norm %v, error %v", len(q), length(q), err)
	}
}

func contractConcurrent(t *testing.T, e Embedder) {
	ctx, texts := context.Background(), contractTexts
	want, _ := e.EmbedDocuments(ctx, texts)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := e.EmbedDocuments(ctx, texts)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range got {
				if !equal(got[i], want[i]) {
					t.Errorf("%q differs", texts[i])
				}
			}
		})
	}
	wg.Wait()
}

func contractEdges(t *testing.T, build func(t *testing.T) Embedder) {
	ctx, texts := context.Background(), contractTexts
	t.Run("none", func(t *testing.T) {
		if v, err := build(t).EmbedDocuments(ctx, nil); err != nil || len(v) != 0 {
			t.Errorf("got %v, %v", v, err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		over, cancel := context.WithCancel(ctx)
		cancel()
		e := build(t)
		_, err := e.EmbedDocuments(over, texts)
		_, qerr := e.EmbedQuery(over, "x")
		if !errors.Is(err, context.Canceled) || !errors.Is(qerr, context.Canceled) {
			t.Errorf("got %v, %v", err, qerr)
		}
	})
	t.Run("own vectors", func(t *testing.T) {
		e := build(t)
		a, _ := e.EmbedDocuments(ctx, texts[:1])
		a[0][0] = 7 // whoever gets a vector may write to it
		b, _ := e.EmbedDocuments(ctx, texts[:1])
		if b[0][0] == 7 {
			t.Error("a caller's write reaches the next caller")
		}
	})
	t.Run("model", func(t *testing.T) {
		e := build(t)
		before := e.Model()
		if _, err := e.EmbedDocuments(ctx, texts); err != nil || before == "" || e.Model() != before {
			t.Errorf("%q became %q (%v)", before, e.Model(), err)
		}
	})
}

func length(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

func equal(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func cosine(a, b []float32) (dot float64) {
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
	}
	return dot
}
