package index

import (
	"cmp"
	"slices"
)

// layer is a segment with those of its chunks that are dead.
type layer struct {
	segment   *Segment
	dead      bitset // nil for none
	lost      tally  // by entry: dead chunks that have it
	losses    []loss // by part
	languages []int  // by part: the language's number in the index, -1 for none
	internal  bool   // some chunks are for the internal audience only
}

// loss is what the dead chunks of a part took with them.
type loss struct {
	chunks  int
	lengths [len(fields)]uint64
}

func newLayer(s *Segment) layer {
	internal := slices.ContainsFunc(s.internal, func(bits byte) bool { return bits != 0 })
	return layer{segment: s, losses: make([]loss, len(s.parts)), internal: internal}
}

// live is the number of live chunks.
func (y *layer) live() int {
	n := y.segment.chunks
	for _, l := range y.losses {
		n -= l.chunks
	}
	return n
}

// tally counts by entry. It is a stack of sorted runs, each at least twice as long as the next,
// so that adding to one shares the rest with the former version.
type tally [][]entryCount

type entryCount struct{ entry, n uint32 }

// of is the count of an entry.
func (t tally) of(entry int) (n uint32) {
	for _, run := range t {
		i, ok := slices.BinarySearchFunc(run, uint32(entry), func(c entryCount, e uint32) int { return cmp.Compare(c.entry, e) })
		if ok {
			n += run[i].n
		}
	}
	return n
}

// with returns t with the counts of run, which is sorted, added.
func (t tally) with(run []entryCount) tally {
	if len(run) == 0 {
		return t
	}
	t = slices.Clone(t)
	for len(t) > 0 && len(t[len(t)-1]) < 2*len(run) {
		run = mergeCounts(t[len(t)-1], run)
		t = t[:len(t)-1]
	}
	return append(t, run)
}

func mergeCounts(a, b []entryCount) []entryCount {
	out := make([]entryCount, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := cmp.Compare(a[0].entry, b[0].entry); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, entryCount{a[0].entry, a[0].n + b[0].n})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}
