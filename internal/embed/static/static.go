// Package static is the embedder in the binary: a table with one small vector for each of some
// hundred thousand words, word pieces and affixes of many languages, trained so that texts of one
// meaning are near each other in any of them. A text's vector is the weighted sum of its units' rows,
// scaled to length 1; the rows' lengths are the units' weights.
package static

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"cited/internal/simd"
)

// Embedder embeds by a table. It satisfies index.Embedder, never changes, and is safe for concurrent
// use.
//
// Every text has a vector of length 1. A text without a known unit gets one made of its words'
// hashes, so that equal words are still near each other. Equal texts give equal vectors, bit for bit,
// on every processor: sums are of whole numbers.
type Embedder struct {
	table   *table
	fold    *folder
	cutter  *Cutter
	finder  *Finder
	add     func(acc []int32, codes []int8, stride int, rows []uint32, weights []int32)
	weights []float32 // by row, in [0,1]: scale · factor / the largest
	model   string
	scratch *sync.Pool // of *scratch; shared with what Weighted returns
}

// Open reads the file of a table. The error is ErrTable where it is none, or damaged. kernels are
// those to use, nil for the fastest.
func Open(file []byte, kernels *simd.Kernels) (*Embedder, error) {
	t, err := decode(file)
	if err != nil {
		return nil, err
	}
	if kernels == nil {
		if kernels, err = simd.New(""); err != nil {
			return nil, fmt.Errorf("embed: %w", err)
		}
	}
	e := &Embedder{
		table: t, fold: newFolder(), cutter: NewCutter(t.affixes), finder: NewFinder(t.keys), add: kernels.AddRows,
		model: fmt.Sprintf("static-%d-%08x", t.dims, t.sum), scratch: new(sync.Pool),
	}
	e.scratch.New = func() any { return newScratch(e) }
	e.weights = relative(t.scales)
	return e, nil
}

// relative divides by the largest.
func relative(scales []float32) []float32 {
	var largest float32
	for _, s := range scales {
		largest = max(largest, s)
	}
	w := make([]float32, len(scales))
	if largest > 0 {
		for i, s := range scales {
			w[i] = s / largest
		}
	}
	return w
}

// Dims is the length of the vectors.
func (e *Embedder) Dims() int { return e.table.dims }

// Rows is the number of units in the table.
func (e *Embedder) Rows() int { return len(e.table.keys) }

// Model names the table by its checksum, and the weights where there are any: vectors of different
// models never mix, so a snapshot made with other weights is not used.
func (e *Embedder) Model() string { return e.model }

// batch is how many texts a goroutine takes at a time.
const batch = 64

// EmbedDocuments returns one vector a text, in order. Its only error is the context's.
func (e *Embedder) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	dims := e.table.dims
	flat := make([]float32, len(texts)*dims) // one allocation, without pointers
	if len(texts) <= batch {                 // not worth a goroutine
		for i := range texts {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("embed: documents: %w", err)
			}
			vectors[i] = flat[i*dims : (i+1)*dims : (i+1)*dims]
			e.embed(vectors[i], texts[i])
		}
		return vectors, nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(texts)+batch-1)/batch) {
		wg.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(batch)) - batch
				if from >= len(texts) {
					return
				}
				for i := from; i < min(from+batch, len(texts)); i++ {
					vectors[i] = flat[i*dims : (i+1)*dims : (i+1)*dims]
					e.embed(vectors[i], texts[i])
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: documents: %w", err)
	}
	return vectors, nil
}

// EmbedQuery returns the vector of a question, made like a document's. Its only error is the
// context's.
func (e *Embedder) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: query: %w", err)
	}
	v := make([]float32, e.table.dims)
	e.embed(v, text)
	return v, nil
}

// embed fills v.
func (e *Embedder) embed(v []float32, text string) {
	s := e.scratch.Get().(*scratch)
	defer e.scratch.Put(s)
	s.begin(e)
	s.splitter.Words(text, s.word)
	s.flush()
	if !s.unit(v) {
		s.hashed(v, text)
	}
}

const (
	// fullWeight is the weight of the longest row; unitsAtOnce rows of that weight and of codes up
	// to 127 just fit into an int32.
	fullWeight  = 1<<15 - 1
	unitsAtOnce = 512
)

// scratch is what one text needs while it is embedded.
type scratch struct {
	e        *Embedder
	splitter *Splitter
	word     func(word []rune, gram bool)
	units    unitsOf
	rows     []uint32
	weights  []int32
	acc      []int32 // stride
	sum      []int64 // stride
	found    []uint32
}

func newScratch(e *Embedder) *scratch {
	s := &scratch{
		splitter: newSplitter(e.fold), rows: make([]uint32, 0, unitsAtOnce), weights: make([]int32, 0, unitsAtOnce),
		acc: make([]int32, e.table.stride), sum: make([]int64, e.table.stride), found: make([]uint32, 0, 3*maxWord),
	}
	s.word = s.addWord
	return s
}

func (s *scratch) begin(e *Embedder) {
	s.e = e
	clear(s.sum)
}

// addWord adds the rows of a word.
func (s *scratch) addWord(word []rune, gram bool) {
	rows, weight := s.units.find(s.e, s.found[:0], word, gram)
	s.found = rows
	for _, row := range rows {
		if len(s.rows) == unitsAtOnce {
			s.flush()
		}
		// The conversion keeps a processor from fusing the product with the sum.
		w := int32(float32(s.e.weights[row]*weight*fullWeight) + 0.5)
		s.rows, s.weights = append(s.rows, row), append(s.weights, w)
	}
}

// flush adds up the rows that wait.
func (s *scratch) flush() {
	if len(s.rows) == 0 {
		return
	}
	clear(s.acc)
	s.e.add(s.acc, s.e.table.codes, s.e.table.stride, s.rows, s.weights)
	for i, x := range s.acc {
		s.sum[i] += int64(x)
	}
	s.rows, s.weights = s.rows[:0], s.weights[:0]
}

// unit writes the sum, scaled to length 1, into v; it reports false when there is none.
func (s *scratch) unit(v []float32) bool {
	square := 0.0
	for _, x := range s.sum[:len(v)] {
		f := float64(x)
		square += float64(f * f) // not fused: the same bits everywhere
	}
	if square == 0 {
		return false
	}
	scale := 1 / math.Sqrt(square)
	for i, x := range s.sum[:len(v)] {
		v[i] = float32(float64(x) * scale)
	}
	return true
}

// hashed fills v for a text without a known unit: the sum of one random direction for each word.
func (s *scratch) hashed(v []float32, text string) {
	clear(s.sum)
	s.splitter.Words(text, func(word []rune, _ bool) {
		s.direction(hash(wordSeed, word))
	})
	if s.unit(v) {
		return
	}
	h := uint64(gramSeed)
	for i := range len(text) {
		h = step(h, rune(text[i]))
	}
	clear(s.sum)
	s.direction(h)
	s.unit(v)
}

// direction adds ones and minus ones, as a hash says (splitmix64; G. Steele et al., "Fast
// Splittable Pseudorandom Number Generators", 2014).
func (s *scratch) direction(state uint64) {
	for i := range s.sum {
		if i%64 == 0 {
			state += prime
			z := state
			z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>27) * 0x94d049bb133111eb
			state ^= z ^ z>>31
		}
		s.sum[i] += int64(state>>(i%64)&1)*2 - 1
	}
}
