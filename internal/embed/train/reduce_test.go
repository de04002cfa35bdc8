package train

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestQuantise holds the loss of normal components to what Lloyd's levels lose (J. Max, "Quantizing
// for Minimum Distortion", 1960, table I).
func TestQuantise(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const rows, dims = 400, 128
	table := make([]float32, rows*dims)
	for i := range table {
		table[i] = float32(r.NormFloat64() * float64(1+i/dims))
	}
	for levels, most := range map[int]float64{3: 0.192, 4: 0.119, 8: 0.036, 16: 0.0105, 255: 1e-3} {
		p := quantise(table, dims, levels, 2)
		loss := 0.0
		for i := range rows {
			sum, square := 0.0, 0.0
			for d := range dims {
				x := float64(table[i*dims+d])
				diff := x - float64(p.Scales[i])*float64(p.Codebook[p.Codes[i*dims+d]])
				sum, square = sum+diff*diff, square+x*x
			}
			loss += sum / square / rows
		}
		if loss > most || loss < most/4 && levels < 255 {
			t.Errorf("%d levels lose %.4f, want at most %.4f", levels, loss, most)
		}
	}
}

func TestEigen(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	const n = 24
	a := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			a[i*n+j] = r.NormFloat64()
			a[j*n+i] = a[i*n+j]
		}
	}
	values, vectors := eigen(slices.Clone(a), n)
	for k := range n {
		for i := range n {
			sum := 0.0
			for j := range n {
				sum += a[i*n+j] * vectors[j*n+k]
			}
			if math.Abs(sum-values[k]*vectors[i*n+k]) > 1e-6 {
				t.Fatalf("vector %d is none of the matrix", k)
			}
		}
	}
	q := rotation(n, 1)
	for i := range n {
		for j := range n {
			dot := 0.0
			for k := range n {
				dot += q[i*n+k] * q[j*n+k]
			}
			if want := map[bool]float64{true: 1, false: 0}[i == j]; math.Abs(dot-want) > 1e-9 {
				t.Fatalf("rows %d and %d of a rotation: %v", i, j, dot)
			}
		}
	}
}

// TestReduce: fewer dimensions keep nearly all of a text's vector.
func TestReduce(t *testing.T) {
	o := toyOptions()
	o.Dims, o.OutDims = 128, 0
	m, err := fit(context.Background(), toy(t), o, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	g, b := bagger{sampler: m.sampler}, bag{}
	s := &m.corpus.sources[0]
	g.plain(&b, s, s.texts[0])
	long := make([]float32, o.Dims)
	m.kernels.SumRows(long, m.table, b.rows, b.weights)
	for out, least := range map[int]float64{100: 0.8, 96: 0.8, 8: 0.02} { // 100 is no multiple of a product's columns
		table := m.reduce(out, 1000)
		short := make([]float32, out)
		for i, row := range b.rows {
			for d := range short {
				short[d] += b.weights[i] * table[int(row)*out+d]
			}
		}
		if kept := cosine(short, short) / cosine(long, long); kept < least || kept > 1.0001 || out == 8 && kept > 0.6 {
			t.Errorf("%d dimensions keep %v of a text's length", out, kept)
		}
	}
}

// TestSlip: a mistyped word differs, but not by much.
func TestSlip(t *testing.T) {
	r := random{1}
	changed := 0
	for range 1000 {
		w := slip(&r, []rune("refund"))
		if len(w) < 5 || len(w) > 7 {
			t.Fatalf("%q", string(w))
		}
		if string(w) != "refund" {
			changed++
		}
	}
	if changed < 800 {
		t.Errorf("%d of 1,000 words have changed", changed)
	}
}
