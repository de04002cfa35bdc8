package train

import (
	"cmp"
	"math"
	"slices"

	"cited/internal/simd"
)

// reduceSample is how many texts the principal components are found with.
const reduceSample = 20_000

// reduce finds the out directions in which the vectors of a sample of texts differ most, projects
// the table on them, and turns it at random: components of one size lose less to a scale that they
// share.
func (m *model) reduce(out, sample int) []float32 {
	dims := m.options.Dims
	values, vectors := eigen(m.covariance(sample), dims)
	order := make([]int, dims)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	turn := rotation(out, m.options.Seed)
	project := make([]float32, dims*out) // dims × out
	for d := range dims {
		for i := range out {
			sum := 0.0
			for n := range out {
				sum += vectors[d*dims+order[n]] * turn[n*out+i]
			}
			project[d*out+i] = float32(sum)
		}
	}
	rows := len(m.vocab.keys)
	table := simd.NewFloats(rows * out)
	parallel(m.options.Threads, (rows+simd.ProductRows-1)/simd.ProductRows, func(chunk int) {
		first := chunk * simd.ProductRows
		if n := rows - first; n < simd.ProductRows || out%simd.ProductCols != 0 {
			for r := first; r < min(rows, first+simd.ProductRows); r++ {
				product(table[r*out:][:out], m.table[r*dims:][:dims], project)
			}
			return
		}
		m.kernels.Multiply(table[first*out:], out, simd.Factor{Data: m.table[first*dims:], Row: dims, Step: 1}, project, out, simd.ProductRows, out, dims)
	})
	return table
}

// product writes the product of a row and a matrix.
func product(to, row, matrix []float32) {
	clear(to)
	for d, x := range row {
		for i, y := range matrix[d*len(to):][:len(to)] {
			to[i] += x * y
		}
	}
}

// covariance is the mean of v·vᵀ over texts that are drawn as in the training: dims × dims.
func (m *model) covariance(sample int) []float64 {
	dims := m.options.Dims
	sum := make([]float64, dims*dims)
	g, b, v := bagger{sampler: m.sampler}, bag{}, make([]float32, dims)
	for i := range sample {
		r := seeded(m.options.Seed, -2, i)
		d := m.sampler.source(&r)
		_, _, t := g.pair(&r, d)
		g.plain(&b, d.source, t)
		m.embed(v, &b)
		for x := range dims {
			row, vx := sum[x*dims:][:dims], float64(v[x])
			for y := x; y < dims; y++ {
				row[y] += vx * float64(v[y])
			}
		}
	}
	for x := range dims {
		for y := range x {
			sum[x*dims+y] = sum[y*dims+x]
		}
	}
	return sum
}

// eigen returns the eigenvalues of a symmetric matrix, which it overwrites, and its eigenvectors as
// columns (Jacobi's method, cyclic; G. Golub and C. Van Loan, "Matrix Computations", 8.5).
func eigen(a []float64, n int) (values, vectors []float64) {
	vectors = make([]float64, n*n)
	trace := 0.0
	for i := range n {
		vectors[i*n+i] = 1
		trace += math.Abs(a[i*n+i])
	}
	for range 30 {
		off := 0.0
		for p := range n {
			for q := p + 1; q < n; q++ {
				off += a[p*n+q] * a[p*n+q]
				rotate(a, vectors, n, p, q)
			}
		}
		if math.Sqrt(off) <= 1e-9*trace {
			break
		}
	}
	values = make([]float64, n)
	for i := range values {
		values[i] = a[i*n+i]
	}
	return values, transposed(vectors, n)
}

// rotate makes a[p,q] zero. vectors holds the eigenvectors as rows, which are nearer in memory.
func rotate(a, vectors []float64, n, p, q int) {
	apq := a[p*n+q]
	if apq == 0 {
		return
	}
	tau := (a[q*n+q] - a[p*n+p]) / (2 * apq)
	t := 1 / (math.Abs(tau) + math.Sqrt(1+tau*tau))
	if tau < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(1+t*t)
	s := t * c
	rowP, rowQ := a[p*n:][:n], a[q*n:][:n]
	for k := range n {
		x, y := rowP[k], rowQ[k]
		rowP[k], rowQ[k] = c*x-s*y, s*x+c*y
	}
	for k := range n {
		x, y := a[k*n+p], a[k*n+q]
		a[k*n+p], a[k*n+q] = c*x-s*y, s*x+c*y
	}
	rowP, rowQ = vectors[p*n:][:n], vectors[q*n:][:n]
	for k := range n {
		x, y := rowP[k], rowQ[k]
		rowP[k], rowQ[k] = c*x-s*y, s*x+c*y
	}
}

func transposed(a []float64, n int) []float64 {
	t := make([]float64, n*n)
	for i := range n {
		for j := range n {
			t[j*n+i] = a[i*n+j]
		}
	}
	return t
}

// rotation is a random orthogonal matrix: normal numbers made orthonormal, row by row.
func rotation(n int, seed uint64) []float64 {
	a := make([]float64, n*n)
	for i := range n {
		r := seeded(seed, -3, i)
		row := a[i*n:][:n]
		for k := range row {
			row[k] = r.normal()
		}
		for range 2 { // once leaves rounding errors
			for j := range i {
				before := a[j*n:][:n]
				dot := 0.0
				for k := range row {
					dot += row[k] * before[k]
				}
				for k := range row {
					row[k] -= dot * before[k]
				}
			}
		}
		square := 0.0
		for _, x := range row {
			square += x * x
		}
		for k := range row {
			row[k] /= math.Sqrt(square)
		}
	}
	return a
}
