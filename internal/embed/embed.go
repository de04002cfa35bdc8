// Package embed turns texts into vectors of unit length: Hashed needs nothing but the text,
// OpenAI asks an endpoint, Cached keeps what an endpoint said. All satisfy index.Embedder.
package embed

import (
	"context"
	"math"
)

// Embedder is what Cached wraps: index.Embedder, said again here because embed may not import
// index.
type Embedder interface {
	// Model names the embedder and its settings; vectors of different models never mix.
	Model() string
	// EmbedDocuments returns one vector a text, in order.
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	// EmbedQuery returns the vector of a question.
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// unit scales v in place to length 1. It reports false, with v unchanged, when v has no
// direction: zero, not finite, or so long that its length is not a number.
func unit(v []float32) bool {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return false
	}
	scale := 1 / math.Sqrt(sum)
	if math.IsInf(scale, 0) {
		return false
	}
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
	return true
}
