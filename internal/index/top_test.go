package index

// scored is an ordinal with its score. Ordinals ascend with chunk ids, so they break ties.
type scored struct {
	doc   uint32
	score float32
}

// top keeps the best matches that were offered, in a heap with the worst on top. container/heap
// would box every item.
type top struct {
	limit int // > 0
	items []scored
}

func newTop(limit int) *top { return &top{limit: limit} }

func worse(a, b scored) bool {
	if a.score != b.score {
		return a.score < b.score
	}
	return a.doc > b.doc
}

func (t *top) offer(s scored) {
	if len(t.items) < t.limit {
		t.items = append(t.items, s)
		t.up(len(t.items) - 1)
		return
	}
	if worse(t.items[0], s) {
		t.items[0] = s
		t.down()
	}
}

// up moves item i to its place among those above it.
func (t *top) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !worse(t.items[i], t.items[parent]) {
			return
		}
		t.items[i], t.items[parent] = t.items[parent], t.items[i]
		i = parent
	}
}

// down moves the first item to its place among the others.
func (t *top) down() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(t.items) {
			return
		}
		if next := child + 1; next < len(t.items) && worse(t.items[next], t.items[child]) {
			child = next
		}
		if !worse(t.items[child], t.items[i]) {
			return
		}
		t.items[i], t.items[child] = t.items[child], t.items[i]
		i = child
	}
}
