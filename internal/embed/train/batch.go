package train

import (
	"math"
	"sync"
	"sync/atomic"

	"cited/internal/simd"
)

// batchPairs is how many pairs are set against each other.
const batchPairs = 512

const (
	chunkPairs = 32 // taken by a thread at a time
	blockRows  = 64 // rows of a product that a thread takes at a time
	blocks     = batchPairs / blockRows
	pad        = 16 // keeps columns of a matrix out of the same cache sets
	across     = batchPairs + pad
)

// parallel calls f for each number below n, on so many threads.
func parallel(threads, n int, f func(i int)) {
	if threads <= 1 || n <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	const run = 8
	step := 1
	if n > 64*threads {
		step = n / (run * threads)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, n) {
		wg.Go(func() {
			for {
				from := int(next.Add(int64(step))) - step
				if from >= n {
					return
				}
				for i := from; i < min(n, from+step); i++ {
					f(i)
				}
			}
		})
	}
	wg.Wait()
}

// side is one text of each pair of a batch.
type side struct {
	bags    []bag
	vectors []float32 // batchPairs · dims, each of length 1
	slopes  []float32 // of the loss, by the texts' sums
	hashes  []uint64
}

// batch takes one step after the other. Each phase of a step is divided among threads in a way that
// every sum has one order: the result does not depend on their number.
type batch struct {
	m        *model
	left     side
	right    side
	across   []float32 // the right vectors, transposed: dims · across
	soft     []float32 // scores, then their slopes: batchPairs · across
	rowSums  []float32
	colSums  []float32 // blocks · batchPairs
	inverse  []float32 // batchPairs
	losses   []float64 // by row
	groups   []int
	same     [][2]uint16 // places of soft that are no counterexamples
	baggers  []bagger
	movers   []mover
	trueness []float32 // the score of each pair, before it is overwritten
}

// mover collects the rows that one thread moves.
type mover struct {
	rows  []uint32
	steps []float32
}

func newBatch(m *model) *batch {
	dims := m.options.Dims
	newSide := func() side {
		return side{bags: make([]bag, batchPairs), vectors: simd.NewFloats(batchPairs * dims), slopes: simd.NewFloats(batchPairs * dims), hashes: make([]uint64, batchPairs)}
	}
	b := &batch{
		m: m, left: newSide(), right: newSide(), across: simd.NewFloats(dims * across), soft: simd.NewFloats(batchPairs * across),
		rowSums: make([]float32, batchPairs), colSums: make([]float32, blocks*batchPairs), inverse: make([]float32, batchPairs),
		losses: make([]float64, batchPairs), groups: make([]int, batchPairs), trueness: make([]float32, batchPairs),
		baggers: make([]bagger, batchPairs/chunkPairs), movers: make([]mover, m.options.Threads),
	}
	for i := range b.baggers {
		b.baggers[i].sampler = m.sampler
	}
	return b
}

// run takes a step and returns the mean loss of its pairs.
func (b *batch) run(step int64) float64 {
	o := &b.m.options
	r := seeded(o.Seed, step, batchPairs)
	from := b.m.sampler.source(&r)
	typos := r.float() < o.Typos
	parallel(o.Threads, len(b.baggers), func(i int) { b.gather(i, step, from, typos) })
	b.findSame()
	parallel(o.Threads, blocks, b.score)
	loss := b.sumUp()
	parallel(o.Threads, blocks, b.slopeLeft)
	parallel(o.Threads, blocks, b.slopeRight)
	rate := o.Rate * max(0.02, 1-float64(step)/float64(b.m.steps()))
	parallel(len(b.movers), len(b.movers), func(i int) { b.move(i, float32(rate)) })
	return loss
}

// gather draws the pairs of a chunk and sums them up.
func (b *batch) gather(chunk int, step int64, from *drawn, typos bool) {
	g, dims := &b.baggers[chunk], b.m.options.Dims
	for i := chunk * chunkPairs; i < (chunk+1)*chunkPairs; i++ {
		r := seeded(b.m.options.Seed, step, i)
		id, left, right := g.pair(&r, from)
		if typos {
			id, right = -1-i, left
			g.varied(&b.left.bags[i], &r, from.source, left)
			g.mistyped(&b.right.bags[i], &r, from.source, left)
		} else {
			g.varied(&b.left.bags[i], &r, from.source, left)
			g.varied(&b.right.bags[i], &r, from.source, right)
		}
		b.groups[i], b.left.hashes[i], b.right.hashes[i] = id, left.hash, right.hash
		b.m.embed(b.left.vectors[i*dims:][:dims], &b.left.bags[i])
		b.m.embed(b.right.vectors[i*dims:][:dims], &b.right.bags[i])
	}
	first := chunk * chunkPairs
	for d := range dims { // reads go down a column that the cache holds
		to := b.across[d*across+first:][:chunkPairs]
		for i := range to {
			to[i] = b.right.vectors[(first+i)*dims+d]
		}
	}
}

