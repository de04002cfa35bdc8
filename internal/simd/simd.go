// Package simd computes the dot products that a scan over vectors is made of: one to four
// questions against the rows of an int8 matrix in one pass over its memory, and exact dots of
// float32 vectors. Every path (AVX-512 VNNI, AVX2, NEON, portable Go) gives the same bits, so a
// ranking does not depend on the processor.
package simd

import (
	"fmt"
	"slices"
	"strings"
)

// Path names the instructions that kernels use.
type Path string

// Paths.
const (
	AVX512   Path = "avx512"   // AVX-512 F, BW and VNNI
	AVX2     Path = "avx2"     // AVX2 and FMA
	NEON     Path = "neon"     // arm64 with the dot-product extension
	Portable Path = "portable" // Go alone
)

var known = [...]Path{AVX512, AVX2, NEON, Portable}

// Width is how many questions one pass answers at most.
const Width = 4

// Kernels are the functions of one path. They keep no state and are safe for concurrent use.
type Kernels struct {
	path Path
	// one writes the scores of one question against whole blocks of rows.
	one func(dst *float32, block *int8, scales *float32, blocks, stride int, q *Query)
	// four does so for four questions at once; the same one may stand in several places.
	four func(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, q *[Width]*Query)
	// dot is the dot product of the first n floats, n a multiple of lanes, ≥ lanes.
	dot func(a, b *float32, n int) float64
	// above marks the scores of whole blocks that are not below a bar.
	above func(marks *uint16, scores *float32, blocks int, bar float32)
	// The others are described at the methods that call them (rows.go, train.go).
	addRows  func(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)
	sumRows  func(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)
	moveRows func(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)
	tile     func(c, a, b *float32, k, strideC, rowA, stepA, strideB int)
	tileRows int // of the tile of a product that tile makes
	tileCols int
	exps     func(dst, src, sums *float32, n int, scale, shift float32) float32
	spread   func(dst, by *float32, n int, plus float32)
}

// Paths are those that this processor has, the fastest first; Portable is always the last.
func Paths() []Path { return append(native(), Portable) }

// New returns the kernels of the path named choice, or of the fastest one when choice is "". A
// name that is unknown, or whose instructions the processor lacks, is an error that lists what
// there is.
func New(choice string) (*Kernels, error) {
	have := Paths()
	path := Path(choice)
	switch {
	case choice == "":
		path = have[0]
	case !slices.Contains(known[:], path):
		return nil, fmt.Errorf("simd: unknown path %q: use one of %s", choice, list(have))
	case !slices.Contains(have, path):
		return nil, fmt.Errorf("simd: this processor has no %s: use one of %s, or none for the fastest", choice, list(have))
	}
	if path == Portable {
		k := withPortable(Kernels{path: Portable, one: onePortable, four: fourPortable, dot: dotPortable, above: abovePortable})
		return &k, nil
	}
	return kernels(path), nil
}

func list(paths []Path) string {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// Path names the path in use.
func (k *Kernels) Path() Path { return k.path }

// Scores writes into dst[i] the scores of queries[i] against the rows [from,to) of m: the exact
// integer dot product of the codes, as a float32, times the row's scale. The length of a question
// is left out, so scores of different questions do not compare. from is a multiple of BlockRows;
// to is one, too, or the number of rows. Each dst[i] holds at least to-from floats, rounded up to
// whole blocks; what lies past to in the last block is written and means nothing. There are 1 to
// Width queries, made for these kernels and for m's dimensions. A call that breaks this panics.
func (k *Kernels) Scores(dst [][]float32, m *Matrix, from, to int, queries []*Query) {
	if from%BlockRows != 0 || to%BlockRows != 0 && to != m.rows || from < 0 || to > m.rows || len(queries) > Width || len(dst) < len(queries) {
		panic(fmt.Sprintf("simd: scores of %d questions, rows %d to %d of %d", len(queries), from, to, m.rows))
	}
	blocks := (to - from + BlockRows - 1) / BlockRows
	if blocks <= 0 || len(queries) == 0 {
		return
	}
	for i, q := range queries {
		if len(q.codes) != m.stride || q.path != k.path {
			panic(fmt.Sprintf("simd: a question of %d dimensions for %s, rows of %d for %s", len(q.codes), q.path, m.stride, k.path))
		}
		_ = dst[i][blocks*BlockRows-1]
	}
	block, scales := &m.codes[from*m.stride], &m.scales[from]
	if len(queries) == 1 {
		k.one(&dst[0][0], block, scales, blocks, m.stride, queries[0])
		return
	}
	var to4 [Width]*float32
	var q4 [Width]*Query
	for i := range Width { // an empty place repeats the last question, which costs what an own kernel would not save
		at := min(i, len(queries)-1)
		to4[i], q4[i] = &dst[at][0], queries[at]
	}
	k.four(&to4, block, scales, blocks, m.stride, &q4)
}

// Above marks the scores that are not below bar: bit i of marks[b] stands for scores[16b+i]. There
// are whole blocks of scores, and no more of them than marks; shorter marks panic. A NaN is below
// any bar.
func (k *Kernels) Above(marks []uint16, scores []float32, bar float32) {
	blocks := len(scores) / BlockRows
	if blocks == 0 {
		return
	}
	_ = marks[blocks-1]
	k.above(&marks[0], &scores[0], blocks, bar)
}

// lanes is how many sums a dot product keeps side by side: element i goes to sum i mod lanes.
const lanes = 16

// Dot is the dot product of two vectors of equal length. Products of float32 are exact in
// float64, and the order of the additions is fixed (16 sums side by side, folded in half four
// times, then the elements past the last multiple of 16), so every path gives the same bits.
// Vectors of different lengths panic.
func (k *Kernels) Dot(a, b []float32) float64 {
	if len(a) != len(b) {
		panic(fmt.Sprintf("simd: dot product of %d and %d dimensions", len(a), len(b)))
	}
	n := len(a) / lanes * lanes
	var sum float64
	if n > 0 {
		sum = k.dot(&a[0], &b[0], n)
	}
	for i := n; i < len(a); i++ {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
