package index

import (
	"cmp"
	"container/heap"
	"slices"
)

// scored is an ordinal with its score. Ordinals ascend with chunk ids, so they break ties.
type scored struct {
	doc   uint32
	score float32
}

// top keeps the best matches that were offered, in a heap with the worst on top.
type top struct {
	limit int
	items []scored
}

func newTop(limit int) *top { return &top{limit: limit} }

func (t *top) Len() int           { return len(t.items) }
func (t *top) Less(i, j int) bool { return worse(t.items[i], t.items[j]) }
func (t *top) Swap(i, j int)      { t.items[i], t.items[j] = t.items[j], t.items[i] }
func (t *top) Push(x any)         { t.items = append(t.items, x.(scored)) }
func (t *top) Pop() any {
	last := t.items[len(t.items)-1]
	t.items = t.items[:len(t.items)-1]
	return last
}

func worse(a, b scored) bool {
	if a.score != b.score {
		return a.score < b.score
	}
	return a.doc > b.doc
}

func (t *top) offer(s scored) {
	switch {
	case len(t.items) < t.limit:
		heap.Push(t, s)
	case worse(t.items[0], s):
		t.items[0] = s
		heap.Fix(t, 0)
	}
}

// matches empties t, best first.
func (t *top) matches(ids []string) []Match {
	slices.SortFunc(t.items, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
	out := make([]Match, len(t.items))
	for i, s := range t.items {
		out[i] = Match{ChunkID: ids[s.doc], Score: float64(s.score)}
	}
	return out
}
