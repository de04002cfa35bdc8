package index

import (
	"encoding/binary"
	"math"
	"sort"
)

// The postings of a term in one part: for each chunk that has it, ascending, the chunk's ordinal
// within the part and the impact, 1 to 255. They stand in blocks of up to blockSize, so that a
// search can pass over a block by what its header says, and go to a place in a block without
// decoding what stands before it:
//
//	headers  8 bytes each block: ordinal of its first chunk u32, place of its payload after the
//	         headers u24, largest impact u8
//	payload  width u8; each chunk's distance from the first in so many bytes; the impacts
//
// Before the headers of a term that many chunks have stands what it takes to look up a chunk in a
// step or two. Of the most frequent terms that is a row: the impact of every chunk of the part, 0
// where it has not the term. Of others, marks:
//
//	marks  12 bytes for each 64 chunks of the part: a bit for each that has the term u64, how many
//	       have it before these u32
//
// A term that one chunk has has no postings: its entry says it all.
const (
	blockSize       = 128
	blockHeaderSize = 8
	maxWidth        = 4
	rowShare        = 4  // a term has a row from this part of the chunks on,
	marksShare      = 16 // marks from this one
	marksChunks     = 64
	marksSize       = 12
)

// before is how many bytes of row and marks stand before the headers of a term of a part with so
// many chunks.
func (e entry) before(chunks uint32) (row, marks int) {
	df, n := uint64(e.df), uint64(chunks)
	switch {
	case df < 2 || df*marksShare < n:
		return 0, 0
	case df*rowShare < n:
		return 0, int(n+marksChunks-1) / marksChunks * marksSize
	}
	return int(n), 0
}

// appendRow appends a row of so many bytes.
func appendRow(dst []byte, docs []uint32, impacts []uint8, size int) []byte {
	if size == 0 {
		return dst
	}
	from := len(dst)
	dst = append(dst, make([]byte, size)...)
	for i, d := range docs {
		dst[from+int(d)] = impacts[i]
	}
	return dst
}

// appendMarks appends marks of so many bytes.
func appendMarks(dst []byte, docs []uint32, size int) []byte {
	from := len(dst)
	dst = append(dst, make([]byte, size)...)
	marks := dst[from:]
	for i := 0; len(marks) > 0; marks = marks[marksSize:] {
		group, bits := uint32(size-len(marks))/marksSize, uint64(0)
		binary.LittleEndian.PutUint32(marks[8:], uint32(i))
		for ; i < len(docs) && docs[i]/marksChunks == group; i++ {
			bits |= 1 << (docs[i] % marksChunks)
		}
		binary.LittleEndian.PutUint64(marks, bits)
	}
	return dst
}

// lookUps returns the row or the marks of an entry, nil for none.
func (s *Segment) lookUps(e entry) (row, marks []byte) {
	r, m := e.before(s.parts[e.part].count)
	if to := int(e.ref); r+m > 0 && r+m <= to && to <= len(s.postings) {
		row, marks = s.postings[to-r-m:to-m], s.postings[to-m:to]
	}
	return row, marks
}

// appendPostings encodes ascending ordinals with their impacts.
func appendPostings(dst []byte, docs []uint32, impacts []uint8) []byte {
	headers := len(dst)
	blocks := (len(docs) + blockSize - 1) / blockSize
	dst = append(dst, make([]byte, blocks*blockHeaderSize)...)
	payload := len(dst)
	for b := range blocks {
		from, to := b*blockSize, min(b*blockSize+blockSize, len(docs))
		h := dst[headers+b*blockHeaderSize:]
		binary.LittleEndian.PutUint32(h, docs[from])
		binary.LittleEndian.PutUint32(h[4:], uint32(len(dst)-payload)|uint32(maxImpact(impacts[from:to]))<<24)
		width := byteWidth(docs[to-1] - docs[from])
		dst = append(dst, byte(width))
		for _, d := range docs[from:to] {
			var le [4]byte
			binary.LittleEndian.PutUint32(le[:], d-docs[from])
			dst = append(dst, le[:width]...)
		}
		dst = append(dst, impacts[from:to]...)
	}
	return dst
}

func maxImpact(impacts []uint8) (most uint8) {
	for _, q := range impacts {
		most = max(most, q)
	}
	return most
}

// byteWidth is how many bytes n takes, at least 1.
func byteWidth(n uint32) int {
	width := 1
	for n >>= 8; n > 0; n >>= 8 {
		width++
	}
	return width
}

// end is the ordinal of a cursor that is through.
const end = math.MaxUint32

// cursor goes through the postings of one term, forwards only.
type cursor struct {
	headers []byte // of the blocks
	payload []byte // from the first block's to the end of the segment's postings
	count   int    // postings
	blocks  int
	entry   uint8 // the largest impact of all

	block   int // the one that is loaded
	first   uint32
	width   int
	offsets []byte
	impacts []byte
	at      int // in the block

	row    []byte // empty for none
	marks  []byte // empty for none
	weight uint32 // of an impact of 1
	bound  uint32 // the most that the term can add to a score
	window uint32 // the most within the window
}

// cursor opens the postings of an entry of s, at the first one.
func (s *Segment) cursor(number int, e entry) cursor {
	var c cursor
	s.open(&c, number, e)
	c.load(0)
	return c
}

