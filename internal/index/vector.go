package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/philippgille/chromem-go"

	"cited/internal/kb"
)

// Vector is a nearest-neighbour index over chunk vectors, exact, in chromem-go.
type Vector struct {
	embedder   Embedder
	collection *chromem.Collection
	dims       int
	internal   bool // some chunks are for the internal audience only
}

// audienceKey is the metadata key that the audience filter compares.
const audienceKey = "audience"

// EmbedText is the text of a chunk that is embedded: its place in the knowledge base, then its
// words.
func EmbedText(c *kb.Chunk) string {
	var b strings.Builder
	b.WriteString(c.Title)
	for _, h := range c.Headings {
		b.WriteString("\n")
		b.WriteString(h)
	}
	b.WriteString("\n")
	b.WriteString(c.Plain)
	if c.Context != "" {
		b.WriteString("\n")
		b.WriteString(c.Context)
	}
	return b.String()
}

// NewVector indexes one vector a chunk. It copies nothing; the vectors must not change. A vector
// of another dimension, without length or with a NaN is an error that names its chunk: chromem-go
// would take it and rank by garbage.
func NewVector(ctx context.Context, embedder Embedder, chunks []*kb.Chunk, vectors [][]float32) (*Vector, error) {
	if len(chunks) != len(vectors) {
		return nil, fmt.Errorf("index: %d vectors for %d chunks", len(vectors), len(chunks))
	}
	noText := func(context.Context, string) ([]float32, error) {
		return nil, errors.New("index: vectors are made before they are added")
	}
	collection, err := chromem.NewDB().CreateCollection("chunks", nil, noText)
	if err != nil {
		return nil, fmt.Errorf("index: chromem: %w", err)
	}
	v := &Vector{embedder: embedder, collection: collection}
	documents := make([]chromem.Document, len(chunks))
	for i, c := range chunks {
		if err := checkUnit(&v.dims, vectors[i]); err != nil {
			return nil, fmt.Errorf("index: vector of %s: %w", c.ID, err)
		}
		audience := kb.Public
		if c.Audience == kb.Internal {
			audience, v.internal = kb.Internal, true
		}
		documents[i] = chromem.Document{ID: c.ID, Embedding: vectors[i], Metadata: map[string]string{audienceKey: string(audience)}}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(documents) == 0 { // chromem-go takes that for a mistake
		return v, nil
	}
	if err := collection.AddDocuments(ctx, documents, 1); err != nil {
		return nil, fmt.Errorf("index: chromem: %w", err)
	}
	return v, nil
}

// Search implements retrieve.Searcher: the chunks with the highest cosine to the question, in
// [-1,1], ties by chunk id.
func (v *Vector) Search(ctx context.Context, q Query) ([]Match, error) {
	count := v.collection.Count()
	if q.Limit <= 0 || count == 0 {
		return nil, ctx.Err()
	}
	vector, err := v.embedder.EmbedQuery(ctx, q.Text)
	if err != nil {
		return nil, err
	}
	dims := v.dims
	if err := checkUnit(&dims, vector); err != nil {
		return nil, fmt.Errorf("index: vector of the question: %w", err)
	}
	var where map[string]string
	if v.internal && !q.Audience.Covers(kb.Internal) {
		where = map[string]string{audienceKey: string(kb.Public)}
	}
	limit := min(q.Limit, count)
	// chromem-go keeps an arbitrary subset of equal scores at the cut, so the cut has to lie
	// where the score changes: ask for more until it does.
	for n := min(limit+1, count); ; n = min(2*n, count) {
		results, err := v.collection.QueryEmbedding(ctx, vector, n, where, nil)
		if err != nil {
			return nil, fmt.Errorf("index: chromem: %w", err)
		}
		if err := ctx.Err(); err != nil { // chromem-go stops half-way then, and calls it a success
			return nil, err
		}
		if n == count || len(results) < n || cosine(results[n-1]) < cosine(results[limit-1]) {
			return best(results, limit), nil
		}
	}
}

// cosine is the similarity of a result; rounding takes some equal vectors past 1.
func cosine(r chromem.Result) float64 { return max(-1, min(1, float64(r.Similarity))) }

func best(results []chromem.Result, limit int) []Match {
	matches := make([]Match, len(results))
	for i, r := range results {
		matches[i] = Match{ChunkID: r.ID, Score: cosine(r)}
	}
	slices.SortFunc(matches, Match.Compare)
	return matches[:min(limit, len(matches))]
}
