package index

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"cited/internal/kb"
	"cited/internal/lang"
)

// Lexical is an inverted index with BM25F scores. It keeps the languages apart: a chunk's words
// are stemmed by its own language, a question's words by each language in turn, so that a stem
// never meets a stranger that looks like it, and a word's weight comes from its own language.
//
// It is a stack of segments, a large one and those of later edits, with the chunks of each that
// are dead and the statistics of those that live. The same live chunks give the same scores,
// whatever the edits that led to them, as long as Stale is false.
type Lexical struct {
	analysis  lang.Analysis
	analyzer  *lang.Analyzer
	corpus    *kb.Corpus
	layers    []layer
	languages []language // by tag; those with live chunks
	chunks    int        // that live
	scratch   *sync.Pool // *scratch; shared by all versions of an index

	memory *memory
}

// language is what the live chunks of a language have in common.
type language struct {
	tag     string
	chunks  int
	lengths [len(fields)]uint64 // field lengths in terms, summed
	steps   steps               // of the impacts; the mean lengths may have moved on (Stale)
	places  []place             // where its chunks are
	boost   float64             // the largest
}

// place is a part of a layer's segment.
type place struct{ layer, part int }

// maxSegmentChunks bounds a segment: its offsets have 32 bits, those within a term's postings 24.
const maxSegmentChunks = 1 << 21

// NewLexical indexes the chunks of corpus with the given analysis, over all processors.
func NewLexical(corpus *kb.Corpus, analysis lang.Analysis) *Lexical {
	l := &Lexical{analysis: analysis, analyzer: lang.NewAnalyzer(analysis), corpus: corpus, scratch: newScratchPool()}
	entries := make([]Entry, len(corpus.Chunks))
	var doc *kb.Document
	for i, c := range corpus.Chunks {
		if doc == nil || doc.ID != c.DocumentID {
			doc = corpus.Document(c.DocumentID)
		}
		entries[i] = Entry{c, doc}
	}
	sortEntries(entries)
	known := make(map[string]steps)
	for len(entries) > 0 {
		n := min(len(entries), maxSegmentChunks)
		s := buildSegment(entries[:n], l.analyzer, analysis, known)
		for _, p := range s.parts {
			known[p.lang] = p.steps
		}
		l.layers = append(l.layers, newLayer(s))
		entries = entries[n:]
	}
	l.index()
	return l
}

// index makes what follows from the layers.
func (l *Lexical) index() {
	l.languages, l.chunks, l.memory = nil, 0, newMemory()
	byTag := make(map[string]*language)
	for _, y := range l.layers {
		for i, p := range y.segment.parts {
			g := byTag[p.lang]
			if g == nil {
				g = &language{tag: p.lang, steps: steps{noStep, noStep, noStep}}
				byTag[p.lang] = g
			}
			g.chunks += int(p.count) - y.losses[i].chunks
			for f := range g.lengths {
				g.lengths[f] += p.lengths[f] - min(p.lengths[f], y.losses[i].lengths[f])
				if g.steps[f] == noStep {
					g.steps[f] = p.steps[f]
				}
			}
		}
	}
	for _, g := range byTag {
		if g.chunks > 0 {
			l.languages = append(l.languages, *g)
			l.chunks += g.chunks
		}
	}
	slices.SortFunc(l.languages, func(a, b language) int { return cmp.Compare(a.tag, b.tag) })
	for y := range l.layers {
		parts := l.layers[y].segment.parts
		l.layers[y].languages = make([]int, len(parts))
		for i, p := range parts {
			g := l.language(p.lang)
			if l.layers[y].languages[i] = g; g >= 0 {
				l.languages[g].places = append(l.languages[g].places, place{y, i})
				l.languages[g].boost = max(l.languages[g].boost, float64(p.maxBoost))
			}
		}
	}
}

// language returns the number of a language, -1 when no live chunk has it.
func (l *Lexical) language(tag string) int {
	i, ok := slices.BinarySearchFunc(l.languages, tag, func(g language, tag string) int { return cmp.Compare(g.tag, tag) })
	if !ok {
		return -1
	}
	return i
}

// Search implements retrieve.Searcher: the chunks with the highest BM25F scores. Scores are
// divided by the question's upper bound, (k1+1)·Σ idf, so they lie in [0,1] and compare between
// questions. With q.Phrases, where chunks have the phrases that stand in quotation marks word for
// word, these are all that is found.
func (l *Lexical) Search(ctx context.Context, q Query) ([]Match, error) {
	if q.Limit <= 0 || l.chunks == 0 {
		return nil, ctx.Err()
	}
	if q.Phrases {
		matches, err := l.searchPhrases(ctx, q)
		if len(matches) > 0 || err != nil {
			return matches, err
		}
	}
	return l.search(ctx, q, nil)
}

// search is Search for the chunks that have all terms of the phrases.
func (l *Lexical) search(ctx context.Context, q Query, phrases [][]lang.Word) ([]Match, error) {
	s := l.scratch.Get().(*scratch)
	defer l.release(s)
	s.reset(q)
	l.expand(s)
	l.weigh(s)
	r := &ranking{limit: q.Limit, layers: l.layers, items: s.hits[:0]}
	own := l.language(q.Lang)
	for i := -1; i < len(l.languages); i++ { // the question's own language first: it sets the bar
		g := i
		if i < 0 {
			g = own
		} else if i == own {
			continue
		}
		if g < 0 || !l.worthwhile(s, g, r.least()) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.searchLanguage(s, r, g, phrases)
	}
	s.hits = r.items
	return r.matches(), ctx.Err()
}

// searchLanguage offers to r the chunks of one language.
func (l *Lexical) searchLanguage(s *scratch, r *ranking, g int, phrases [][]lang.Word) {
	l.plan(s, g)
	for _, p := range l.languages[g].places {
		layer := &l.layers[p.layer]
		t := &target{
			ranking: r, layer: uint32(p.layer), segment: layer.segment, part: layer.segment.parts[p.part], dead: layer.dead,
			internal: s.query.Audience.Covers(kb.Internal),
		}
		t.open = layer.dead == nil && (t.internal || !layer.internal)
		if len(phrases) > 0 {
			if t.required = l.required(p.layer, g, phrases); t.required == nil {
				continue
			}
		}
		c := &s.collector
		c.cursors = c.cursors[:0]
		for i := range s.wanted {
			w := &s.wanted[i]
			for j := w.from; j < w.to && w.share > 0; j++ {
				if f := &s.found[j]; f.layer == p.layer {
					c.open(layer.segment, f, w.share)
				}
			}
		}
		c.collect(t)
	}
}

// Weight returns how much a word of a question tells the chunks of a language apart: the mean
// inverse document frequency of its terms, ≥ 0. Unknown words weigh most; in a language that the
// corpus lacks every word weighs 1.
func (l *Lexical) Weight(word lang.Word, language string) float64 {
	g := l.language(language)
	if g < 0 {
		return 1
	}
	if word.Script != lang.Ideographic && l.analysis != lang.Grams {
		return l.meaning(word, false).in[g].idf
	}
	terms, sum := l.analyzer.WordTerms(nil, word, language), 0.0
	for _, term := range terms {
		sum += l.term(term).in[g].idf
	}
	return sum / float64(max(1, len(terms)))
}
