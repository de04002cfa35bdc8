package simd

import (
	"fmt"
	"math"
	"unsafe"
)

// What a training of vectors is made of: sums of rows, steps of rows, products of matrices and a
// softmax. Paths differ here in the last bits: they add in different orders.

// ProductRows and ProductCols are what the rows and columns of a product are multiples of.
const (
	ProductRows = 8
	ProductCols = 32
)

// NewFloats returns n zeros, in large pages where the system has them.
func NewFloats(n int) []float32 {
	x := make([]float32, n)
	largePages(x)
	return x
}

// SumRows writes into dst the weighted sum of rows of a table: dst[c] = Σ_i weights[i] ·
// table[rows[i]·len(dst)+c]. dst has a multiple of 64 columns. Rows that the table lacks panic.
func (k *Kernels) SumRows(dst, table []float32, rows []uint32, weights []float32) {
	checkRows(len(dst), len(table), len(dst), rows, len(weights))
	if len(rows) == 0 {
		clear(dst)
		return
	}
	k.sumRows(&dst[0], &table[0], len(dst), &rows[0], &weights[0], len(rows), len(dst))
}

// MoveRows adds steps[i] · src to each row of a table, one after the other: a row may be named more
// than once. src has a multiple of 64 columns. Rows that the table lacks panic.
func (k *Kernels) MoveRows(table, src []float32, rows []uint32, steps []float32) {
	checkRows(len(src), len(table), len(src), rows, len(steps))
	if len(rows) > 0 {
		k.moveRows(&table[0], &src[0], len(src), &rows[0], &steps[0], len(rows), len(src))
	}
}

// Factor is the left factor of a product: element (i,k) is Data[i·Row + k·Step], so that a matrix
// and its transpose are the same data.
type Factor struct {
	Data      []float32
	Row, Step int
}

// Multiply writes c = a · b. a is m × depth; b is depth × n with strideB floats a row; c is m × n with
// strideC floats a row. m is a multiple of ProductRows and n of ProductCols. Slices that are too short
// panic.
func (k *Kernels) Multiply(c []float32, strideC int, a Factor, b []float32, strideB, m, n, depth int) {
	if m%ProductRows != 0 || n%ProductCols != 0 || m <= 0 || n <= 0 || depth <= 0 || strideC < n || strideB < n || a.Row < 0 || a.Step < 0 {
		panic(fmt.Sprintf("simd: product of %d×%d and %d×%d", m, depth, depth, n))
	}
	_ = c[(m-1)*strideC+n-1]
	_ = a.Data[(m-1)*a.Row+(depth-1)*a.Step]
	_ = b[(depth-1)*strideB+n-1]
	for j := 0; j < n; j += k.tileCols { // a column panel of b stays in the nearest cache
		for i := 0; i < m; i += k.tileRows {
			k.tile(&c[i*strideC+j], &a.Data[i*a.Row], &b[j], depth, strideC, a.Row, a.Step, strideB)
		}
	}
}

// Exps writes dst[i] = exp(scale · src[i] - shift), adds it to sums[i], and returns the sum of dst.
// The relative error is at most 1e-5; what lies below e^-87 counts as e^-87. Slices have equal
// lengths, a multiple of 16; others panic.
func (k *Kernels) Exps(dst, src, sums []float32, scale, shift float32) float32 {
	if len(src) != len(dst) || len(sums) != len(dst) || len(dst)%lanes != 0 || len(dst) == 0 {
		panic(fmt.Sprintf("simd: exponentials of %d into %d and %d", len(src), len(dst), len(sums)))
	}
	return k.exps(&dst[0], &src[0], &sums[0], len(dst), scale, shift)
}

// Spread multiplies: dst[i] *= by[i] + plus. Slices have equal lengths, a multiple of 16; others
// panic.
func (k *Kernels) Spread(dst, by []float32, plus float32) {
	if len(by) != len(dst) || len(dst)%lanes != 0 || len(dst) == 0 {
		panic(fmt.Sprintf("simd: %d factors for %d", len(by), len(dst)))
	}
	k.spread(&dst[0], &by[0], len(dst), plus)
}

// withPortable fills in what a path has no instructions for.
func withPortable(k Kernels) Kernels {
	k.addRows, k.sumRows, k.moveRows = addRowsPortable, sumRowsPortable, moveRowsPortable
	k.tile, k.tileRows, k.tileCols = tilePortable, 4, 4
	k.exps, k.spread = expsPortable, spreadPortable
	return k
}

func row32(table *float32, row, stride, cols int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(table), row*stride*4)), cols)
}

func sumRowsPortable(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int) {
	to, by := unsafe.Slice(dst, cols), unsafe.Slice(weights, n)
	clear(to)
	for i, r := range unsafe.Slice(rows, n) {
		w := by[i]
		for c, x := range row32(table, int(r), stride, cols) {
			to[c] += w * x
		}
	}
}

func moveRowsPortable(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int) {
	from, by := unsafe.Slice(src, cols), unsafe.Slice(steps, n)
	for i, r := range unsafe.Slice(rows, n) {
		w := by[i]
		row := row32(table, int(r), stride, cols)
		for c, x := range from {
			row[c] += w * x
		}
	}
}

func tilePortable(c, a, b *float32, k, strideC, rowA, stepA, strideB int) {
	var sum [4][4]float32
	left := unsafe.Slice(a, 3*rowA+(k-1)*stepA+1)
	right := unsafe.Slice(b, (k-1)*strideB+4)
	for at := range k {
		y := right[at*strideB : at*strideB+4]
		for i := range sum {
			x := left[i*rowA+at*stepA]
			sum[i][0] += x * y[0]
			sum[i][1] += x * y[1]
			sum[i][2] += x * y[2]
			sum[i][3] += x * y[3]
		}
	}
	out := unsafe.Slice(c, 3*strideC+4)
	for i := range sum {
		copy(out[i*strideC:], sum[i][:])
	}
}

func expsPortable(dst, src, sums *float32, n int, scale, shift float32) float32 {
	to, from, add := unsafe.Slice(dst, n), unsafe.Slice(src, n), unsafe.Slice(sums, n)
	var sum float32
	for i, x := range from {
		e := float32(math.Exp(float64(max(-87, scale*x-shift))))
		to[i] = e
		add[i] += e
		sum += e
	}
	return sum
}

func spreadPortable(dst, by *float32, n int, plus float32) {
	to, factor := unsafe.Slice(dst, n), unsafe.Slice(by, n)
	for i := range to {
		to[i] *= factor[i] + plus
	}
}
