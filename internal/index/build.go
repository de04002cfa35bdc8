package index

import (
	"math"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
)

// builder collects the term counts of one language's chunks.
type builder struct {
	lang     string
	ordinals []uint32
	chunks   []*kb.Chunk
	docs     []*kb.Document
	parts    []*part
	terms    map[string]uint32
	df       []uint32
	total    [len(fields)]float64 // field lengths, summed over the chunks
}

// part is the work of one goroutine: a run of chunks with term numbers of its own.
type part struct {
	from, to int
	terms    map[string]uint32
	names    []string
	counts   []count // by chunk, then term
	ends     []int   // end of each chunk's counts
	lengths  [][len(fields)]float32
	global   []uint32 // the builder's number of each of our terms
}

// count is how often a term occurs in the fields of one chunk.
type count struct {
	term uint32
	tf   [len(fields)]uint16
}

// chunksPerPart keeps parts large enough that their vocabularies pay, small enough to share out.
const chunksPerPart = 1024

// split hands each run of chunks to start.
func (b *builder) split(a *lang.Analyzer, start func(work func())) {
	for from := 0; from < len(b.chunks); from += chunksPerPart {
		p := &part{from: from, to: min(from+chunksPerPart, len(b.chunks)), terms: make(map[string]uint32)}
		b.parts = append(b.parts, p)
		start(func() { p.count(b, a) })
	}
}

func (p *part) count(b *builder, a *lang.Analyzer) {
	var text strings.Builder
	var words []lang.Word
	var terms []string
	var order []uint32 // terms of the chunk, by first occurrence
	var tf [][len(fields)]uint16
	for i := p.from; i < p.to; i++ {
		var length [len(fields)]float32
		for f := range fields {
			text.Reset()
			fields[f].text(b.docs[i], b.chunks[i], &text)
			words = lang.AppendWords(words[:0], text.String(), b.lang)
			for _, w := range words {
				terms = a.WordTerms(terms[:0], w, b.lang)
				length[f] += float32(len(terms))
				for _, term := range terms {
					t, ok := p.terms[term]
					if !ok {
						t = uint32(len(p.names))
						term = strings.Clone(term)
						p.terms[term] = t
						p.names = append(p.names, term)
						tf = append(tf, [len(fields)]uint16{})
					}
					if tf[t] == ([len(fields)]uint16{}) {
						order = append(order, t)
					}
					if tf[t][f] < math.MaxUint16 {
						tf[t][f]++
					}
				}
			}
		}
		for _, t := range order {
			p.counts = append(p.counts, count{t, tf[t]})
			tf[t] = [len(fields)]uint16{}
		}
		order = order[:0]
		p.ends = append(p.ends, len(p.counts))
		p.lengths = append(p.lengths, length)
	}
}

// merge gives the parts' terms common numbers and adds up document frequencies and lengths.
func (b *builder) merge() {
	for _, p := range b.parts {
		p.global = make([]uint32, len(p.names))
		for i, name := range p.names {
			t, ok := b.terms[name]
			if !ok {
				t = uint32(len(b.df))
				b.terms[name] = t
				b.df = append(b.df, 0)
			}
			p.global[i] = t
		}
		for _, c := range p.counts {
			b.df[p.global[c.term]]++
		}
		for _, l := range p.lengths {
			for f := range l {
				b.total[f] += float64(l[f])
			}
		}
		p.terms, p.names = nil, nil
	}
}

// prior says in how many chunks of all languages a term occurs.
type prior struct {
	df map[string]uint32
	n  float64
}

func newPrior(builders []*builder, n int) prior {
	p := prior{n: float64(n)}
	if len(builders) < 2 {
		return p
	}
	p.df = make(map[string]uint32)
	for _, b := range builders {
		for term, t := range b.terms {
			p.df[term] += b.df[t]
		}
	}
	return p
}

// priorChunks is how many chunks' worth of say the whole corpus has in a language's term
// weights: two stray chunks in a language of their own cannot tell which words are rare.
const priorChunks = 20

// idf is the inverse document frequency of a term that df of n chunks of its language have,
// with the rate shrunk towards the rate in the whole corpus.
func (p prior) idf(term string, df, n float64) float32 {
	if p.df != nil {
		rate := float64(p.df[term]) / p.n
		df += priorChunks * rate
		n += priorChunks
	}
	return float32(math.Log(1 + (n-df+0.5)/(df+0.5)))
}

// finish turns counts into postings with impacts.
func (b *builder) finish(pr prior, boost []float32) partition {
	n := float64(len(b.chunks))
	p := partition{lang: b.lang, terms: b.terms, missing: pr.idf("", 0, n)}
	p.idf = make([]float32, len(b.df))
	for term, t := range b.terms {
		p.idf[t] = pr.idf(term, float64(b.df[t]), n)
	}
	p.start = make([]uint32, len(b.df)+1)
	for t, df := range b.df {
		p.start[t+1] = p.start[t] + df
	}
	p.docs = make([]uint32, p.start[len(b.df)])
	p.impacts = make([]float32, len(p.docs))
	next := slices.Clone(p.start)
	for _, part := range b.parts {
		at := 0
		for i, end := range part.ends {
			norm := b.norms(part.lengths[i])
			for ; at < end; at++ {
				c := part.counts[at]
				t := part.global[c.term]
				var tf float64
				for f := range fields {
					tf += float64(c.tf[f]) * norm[f]
				}
				p.docs[next[t]] = b.ordinals[part.from+i]
				p.impacts[next[t]] = p.idf[t] * float32((k1+1)*tf/(k1+tf))
				next[t]++
			}
		}
	}
	return p
}

// norms are weight / (1 - b + b·length/mean) by field.
func (b *builder) norms(length [len(fields)]float32) (norm [len(fields)]float64) {
	for f, field := range fields {
		mean := b.total[f] / float64(len(b.chunks))
		if mean == 0 {
			continue
		}
		norm[f] = field.weight / (1 - field.b + field.b*float64(length[f])/mean)
	}
	return norm
}
