package simd

import "golang.org/x/sys/cpu"

func native() []Path {
	var paths []Path
	x := &cpu.X86
	if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VNNI {
		paths = append(paths, AVX512)
	}
	if x.HasAVX2 && x.HasFMA {
		paths = append(paths, AVX2)
	}
	return paths
}

func kernels(path Path) *Kernels {
	if path == AVX512 {
		return &Kernels{
			path: AVX512, one: oneAVX512, four: fourAVX512, dot: dotAVX512, above: aboveAVX512,
			addRows: addRowsAVX512, sumRows: sumRowsAVX512, moveRows: moveRowsAVX512,
			tile: tileAVX512, tileRows: 8, tileCols: 32, exps: expsAVX512, spread: spreadAVX512,
		}
	}
	return &Kernels{
		path: AVX2, one: oneAVX2, four: fourAVX2, dot: dotAVX2, above: aboveAVX2,
		addRows: addRowsAVX2, sumRows: sumRowsAVX2, moveRows: moveRowsAVX2,
		tile: tileAVX2, tileRows: 4, tileCols: 16, exps: expsAVX2, spread: spreadAVX2,
	}
}

func oneAVX512(dst *float32, block *int8, scales *float32, blocks, stride int, q *Query) {
	scoresAVX512(dst, block, scales, blocks, stride, &q.codes[0], q.bias)
}

func fourAVX512(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, q *[Width]*Query) {
	codes, bias := [Width]*int8{}, [Width]int32{}
	for i := range q {
		codes[i], bias[i] = &q[i].codes[0], q[i].bias
	}
	scores4AVX512(dst, block, scales, blocks, stride, &codes, &bias)
}

func oneAVX2(dst *float32, block *int8, scales *float32, blocks, stride int, q *Query) {
	scoresAVX2(dst, block, scales, blocks, stride, &q.codes[0])
}

func fourAVX2(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, q *[Width]*Query) {
	codes := [Width]*int8{}
	for i := range q {
		codes[i] = &q[i].codes[0]
	}
	scores4AVX2(dst, block, scales, blocks, stride, &codes)
}

//go:noescape
func scoresAVX512(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8, bias int32)

//go:noescape
func scores4AVX512(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, queries *[Width]*int8, biases *[Width]int32)

//go:noescape
func dotAVX512(a, b *float32, n int) float64

//go:noescape
func scoresAVX2(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8)

//go:noescape
func scores4AVX2(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, queries *[Width]*int8)

//go:noescape
func dotAVX2(a, b *float32, n int) float64

//go:noescape
func aboveAVX512(marks *uint16, scores *float32, blocks int, bar float32)

//go:noescape
func aboveAVX2(marks *uint16, scores *float32, blocks int, bar float32)

//go:noescape
func addRowsAVX512(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)

//go:noescape
func sumRowsAVX512(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)

//go:noescape
func moveRowsAVX512(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)

//go:noescape
func tileAVX512(c, a, b *float32, k, strideC, rowA, stepA, strideB int)

//go:noescape
func expsAVX512(dst, src, sums *float32, n int, scale, shift float32) float32

//go:noescape
func spreadAVX512(dst, by *float32, n int, plus float32)

//go:noescape
func addRowsAVX2(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)

//go:noescape
func sumRowsAVX2(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)

//go:noescape
func moveRowsAVX2(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)

//go:noescape
func tileAVX2(c, a, b *float32, k, strideC, rowA, stepA, strideB int)

//go:noescape
func expsAVX2(dst, src, sums *float32, n int, scale, shift float32) float32

//go:noescape
func spreadAVX2(dst, by *float32, n int, plus float32)
