package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestAddRows holds every path to the sums by definition, bit for bit, wrapped around or not.
func TestAddRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const count = 37
	for _, k := range all(t) {
		for _, cols := range []int{64, 192, 320} {
			stride := cols + 64
			codes := make([]int8, count*stride)
			for i := range codes {
				codes[i] = int8(r.Uint32())
			}
			for n := range 20 {
				rows, weights, acc := make([]uint32, n), make([]int32, n), make([]int32, cols)
				want := make([]int32, cols)
				for i := range want {
					acc[i] = int32(r.Uint32())
					want[i] = acc[i]
				}
				for i := range rows {
					rows[i], weights[i] = uint32(r.IntN(count)), int32(r.Uint32())
					for c := range want {
						want[c] += weights[i] * int32(codes[int(rows[i])*stride+c])
					}
				}
				k.AddRows(acc, codes, stride, rows, weights)
				for c := range want {
					if acc[c] != want[c] {
						t.Fatalf("%s, %d columns, %d rows: column %d is %d, want %d", k.path, cols, n, c, acc[c], want[c])
					}
				}
			}
		}
	}
}

// TestMoveRows sums rows of a table and moves them, some of them twice.
func TestMoveRows(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	const count = 11
	for _, k := range all(t) {
		for _, cols := range []int{64, 256} {
			table, src := vector(r, count*cols), vector(r, cols)
			want := append([]float32(nil), table...)
			rows, steps := []uint32{3, 10, 3, 0}, []float32{0.5, -1, 0.25, 2}
			dst := vector(r, cols)
			k.SumRows(dst, table, rows, steps)
			for c := range dst {
				sum := 0.0
				for i, row := range rows {
					sum += float64(steps[i]) * float64(table[int(row)*cols+c])
					want[int(row)*cols+c] += steps[i] * src[c]
				}
				if math.Abs(sum-float64(dst[c])) > 1e-5 {
					t.Fatalf("%s: column %d is %v, want %v", k.path, c, dst[c], sum)
				}
			}
			k.MoveRows(table, src, rows, steps)
			for i := range want {
				if math.Abs(float64(want[i]-table[i])) > 1e-5 {
					t.Fatalf("%s: element %d is %v, want %v", k.path, i, table[i], want[i])
				}
			}
			k.SumRows(dst, table, nil, nil)
			if dst[0] != 0 || dst[cols-1] != 0 {
				t.Error("the sum of no rows is not zero")
			}
		}
	}
}

// TestMultiply holds every path to the definition, with both factors as they are and the left one
// transposed, and strides beyond the sizes.
func TestMultiply(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, k := range all(t) {
		for _, size := range [][3]int{{8, 32, 1}, {16, 64, 33}, {24, 96, 64}} {
			m, n, depth := size[0], size[1], size[2]
			for _, a := range []Factor{{vector(r, m*(depth+3)), depth + 3, 1}, {vector(r, depth*(m+5)), 1, m + 5}} {
				strideB, strideC := n+16, n+1
				b, c := vector(r, depth*strideB), make([]float32, m*strideC)
				k.Multiply(c, strideC, a, b, strideB, m, n, depth)
				for i := range m {
					for j := range n {
						sum := 0.0
						for d := range depth {
							sum += float64(a.Data[i*a.Row+d*a.Step]) * float64(b[d*strideB+j])
						}
						if math.Abs(sum-float64(c[i*strideC+j])) > 1e-4 {
							t.Fatalf("%s, %v: (%d,%d) is %v, want %v", k.path, size, i, j, c[i*strideC+j], sum)
						}
					}
					if i > 0 && c[i*strideC-1] != 0 {
						t.Fatalf("%s writes past a row", k.path)
					}
				}
			}
		}
	}
}

