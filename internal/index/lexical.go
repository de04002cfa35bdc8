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
}

// language is what the live chunks of a language have in common.
type language struct {
	tag     string
	chunks  int
	lengths [len(fields)]uint64 // field lengths in terms, summed
	steps   steps               // of the impacts; the mean lengths may have moved on (Stale)
}

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
	l.languages, l.chunks = nil, 0
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
			l.layers[y].languages[i] = l.language(p.lang)
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
	r := &ranking{limit: q.Limit, layers: l.layers}
	own := l.language(q.Lang)
	for i := -1; i < len(l.languages); i++ { // the question's own language first: it sets the bar
		g := i
		if i < 0 {
			g = own
		} else if i == own {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if g >= 0 {
			l.searchLanguage(s, r, g, phrases)
		}
	}
	return r.matches(), nil
}

// searchLanguage offers to r the chunks of one language.
func (l *Lexical) searchLanguage(s *scratch, r *ranking, g int, phrases [][]lang.Word) {
	l.plan(s, g)
	for y := range l.layers {
		segment := l.layers[y].segment
		for i, p := range segment.parts {
			if l.layers[y].languages[i] != g {
				continue
			}
			t := &target{
				ranking: r, layer: uint32(y), segment: segment, part: p, dead: l.layers[y].dead,
				internal: s.query.Audience.Covers(kb.Internal),
			}
			if len(phrases) > 0 {
				if t.required = l.required(s, y, g, phrases); t.required == nil {
					continue
				}
			}
			s.collector.cursors = s.collector.cursors[:0]
			for _, w := range s.wanted {
				for _, f := range s.found[w.from:w.to] {
					if f.layer == y && f.language == g && w.share > 0 {
						c := segment.cursor(f.number, f.entry)
						c.weight = w.share
						c.bound = w.share * uint32(f.entry.max)
						s.collector.cursors = append(s.collector.cursors, c)
					}
				}
			}
			s.collector.collect(t)
		}
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
	s := l.scratch.Get().(*scratch)
	defer l.release(s)
	s.reset(Query{})
	s.terms = l.analyzer.WordTerms(s.terms[:0], word, language)
	sum := 0.0
	for _, term := range s.terms {
		_, idf := l.idf(s, term, g)
		sum += idf
	}
	return sum / float64(max(1, len(s.terms)))
}

// idf returns the number of live chunks of a language with a term, and its inverse document
// frequency there.
func (l *Lexical) idf(s *scratch, term string, g int) (df int, inverse float64) {
	found := l.lookup(s, term)
	for _, f := range s.found[found.from:found.to] {
		if f.language == g {
			df += f.df
		}
	}
	return df, idf(df, l.languages[g].chunks, found.df, l.chunks)
}

// finding is an entry of a term in one layer.
type finding struct {
	layer    int
	language int
	number   int // of the entry
	entry    entry
	df       int // live chunks
}

// findings are those of one term in all layers and languages: scratch.found[from:to].
type findings struct {
	from, to int
	df       int // live chunks of all languages
}

// lookup finds a term, once a question.
func (l *Lexical) lookup(s *scratch, term string) findings {
	if f, ok := s.known[term]; ok {
		return f
	}
	all := findings{from: len(s.found)}
	for y := range l.layers {
		segment := l.layers[y].segment
		word, ok := segment.lookup(term)
		if !ok {
			continue
		}
		from, to := segment.entriesOf(word)
		for i := from; i < to; i++ {
			e, ok := segment.entry(i)
			if !ok || e.alias {
				continue
			}
			df := int(e.df - min(e.df, l.layers[y].lost.of(i)))
			g := l.layers[y].languages[e.part]
			if df == 0 || g < 0 {
				continue
			}
			s.found = append(s.found, finding{y, g, i, e, df})
			all.df += df
		}
	}
	all.to = len(s.found)
	s.known[term] = all
	return all
}
