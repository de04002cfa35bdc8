package index

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"cited/internal/lang"
)

// meaning is what a word of a question stands for in each language of an index: its term there,
// the term's weight, and where its postings are.
type meaning struct {
	text  string
	whole bool         // the text is a term as it stands; else a word, which each language stems
	known bool         // some live chunk has it, stemmed or as it stands
	meant []completion // of a word that is not known: what may be meant by it
	in    []sense
	found []finding // by language
}

// sense is a word in one language.
type sense struct {
	term     string
	hash     uint64 // of term
	idf      float64
	from, to uint32 // its findings: meaning.found[from:to]
	most     uint8  // the largest impact
}

// finding is an entry of a term in one layer.
type finding struct {
	layer    int
	language int
	number   int // of the entry
	entry    entry
	df       int // live chunks
}

// memory remembers the meanings of the words that were asked last. Questions repeat words, and
// to stem one by each language and look it up takes longer than the search for a common one. It
// has a few places for each hash and no lock: the newest push the oldest out.
type memory struct {
	seed maphash.Seed
	sets [memorySize / memoryWays][memoryWays]atomic.Pointer[meaning]
}

const (
	memorySize = 1 << 14
	memoryWays = 4
	// maxRemembered is the longest word that is remembered, in bytes.
	maxRemembered = 64
)

func newMemory() *memory { return &memory{seed: maphash.MakeSeed()} }

// places are those that a text may be at.
func (v *memory) places(text string) *[memoryWays]atomic.Pointer[meaning] {
	return &v.sets[maphash.String(v.seed, text)%uint64(len(v.sets))]
}

// term is the meaning of a term as it stands.
func (l *Lexical) term(text string) *meaning { return l.meaning(lang.Word{Text: text}, true) }

// meaning returns what a word stands for; whole, if it is a term already. A word that is not whole
// has one term in each language.
func (l *Lexical) meaning(w lang.Word, whole bool) *meaning {
	places := l.memory.places(w.Text)
	for i := range places {
		if m := places[i].Load(); m != nil && m.text == w.Text && m.whole == whole {
			return m
		}
	}
	w.Text = strings.Clone(w.Text) // it outlives the question
	m := l.learn(w, whole)
	if len(m.text) <= maxRemembered {
		for i := len(places) - 1; i > 0; i-- {
			places[i].Store(places[i-1].Load())
		}
		places[0].Store(m)
	}
	return m
}

// learn makes the meaning of a word.
func (l *Lexical) learn(w lang.Word, whole bool) *meaning {
	m := &meaning{text: w.Text, whole: whole, in: make([]sense, len(l.languages))}
	var terms []string
	var found []finding
	df, last := 0, ""
	for g := range l.languages {
		term := w.Text
		if !whole {
			terms = l.analyzer.WordTerms(terms[:0], w, l.languages[g].tag)
			term = terms[0]
		}
		if g == 0 || term != last { // most languages leave most words as they are
			found, df = l.lookup(found[:0], term)
			last = term
		}
		own, from, most := 0, len(m.found), uint8(0)
		for _, f := range found {
			if f.language == g {
				own += f.df
				most = max(most, f.entry.max)
				m.found = append(m.found, f)
			}
		}
		m.in[g] = sense{
			term: term, hash: hashWord(term), idf: idf(own, l.languages[g].chunks, df, l.chunks),
			from: uint32(from), to: uint32(len(m.found)), most: most,
		}
	}
	m.known = len(m.found) > 0
	if !m.known && !whole {
		_, df = l.lookup(found[:0], w.Text)
		m.known = df > 0
	}
	if !m.known && !whole && w.Script != lang.Ideographic && correctable(w.Text, minCorrected) {
		m.meant = l.corrections(w.Text)
	}
	return m
}

// lookup appends the findings of a term in all layers and languages; df is how many live chunks
// have it.
func (l *Lexical) lookup(dst []finding, term string) (found []finding, df int) {
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
			live := int(e.df - min(e.df, l.layers[y].lost.of(i)))
			g := l.layers[y].languages[e.part]
			if live == 0 || g < 0 {
				continue
			}
			dst = append(dst, finding{y, g, i, e, live})
			df += live
		}
	}
	return dst, df
}

// has reports whether live chunks of language g have the word.
func (m *meaning) has(g int) bool { return m.in[g].from < m.in[g].to }

// termTable finds the terms that two words of a question have in common, in one language.
type termTable struct {
	slots []termSlot
	round uint32 // slots of others are free
}

// termSlot is a term of a question.
type termSlot struct {
	term        string
	hash        uint64
	round       uint32
	wanted      int32 // its number in scratch.wanted, -1 for none
	informative bool  // a word that is no stop word has it
}

// reset empties t and makes room for n terms.
func (t *termTable) reset(n int) {
	size := max(16, len(t.slots))
	for size < 2*n {
		size *= 2
	}
	t.round++
	if size > len(t.slots) || t.round == 0 {
		t.slots, t.round = make([]termSlot, size), 1
	}
}

// slot returns the number of a term's slot, which is made if there is none.
func (t *termTable) slot(term string, hash uint64) uint32 {
	mask := uint32(len(t.slots) - 1)
	for i := uint32(hash) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.round != t.round {
			*s = termSlot{term: term, hash: hash, round: t.round, wanted: -1}
			return i
		}
		if s.hash == hash && s.term == term {
			return i
		}
	}
}
