package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
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

// windowSize is how many chunks are scored at a time; their scores stay in the first cache.
const windowSize = 2048

// firstWindow is the size of the first window: it is scored without a bar, since the ranking is
// still empty. The later ones grow.
const firstWindow = 256

// window holds the scores of the chunks [lo,lo+span) of a part, all 0 between windows.
type window struct {
	lo, span uint32
	sums     [windowSize]uint32
	touched  [windowSize / 64]uint64
	slots    [windowSize]uint16
}

// collector scores the chunks of one part: document at a time, in windows. In each window the
// terms are parted as in MaxScore (H. Turtle, J. Flood, "Query evaluation: strategies and
// optimizations", 1995), by the largest impacts of their blocks (S. Ding, T. Suel, "Faster top-k
// document retrieval using block-max indexes", 2011): those that even together cannot lift a
// chunk over the bar are looked up only for chunks that the others bring near it. What it finds
// is what scoring every chunk would find.
type collector struct {
	window  window
	cursors []cursor
	spare   []int // cursors that are looked up, in the order of their bounds, the largest first
}

// target is where a collector's hits go, and which chunks it has to leave out.
type target struct {
	ranking  *ranking
	layer    uint32
	segment  *Segment
	part     part
	dead     bitset
	internal bool     // the reader may see internal chunks
	required []cursor // terms that a chunk must have; chunks are offered in ascending order
}

// need is the sum that a chunk of the part must reach to be among the best, 0 while there is room.
func (t *target) need() uint32 {
	least := t.ranking.least()
	if least <= 0 {
		return 0
	}
	// One less, since the division rounds.
	return uint32(max(0, least*fullScore*maxImpactValue/float64(t.part.maxBoost)-1))
}

// offer scores a chunk of the part with a sum and offers it.
func (t *target) offer(doc, sum uint32) bool {
	ordinal := t.part.first + doc
	if t.dead.has(ordinal) || !t.internal && t.segment.internal.has(ordinal) {
		return false
	}
	score := min(1, float64(sum)*float64(t.segment.boost(ordinal))/(fullScore*maxImpactValue))
	h := hit{score, t.layer, ordinal}
	if len(t.ranking.items) == t.ranking.limit && !t.ranking.behind(t.ranking.items[0], h) {
		return false
	}
	for i := range t.required {
		if t.required[i].seek(doc) != doc {
			return false
		}
	}
	return t.ranking.offer(h)
}

// collect offers to t every chunk of the part that has one of the terms of the cursors and may
// be among the best.
func (c *collector) collect(t *target) {
	slices.SortStableFunc(c.cursors, func(a, b cursor) int { return cmp.Compare(a.bound, b.bound) })
	need := t.need()
	for lo, size := uint32(0), uint32(firstWindow); ; size = min(2*size, windowSize) {
		lo = c.next(lo, need)
		if lo >= t.part.count {
			return
		}
		c.window.lo, c.window.span = lo, min(size, t.part.count-lo)
		if rest, ok := c.divide(need); ok {
			need = c.offer(t, rest, need)
		}
		lo += c.window.span
	}
}

// next is the first ordinal from lo on with one of the terms that a chunk needs to reach need.
func (c *collector) next(lo, need uint32) uint32 {
	sum, first := uint32(0), uint32(end)
	for i := range c.cursors {
		if sum += c.cursors[i].bound; sum >= need {
			first = min(first, c.cursors[i].seek(lo))
		}
	}
	return first
}

// divide adds up the impacts of the terms that a chunk of the window needs to reach need; the
// others become spare. rest is the most that the spare ones can add. ok is false when no chunk of
// the window can reach need.
func (c *collector) divide(need uint32) (rest uint32, ok bool) {
	w := &c.window
	c.spare = c.spare[:0]
	for i := range c.cursors {
		cur := &c.cursors[i]
		cur.window = cur.weight * uint32(cur.maxWithin(w.lo, w.lo+w.span))
		if cur.window == 0 {
			continue
		}
		if rest+cur.window < need {
			rest += cur.window
			c.spare = append(c.spare, i)
			continue
		}
		ok = true
		cur.add(w)
	}
	slices.Reverse(c.spare)
	return rest, ok
}

// lookupCost is how many postings can be added up in the time of one look-up.
const lookupCost = 6

// offer offers the touched chunks of the window that may reach need, and clears it. The impacts
// of a spare term are looked up for these chunks, or all added, whichever takes less time.
func (c *collector) offer(t *target, rest, need uint32) uint32 {
	w := &c.window
	slots := w.take(rest, need)
	for _, s := range c.spare {
		cur := &c.cursors[s]
		rest -= cur.window
		if postings := cur.count * int(w.span) / int(t.part.count); lookupCost*len(slots) < postings {
			cur.addAt(w, slots)
		} else {
			cur.add(w)
		}
		slots = w.keep(slots, rest, need)
	}
	for _, slot := range slots {
		if sum := w.sums[slot%windowSize]; sum >= need && t.offer(w.lo+uint32(slot), sum) {
			need = t.need()
		}
	}
	clear(w.sums[:w.span])
	clear(w.touched[:])
	return need
}

