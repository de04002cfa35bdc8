package index

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"

	"cited/internal/lang"
)

// expansion is a term that stands for a word of the question that the corpus lacks, or that is
// not yet typed to its end.
type expansion struct {
	*meaning     // of the term
	word     int // of the question
	language int
	weight   float64
	bound    float64
	begun    bool // the word is not yet typed to its end
}

const (
	// correctedWeight is the weight of a corrected word beside 1 for one that is there.
	correctedWeight = 0.8
	// maxCorrections and maxCompletions bound the terms that stand for one word in a language.
	maxCorrections = 4
	maxCompletions = 16
	// leastExact is the least share of a last word that is a word as it stands, unless it is of the
	// shortest: the rest goes to the words that it may become.
	leastExact = 0.5
)

// expand finds what is meant by the words of the question: what they stand for, and what may be
// meant by those that no chunk has, and by the last one where the question is still being typed. A
// word that some chunk has stays as it is.
func (l *Lexical) expand(s *scratch) {
	l.ask(s)
	if l.analysis == lang.Grams { // parts of words match already
		return
	}
	for _, a := range s.asked {
		w := s.words[a.word]
		last := s.typed(a.word)
		if w.Script == lang.Ideographic && !last {
			continue
		}
		if last && l.complete(s, a.word) {
			return // it is the last one
		}
		for _, c := range a.meant {
			s.expansions = append(s.expansions, expansion{l.term(c.term), a.word, c.language, correctedWeight * c.part, c.part, false})
		}
	}
}

// typed reports whether word i is still being typed.
func (s *scratch) typed(i int) bool {
	return s.query.Prefix && i == len(s.words)-1 && s.words[i].End == len(s.query.Text)
}

// corrections returns the words within one edit of a word.
func (l *Lexical) corrections(word string) []completion {
	all := l.candidates()
	for y := range l.layers {
		seen := make(map[int]bool)
		l.layers[y].segment.corrections(word, func(number int) {
			if !seen[number] { // it may begin and end alike
				seen[number] = true
				all.add(y, number)
			}
		})
	}
	return all.best(maxCorrections)
}

// minPrefix is how many runes a prefix has at least; one of Hangul or without spaces may be shorter,
// since a rune says more there.
const minPrefix = 2

// shortest is how many runes a word like w has at least that may become others.
func shortest(w lang.Word) int {
	if w.Script == lang.Hangul || w.Script == lang.Ideographic {
		return 1
	}
	return minPrefix
}

// begun reports whether a last word is too little of one to say what it may become: a question is
// read without it then, as far as it says anything else.
func begun(w lang.Word) bool {
	return w.Script == lang.Alphabetic && utf8.RuneCountInString(w.Text) < shortest(w)
}

// complete expands word i by the words that it begins, and reports whether there are any.
func (l *Lexical) complete(s *scratch, i int) bool {
	w := s.words[i]
	n := utf8.RuneCountInString(w.Text)
	if w.Script == lang.Ideographic && n > 1 || n < shortest(w) {
		return false
	}
	all := l.candidates()
	prefix := []byte(w.Text)
	for y := range l.layers {
		segment := l.layers[y].segment
		for n := segment.searchWord(prefix); n < segment.wordCount && bytes.HasPrefix(segment.word(n), prefix); n++ {
			all.add(y, n)
		}
	}
	best := all.best(maxCompletions)
	for _, c := range best {
		s.expansions = append(s.expansions, expansion{l.term(c.term), i, c.language, c.part, c.part, true})
	}
	return len(best) > 0
}

