// Package index holds the immutable search structures over chunks: Lexical (BM25F over our own
// inverted index), Vector (chromem-go) and Scan (an int8 matrix, for large knowledge bases). Nothing in
// here changes once it is built.
package index

import (
	"cmp"
	"context"

	"cited/internal/kb"
)

// Query is one search.
type Query struct {
	Text     string
	Lang     string      // BCP-47 tag; "" when unknown: the retriever then identifies it
	Audience kb.Audience // what the reader may see; the zero value reads as public
	Limit    int         // at most so many matches; ≤ 0 gives none
	Prefix   bool        // the text is still being typed: its last word may be the beginning of one
	Phrases  bool        // what stands in quotation marks has to be found word for word, if it can be
}

// Match is one chunk that a searcher found. Scores of different searchers do not compare.
type Match struct {
	ChunkID string
	Score   float64
}

// Compare orders matches: the higher score first, ties by chunk id, so that equal scores never
// depend on build or map order. It is negative when m comes first.
func (m Match) Compare(o Match) int {
	if m.Score != o.Score { // ids are long, and seldom decide
		return cmp.Compare(o.Score, m.Score)
	}
	return cmp.Compare(m.ChunkID, o.ChunkID)
}

// Embedder turns texts into vectors of unit length, all of one dimension. Implementations are
// safe for concurrent use.
type Embedder interface {
	// Model names the embedder and its settings; vectors of different models never mix.
	Model() string
	// EmbedDocuments returns one vector a text, in order.
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	// EmbedQuery returns the vector of a question.
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}