// findSame finds the pairs that are no counterexamples of each other: of one group, or with an
// equal text on either side.
func (b *batch) findSame() {
	b.same = b.same[:0]
	var bucket [1024]int16
	var next [batchPairs]int16
	find := func(key func(i int) uint64) {
		for i := range bucket {
			bucket[i] = -1
		}
		for i := range batchPairs {
			k := key(i)
			at := mix(k) % uint64(len(bucket))
			for j := bucket[at]; j >= 0; j = next[j] {
				if key(int(j)) == k {
					b.same = append(b.same, [2]uint16{uint16(i), uint16(j)}, [2]uint16{uint16(j), uint16(i)})
				}
			}
			next[i], bucket[at] = bucket[at], int16(i)
		}
	}
	find(func(i int) uint64 { return uint64(b.groups[i]) })
	find(func(i int) uint64 { return b.left.hashes[i] })
	find(func(i int) uint64 { return b.right.hashes[i] })
}

// score fills a block of rows of soft with exp(scale·(cosine-1)), and its part of the sums.
func (b *batch) score(block int) {
	dims, scale := b.m.options.Dims, float32(b.m.options.Scale)
	first := block * blockRows
	b.m.kernels.Multiply(b.soft[first*across:], across, simd.Factor{Data: b.left.vectors[first*dims:], Row: dims, Step: 1}, b.across, across, blockRows, batchPairs, dims)
	for _, s := range b.same {
		if i := int(s[0]); i >= first && i < first+blockRows {
			b.soft[i*across+int(s[1])] = -1e4
		}
	}
	sums := b.colSums[block*batchPairs:][:batchPairs]
	clear(sums)
	for i := first; i < first+blockRows; i++ {
		row := b.soft[i*across:][:batchPairs]
		b.trueness[i] = row[i]
		b.rowSums[i] = b.m.kernels.Exps(row, row, sums, scale, scale)
	}
}

// sumUp adds the blocks' sums of columns, and returns the mean loss.
func (b *batch) sumUp() float64 {
	scale := b.m.options.Scale
	loss := 0.0
	for j := range batchPairs {
		sum := float32(0)
		for block := range blocks {
			sum += b.colSums[block*batchPairs+j]
		}
		b.inverse[j] = 0.5 / sum
		loss -= scale*(float64(b.trueness[j])-1) - 0.5*(math.Log(float64(b.rowSums[j]))+math.Log(float64(sum)))
	}
	return loss / batchPairs
}

// slopeLeft turns a block of rows of soft into slopes by the scores, and makes those by the left
// texts' sums of them.
func (b *batch) slopeLeft(block int) {
	dims := b.m.options.Dims
	first := block * blockRows
	for i := first; i < first+blockRows; i++ {
		row := b.soft[i*across:][:batchPairs]
		b.m.kernels.Spread(row, b.inverse, 0.5/b.rowSums[i])
		row[i]--
	}
	b.m.kernels.Multiply(b.left.slopes[first*dims:], dims, simd.Factor{Data: b.soft[first*across:], Row: across, Step: 1}, b.right.vectors, dims, blockRows, dims, batchPairs)
	b.left.project(first, dims)
}

func (b *batch) slopeRight(block int) {
	dims := b.m.options.Dims
	first := block * blockRows
	b.m.kernels.Multiply(b.right.slopes[first*dims:], dims, simd.Factor{Data: b.soft[first:], Row: 1, Step: across}, b.left.vectors, dims, blockRows, dims, batchPairs)
	b.right.project(first, dims)
}

// project takes out of slopes what would only change a vector's length. The length of the sum, by
// which they would be divided, is left out, as in the trial: it makes steps of long texts no smaller.
func (s *side) project(first, dims int) {
	for i := first; i < first+blockRows; i++ {
		v, slope := s.vectors[i*dims:][:dims], s.slopes[i*dims:][:dims]
		var along float32
		for d, x := range slope {
			along += x * v[d]
		}
		for d := range slope {
			slope[d] -= along * v[d]
		}
	}
}

// move moves the rows whose number leaves a thread's remainder. Each row is moved in the order of
// the pairs, whoever does it.
func (b *batch) move(part int, rate float32) {
	mv, parts, dims := &b.movers[part], uint32(len(b.movers)), b.m.options.Dims
	for i := range batchPairs {
		for _, s := range [2]*side{&b.left, &b.right} {
			mv.rows, mv.steps = mv.rows[:0], mv.steps[:0]
			bag := &s.bags[i]
			slope := s.slopes[i*dims:][:dims]
			square := float32(-1)
			for n, row := range bag.rows {
				if row%parts != uint32(part) {
					continue
				}
				if square < 0 {
					square = meanSquare(slope)
				}
				w := bag.weights[n]
				b.m.squares[row] += w * w * square
				mv.rows, mv.steps = append(mv.rows, row), append(mv.steps, -rate*w/float32(math.Sqrt(float64(b.m.squares[row])+1e-8)))
			}
			if square > 1e-12 {
				b.m.kernels.MoveRows(b.m.table, slope, mv.rows, mv.steps)
			}
		}
	}
}

func meanSquare(v []float32) float32 {
	var sum float32
	for _, x := range v {
		sum += x * x
	}
	return sum / float32(len(v))
}
