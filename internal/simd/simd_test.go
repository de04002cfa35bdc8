package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// all returns the kernels of every path that this processor has.
func all(t testing.TB) []*Kernels {
	t.Helper()
	var kernels []*Kernels
	for _, p := range Paths() {
		k, err := New(string(p))
		if err != nil || k.Path() != p {
			t.Fatal(p, k, err)
		}
		kernels = append(kernels, k)
	}
	return kernels
}

func vector(r *rand.Rand, dims int) []float32 {
	v := make([]float32, dims)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func TestNew(t *testing.T) {
	fastest, err := New("")
	if err != nil || fastest.Path() != Paths()[0] {
		t.Error(fastest, err)
	}
	if paths := Paths(); paths[len(paths)-1] != Portable {
		t.Error(paths)
	}
	if _, err := New("sse"); err == nil || !strings.Contains(err.Error(), `unknown path "sse"`) || !strings.Contains(err.Error(), "portable") {
		t.Error(err)
	}
	for _, p := range known {
		if slices.Contains(Paths(), p) {
			continue
		}
		if k, err := New(string(p)); err == nil || !strings.Contains(err.Error(), "this processor has no "+string(p)) {
			t.Error(k, err)
		}
	}
}

// TestLayout reads every code back from its place.
func TestLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, size := range [][2]int{{1, 1}, {15, 3}, {16, 4}, {17, 16}, {40, 17}, {33, 100}} {
		m, err := NewMatrix(size[0], size[1])
		if err != nil {
			t.Fatal(err)
		}
		var rows [][]float32
		for i := range m.Rows() {
			rows = append(rows, vector(r, m.Dims()))
			m.Set(i, rows[i])
		}
		moved, err := NewMatrix(m.Rows(), m.Dims())
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			moved.Copy(m.Rows()-1-i, m, i)
			for d, x := range row {
				at := (i/16*16)*Stride(m.Dims()) + d/4*64 + i%16*4 + d%4
				if got := float64(m.Codes()[at]) * float64(m.Scales()[i]); math.Abs(got-float64(x)) > float64(m.Scales()[i])*0.501 {
					t.Fatalf("%v: component %d of row %d is %v, want %v", size, d, i, got, x)
				}
			}
		}
		again, err := NewMatrix(m.Rows(), m.Dims())
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			again.Set(m.Rows()-1-i, row)
		}
		if !slices.Equal(again.Codes(), moved.Codes()) || !slices.Equal(again.Scales(), moved.Scales()) {
			t.Errorf("%v: copied rows differ from rows set", size)
		}
		opened, err := OpenMatrix(m.Codes(), m.Scales(), m.Rows(), m.Dims())
		if err != nil || opened.Rows() != m.Rows() {
			t.Error(opened, err)
		}
	}
}

func TestMatrixRefuses(t *testing.T) {
	for _, size := range [][2]int{{1, 0}, {-1, 4}, {1, MaxDims + 1}} {
		if _, err := NewMatrix(size[0], size[1]); err == nil {
			t.Error(size)
		}
		if _, err := OpenMatrix(nil, nil, size[0], size[1]); err == nil {
			t.Error(size)
		}
	}
	if _, err := OpenMatrix(make([]int8, 256), make([]float32, 15), 15, 16); err == nil || !strings.Contains(err.Error(), "want 256 and 16") {
		t.Error(err)
	}
	if _, err := OpenMatrix(make([]int8, 255), make([]float32, 16), 15, 16); err == nil {
		t.Error("a code is missing")
	}
}