// take returns the touched slots that may reach need.
func (w *window) take(rest, need uint32) []uint16 {
	n := 0
	for i, word := range w.touched {
		for ; word != 0; word &= word - 1 {
			slot := (i<<6 | bits.TrailingZeros64(word)) % windowSize
			w.slots[n%windowSize] = uint16(slot)
			if w.sums[slot]+rest >= need {
				n++
			}
		}
	}
	return w.slots[:n]
}

// keep returns those of slots that may reach need.
func (w *window) keep(slots []uint16, rest, need uint32) []uint16 {
	n := 0
	for _, slot := range slots {
		slots[n] = slot
		if w.sums[slot%windowSize]+rest >= need {
			n++
		}
	}
	return slots[:n]
}

// addAt adds the term's impacts to some slots of the window, which ascend.
func (c *cursor) addAt(w *window, slots []uint16) {
	for len(slots) > 0 {
		doc := c.seek(w.lo + uint32(slots[0]))
		if doc-w.lo >= w.span {
			return
		}
		for len(slots) > 0 && w.lo+uint32(slots[0]) < doc {
			slots = slots[1:]
		}
		switch c.width {
		case 1:
			slots = c.addAtNarrow(w, slots)
		case 2:
			slots = c.addAtWide(w, slots)
		default:
			if len(slots) > 0 && w.lo+uint32(slots[0]) == doc {
				w.sums[slots[0]%windowSize] += c.weight * uint32(c.impacts[c.at])
				slots = slots[1:]
			}
		}
	}
}

// addAtNarrow is the loop of addAt in a block with distances of one byte. It returns the slots
// behind the block.
func (c *cursor) addAtNarrow(w *window, slots []uint16) []uint16 {
	impacts := c.impacts
	offsets := c.offsets[:len(impacts)]
	at, back := c.at, int64(w.lo)-int64(c.first)
	for i, slot := range slots {
		distance := int64(slot) + back
		for at+8 < len(offsets) && int64(offsets[at+8]) < distance {
			at += 8
		}
		for at < len(offsets) && int64(offsets[at]) < distance {
			at++
		}
		if at == len(offsets) {
			c.at = at
			return slots[i:]
		}
		if int64(offsets[at]) == distance {
			w.sums[slot%windowSize] += c.weight * uint32(impacts[at])
		}
	}
	c.at = at
	return nil
}

// addAtWide is addAtNarrow for distances of two bytes.
func (c *cursor) addAtWide(w *window, slots []uint16) []uint16 {
	impacts := c.impacts
	offsets, n := c.offsets, len(impacts)
	at, back := c.at, int64(w.lo)-int64(c.first)
	for i, slot := range slots {
		distance := int64(slot) + back
		for at+8 < n && int64(binary.LittleEndian.Uint16(offsets[2*at+16:])) < distance {
			at += 8
		}
		for at < n && int64(binary.LittleEndian.Uint16(offsets[2*at:])) < distance {
			at++
		}
		if at == n {
			c.at = at
			return slots[i:]
		}
		if int64(binary.LittleEndian.Uint16(offsets[2*at:])) == distance {
			w.sums[slot%windowSize] += c.weight * uint32(impacts[at])
		}
	}
	c.at = at
	return nil
}

// add adds the term's impacts to the window.
func (c *cursor) add(w *window) {
	for c.seek(w.lo) < w.lo+w.span {
		switch c.width {
		case 1:
			c.addNarrow(w)
		case 2:
			c.addWide(w)
		default:
			for c.at < len(c.impacts) && w.put(c.ordinal(c.at), c.weight*uint32(c.impacts[c.at])) {
				c.at++
			}
		}
		if c.at < len(c.impacts) {
			return
		}
	}
}

// put adds to the score of a chunk; false when it does not lie in the window.
func (w *window) put(doc, score uint32) bool {
	slot := doc - w.lo
	if slot >= w.span {
		return false
	}
	slot %= windowSize
	w.sums[slot] += score
	w.touched[slot>>6] |= 1 << (slot & 63)
	return true
}

// addNarrow is the loop of add for a block with distances of one byte.
func (c *cursor) addNarrow(w *window) {
	base, impacts := c.first-w.lo, c.impacts[c.at:]
	offsets := c.offsets[c.at:][:len(impacts)]
	for i, q := range impacts {
		slot := base + uint32(offsets[i])
		if slot >= w.span {
			c.at += i
			return
		}
		slot %= windowSize
		w.sums[slot] += c.weight * uint32(q)
		w.touched[slot>>6] |= 1 << (slot & 63)
	}
	c.at = len(c.impacts)
}

// addWide is addNarrow for distances of two bytes.
func (c *cursor) addWide(w *window) {
	base, impacts := c.first-w.lo, c.impacts[c.at:]
	offsets := c.offsets[2*c.at:][:2*len(impacts)]
	for i, q := range impacts {
		slot := base + (uint32(offsets[2*i]) | uint32(offsets[2*i+1])<<8)
		if slot >= w.span {
			c.at += i
			return
		}
		slot %= windowSize
		w.sums[slot] += c.weight * uint32(q)
		w.touched[slot>>6] |= 1 << (slot & 63)
	}
	c.at = len(c.impacts)
}
