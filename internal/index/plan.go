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
	asked       []asked
	expansions  []expansion
	terms       []string
	wanted      []wanted
	found       []finding // of the wanted terms
	table       termTable
	slots       []uint32 // by asked: its slot in table
	collector   collector
	hits        []hit
	outlooks    []outlook // by language
}

// asked is a term of the question, before a language has stemmed it.
type asked struct {
	*meaning
	word        int  // that it comes from
	informative bool // it is no stop word, and does not lie across one
}

func newScratchPool() *sync.Pool {
	return &sync.Pool{New: func() any { return &scratch{} }}
}

// maxSeen bounds the terms that scratch space is kept for.
const maxSeen = 1 << 10

// release gives scratch space back, unless an endless question has made it large.
func (l *Lexical) release(s *scratch) {
	if len(s.asked) > maxSeen {
		return
	}
	clear(s.asked)      // the memory decides what is kept
	clear(s.expansions) // and so here
	s.query = Query{}
	l.scratch.Put(s)
}

// reset prepares s for a question.
func (s *scratch) reset(q Query) {
	s.query, s.asked, s.expansions = q, s.asked[:0], s.expansions[:0]
	s.words = lang.AppendWords(s.words[:0], q.Text, q.Lang)
	s.informative = lang.AppendInformative(s.informative[:0], s.words, q.Text, q.Lang)
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

// ask makes s.asked: what the words of the question stand for.
func (l *Lexical) ask(s *scratch) {
	var pieces map[string]bool // the terms that no stop word lies in, of words without spaces
	for _, w := range s.informative {
		if w.Script != lang.Ideographic {
			continue
		}
		if pieces == nil {
			pieces = make(map[string]bool)
		}
		s.terms = l.analyzer.WordTerms(s.terms[:0], w, "")
		for _, term := range s.terms {
			pieces[term] = true
		}
	}
	for i, w := range s.words {
		if w.Script != lang.Ideographic && l.analysis != lang.Grams {
			s.asked = append(s.asked, asked{l.meaning(w, false), i, !s.stops[i]})
			continue
		}
		s.terms = l.analyzer.WordTerms(s.terms[:0], w, "") // the same in all languages
		for _, term := range s.terms {
			s.asked = append(s.asked, asked{l.term(term), i, w.Script != lang.Ideographic && !s.stops[i] || pieces[term]})
		}
	}
}

// wanted is a term that a search adds up, in one language.
type wanted struct {
	term   string
	weight float64 // beside the idf
	bound  float64 // what it adds to the upper bound, beside the idf
	idf    float64
	df     int // live chunks
	stop   bool
	begun  bool // the last word, and those that it may become
	from   int  // its findings
	to     int
	share  uint32 // of fullScore, for an impact of 1
}

// outlook bounds what a language has to offer for a question.
type outlook struct {
	best  float64 // the most that a chunk's terms add up to, at most
	bound float64 // the upper bound that it is divided by, at least
	seen  uint64  // a bit for each term that is in bound
}

// weigh makes the outlooks, of all languages at once: most languages but the question's have
// little of it, and need no plan to be left out. Two words may have one term, which counts once;
// so a term that looks like an earlier one does not count for bound.
func (l *Lexical) weigh(s *scratch) {
	s.outlooks = append(s.outlooks[:0], make([]outlook, len(l.languages))...)
	for i := range s.asked {
		a, weight := &s.asked[i], stopWeight
		if a.informative {
			weight = 1
		}
		for g := range s.outlooks {
			in, o := &a.in[g], &s.outlooks[g]
			if in.most == 0 && !a.informative {
				continue // it does not count, see share
			}
			weighed := weight * in.idf
			o.best += weighed * float64(in.most)
			if bit := uint64(1) << (in.hash % 64); o.seen&bit == 0 {
				o.seen |= bit
				o.bound += weighed
			}
		}
	}
}

// worthwhile reports whether a chunk of a language may reach a score.
func (l *Lexical) worthwhile(s *scratch, g int, least float64) bool {
	if len(s.expansions) > 0 {
		return true
	}
	const rounding = 1e-6 // of the shares, which are whole numbers, and of these sums
	o := &s.outlooks[g]
	return o.best > 0 && o.best*l.languages[g].boost >= (least-rounding)*o.bound*maxImpactValue
}

// mark fills the table with the terms of the question in a language.
func (s *scratch) mark(g int) {
	s.slots = s.slots[:0]
	s.table.reset(len(s.asked) + len(s.expansions))
	for i := range s.asked {
		in := &s.asked[i].in[g]
		slot := s.table.slot(in.term, in.hash)
		s.slots = append(s.slots, slot)
		if s.asked[i].informative {
			s.table.slots[slot].informative = true
		}
	}
}

// plan makes s.wanted: the terms of the question in a language, with their shares.
func (l *Lexical) plan(s *scratch, g int) {
	s.wanted, s.found = s.wanted[:0], s.found[:0]
	s.mark(g)
	word, exact := -1, 1.0
	for i := range s.asked {
		a, slot := &s.asked[i], &s.table.slots[s.slots[i]]
		if a.word != word {
			word, exact = a.word, l.completed(s, a.word, g)
		}
		if slot.wanted >= 0 {
			continue // a question that says a word twice does not mean it twice
		}
		weight := stopWeight
		if slot.informative {
			weight = 1
		}
		s.want(slot, a.meaning, g, wanted{weight: weight * exact, bound: weight * exact, stop: !slot.informative, begun: exact < 1})
	}
	for i := range s.expansions {
		if e := &s.expansions[i]; e.language == g {
			in := &e.meaning.in[g]
			if slot := &s.table.slots[s.table.slot(in.term, in.hash)]; slot.wanted < 0 {
				s.want(slot, e.meaning, g, wanted{weight: e.weight, bound: e.bound, begun: e.begun})
			}
		}
	}
	l.share(s, g)
}

// want adds w, which is a term of m in a language, to s.wanted.
func (s *scratch) want(slot *termSlot, m *meaning, g int, w wanted) {
	in := &m.in[g]
	slot.wanted = int32(len(s.wanted))
	w.term, w.idf, w.df, w.from = in.term, in.idf, m.frequency(g), len(s.found)
	s.found = append(s.found, m.found[in.from:in.to]...)
	w.to = len(s.found)
	s.wanted = append(s.wanted, w)
}

// share computes the shares of the wanted terms.
func (l *Lexical) share(s *scratch, g int) {
	begun := 0 // chunks with one of the words that the last one may become, at most
	for _, w := range s.wanted {
		if w.begun {
			begun += w.df
		}
	}
	bound := 0.0
	for i := range s.wanted {
		w := &s.wanted[i]
		if w.begun { // a rare one of them says no more than a frequent one
			n := min(begun, l.languages[g].chunks)
			w.idf = idf(n, l.languages[g].chunks, n, l.chunks)
		}
		if w.from == w.to && w.stop {
			w.weight, w.bound = 0, 0 // how people wrap a question says nothing about what the corpus lacks
		}
		w.weight *= w.idf
		bound += w.bound * w.idf
	}
	for i := range s.wanted {
		w := &s.wanted[i]
		w.share = uint32(math.Floor(w.weight / max(bound, math.SmallestNonzeroFloat32) * fullScore))
	}
}