func TestQuantise(t *testing.T) {
	m, err := NewMatrix(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	m.Set(0, []float32{0, 0, 0, 0})
	m.Set(1, []float32{-2, 1, 0, 2})
	m.Set(2, []float32{1e-45, 0, 0, 0}) // too small for a scale
	if m.Scales()[0] != 0 || m.Scales()[1] != float32(2)/127 || m.Scales()[2] != 0 {
		t.Error(m.Scales())
	}
	if got := m.Codes()[:12]; !slices.Equal(got, []int8{0, 0, 0, 0, -127, 64, 0, 127, 0, 0, 0, 0}) {
		t.Error(got)
	}
}

// reference are the scores by definition, with sums in int64.
func reference(m *Matrix, q *Query, row int) float32 {
	var sum int64
	for d := range m.Stride() {
		sum += int64(m.codes[m.at(row)+d/group*group*BlockRows+d%group]) * int64(q.codes[d])
	}
	return float32(sum) * m.scales[row]
}

// extremes are matrices and questions that go to the ends of the ranges: every byte, -128
// included, and sums as large as they can be.
func fill(r *rand.Rand, m *Matrix, kind int) {
	for i := range m.codes {
		switch kind {
		case 0:
			m.codes[i] = int8(r.Uint32())
		case 1:
			m.codes[i] = -128
		case 2:
			m.codes[i] = 127
		default:
			m.codes[i] = []int8{-128, 127, 0, -127}[r.IntN(4)]
		}
	}
	for i := range m.scales {
		m.scales[i] = r.Float32()
	}
}

func extreme(r *rand.Rand, dims, kind int) []float32 {
	v := vector(r, dims)
	for i := range v {
		switch kind {
		case 1:
			v[i] = 1
		case 2:
			v[i] = -1
		case 3:
			v[i] = float32(r.IntN(3) - 1)
		}
	}
	return v
}

// TestScores holds every path to the definition, bit for bit, for 1 to 4 questions.
func TestScores(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, k := range all(t) {
		for _, dims := range []int{1, 2, 16, 17, 48, 256, 520, 768} {
			for kind := range 4 {
				for _, rows := range []int{1, 17, 48} {
					m, err := NewMatrix(rows, dims)
					if err != nil {
						t.Fatal(err)
					}
					fill(r, m, kind)
					checkScores(t, r, k, m, 0, rows, kind)
					if rows > 16 {
						checkScores(t, r, k, m, 16, rows, kind)
						checkScores(t, r, k, m, 0, 16, kind)
					}
				}
			}
		}
	}
}

func checkScores(t *testing.T, r *rand.Rand, k *Kernels, m *Matrix, from, to, kind int) {
	t.Helper()
	for n := 1; n <= Width; n++ {
		var queries []*Query
		var dst [][]float32
		for range n {
			queries = append(queries, k.Query(extreme(r, m.dims, (kind+r.IntN(2))%4)))
			dst = append(dst, make([]float32, PaddedRows(to-from)))
		}
		k.Scores(dst, m, from, to, queries)
		for i, q := range queries {
			for row := from; row < to; row++ {
				if got, want := dst[i][row-from], reference(m, q, row); got != want {
					t.Fatalf("%s, %d dimensions, kind %d, question %d of %d, row %d: %v, want %v", k.path, m.dims, kind, i, n, row, got, want)
				}
			}
		}
	}
}

// TestLargestSums: the sums of MaxDims extreme codes fit.
func TestLargestSums(t *testing.T) {
	for _, k := range all(t) {
		m, err := NewMatrix(1, MaxDims)
		if err != nil {
			t.Fatal(err)
		}
		ones := make([]float32, MaxDims)
		for i := range ones {
			ones[i] = 1
		}
		m.Set(0, ones)
		got := make([]float32, BlockRows)
		k.Scores([][]float32{got}, m, 0, 1, []*Query{k.Query(ones)})
		if want := float32(127*127*MaxDims) * m.scales[0]; got[0] != want {
			t.Errorf("%s: %v, want %v", k.path, got[0], want)
		}
	}
}

func TestScoresPanics(t *testing.T) {
	k := all(t)[0]
	m, err := NewMatrix(40, 8)
	if err != nil {
		t.Fatal(err)
	}
	q := k.Query(make([]float32, 8))
	for name, call := range map[string]func(){
		"start in a block":    func() { k.Scores([][]float32{make([]float32, 64)}, m, 1, 16, []*Query{q}) },
		"end in a block":      func() { k.Scores([][]float32{make([]float32, 64)}, m, 0, 17, []*Query{q}) },
		"past the end":        func() { k.Scores([][]float32{make([]float32, 64)}, m, 0, 48, []*Query{q}) },
		"short result":        func() { k.Scores([][]float32{make([]float32, 40)}, m, 0, 40, []*Query{q}) },
		"no result":           func() { k.Scores(nil, m, 0, 40, []*Query{q}) },
		"other dimensions":    func() { k.Scores([][]float32{make([]float32, 64)}, m, 0, 40, []*Query{k.Query(make([]float32, 20))}) },
		"five questions":      func() { k.Scores(make([][]float32, 5), m, 0, 40, []*Query{q, q, q, q, q}) },
		"question of another": func() { k.Scores([][]float32{make([]float32, 64)}, m, 0, 40, []*Query{{path: "x", codes: q.codes}}) },
		"dot of two lengths":  func() { k.Dot(make([]float32, 3), make([]float32, 4)) },
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
	k.Scores([][]float32{nil}, m, 16, 16, []*Query{q}) // nothing to do
	k.Scores(nil, m, 0, 40, nil)
}

// TestDot holds every path to sixteen sums and four folds, bit for bit, and to the true sum.
func TestDot(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, k := range all(t) {
		for dims := range 70 {
			a, b := vector(r, dims), vector(r, dims)
			var sums [16]float64
			n := dims / 16 * 16
			for i := range n {
				sums[i%16] += float64(a[i]) * float64(b[i])
			}
			for half := 8; half > 0; half /= 2 {
				for i := range half {
					sums[i] += sums[i+half]
				}
			}
			want, plain := sums[0], 0.0
			for i := n; i < dims; i++ {
				want += float64(a[i]) * float64(b[i])
			}
			for i := range dims {
				plain += float64(a[i]) * float64(b[i])
			}
			if got := k.Dot(a, b); got != want || math.Abs(got-plain) > 1e-12 {
				t.Errorf("%s, %d dimensions: %v, want %v", k.path, dims, got, want)
			}
		}
	}
}

// TestAbove holds every path to the comparison, at the bar itself and with what is no number.
func TestAbove(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	special := []float32{0.5, 0.25, -1, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0}
	for _, k := range all(t) {
		for blocks := range 9 {
			scores := make([]float32, blocks*BlockRows)
			for i := range scores {
				scores[i] = special[r.IntN(len(special))]
			}
			for _, bar := range []float32{0.25, 0, float32(math.Inf(-1)), float32(math.Inf(1))} {
				marks := slices.Repeat([]uint16{0xaaaa}, blocks+1)
				k.Above(marks, scores, bar)
				for i, s := range scores {
					if got := marks[i/16]>>(i%16)&1 != 0; got != (s >= bar) {
						t.Errorf("%s: %v against %v: %v", k.path, s, bar, got)
					}
				}
				if marks[blocks] != 0xaaaa {
					t.Errorf("%s writes past the marks", k.path)
				}
			}
		}
	}
}

// FuzzPaths: all paths give the bits of the definition, whatever the bytes.
func FuzzPaths(f *testing.F) {
	f.Add([]byte{1, 2, 3, 128, 255, 127}, uint16(5), uint8(2))
	f.Add([]byte(strings.Repeat("\x80\x7f", 40)), uint16(33), uint8(40))
	f.Fuzz(func(t *testing.T, data []byte, dims uint16, rows uint8) {
		if len(data) == 0 || dims == 0 || rows == 0 || dims > 2048 {
			return
		}
		m, err := NewMatrix(int(rows), int(dims))
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.codes {
			m.codes[i] = int8(data[i%len(data)])
		}
		for i := range m.scales {
			m.scales[i] = 1 + float32(data[i%len(data)])/256
		}
		questions := make([][]float32, Width)
		for i := range questions {
			questions[i] = make([]float32, dims)
			for d := range questions[i] {
				questions[i][d] = float32(int8(data[(d+i)*7%len(data)]))
			}
		}
		for _, k := range all(t) {
			for n := 1; n <= Width; n++ {
				dst := make([][]float32, n)
				queries := make([]*Query, n)
				for i := range dst {
					dst[i], queries[i] = make([]float32, PaddedRows(int(rows))), k.Query(questions[i])
				}
				k.Scores(dst, m, 0, int(rows), queries)
				for i, q := range queries {
					for row := range int(rows) {
						if got, want := dst[i][row], reference(m, q, row); got != want {
							t.Fatalf("%s: question %d of %d, row %d: %v, want %v", k.path, i, n, row, got, want)
						}
					}
				}
			}
		}
	})
}

// BenchmarkScores scans 100,000 rows: bytes are those of the matrix, once a pass.
func BenchmarkScores(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	const rows = 100_000
	for _, dims := range []int{256, 768} {
		m, err := NewMatrix(rows, dims)
		if err != nil {
			b.Fatal(err)
		}
		fill(r, m, 0)
		for _, k := range all(b) {
			for _, n := range []int{1, 2, 4} {
				b.Run(fmt.Sprintf("%s/dims=%d/questions=%d", k.path, dims, n), func(b *testing.B) {
					const run = 512
					dst := make([][]float32, n)
					queries := make([]*Query, n)
					for i := range dst {
						dst[i], queries[i] = make([]float32, run), k.Query(vector(r, dims))
					}
					b.SetBytes(rows * int64(Stride(dims)))
					for b.Loop() {
						for from := 0; from < rows; from += run {
							k.Scores(dst, m, from, min(rows, from+run), queries)
						}
					}
				})
			}
		}
	}
}

func BenchmarkDot(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, dims := range []int{256, 768} {
		x, y := vector(r, dims), vector(r, dims)
		for _, k := range all(b) {
			b.Run(fmt.Sprintf("%s/dims=%d", k.path, dims), func(b *testing.B) {
				for b.Loop() {
					k.Dot(x, y)
				}
			})
		}
	}
}
