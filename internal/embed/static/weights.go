package static

import (
	"fmt"
	"hash/crc32"
	"math"
)

// Weights say how much each row counts in one knowledge base: √idf, so that what every article
// says tells them apart no more. A step is 1/255 of the largest.
//
// They belong to an index: all of its vectors are made with the same ones. An edit keeps them, a new
// build may count again; a snapshot stores them, and Embedder.Model tells vectors of different weights apart.
type Weights []byte

// Weigh counts in how many of n texts each unit occurs; text returns the i-th. The weight of a row
// that df of them have is √ln(1 + (n-df+½)/(df+½)), relative to that of a row that none has.
func (e *Embedder) Weigh(n int, text func(i int) string) Weights {
	df := make([]uint32, e.Rows())
	last := make([]int32, e.Rows()) // the text that counted last, from 1
	var units unitsOf
	var rows []uint32
	splitter := newSplitter(e.fold)
	for i := range n {
		splitter.Words(text(i), func(word []rune, gram bool) {
			rows, _ = units.find(e, rows[:0], word, gram)
			for _, r := range rows {
				if last[r] != int32(i+1) {
					last[r] = int32(i + 1)
					df[r]++
				}
			}
		})
	}
	w := make(Weights, e.Rows())
	rarest := math.Sqrt(idf(n, 0))
	for r := range w {
		w[r] = byte(math.Max(1, math.Round(255*math.Sqrt(idf(n, df[r]))/rarest)))
	}
	return w
}

// idf is that of BM25, never negative.
func idf(n int, df uint32) float64 {
	return math.Log1p((float64(n) - float64(df) + 0.5) / (float64(df) + 0.5))
}

// Weighted returns an embedder of the same table that weighs its rows. The table is shared. An error
// says that the weights are not this table's.
func (e *Embedder) Weighted(w Weights) (*Embedder, error) {
	if len(w) != e.Rows() {
		return nil, fmt.Errorf("embed: %d weights for a table of %d rows: they belong to another table", len(w), e.Rows())
	}
	weighted := *e
	scales := make([]float32, len(w))
	for i, s := range e.table.scales {
		scales[i] = s * float32(w[i])
	}
	weighted.weights = relative(scales)
	weighted.model = fmt.Sprintf("static-%d-%08x-%08x", e.table.dims, e.table.sum, crc32.Checksum(w, castagnoli))
	return &weighted, nil
}