// open opens the postings of an entry of s in c, which is zero. No block is loaded.
func (s *Segment) open(c *cursor, number int, e entry) {
	c.entry = e.max
	if e.df == 1 {
		at := entrySize*number + 3
		c.first, c.blocks, c.count = e.ref, 1, 1
		c.impacts = s.entries[at : at+1]
		return
	}
	blocks := (uint64(e.df) + blockSize - 1) / blockSize
	from, size := uint64(e.ref), blocks*blockHeaderSize
	if from+size > uint64(len(s.postings)) {
		return
	}
	c.headers, c.payload = s.postings[from:from+size], s.postings[from+size:]
	c.count, c.blocks = int(e.df), int(blocks)
}

// blockFirst is the ordinal of the first chunk of block b.
func (c *cursor) blockFirst(b int) uint32 {
	if c.headers == nil {
		return c.first
	}
	return binary.LittleEndian.Uint32(c.headers[b*blockHeaderSize:])
}

// blockMax is the largest impact of block b.
func (c *cursor) blockMax(b int) uint8 {
	if c.headers == nil {
		return c.entry
	}
	return c.headers[b*blockHeaderSize+7]
}

// load makes b the loaded block, at its beginning; a block that is damaged has no postings.
func (c *cursor) load(b int) {
	c.block, c.at = b, 0
	if c.headers == nil && b == 0 {
		return // the one chunk of a term without postings
	}
	c.offsets, c.impacts = nil, nil
	if b >= c.blocks {
		return
	}
	h := c.headers[b*blockHeaderSize:]
	c.first = binary.LittleEndian.Uint32(h)
	from := int(binary.LittleEndian.Uint32(h[4:]) & (1<<24 - 1))
	n := min(blockSize, c.count-b*blockSize)
	if from >= len(c.payload) {
		return
	}
	c.width = int(c.payload[from])
	from++
	if c.width < 1 || c.width > maxWidth || from+n*(c.width+1) > len(c.payload) {
		return
	}
	c.offsets = c.payload[from : from+n*c.width]
	c.impacts = c.payload[from+n*c.width : from+n*(c.width+1)]
}

// ordinal is that of posting i of the loaded block.
func (c *cursor) ordinal(i int) uint32 {
	switch c.width {
	case 1:
		return c.first + uint32(c.offsets[i])
	case 2:
		return c.first + uint32(binary.LittleEndian.Uint16(c.offsets[2*i:]))
	case 3:
		o := c.offsets[3*i:][:3]
		return c.first + (uint32(o[0]) | uint32(o[1])<<8 | uint32(o[2])<<16)
	case 4:
		return c.first + binary.LittleEndian.Uint32(c.offsets[4*i:])
	}
	return c.first // the one chunk of a term without postings
}

// seek goes to the first posting with an ordinal of at least doc and returns the ordinal, end
// when there is none.
func (c *cursor) seek(doc uint32) uint32 {
	if c.at < len(c.impacts) {
		if d := c.ordinal(c.at); d >= doc {
			return d
		}
	}
	if b := c.blockOf(doc); b != c.block {
		c.load(b)
	}
	for c.block < c.blocks {
		if c.skip(doc); c.at < len(c.impacts) {
			return c.ordinal(c.at)
		}
		c.load(c.block + 1)
	}
	return end
}

// skip goes to the first posting of the loaded block with an ordinal of at least doc. It gallops:
// the next one looked for is most often near.
func (c *cursor) skip(doc uint32) {
	i, n := c.at, len(c.impacts)
	if i == n || c.ordinal(i) >= doc {
		return
	}
	step := 1 // posting i lies before doc
	switch distance := doc - c.first; c.width {
	case 1:
		offsets := c.offsets[:n]
		for i+step < n && uint32(offsets[i+step]) < distance {
			i += step
			step *= 2
		}
		for ; step > 0; step /= 2 {
			if i+step < n && uint32(offsets[i+step]) < distance {
				i += step
			}
		}
	case 2:
		offsets := c.offsets[:2*n]
		for i+step < n && uint32(binary.LittleEndian.Uint16(offsets[2*(i+step):])) < distance {
			i += step
			step *= 2
		}
		for ; step > 0; step /= 2 {
			if i+step < n && uint32(binary.LittleEndian.Uint16(offsets[2*(i+step):])) < distance {
				i += step
			}
		}
	default:
		i += sort.Search(n-1-i, func(k int) bool { return c.ordinal(i+1+k) >= doc })
	}
	c.at = i + 1
}

// blockOf is the last block from the loaded one on that begins at doc or before it, the loaded
// one if none does.
func (c *cursor) blockOf(doc uint32) int {
	b, step := c.block, 1
	for b+step < c.blocks && c.blockFirst(b+step) <= doc { // gallop
		b += step
		step *= 2
	}
	for ; step > 0; step /= 2 {
		if b+step < c.blocks && c.blockFirst(b+step) <= doc {
			b += step
		}
	}
	return b
}

// maxWithin is a bound of the impacts of the ordinals in [lo,hi): the largest of the blocks that
// may hold one.
func (c *cursor) maxWithin(lo, hi uint32) (most uint8) {
	b := c.blockOf(lo)
	if b == c.block && len(c.impacts) > 0 && c.ordinal(len(c.impacts)-1) < lo {
		b++
	}
	for ; b < c.blocks && c.blockFirst(b) < hi; b++ {
		most = max(most, c.blockMax(b))
	}
	return most
}
