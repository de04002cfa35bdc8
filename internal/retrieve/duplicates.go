package retrieve

import (
	"context"

	"cited/internal/lang"
)

// sameText is the Jaccard similarity of two chunks' word pairs from which on they say the same.
const sameText = 0.85

// Retrieve returns at most q.Limit hits, best first. Of chunks that say the same in the same
// words only the best is kept.
func (x *Index) Retrieve(ctx context.Context, q Query) (Result, error) {
	wide := q
	wide.Limit = q.Limit + q.Limit/2
	result, err := x.Rank(ctx, wide)
	if err != nil {
		return result, err
	}
	var kept []Hit
	var sets []map[string]bool
	for _, h := range result.Hits {
		if len(kept) == q.Limit {
			break
		}
		set := pairs(h.Chunk.Plain, h.Chunk.Lang)
		duplicate := false
		for i := range sets {
			if jaccard(sets[i], set) >= sameText && kept[i].Chunk.Lang == h.Chunk.Lang {
				duplicate = true
				break
			}
		}
		if duplicate {
			continue
		}
		h.Rank = len(kept) + 1
		kept = append(kept, h)
		sets = append(sets, set)
	}
	result.Hits = kept
	return result, nil
}

// pairs is the set of neighbouring words of text (of bigrams, in scripts without spaces).
func pairs(text, language string) map[string]bool {
	terms := lang.NewAnalyzer(lang.Plain).Terms(nil, text, language)
	set := make(map[string]bool, len(terms))
	for i := range terms {
		if i == 0 {
			set[terms[0]] = true
			continue
		}
		set[terms[i-1]+" "+terms[i]] = true
	}
	return set
}

func jaccard(a, b map[string]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if float64(len(a)) < sameText*float64(len(b)) {
		return 0 // cannot reach the bound: spare the count
	}
	both := 0
	for p := range a {
		if b[p] {
			both++
		}
	}
	if union := len(a) + len(b) - both; union > 0 {
		return float64(both) / float64(union)
	}
	return 0
}
