package index

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cited/internal/kb"
	"cited/internal/lang"
)

// BM25F (S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
// 2009): a term's frequencies in the fields are weighted and length-normalised field by field,
// added, and saturated once.
//
//	score(q,d) = Σ_t idf(t) · (k1+1)·tf(t,d) / (k1 + tf(t,d))
//	tf(t,d)    = Σ_f weight_f · count(t,d,f) / (1 - b_f + b_f · length(d,f) / mean length(f))
//
// k1, the b of the fields and stopWeight were chosen on DATA/dev (lexical search alone, 55 sets).
const k1 = 1.4

// stopWeight is the weight of a question's stop words beside 1 for the others. They are not
// dropped: between questions with the same nouns, «how» and «when» tell answers apart.
const stopWeight = 0.4

// field is a part of a chunk that terms come from.
type field struct {
	weight float64
	b      float64
	text   func(*kb.Document, *kb.Chunk, *strings.Builder)
}

var fields = [...]field{
	{weight: 1, b: 0.7, text: bodyText},
	{weight: 1, b: 0.75, text: headingText},
	{weight: 1, b: 0.75, text: titleText},
}

func bodyText(_ *kb.Document, c *kb.Chunk, b *strings.Builder) {
	b.WriteString(c.Plain)
	b.WriteByte('\n')
	b.WriteString(c.Context)
}

func headingText(_ *kb.Document, c *kb.Chunk, b *strings.Builder) {
	for _, h := range c.Headings {
		b.WriteString(h)
		b.WriteByte('\n')
	}
}

func titleText(d *kb.Document, c *kb.Chunk, b *strings.Builder) {
	b.WriteString(c.Title)
	if d == nil {
		return
	}
	for _, s := range d.Questions {
		b.WriteByte('\n')
		b.WriteString(s)
	}
	for _, s := range d.Tags {
		b.WriteByte('\n')
		b.WriteString(s)
	}
	b.WriteByte('\n')
	b.WriteString(d.Description)
}

// Lexical is an inverted index with BM25F scores. It keeps one partition a language: a chunk's
// words are stemmed by its own language, a question's words by each partition's, so that a stem
// never meets a stranger that looks like it, and a word's weight comes from its own language.
type Lexical struct {
	analyzer   *lang.Analyzer
	ids        []string // chunk id of each ordinal, ascending
	internal   []bool   // chunk for the internal audience only
	boost      []float32
	partitions []partition // by language
	scratch    sync.Pool   // *accumulator
}

// partition holds the postings of the chunks of one language: those of term i are
// docs[start[i]:start[i+1]], ascending, with impact idf·saturated tf beside each.
type partition struct {
	lang    string
	terms   map[string]uint32
	idf     []float32 // by term
	start   []uint32
	docs    []uint32
	impacts []float32
	missing float32 // idf of a word that no chunk of the partition has
}

// NewLexical indexes the chunks of corpus with the given analysis.
func NewLexical(corpus *kb.Corpus, analysis lang.Analysis) *Lexical {
	l := &Lexical{analyzer: lang.NewAnalyzer(analysis)}
	chunks := slices.Clone(corpus.Chunks)
	slices.SortFunc(chunks, func(a, b *kb.Chunk) int { return strings.Compare(a.ID, b.ID) })
	byLang := make(map[string]*builder)
	for i, c := range chunks {
		doc := corpus.Document(c.DocumentID)
		l.ids = append(l.ids, c.ID)
		l.internal = append(l.internal, c.Audience == kb.Internal)
		boost := float32(1)
		if doc != nil && doc.Boost > 0 {
			boost = float32(doc.Boost)
		}
		l.boost = append(l.boost, boost)
		b := byLang[c.Lang]
		if b == nil {
			b = &builder{lang: c.Lang, terms: make(map[string]uint32)}
			byLang[c.Lang] = b
		}
		b.ordinals = append(b.ordinals, uint32(i))
		b.chunks = append(b.chunks, c)
		b.docs = append(b.docs, doc)
	}
	builders := make([]*builder, 0, len(byLang))
	for _, b := range byLang {
		builders = append(builders, b)
	}
	slices.SortFunc(builders, func(a, b *builder) int { return strings.Compare(a.lang, b.lang) })
	l.count(builders)
	prior := newPrior(builders, len(chunks))
	for _, b := range builders {
		l.partitions = append(l.partitions, b.finish(prior, l.boost))
	}
	n := len(chunks)
	l.scratch.New = func() any { return &accumulator{scores: make([]float32, n), seen: make(map[string]float32)} }
	return l
}

