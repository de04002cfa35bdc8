package static

import "math"

// Finder finds the row of a key. Keys ascend and are evenly spread, so the upper bits of one lead to
// the few rows that begin with them. Most n-grams have no row, which a small table of bits says.
type Finder struct {
	keys  []Key
	start []uint32 // by the upper bits: the first row that is not below them
	shift uint
	some  []uint64 // by four bits more: whether there is any row
}

// NewFinder returns a finder of ascending keys, which it keeps.
func NewFinder(keys []Key) *Finder {
	bits := uint(1)
	for 2<<bits <= len(keys) {
		bits++
	}
	f := &Finder{keys: keys, start: make([]uint32, 1<<bits+1), shift: 32 - bits, some: make([]uint64, 1<<bits*finer/64+1)}
	for _, k := range keys {
		at := uint64(k) * finer >> f.shift
		f.some[at/64] |= 1 << (at % 64)
	}
	row := 0
	for i := range f.start {
		for row < len(keys) && uint64(keys[row])>>f.shift < uint64(i) {
			row++
		}
		f.start[i] = uint32(row)
	}
	return f
}

// finer is how many bits there are for each entry of start.
const finer = 16

// Row returns the row of a key; ok is false where the table has none.
func (f *Finder) Row(k Key) (row uint32, ok bool) {
	if bit := uint64(k) * finer >> f.shift; f.some[bit/64]>>(bit%64)&1 == 0 {
		return 0, false
	}
	at := k >> f.shift
	for row, end := f.start[at], f.start[at+1]; row < end; row++ {
		if f.keys[row] == k {
			return row, true
		}
	}
	return 0, false
}

// Rows appends the rows of those keys that the table has.
func (f *Finder) Rows(rows []uint32, keys []Key) []uint32 {
	for _, k := range keys {
		if row, ok := f.Row(k); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// unitsOf finds the units of words. It keeps buffers: it is not for concurrent use.
type unitsOf struct {
	keys []Key
	cuts []Cut
}

// find appends the rows that stand for a word and returns their weight: the word's own; else those
// of its stem and affixes; else those of its character n-grams, m of them at 1/√m each.
func (u *unitsOf) find(e *Embedder, rows []uint32, word []rune, gram bool) ([]uint32, float32) {
	whole, known := e.finder.Row(WordKey(word))
	first := e.table.affixes&StemFirst != 0
	if known && (gram || !first) {
		return append(rows, whole), 1
	}
	if gram {
		return rows, 1
	}
	if e.table.affixes != 0 {
		u.cuts = e.cutter.Cuts(u.cuts[:0], word)
		for i := range u.cuts {
			stem, ok := e.finder.Row(u.cuts[i].Stem)
			if !ok {
				continue
			}
			return e.finder.Rows(append(rows, stem), u.cuts[i].Affixes[:u.cuts[i].N]), 1
		}
	}
	if known {
		return append(rows, whole), 1
	}
	u.keys = GramKeys(u.keys[:0], word)
	rows = e.finder.Rows(rows, u.keys)
	return rows, GramWeight(len(rows))
}

// GramWeight is the weight of each of the m n-grams that stand for a word.
func GramWeight(m int) float32 {
	return float32(1 / math.Sqrt(float64(max(1, m))))
}
