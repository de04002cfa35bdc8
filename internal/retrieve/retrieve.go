// Package retrieve ranks the chunks of a knowledge base for a question: it asks the searchers,
// fuses what they found and says for every hit who put it where.
package retrieve

import (
	"context"

	"cited/internal/index"
	"cited/internal/kb"
)

// Query is one question to the retriever.
type Query = index.Query

// Searcher finds chunks. All indexes satisfy it; a reranker or a distributed engine is one more.
type Searcher interface {
	// Search returns at most q.Limit matches that q.Audience may read, best first.
	Search(ctx context.Context, q Query) ([]index.Match, error)
}

// Origin says which searcher found a hit, at which rank (from 1) and with which score of its own.
type Origin struct {
	Searcher string  `json:"searcher"`
	Rank     int     `json:"rank"`
	Score    float64 `json:"score"`
}

// Hit is one chunk of the fused ranking.
type Hit struct {
	Chunk    *kb.Chunk
	Document *kb.Document
	Rank     int     // from 1
	Score    float64 // fused, in [0,1]; comparable between questions
	From     []Origin
}

// Result is what one question found.
type Result struct {
	Hits     []Hit
	Lang     string   // the question's language, as given or identified; "" when unknown
	Corpus   string   // the corpus's hash
	Degraded []string // what was missing: "vector: …"; nil when nothing was
	Cause    error    // why, for the log alone; nil when nothing was
}