// count runs the builders' counting over the processors, in slices of chunks.
func (l *Lexical) count(builders []*builder) {
	var wg sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, b := range builders {
		b.split(l.analyzer, func(work func()) {
			wg.Add(1)
			gate <- struct{}{}
			go func() {
				defer func() { <-gate; wg.Done() }()
				work()
			}()
		})
	}
	wg.Wait()
	for _, b := range builders {
		b.merge()
	}
}

// accumulator is the scratch space of one search.
type accumulator struct {
	scores  []float32
	touched []uint32
	terms   []string
	seen    map[string]float32 // weight of a term of the question, done once it was added
}

// Search implements retrieve.Searcher: the chunks with the highest BM25F scores. Scores are
// divided by the question's upper bound, (k1+1)·Σ idf, so they lie in [0,1] and compare between
// questions.
func (l *Lexical) Search(ctx context.Context, q Query) ([]Match, error) {
	if q.Limit <= 0 || len(l.ids) == 0 {
		return nil, ctx.Err()
	}
	acc := l.scratch.Get().(*accumulator)
	defer l.release(acc)
	words, informative := lang.Words(q.Text, q.Lang), lang.Informative(q.Text, q.Lang)
	top := newTop(q.Limit)
	for i := range l.partitions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := &l.partitions[i]
		bound := p.accumulate(acc, l.analyzer, words, informative)
		for _, d := range acc.touched {
			score := acc.scores[d]
			acc.scores[d] = 0
			if l.internal[d] && !q.Audience.Covers(kb.Internal) {
				continue
			}
			top.offer(scored{d, min(1, score*l.boost[d]/bound)})
		}
		acc.touched = acc.touched[:0]
	}
	return top.matches(l.ids), nil
}

// maxSeen bounds the terms that scratch space is kept for: clearing a map takes as long as its
// fullest time, so that one endless question would slow the later ones down.
const maxSeen = 1 << 10

// release gives scratch space back.
func (l *Lexical) release(acc *accumulator) {
	if len(acc.seen) > maxSeen {
		acc.seen = make(map[string]float32)
	}
	l.scratch.Put(acc)
}

// accumulate adds the impacts of words to acc and returns the upper bound of a score.
// informative are those of the words that are no stop words.
func (p *partition) accumulate(acc *accumulator, a *lang.Analyzer, words, informative []lang.Word) float32 {
	clear(acc.seen)
	for _, w := range informative {
		acc.terms = a.WordTerms(acc.terms[:0], w, p.lang)
		for _, term := range acc.terms {
			acc.seen[term] = 1
		}
	}
	var sum float32
	for _, w := range words {
		acc.terms = a.WordTerms(acc.terms[:0], w, p.lang)
		for _, term := range acc.terms {
			weight, ok := acc.seen[term]
			if weight == done {
				continue
			}
			if !ok {
				weight = stopWeight
			}
			acc.seen[term] = done
			sum += p.add(acc, term, weight)
		}
	}
	return max(sum*(k1+1), math.SmallestNonzeroFloat32)
}

// done marks a term that was added: a question that says a word twice does not mean it twice.
const done = -1

// add adds the impacts of one term and returns its weighted idf.
func (p *partition) add(acc *accumulator, term string, weight float32) float32 {
	t, ok := p.terms[term]
	if !ok {
		if weight == stopWeight {
			return 0 // how people wrap a question says nothing about what the corpus lacks
		}
		return weight * p.missing
	}
	for j := p.start[t]; j < p.start[t+1]; j++ {
		d := p.docs[j]
		if acc.scores[d] == 0 {
			acc.touched = append(acc.touched, d)
		}
		acc.scores[d] += weight * p.impacts[j]
	}
	return weight * p.idf[t]
}

// Weight returns how much a word of a question tells the chunks of a language apart: the mean
// inverse document frequency of its terms, ≥ 0. Unknown words weigh most; in a language that the
// corpus lacks every word weighs 1.
func (l *Lexical) Weight(word lang.Word, language string) float64 {
	for i := range l.partitions {
		p := &l.partitions[i]
		if p.lang != language {
			continue
		}
		terms := l.analyzer.WordTerms(nil, word, language)
		sum := 0.0
		for _, term := range terms {
			if t, ok := p.terms[term]; ok {
				sum += float64(p.idf[t])
			} else {
				sum += float64(p.missing)
			}
		}
		return sum / float64(max(1, len(terms)))
	}
	return 1
}
