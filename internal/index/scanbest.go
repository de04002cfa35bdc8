package index

import (
	"math"
	"math/bits"

	"cited/internal/simd"
)

// scanRow is a row of a part with its rounded score.
type scanRow struct {
	score     float32
	part, row uint32
}

// scanBest keeps the best candidates that it was offered. It collects those above a bar, and when
// it has four times as many as it wants it keeps the best and raises the bar to the last of them:
// on 100,000 rows that takes a third of the time of a heap.
type scanBest struct {
	parts []*scanPart
	want  int       // > 0
	items []scanRow // at most slack · want
	bar   scanRow   // the last of the best at the last cut; what comes after it is not kept
}

const slack = 4

func newScanBest(parts []*scanPart, want int) scanBest {
	return scanBest{parts: parts, want: want, items: make([]scanRow, 0, slack*want), bar: scanRow{score: float32(math.Inf(-1))}}
}

// before orders candidates: the higher score first, then by chunk id. Rounding makes equal scores
// common, and only ids order them alike in every generation.
func (t *scanBest) before(a, b scanRow) bool {
	return a.score > b.score || a.score == b.score && t.id(a) < t.id(b)
}

func (t *scanBest) id(c scanRow) string { return t.parts[c.part].ids[c.row] }

// take offers the scores of a part's rows from the row from on, those that a reader may see. The
// scores fill whole blocks; n of them are rows.
func (t *scanBest) take(k *simd.Kernels, scores []float32, n, part, from int, public bool) {
	var marks [scanRun / simd.BlockRows]uint16
	blocks := simd.PaddedRows(n) / simd.BlockRows
	k.Above(marks[:], scores[:blocks*simd.BlockRows], t.bar.score)
	p := t.parts[part]
	for b, above := range marks[:blocks] {
		for ; above != 0; above &= above - 1 {
			i := b*simd.BlockRows + bits.TrailingZeros16(above)
			row := from + i
			if i >= n || scores[i] < t.bar.score || p.dead.has(uint32(row)) || public && p.internal.has(uint32(row)) {
				continue
			}
			t.offer(scanRow{score: scores[i], part: uint32(part), row: uint32(row)})
		}
	}
}

// offer takes a scanRow whose score is not below the bar's.
func (t *scanBest) offer(c scanRow) {
	if c.score == t.bar.score && !t.before(c, t.bar) {
		return
	}
	t.items = append(t.items, c)
	if len(t.items) == slack*t.want {
		t.cut()
		t.bar = t.items[0]
		for _, c := range t.items[1:] {
			if t.before(t.bar, c) {
				t.bar = c
			}
		}
	}
}

// cut keeps the best want candidates, in no order (Hoare's selection, the middle of three as pivot).
func (t *scanBest) cut() {
	low, high := 0, len(t.items)-1
	for low < high && t.want < len(t.items) {
		pivot := t.middle(t.items[low], t.items[(low+high)/2], t.items[high])
		i, j := low, high
		for i <= j {
			for t.before(t.items[i], pivot) {
				i++
			}
			for t.before(pivot, t.items[j]) {
				j--
			}
			if i <= j {
				t.items[i], t.items[j] = t.items[j], t.items[i]
				i, j = i+1, j-1
			}
		}
		switch { // [low,j] come before or equal the pivot, [i,high] after or equal
		case t.want <= j:
			high = j
		case t.want >= i:
			low = i
		default:
			low = high
		}
	}
	t.items = t.items[:min(t.want, len(t.items))]
}

func (t *scanBest) middle(a, b, c scanRow) scanRow {
	if t.before(b, a) {
		a, b = b, a
	}
	if !t.before(c, b) {
		return b
	}
	if t.before(c, a) {
		return a
	}
	return c
}
