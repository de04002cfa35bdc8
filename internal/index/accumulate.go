package index

import (
	"encoding/binary"
	"math/bits"
)

// within is about how many postings c has in the window.
func (c *cursor) within(w *window, t *target) int {
	if w.span == t.part.count {
		return c.count
	}
	return c.count * int(w.span) / int(t.part.count)
}

// add adds the term's impacts to the window, but for blocks without one of at least least. c stays
// at the last block that begins in it, which may go on behind it.
func (c *cursor) add(w *window, least uint32) {
	hi := w.lo + w.span
	from := c.blockOf(w.lo)
	b := from
	for ; b < c.blocks && c.blockFirst(b) < hi && w.count <= windowSize; b++ { // more are damaged ones
		if uint32(c.blockMax(b)) < least {
			continue
		}
		c.load(b)
		n := len(c.impacts)
		if n == 0 {
			continue
		}
		switch inside := c.first >= w.lo && c.ordinal(n-1) < hi; {
		case inside && c.width == 1:
			c.addNarrow(w)
		case inside && c.width == 2:
			c.addWide(w)
		default:
			for i := range n {
				if slot := c.ordinal(i) - w.lo; slot < w.span {
					w.put(uint16(slot), c.weight*uint32(c.impacts[i]))
				}
			}
		}
	}
	if b > from && c.block != b-1 {
		c.block, c.offsets, c.impacts = b-1, nil, nil
	}
}

// put adds to the score of a chunk.
func (w *window) put(slot uint16, score uint32) {
	sum := w.sums[slot]
	w.touched[w.count] = slot
	if sum == 0 {
		w.count++
	}
	w.sums[slot] = sum + score
}

// addNarrow adds a block with distances of one byte, all of it in the window.
func (c *cursor) addNarrow(w *window) {
	base, impacts := uint16(c.first-w.lo), c.impacts
	offsets := c.offsets[:len(impacts)]
	n, weight := w.count, c.weight
	for i, q := range impacts {
		slot := base + uint16(offsets[i])
		sum := w.sums[slot]
		w.touched[n] = slot
		if sum == 0 {
			n++
		}
		w.sums[slot] = sum + weight*uint32(q)
	}
	w.count = n
}

// addWide is addNarrow for distances of two bytes.
func (c *cursor) addWide(w *window) {
	base, impacts := uint16(c.first-w.lo), c.impacts
	offsets := c.offsets[:2*len(impacts)]
	n, weight := w.count, c.weight
	for i, q := range impacts {
		slot := base + binary.LittleEndian.Uint16(offsets[2*i:2*i+2])
		sum := w.sums[slot]
		w.touched[n] = slot
		if sum == 0 {
			n++
		}
		w.sums[slot] = sum + weight*uint32(q)
	}
	w.count = n
}

// lookUp adds the term's impacts to some slots of the window, and returns those that may reach
// need with what the rest can add.
func (c *cursor) lookUp(w *window, slots []uint16, rest, need uint32) []uint16 {
	n := 0
	for _, slot := range slots {
		sum := w.sums[slot]
		if b := c.blockAt(w.lo + uint32(slot)); b >= 0 && sum+c.weight*uint32(c.blockMax(b))+rest >= need {
			sum += c.weight * uint32(c.impactIn(b, w.lo+uint32(slot)))
			w.sums[slot] = sum
		}
		slots[n] = slot
		if sum+rest >= need {
			n++
		}
	}
	return slots[:n]
}

// lookUpRow is lookUp for a term with a row.
func (c *cursor) lookUpRow(w *window, slots []uint16, rest, need uint32) []uint16 {
	row, n := c.row[w.lo:], 0
	for _, slot := range slots {
		if int(slot) >= len(row) {
			break // damaged
		}
		sum := w.sums[slot] + c.weight*uint32(row[slot])
		w.sums[slot] = sum
		slots[n] = slot
		if sum+rest >= need {
			n++
		}
	}
	return slots[:n]
}

// lookUpMarks is lookUp for a term with marks.
func (c *cursor) lookUpMarks(w *window, slots []uint16, rest, need uint32) []uint16 {
	n := 0
	for _, slot := range slots {
		sum, doc := w.sums[slot], w.lo+uint32(slot)
		at := int(doc/marksChunks) * marksSize
		if at >= len(c.marks) {
			break // damaged
		}
		marks := c.marks[at:][:marksSize]
		if has, bit := binary.LittleEndian.Uint64(marks), uint64(1)<<(doc%marksChunks); has&bit != 0 {
			sum += c.weight * uint32(c.impactOf(int(binary.LittleEndian.Uint32(marks[8:]))+bits.OnesCount64(has&(bit-1))))
			w.sums[slot] = sum
		}
		slots[n] = slot
		if sum+rest >= need {
			n++
		}
	}
	return slots[:n]
}

// impactOf is the impact of posting i, 0 where it is damaged.
func (c *cursor) impactOf(i int) uint8 {
	b := i / blockSize
	if b >= c.blocks {
		return 0
	}
	from := int(binary.LittleEndian.Uint32(c.headers[b*blockHeaderSize+4:]) & (1<<24 - 1))
	if from >= len(c.payload) {
		return 0
	}
	at := from + 1 + int(c.payload[from])*min(blockSize, c.count-b*blockSize) + i%blockSize
	if at >= len(c.payload) {
		return 0
	}
	return c.payload[at]
}

// blockAt is the last block that begins at doc or before it, -1 if none does.
func (c *cursor) blockAt(doc uint32) int {
	if c.blocks == 0 || c.blockFirst(0) > doc {
		return -1
	}
	from, n := 0, c.blocks
	for n > 1 {
		half := n / 2
		if c.blockFirst(from+half) <= doc {
			from += half
		}
		n -= half
	}
	return from
}

// impactIn is the impact of a chunk in block b, 0 if it is not there.
func (c *cursor) impactIn(b int, doc uint32) uint8 {
	if c.block != b || c.headers != nil {
		c.load(b)
	}
	n := len(c.impacts)
	if n == 0 {
		return 0
	}
	distance, from := doc-c.first, 0
	switch c.width {
	case 1:
		for n > 1 {
			half := n / 2
			if uint32(c.offsets[from+half]) <= distance {
				from += half
			}
			n -= half
		}
	case 2:
		for n > 1 {
			half := n / 2
			if uint32(binary.LittleEndian.Uint16(c.offsets[2*(from+half):])) <= distance {
				from += half
			}
			n -= half
		}
	default:
		for n > 1 {
			half := n / 2
			if c.ordinal(from+half) <= doc {
				from += half
			}
			n -= half
		}
	}
	if c.ordinal(from) != doc {
		return 0
	}
	return c.impacts[from]
}
