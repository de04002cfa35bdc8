package simd

import (
	"fmt"
	"math"
)

// BlockRows is how many rows are stored interleaved.
const BlockRows = 16

// group is how many neighbouring codes of a row stay together: what one lane of a dot-product
// instruction takes. step is how many codes of a row the kernels take at a time.
const (
	group = 4
	step  = 16
)

// MaxDims bounds the dimensions: 127² · MaxDims fits into an int32 with room to spare.
const MaxDims = 1 << 16

// Matrix holds rows of int8 codes with one scale a row: component d of row r is about
// code(r,d) · scale(r), scale(r) being the row's largest magnitude / 127.
//
// Rows are stored in blocks of 16, and within a block in groups of four codes: the first four
// codes of row 0, of row 1, … of row 15, then the next four of row 0. A vector register then
// holds groups of different rows, each row's sum grows in a lane of its own, and nothing has to
// be added across lanes. Rows are padded with zeros to a multiple of 16 codes, the matrix with
// zero rows to a multiple of 16 rows.
type Matrix struct {
	codes              []int8    // blocks · 16 · stride
	scales             []float32 // blocks · 16
	rows, dims, stride int
}

// Stride is the number of codes that a row of so many dimensions takes.
func Stride(dims int) int { return (dims + step - 1) / step * step }

// PaddedRows is the number of rows that so many rows take.
func PaddedRows(rows int) int { return (rows + BlockRows - 1) / BlockRows * BlockRows }

// NewMatrix returns a matrix of zero rows; Set and Copy fill it, before it is shared. dims lies
// in [1,MaxDims].
func NewMatrix(rows, dims int) (*Matrix, error) {
	if rows < 0 || dims < 1 || dims > MaxDims {
		return nil, fmt.Errorf("simd: no matrix of %d rows and %d dimensions: at most %d dimensions", rows, dims, MaxDims)
	}
	stride := Stride(dims)
	return &Matrix{codes: NewCodes(PaddedRows(rows) * stride), scales: make([]float32, PaddedRows(rows)), rows: rows, dims: dims, stride: stride}, nil
}

// NewCodes returns n zero codes, in large pages where the system has them: for stored codes that
// are read rather than mapped.
func NewCodes(n int) []int8 {
	codes := make([]int8, n)
	largePages(codes)
	return codes
}

// OpenMatrix returns the matrix whose Codes and Scales were stored. It copies nothing.
func OpenMatrix(codes []int8, scales []float32, rows, dims int) (*Matrix, error) {
	if rows < 0 || dims < 1 || dims > MaxDims {
		return nil, fmt.Errorf("simd: no matrix of %d rows and %d dimensions: at most %d dimensions", rows, dims, MaxDims)
	}
	padded, stride := PaddedRows(rows), Stride(dims)
	if len(codes) != padded*stride || len(scales) != padded {
		return nil, fmt.Errorf("simd: %d codes and %d scales for %d rows of %d dimensions, want %d and %d", len(codes), len(scales), rows, dims, padded*stride, padded)
	}
	return &Matrix{codes: codes, scales: scales, rows: rows, dims: dims, stride: stride}, nil
}

// Rows is the number of rows.
func (m *Matrix) Rows() int { return m.rows }

// Stride is the number of codes that a row takes.
func (m *Matrix) Stride() int { return m.stride }

// Dims is the number of dimensions.
func (m *Matrix) Dims() int { return m.dims }

// Codes are all codes as they are stored: PaddedRows(Rows) · Stride(Dims).
func (m *Matrix) Codes() []int8 { return m.codes }

// Scales are the rows' scales, PaddedRows(Rows) of them.
func (m *Matrix) Scales() []float32 { return m.scales }

// at is the place of a row's first group; the next ones follow at distances of group · BlockRows.
func (m *Matrix) at(row int) int {
	return row/BlockRows*BlockRows*m.stride + row%BlockRows*group
}

// Set quantises vector, of Dims finite components, into a row.
func (m *Matrix) Set(row int, vector []float32) {
	if len(vector) != m.dims || row >= m.rows {
		panic(fmt.Sprintf("simd: set row %d of %d, %d dimensions of %d", row, m.rows, len(vector), m.dims))
	}
	scale, inverse := scaleOf(vector)
	m.scales[row] = scale
	for at := m.at(row); len(vector) > 0; at += group * BlockRows {
		n := min(group, len(vector))
		for i, x := range vector[:n] {
			m.codes[at+i] = code(x, inverse)
		}
		vector = vector[n:]
	}
}

// Copy copies a row of another matrix of equal dimensions, code by code.
func (m *Matrix) Copy(row int, from *Matrix, fromRow int) {
	if m.dims != from.dims || row >= m.rows || fromRow >= from.rows {
		panic(fmt.Sprintf("simd: copy row %d of %d to row %d of %d, %d dimensions of %d", fromRow, from.rows, row, m.rows, from.dims, m.dims))
	}
	m.scales[row] = from.scales[fromRow]
	to, at := m.at(row), from.at(fromRow)
	for range m.stride / group {
		copy(m.codes[to:to+group], from.codes[at:at+group])
		to, at = to+group*BlockRows, at+group*BlockRows
	}
}

// scaleOf returns the largest magnitude / 127, and its inverse, 0 when all is zero.
func scaleOf(vector []float32) (scale float32, inverse float64) {
	var bits uint32 // magnitudes of finite numbers are in the order of their bits
	for _, x := range vector {
		bits = max(bits, math.Float32bits(x)&^(1<<31))
	}
	largest := math.Float32frombits(bits)
	scale = largest / 127
	if scale == 0 { // also when largest is too small to be divided
		return 0, 0
	}
	return scale, 127 / float64(largest)
}

// code rounds to the nearest code, in [-127,127].
func code(x float32, inverse float64) int8 {
	return int8(math.RoundToEven(float64(x) * inverse))
}

// Query is a quantised question, as the kernels of one path want it.
type Query struct {
	path  Path
	codes []int8  // in [-127,127], padded with zeros to the stride
	bias  int32   // 128 · the sum of the codes; AVX-512 alone
	table []parts // portable alone
}

// Query quantises a question of 1 to MaxDims finite components.
func (k *Kernels) Query(vector []float32) *Query {
	q := &Query{path: k.path, codes: make([]int8, Stride(len(vector)))}
	_, inverse := scaleOf(vector)
	for i, x := range vector {
		q.codes[i] = code(x, inverse)
	}
	switch k.path {
	case AVX512:
		for _, c := range q.codes {
			q.bias += 128 * int32(c)
		}
	case Portable:
		q.table = portableTable(q.codes)
	}
	return q
}
