package index

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Scores are added as whole numbers: of a question's upper bound, fullScore in all, each term has
// its share, the weight; an impact of maxImpactValue earns all of it. So a sum does not depend on
// the order of its parts, and a chunk's score not on the segment that it lies in.
const (
	fullScore      = 1 << 24
	maxImpactValue = 255
)

// hit is a chunk of one layer with its score in [0,1].
type hit struct {
	score   float64
	layer   uint32
	ordinal uint32
}

// ranking keeps the best hits that were offered, in a heap with the worst on top.
type ranking struct {
	limit  int // > 0
	layers []layer
	items  []hit
}

func (r *ranking) id(h hit) []byte { return r.layers[h.layer].segment.id(h.ordinal) }

// compare is negative when a ranks before b: the higher score, ties by chunk id.
func (r *ranking) compare(a, b hit) int {
	if a.score != b.score {
		return cmp.Compare(b.score, a.score)
	}
	return bytes.Compare(r.id(a), r.id(b))
}

// behind reports whether a ranks behind b.
func (r *ranking) behind(a, b hit) bool {
	return a.score < b.score || a.score == b.score && bytes.Compare(r.id(a), r.id(b)) > 0
}

// least is the score that a hit must reach to be among the best, 0 while there is room.
func (r *ranking) least() float64 {
	if len(r.items) < r.limit {
		return 0
	}
	return r.items[0].score
}

// offer takes h if it is among the best so far, and reports whether least may have changed.
func (r *ranking) offer(h hit) bool {
	if len(r.items) < r.limit {
		r.items = append(r.items, h)
		r.up(len(r.items) - 1)
		return len(r.items) == r.limit
	}
	if !r.behind(r.items[0], h) {
		return false
	}
	r.items[0] = h
	r.down()
	return true
}

// up moves item i to its place among those above it.
func (r *ranking) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !r.behind(r.items[i], r.items[parent]) {
			return
		}
		r.items[i], r.items[parent] = r.items[parent], r.items[i]
		i = parent
	}
}

// down moves the first item to its place among the others.
func (r *ranking) down() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(r.items) {
			return
		}
		if next := child + 1; next < len(r.items) && r.behind(r.items[next], r.items[child]) {
			child = next
		}
		if !r.behind(r.items[child], r.items[i]) {
			return
		}
		r.items[i], r.items[child] = r.items[child], r.items[i]
		i = child
	}
}

// matches empties r, best first. The ids share one allocation.
func (r *ranking) matches() []Match {
	slices.SortFunc(r.items, r.compare)
	var all strings.Builder
	size := 0
	for _, h := range r.items {
		size += len(r.id(h))
	}
	all.Grow(size)
	for _, h := range r.items {
		all.Write(r.id(h))
	}
	ids := all.String()
	out := make([]Match, len(r.items))
	for i, h := range r.items {
		n := len(r.id(h))
		out[i], ids = Match{ChunkID: ids[:n], Score: h.score}, ids[n:]
	}
	return out
}