func TestExps(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for _, k := range all(t) {
		src, dst, sums := vector(r, 64), make([]float32, 64), vector(r, 64)
		src[5], src[6] = -1e4, 1
		before := append([]float32(nil), sums...)
		total := k.Exps(dst, src, sums, 10, 12)
		want := 0.0
		for i, x := range src {
			e := math.Exp(math.Max(-87, 10*float64(x)-12))
			want += e
			if math.Abs(float64(dst[i])/e-1) > 1e-5 || sums[i] != before[i]+dst[i] {
				t.Errorf("%s: exp(10·%v-12) is %v, want %v; sum %v after %v", k.path, x, dst[i], e, sums[i], before[i])
			}
		}
		if math.Abs(float64(total)/want-1) > 1e-5 {
			t.Errorf("%s: sum %v, want %v", k.path, total, want)
		}
		by, to := vector(r, 64), append([]float32(nil), dst...)
		k.Spread(to, by, 0.5)
		for i := range to {
			if math.Abs(float64(to[i]-dst[i]*(by[i]+0.5))) > 1e-6*math.Abs(float64(dst[i])) {
				t.Errorf("%s: %v · (%v + .5) is %v", k.path, dst[i], by[i], to[i])
			}
		}
	}
}

func TestTrainPanics(t *testing.T) {
	k := all(t)[0]
	f := make([]float32, 64)
	for name, call := range map[string]func(){
		"a row too far":      func() { k.SumRows(f, f, []uint32{1}, f[:1]) },
		"odd columns":        func() { k.MoveRows(f, f[:60], []uint32{0}, f[:1]) },
		"a weight too few":   func() { k.AddRows(make([]int32, 64), make([]int8, 64), 64, []uint32{0}, nil) },
		"columns past a row": func() { k.AddRows(make([]int32, 128), make([]int8, 128), 64, nil, nil) },
		"odd product":        func() { k.Multiply(f, 32, Factor{f, 1, 1}, f, 32, 4, 32, 1) },
		"short product":      func() { k.Multiply(f, 32, Factor{f, 1, 1}, f, 32, 8, 32, 1) },
		"uneven exponents":   func() { k.Exps(f, f[:32], f, 1, 1) },
		"uneven factors":     func() { k.Spread(f, f[:32], 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// BenchmarkMultiply is the product of the scores of a batch: its rate is in flops.
func BenchmarkMultiply(b *testing.B) {
	const m, n, depth = 512, 512, 256
	r := rand.New(rand.NewPCG(11, 11))
	x, y, out := vector(r, m*depth), vector(r, depth*(n+16)), make([]float32, m*(n+16))
	for _, k := range all(b) {
		for name, a := range map[string]Factor{"plain": {x, depth, 1}, "transposed": {x, 1, m}} {
			b.Run(fmt.Sprintf("%s/%s", k.path, name), func(b *testing.B) {
				for b.Loop() {
					k.Multiply(out, n+16, a, y, n+16, m, n, depth)
				}
				b.ReportMetric(float64(b.N)*2*m*n*depth/b.Elapsed().Seconds()/1e9, "Gflop/s")
			})
		}
	}
}

// BenchmarkRows are the rows of one text among 240,000.
func BenchmarkRows(b *testing.B) {
	const count, cols, n = 240_000, 256, 25
	r := rand.New(rand.NewPCG(12, 12))
	table, codes := NewFloats(count*cols), NewCodes(count*cols)
	dst, acc := make([]float32, cols), make([]int32, cols)
	rows, weights, whole := make([]uint32, 1000*n), make([]float32, n), make([]int32, n)
	for i := range rows {
		rows[i] = uint32(r.IntN(count))
	}
	for _, k := range all(b) {
		i := 0
		next := func() []uint32 { i = (i + 1) % 1000; return rows[i*n:][:n] }
		b.Run("sum/"+string(k.path), func(b *testing.B) {
			for b.Loop() {
				k.SumRows(dst, table, next(), weights)
			}
		})
		b.Run("move/"+string(k.path), func(b *testing.B) {
			for b.Loop() {
				k.MoveRows(table, dst, next(), weights)
			}
		})
		b.Run("add/"+string(k.path), func(b *testing.B) {
			for b.Loop() {
				k.AddRows(acc, codes, cols, next(), whole)
			}
		})
	}
}
