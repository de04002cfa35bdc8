package train

import (
	"math"

	"cited/internal/embed/static"
	"cited/internal/simd"
)

// model is what is trained: a vector for each row of the vocabulary, and Adagrad's sums.
type model struct {
	options Options
	kernels *simd.Kernels
	corpus  *Corpus
	vocab   *vocabulary
	sampler *sampler
	table   []float32 // rows · Dims
	squares []float32 // by row
	step    int64     // batches that were taken
	test    *heldOut
}

func newModel(c *Corpus, o Options, k *simd.Kernels) *model {
	v := newVocabulary(c, o)
	m := &model{options: o, kernels: k, corpus: c, vocab: v, sampler: newSampler(c, o, v), squares: make([]float32, len(v.keys))}
	m.table = simd.NewFloats(len(v.keys) * o.Dims)
	m.scatter()
	m.test = newHeldOut(m)
	return m
}

// scatter gives each row a random direction, and a length that is smaller for frequent units
// (S. Arora et al., "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017).
func (m *model) scatter() {
	const a = 1e-3
	dims := m.options.Dims
	parallel(m.options.Threads, len(m.vocab.keys), func(row int) {
		r := seeded(m.options.Seed, -1, row)
		length := math.Sqrt(a / (a + m.vocab.share[row]) / float64(dims))
		for d := range dims {
			m.table[row*dims+d] = float32(r.normal() * length)
		}
	})
}

// embed writes the vector of a bag, of length 1, into v and returns its former length; v is zero
// where the bag is empty.
func (m *model) embed(v []float32, b *bag) float32 {
	m.kernels.SumRows(v, m.table, b.rows, b.weights)
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	length := float32(math.Sqrt(square))
	if length == 0 {
		return 0
	}
	for i := range v {
		v[i] /= length
	}
	return length
}

// Pack returns the table in the form that is stored.
func (m *model) Pack() *static.Packed {
	dims, table := m.options.Dims, m.table
	if out := m.options.OutDims; out > 0 && out < dims {
		table, dims = m.reduce(out, reduceSample), out
	}
	p := quantise(table, dims, m.options.Levels, m.options.Threads)
	p.Keys, p.Affixes = m.vocab.keys, m.options.Affixes
	return p
}
