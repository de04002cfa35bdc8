package simd

import (
	"fmt"
	"unsafe"
)

// rowCols is what the columns of a sum of rows are a multiple of: a cache line of codes.
const rowCols = 64

// AddRows adds to acc the weighted rows of a matrix of codes: acc[c] += Σ_i weights[i] ·
// codes[rows[i]·stride+c]. Sums are exact and wrap around at 32 bits, so every path gives the same.
// acc has a multiple of 64 columns, at most stride; rows lie within codes. A call that breaks this
// panics.
func (k *Kernels) AddRows(acc []int32, codes []int8, stride int, rows []uint32, weights []int32) {
	checkRows(len(acc), len(codes), stride, rows, len(weights))
	if len(rows) > 0 {
		k.addRows(&acc[0], &codes[0], stride, &rows[0], &weights[0], len(rows), len(acc))
	}
}

func checkRows(cols, size, stride int, rows []uint32, weights int) {
	if cols == 0 || cols%rowCols != 0 || cols > stride || weights != len(rows) {
		panic(fmt.Sprintf("simd: %d columns of rows of %d, %d weights for %d rows", cols, stride, weights, len(rows)))
	}
	have := uint32(size / stride)
	for _, r := range rows {
		if r >= have {
			panic(fmt.Sprintf("simd: row %d of %d", r, have))
		}
	}
}

func addRowsPortable(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int) {
	to := unsafe.Slice(acc, cols)
	by := unsafe.Slice(weights, n)
	for i, r := range unsafe.Slice(rows, n) {
		row := unsafe.Slice((*int8)(unsafe.Add(unsafe.Pointer(codes), int(r)*stride)), cols)
		w := by[i]
		for c := 0; c+4 <= len(to) && c+4 <= len(row); c += 4 {
			t, x := to[c:c+4:c+4], row[c:c+4:c+4]
			t[0] += int32(x[0]) * w
			t[1] += int32(x[1]) * w
			t[2] += int32(x[2]) * w
			t[3] += int32(x[3]) * w
		}
	}
}
