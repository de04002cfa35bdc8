package index

import "slices"

// windowSize is how many chunks are scored at a time: as many as their scores stay in the second
// cache. Most parts are one window.
const windowSize = 1 << 16

// window holds the scores of the chunks [lo,lo+span) of a part, all 0 between windows.
type window struct {
	lo, span uint32
	sums     [windowSize]uint32
	touched  [windowSize + blockSize]uint16 // the chunks with scores, in the order of their first term
	count    int                            // of them
	kept     [windowSize + blockSize]uint16 // the chunks that are looked up
	bars     [barSteps]uint32               // how many chunks have scores in each step
}

// collector scores the chunks of one part, in windows. The terms are parted as in MaxScore
// (H. Turtle, J. Flood, "Query evaluation: strategies and optimizations", 1995): they are added up
// one after the other, the one that can add most first, until the rest can no longer lift a chunk
// that has none of them over the bar. The rest is looked up for the chunks near the bar. The bar
// is the k-th best score so far, of what is ranked or of what has been added up here, so that the
// first rare term sets one already. Blocks whose largest impact (S. Ding, T. Suel, "Faster top-k
// document retrieval using block-max indexes", 2011) is too small for any chunk in them to reach
// the bar are passed over. What is found is what scoring every chunk would find.
type collector struct {
	window  window
	cursors []cursor
	order   []*cursor // by window, the largest first
}

// target is where a collector's hits go, and which chunks it has to leave out.
type target struct {
	ranking  *ranking
	layer    uint32
	segment  *Segment
	part     part
	dead     bitset
	internal bool     // the reader may see internal chunks
	open     bool     // and all that there are
	required []cursor // terms that a chunk must have; chunks are offered in ascending order
}

// need is the sum that a chunk of the part must reach to be among the best, 0 while there is room.
func (t *target) need() uint32 { return t.needFor(t.ranking.least()) }

// needFor is the sum that a chunk of the part must reach for a score.
func (t *target) needFor(score float64) uint32 {
	if score <= 0 {
		return 0
	}
	// One less, since the division rounds.
	return uint32(max(0, score*fullScore*maxImpactValue/float64(t.part.maxBoost)-1))
}

// hides reports that a chunk of the part is not for the reader.
func (t *target) hides(doc uint32) bool {
	if t.open {
		return false
	}
	ordinal := t.part.first + doc
	return t.dead.has(ordinal) || !t.internal && t.segment.internal.has(ordinal)
}

// score is that of a chunk of the part with a sum.
func (t *target) score(doc, sum uint32) float64 {
	return min(1, float64(sum)*float64(t.segment.boost(t.part.first+doc))/(fullScore*maxImpactValue))
}

