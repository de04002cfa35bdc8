package index

import (
	"math"
	"sync"

	"cited/internal/lang"
)

// scratch is the working space of one search.
type scratch struct {
	query       Query
	words       []lang.Word
	stops       []bool // by word: a stop word; nothing of a word without spaces
	informative []lang.Word
	expansions  []expansion
	terms       []string
	ends        []int // by word: the end of its terms
	wanted      []wanted
	seen        map[string]int      // the number in wanted of a term
	known       map[string]findings // by term
	found       []finding
	collector   collector
}

func newScratchPool() *sync.Pool {
	return &sync.Pool{New: func() any {
		return &scratch{seen: make(map[string]int), known: make(map[string]findings)}
	}}
}

// maxSeen bounds the terms that scratch space is kept for: clearing a map takes as long as its
// fullest time, so that one endless question would slow the later ones down.
const maxSeen = 1 << 10

// release gives scratch space back.
func (l *Lexical) release(s *scratch) {
	if len(s.known) > maxSeen || len(s.seen) > maxSeen {
		s = l.scratch.New().(*scratch)
	}
	s.query = Query{}
	l.scratch.Put(s)
}

// reset prepares s for a question.
func (s *scratch) reset(q Query) {
	s.query, s.found, s.expansions = q, s.found[:0], s.expansions[:0]
	clear(s.known)
	s.words = lang.AppendWords(s.words[:0], q.Text, q.Lang)
	s.informative = lang.InformativeOf(s.words, q.Text, q.Lang)
	s.stops = s.stops[:0]
	next := 0
	for _, w := range s.words {
		for next < len(s.informative) && s.informative[next].Start < w.Start {
			next++
		}
		stop := next == len(s.informative) || s.informative[next].Span != w.Span
		s.stops = append(s.stops, w.Script != lang.Ideographic && stop || begun(w) && s.typed(len(s.stops)))
	}
}

// wanted is a term that a search adds up, in one language.
type wanted struct {
	term   string
	weight float64 // beside the idf
	bound  float64 // what it adds to the upper bound, beside the idf
	stop   bool
	begun  bool // the last word, and those that it may become
	from   int  // its findings
	to     int
	share  uint32 // of fullScore, for an impact of 1
}

// informative marks in scratch.seen a term of an informative word that is not yet wanted.
const informative = -1

// plan makes s.wanted: the terms of the question in a language, with their shares.
func (l *Lexical) plan(s *scratch, g int) {
	l.analyse(s, l.languages[g].tag)
	s.wanted = s.wanted[:0]
	from := 0
	for i := range s.words {
		exact := l.completed(s, i, g, s.terms[from:s.ends[i]])
		for _, term := range s.terms[from:s.ends[i]] {
			n, ok := s.seen[term]
			if ok && n != informative {
				continue // a question that says a word twice does not mean it twice
			}
			weight := stopWeight
			if ok {
				weight = 1
			}
			s.want(wanted{term: term, weight: weight * exact, bound: weight * exact, stop: !ok, begun: exact < 1})
		}
		from = s.ends[i]
	}
	for _, e := range s.expansions {
		if _, ok := s.seen[e.term]; e.language == g && !ok {
			s.want(wanted{term: e.term, weight: e.weight, bound: e.bound, begun: e.begun})
		}
	}
	l.share(s, g)
}

func (s *scratch) want(w wanted) {
	s.seen[w.term] = len(s.wanted)
	s.wanted = append(s.wanted, w)
}

// analyse makes the terms of the question's words in a language, and marks the informative ones.
func (l *Lexical) analyse(s *scratch, tag string) {
	clear(s.seen)
	s.terms, s.ends = s.terms[:0], s.ends[:0]
	for _, w := range s.informative {
		if w.Script == lang.Ideographic {
			s.terms = l.analyzer.WordTerms(s.terms[:0], w, tag)
			for _, term := range s.terms {
				s.seen[term] = informative
			}
		}
	}
	s.terms = s.terms[:0]
	for i, w := range s.words {
		from := len(s.terms)
		s.terms = l.analyzer.WordTerms(s.terms, w, tag)
		s.ends = append(s.ends, len(s.terms))
		if w.Script == lang.Ideographic || s.stops[i] {
			continue
		}
		for _, term := range s.terms[from:] {
			s.seen[term] = informative
		}
	}
}

// share computes the shares of the wanted terms.
func (l *Lexical) share(s *scratch, g int) {
	bound, begun := 0.0, 0
	for _, w := range s.wanted {
		if w.begun {
			df, _ := l.idf(s, w.term, g)
			begun += df
		}
	}
	for i := range s.wanted {
		w := &s.wanted[i]
		df, inverse := l.idf(s, w.term, g)
		if w.begun { // a rare word that the last one may become says no more than a frequent one
			n := min(begun, l.languages[g].chunks)
			inverse = idf(n, l.languages[g].chunks, n, l.chunks)
		}
		if df == 0 && w.stop {
			w.weight, w.bound = 0, 0 // how people wrap a question says nothing about what the corpus lacks
		}
		found := s.known[w.term]
		w.from, w.to = found.from, found.to
		w.weight *= inverse
		bound += w.bound * inverse
	}
	for i := range s.wanted {
		w := &s.wanted[i]
		w.share = uint32(math.Floor(w.weight / max(bound, math.SmallestNonzeroFloat32) * fullScore))
	}
}
