package retrieve

import (
	"math"
	"math/bits"

	"cited/internal/index"
)

// maxLegs is how many searchers are fused at most.
const maxLegs = 2

// fused is a chunk with what the searchers found of it.
type fused struct {
	id    string
	score float64
	ranks [maxLegs]int32 // by leg, from 1; 0 where it was not found
}

// origins says who found f.
func (f fused) origins(legs []leg) []Origin {
	from := make([]Origin, 0, len(legs))
	for i, l := range legs {
		if rank := f.ranks[i]; rank > 0 {
			from = append(from, Origin{Searcher: l.name, Rank: int(rank), Score: l.matches[rank-1].Score})
		}
	}
	return from
}

// leg is what one searcher found.
type leg struct {
	name    string
	weight  float64
	matches []index.Match
	scale   func(score float64) float64 // to [0,1]
	full    bool                        // the searcher had more: what it left out scored up to its last match
}

// floor is the most that a chunk outside of the leg's matches can have scored there, scaled.
func (l leg) floor() float64 {
	if !l.full || len(l.matches) == 0 {
		return 0
	}
	return l.scale(l.matches[len(l.matches)-1].Score)
}

// convex fuses by a convex combination of scaled scores (S. Bruch et al., "An Analysis of Fusion
// Functions for Hybrid Retrieval", 2023):
//
//	score(d) = Σ_leg weight · scale(score of d in leg) / Σ_leg weight
//
// A chunk that a leg cut off counts with the leg's last score.
//
// Measured on DATA/dev (20 groups of question sets, mean nDCG@10): .728 with these weights.
// Reciprocal rank fusion (G. Cormack et al., 2009; k 60) over the same legs: .678 to .707,
// depending on its weights. Ranks alone forget how well the best chunk matches; BM25 over its
// upper bound says so. Ties go by chunk id.
func convex(legs []leg) *ranking {
	total, floors := 0.0, 0.0
	for _, l := range legs {
		total += l.weight
		floors += l.weight * l.floor()
	}
	all := combine(legs, func(l leg, _ int, score float64) float64 {
		return l.weight * (l.scale(score) - l.floor()) / total
	})
	for i := range all {
		all[i].score += floors / total
	}
	return newRanking(all)
}

// combine adds up share over the legs.
func combine(legs []leg, share func(l leg, rank int, score float64) float64) []fused {
	n := 0
	for _, l := range legs {
		n += len(l.matches)
	}
	at := newPlaces(n)
	all := make([]fused, 0, n)
	for i, l := range legs {
		for rank, m := range l.matches {
			n := at.of(m.ChunkID, all)
			if n == len(all) {
				all = append(all, fused{id: m.ChunkID})
			}
			all[n].score += share(l, rank+1, m.Score)
			all[n].ranks[i] = int32(rank + 1)
		}
	}
	return all
}

// places is a hash table of the chunks that were fused, by id, with open addressing. The ends of
// ids are content addresses: they are told apart by their last bytes, where a map hashes them whole.
type places struct {
	slots []int32 // places from 1; 0 where there is none
	mask  uint32
}

// newPlaces makes room for n chunks.
func newPlaces(n int) places {
	size := 1 << bits.Len(uint(2*n))
	return places{slots: make([]int32, size), mask: uint32(size - 1)}
}

// of returns the place in all of the chunk with an id; one that is new gets the next.
func (p places) of(id string, all []fused) int {
	tail := uint64(0)
	for i := max(0, len(id)-8); i < len(id); i++ {
		tail = tail<<8 | uint64(id[i])
	}
	for slot := uint32(tail*0x9E3779B97F4A7C15>>32) & p.mask; ; slot = (slot + 1) & p.mask {
		switch n := p.slots[slot]; {
		case n == 0:
			p.slots[slot] = int32(len(all) + 1)
			return len(all)
		case all[n-1].id == id:
			return int(n - 1)
		}
	}
}

// compare orders by score, ties by chunk id.
func (f *fused) compare(o *fused) int {
	return index.Match{ChunkID: f.id, Score: f.score}.Compare(index.Match{ChunkID: o.id, Score: o.score})
}

// ranking gives out fused chunks, best first. It is a heap: of the chunks that were fused, few are
// asked for.
type ranking struct{ heap []fused }

func newRanking(all []fused) *ranking {
	r := &ranking{all}
	for i := len(all)/2 - 1; i >= 0; i-- {
		r.down(i)
	}
	return r
}

// best is the best of those that are left; nil when none is. It lives until the next call of next.
func (r *ranking) best() *fused {
	if len(r.heap) == 0 {
		return nil
	}
	return &r.heap[0]
}

// next takes the best out.
func (r *ranking) next() fused {
	f, last := r.heap[0], len(r.heap)-1
	r.heap[0] = r.heap[last]
	r.heap = r.heap[:last]
	r.down(0)
	return f
}

// down moves a chunk to its place below i.
func (r *ranking) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(r.heap) {
			return
		}
		if next := child + 1; next < len(r.heap) && r.heap[next].compare(&r.heap[child]) < 0 {
			child = next
		}
		if r.heap[i].compare(&r.heap[child]) <= 0 {
			return
		}
		r.heap[i], r.heap[child] = r.heap[child], r.heap[i]
		i = child
	}
}

// cosineScale maps a cosine to [0,1]; opposite directions count as unrelated.
func cosineScale(cos float64) float64 { return math.Max(0, math.Min(1, cos)) }

func identity(score float64) float64 { return score }