// offer scores a chunk of the part with a sum and offers it.
func (t *target) offer(doc, sum uint32) bool {
	if t.hides(doc) {
		return false
	}
	h := hit{t.score(doc, sum), t.layer, t.part.first + doc}
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

// open adds a cursor for a finding of a term with a share.
func (c *collector) open(s *Segment, f *finding, share uint32) {
	c.cursors = append(c.cursors, cursor{})
	cur := &c.cursors[len(c.cursors)-1]
	s.open(cur, f.number, f.entry)
	cur.row, cur.marks = s.lookUps(f.entry)
	cur.weight, cur.bound = share, share*uint32(f.entry.max)
}

// collect offers to t every chunk of the part that has one of the terms of the cursors and may
// be among the best.
func (c *collector) collect(t *target) {
	c.order = c.order[:0]
	for i := range c.cursors {
		c.cursors[i].window = c.cursors[i].bound
		c.order = append(c.order, &c.cursors[i])
	}
	w := &c.window
	for w.lo = 0; w.lo < t.part.count; w.lo += windowSize {
		w.span = min(windowSize, t.part.count-w.lo)
		if t.part.count > windowSize {
			for _, cur := range c.order {
				cur.window = cur.weight * uint32(cur.maxWithin(w.lo, w.lo+w.span))
			}
		}
		c.score(t)
	}
}

// score offers the chunks of the window, and clears it.
func (c *collector) score(t *target) {
	w, need := &c.window, t.need()
	sortCursors(c.order)
	all := uint32(0)
	for _, cur := range c.order {
		all += cur.window
	}
	rest, next := all, 0
	for ; next < len(c.order) && rest >= need && rest > 0; next++ {
		cur := c.order[next]
		if w.count >= t.ranking.limit && barCost*w.count < cur.within(w, t) {
			if need = w.bar(t, w.touched[:w.count], need); rest < need {
				break
			}
		}
		least := uint32(0)
		if others := all - cur.window; need > others {
			least = (need - others + cur.weight - 1) / cur.weight
		}
		cur.add(w, least)
		rest -= cur.window
	}
	if next > 0 {
		c.finish(t, c.order[next:], rest, need)
	}
	w.clear()
}

// sortCursors sorts by what the terms can add, the most first. There are few.
func sortCursors(list []*cursor) {
	for i, cur := range list {
		for ; i > 0 && list[i-1].window < cur.window; i-- {
			list[i] = list[i-1]
		}
		list[i] = cur
	}
}

// clearCost is how many scores in a row can be cleared in the time of one by itself.
const clearCost = 16

// clear makes all scores 0.
func (w *window) clear() {
	if w.count*clearCost > int(w.span) {
		clear(w.sums[:w.span])
	} else {
		for _, slot := range w.touched[:w.count] {
			w.sums[slot] = 0
		}
	}
	w.count = 0
}

// barCost is how many postings can be added up in the time that the bar takes, for each chunk.
const barCost = 1

// lookupCost is how many postings can be added up in the time of one look-up.
const lookupCost = 16

// finish offers the chunks of the window that reach need with the terms that are left, which can
// add as much as rest.
func (c *collector) finish(t *target, left []*cursor, rest, need uint32) {
	w := &c.window
	if w.count > t.ranking.limit {
		need = w.bar(t, w.touched[:w.count], need)
	}
	slots := w.keep(rest, need)
	for _, cur := range left {
		rest -= cur.window
		switch {
		case len(cur.row) > 0:
			slots = cur.lookUpRow(w, slots, rest, need)
		case len(cur.marks) > 0:
			slots = cur.lookUpMarks(w, slots, rest, need)
		case lookupCost*len(slots) < cur.within(w, t):
			slots = cur.lookUp(w, slots, rest, need)
		default:
			cur.add(w, 0)
			slots = w.among(slots, rest, need)
		}
		if rest > 0 && len(slots) > 2*t.ranking.limit {
			if higher := w.bar(t, slots, need); higher > need {
				need = higher
				slots = w.among(slots, rest, need)
			}
		}
	}
	if len(t.required) > 0 {
		slices.Sort(slots)
	}
	for _, slot := range slots {
		if sum := w.sums[slot]; sum >= need && t.offer(w.lo+uint32(slot), sum) {
			need = max(need, t.need())
		}
	}
}

// keep returns the touched slots that may reach need.
func (w *window) keep(rest, need uint32) []uint16 {
	n := 0
	for _, slot := range w.touched[:w.count] {
		w.kept[n] = slot
		if w.sums[slot]+rest >= need {
			n++
		}
	}
	return w.kept[:n]
}

// among returns those of slots that may reach need.
func (w *window) among(slots []uint16, rest, need uint32) []uint16 {
	n := 0
	for _, slot := range slots {
		slots[n] = slot
		if w.sums[slot]+rest >= need {
			n++
		}
	}
	return slots[:n]
}

// barSteps is how many steps of scores the bar is looked for in.
const (
	barSteps = 1 << barBits
	barBits  = 8
	barShift = 32 - barBits
)

// bar returns a sum that a chunk must reach to be among the best, by what the slots' chunks have
// so far: as many of them as are asked for reach it already, to a step. It is need where they do
// not reach more.
func (w *window) bar(t *target, slots []uint16, need uint32) uint32 {
	if len(t.required) > 0 || len(slots) < t.ranking.limit {
		return need
	}
	clear(w.bars[:])
	most := uint32(0)
	if t.open && t.segment.boosts.len() == 0 {
		for _, slot := range slots {
			sum := w.sums[slot]
			most = max(most, sum)
			w.bars[sum>>barShift]++
		}
	} else {
		for _, slot := range slots {
			if doc := w.lo + uint32(slot); !t.hides(doc) {
				sum := t.needFor(t.score(doc, w.sums[slot]))
				most = max(most, sum)
				w.bars[sum>>barShift]++
			}
		}
	}
	least := need >> barShift
	for step, n := most>>barShift, 0; step > least; step-- {
		if n += int(w.bars[step]); n >= t.ranking.limit {
			return step << barShift
		}
	}
	return need
}
