package simd

import "golang.org/x/sys/cpu"

func native() []Path {
	if cpu.ARM64.HasASIMD && cpu.ARM64.HasASIMDDP {
		return []Path{NEON}
	}
	return nil
}

func kernels(Path) *Kernels {
	k := withPortable(Kernels{path: NEON, one: oneNEON, four: fourNEON, dot: dotNEON, above: abovePortable})
	k.addRows, k.sumRows, k.moveRows = addRowsNEON, sumRowsNEON, moveRowsNEON
	k.tile, k.tileRows, k.tileCols = tileNEON, 4, 16
	return &k
}

func oneNEON(dst *float32, block *int8, scales *float32, blocks, stride int, q *Query) {
	scoresNEON(dst, block, scales, blocks, stride, &q.codes[0])
}

func fourNEON(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, q *[Width]*Query) {
	codes := [Width]*int8{}
	for i := range q {
		codes[i] = &q[i].codes[0]
	}
	scores4NEON(dst, block, scales, blocks, stride, &codes)
}

//go:noescape
func scoresNEON(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8)

//go:noescape
func scores4NEON(dst *[Width]*float32, block *int8, scales *float32, blocks, stride int, queries *[Width]*int8)

//go:noescape
func dotNEON(a, b *float32, n int) float64

//go:noescape
func addRowsNEON(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)

//go:noescape
func sumRowsNEON(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)

//go:noescape
func moveRowsNEON(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)

//go:noescape
func tileNEON(c, a, b *float32, k, strideC, rowA, stepA, strideB int)