// completed returns the share that word i keeps in a language beside its expansions, and takes
// that share from them.
func (l *Lexical) completed(s *scratch, i, g int) float64 {
	if len(s.expansions) == 0 {
		return 1
	}
	own := s.asked
	for len(own) > 0 && own[0].word < i {
		own = own[1:]
	}
	for len(own) > 0 && own[len(own)-1].word > i {
		own = own[:len(own)-1]
	}
	exact, others := 0.0, 0.0
	for n := range s.expansions {
		e := &s.expansions[n]
		switch {
		case e.word != i || e.language != g:
		case slices.ContainsFunc(own, func(a asked) bool { return a.in[g].term == e.text }):
			exact += e.bound
		default:
			others += e.bound
		}
	}
	if others == 0 {
		return 1
	}
	if exact == 0 {
		if slices.ContainsFunc(own, func(a asked) bool { return a.has(g) }) {
			exact = others // as it stands it is a word, though none begins with it
		}
	}
	share := exact / (exact + others)
	if exact > 0 && utf8.RuneCountInString(s.words[i].Text) > shortest(s.words[i]) {
		share = max(leastExact, share)
	}
	factor := (1 - share) / others
	if s.stops[i] {
		factor *= stopWeight
	}
	for n := range s.expansions {
		if e := &s.expansions[n]; e.word == i && e.language == g {
			e.weight, e.bound = e.weight*factor, e.bound*factor
		}
	}
	return share
}

// candidates are the terms that may stand for a word, each with the number of times that a live
// chunk has it or the spelling that was found.
type candidates struct {
	layers    []layer
	languages int
	largest   int // the layer with the largest dictionary
	counts    map[candidate]int
}

// candidate is a term of a language, by its word in the first of the layers that has it, the
// largest before the others.
type candidate struct{ language, layer, word int }

// completion is a term with its part of a word's weight in a language; the parts add up to 1.
type completion struct {
	candidate
	term string
	df   int
	part float64
}

func (l *Lexical) candidates() *candidates {
	c := &candidates{layers: l.layers, languages: len(l.languages), counts: make(map[candidate]int)}
	for y := range l.layers {
		if l.layers[y].segment.wordCount > l.layers[c.largest].segment.wordCount {
			c.largest = y
		}
	}
	return c
}

// add adds what a word of a layer stands for.
func (c *candidates) add(layer, word int) {
	y := &c.layers[layer]
	from, to := y.segment.entriesOf(word)
	for i := from; i < to; i++ {
		e, ok := y.segment.entry(i)
		if !ok || y.languages[e.part] < 0 {
			continue
		}
		term := word
		if e.alias {
			term = int(e.ref)
		}
		if df := int(e.df - min(e.df, y.lost.of(i))); df > 0 {
			c.counts[c.candidate(y.languages[e.part], layer, term)] += df
		}
	}
}

// candidate names a term by the first layer that has it.
func (c *candidates) candidate(language, layer, word int) candidate {
	if layer == c.largest {
		return candidate{language, layer, word}
	}
	term := string(c.layers[layer].segment.word(word))
	if n, ok := c.layers[c.largest].segment.lookup(term); ok {
		return candidate{language, c.largest, n}
	}
	for y := range layer {
		if n, ok := c.layers[y].segment.lookup(term); ok {
			return candidate{language, y, n}
		}
	}
	return candidate{language, layer, word}
}

func (c *candidates) term(a candidate) []byte { return c.layers[a.layer].segment.word(a.word) }

// best returns the n most frequent candidates of each language, ties by term.
func (c *candidates) best(n int) []completion {
	lists := make([][]completion, c.languages) // by language, the best first
	for a, df := range c.counts {
		list := lists[a.language]
		before := func(b completion, _ struct{}) int {
			if b.df != df {
				return cmp.Compare(df, b.df)
			}
			return bytes.Compare(c.term(b.candidate), c.term(a))
		}
		if len(list) == n && before(list[n-1], struct{}{}) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, struct{}{}, before)
		list = slices.Insert(list, at, completion{candidate: a, df: df})
		lists[a.language] = list[:min(n, len(list))]
	}
	var out []completion
	for _, list := range lists {
		sum := 0
		for _, b := range list {
			sum += b.df
		}
		for _, b := range list {
			b.term, b.part = string(c.term(b.candidate)), float64(b.df)/float64(sum)
			out = append(out, b)
		}
	}
	return out
}
