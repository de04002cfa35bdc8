package retrieve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
)

// letters is a useless but exact embedder: it counts letters. It notes what it embeds, and fails
// or hangs when it is told to.
type letters struct {
	model string
	err   error // of everything
	hang  bool  // questions wait for the context's end
	short bool  // one vector too few
	zero  bool  // vectors without a length

	mu    sync.Mutex
	texts []string
}

func (l *letters) Model() string { return "letters" + l.model }

func (l *letters) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	if l.err != nil {
		return nil, l.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, texts...)
	vectors := make([][]float32, 0, len(texts))
	for _, text := range texts {
		vectors = append(vectors, l.vector(text))
	}
	if l.short {
		vectors = vectors[1:]
	}
	return vectors, nil
}

func (l *letters) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if l.hang {
		<-ctx.Done()
		return nil, fmt.Errorf("letters: %w", ctx.Err())
	}
	return l.vector(text), l.err
}

func (l *letters) vector(text string) []float32 {
	v := make([]float32, 26)
	if l.zero {
		return v
	}
	sum := 0.0
	for i := range v {
		n := strings.Count(strings.ToLower(text), string(rune('a'+i))) + 1
		v[i] = float32(n)
		sum += float64(n * n)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

// embedded returns the texts embedded since the last call.
func (l *letters) embedded() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	texts := l.texts
	l.texts = nil
	return texts
}

// chunkOf is a chunk of a document of its own.
func chunkOf(id, plain string) *kb.Chunk {
	return &kb.Chunk{ID: id + "#1", DocumentID: id, Plain: plain, Lang: "en", Audience: kb.Public}
}

// corpusOf is a corpus of chunks, given in the order of their ids, with a bare document each.
func corpusOf(hash string, chunks ...*kb.Chunk) *kb.Corpus {
	c := &kb.Corpus{Chunks: chunks, Hash: hash}
	for i, k := range chunks {
		if i == 0 || chunks[i-1].DocumentID != k.DocumentID {
			c.Documents = append(c.Documents, &kb.Document{ID: k.DocumentID, Lang: k.Lang, Boost: 1})
		}
	}
	return c
}

func shopCorpus() *kb.Corpus {
	return corpusOf("shop",
		chunkOf("delivery", "Parcels arrive within three working days."),
		chunkOf("gifts", "Gift cards are valid for two years."),
		chunkOf("refunds", "A refund is paid within five working days."),
		chunkOf("returns", "Returns are free for Gold members."),
	)
}

func build(t testing.TB, c *kb.Corpus, mode Mode, e index.Embedder, old *Index) *Index {
	t.Helper()
	x, err := Build(context.Background(), c, Settings{Mode: mode, Analysis: lang.Stemmed, Embedder: e}, old)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func retrieve(t testing.TB, x *Index, q Query) Result {
	t.Helper()
	result, err := x.Retrieve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func english(text string, limit int) Query { return Query{Text: text, Lang: "en", Limit: limit} }

func documents(hits []Hit) string {
	var ids []string
	for _, h := range hits {
		ids = append(ids, h.Chunk.DocumentID)
	}
	return strings.Join(ids, " ")
}

// soon is a budget that only an embedder that hangs exceeds, and that costs a test nothing.
const soon = time.Millisecond

var errDown = errors.New("connection refused")
