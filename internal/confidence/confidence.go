// Package confidence turns signals into a score in [0,1] and holds the thresholds that the
// policy compares it with.
package confidence

import "cited/internal/verify"

// Relevance is the signal that retrieval adds to those of verify: the fused score of the best
// hit, in [0,1].
const Relevance = "relevance"

// weights of the signals in the score; they add up to 1. Plain ones, set by hand on the shop's
// articles and DATA/dev; a calibrated model takes their place.
var weights = []struct {
	signal string
	weight float64
}{
	{verify.Coverage, 0.45},
	{Relevance, 0.30},
	{verify.Support, 0.15},
	{verify.Agreement, 0.05},
	{verify.Margin, 0.05},
}

// Score is the weighted mean of the signals, in [0,1]. A missing signal counts as 0.
func Score(s verify.Signals) float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w.weight * s[w.signal]
	}
	return min(1, max(0, sum))
}

// Thresholds are the limits of the policy, each in [0,1].
type Thresholds struct {
	Upper float64 // a score from here on is answered
	Lower float64 // a relevance below is abstained from
}

// Default thresholds are plain ones: no error rate is promised for them.
func Default() Thresholds { return Thresholds{Upper: 0.5, Lower: 0.15} }
