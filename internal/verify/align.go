package verify

import (
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// weigh gives each word its share of what the text says, and indexes the words. Stop words,
// symbols and words that only carry polarity weigh nothing; facts are weighed where they are
// compared.
func (p *passage) weigh() {
	p.index = map[string][]int{}
	p.sets = map[int][]int{}
	for i := 0; i < len(p.tokens); i++ {
		t := &p.tokens[i]
		if t.symbol != 0 {
			continue
		}
		p.index[t.text] = append(p.index[t.text], i)
		if t.stem != t.text {
			p.index[t.stem] = append(p.index[t.stem], i)
		}
		if len(p.lx.prefixes) > 0 {
			for _, bare := range p.lx.bare(t.text) {
				if utf8.RuneCountInString(bare) > 2 {
					p.index[bare] = append(p.index[bare], i)
				}
			}
		}
		for _, m := range t.forms {
			if set, ok := m.set(); ok {
				for k := range m.n {
					p.sets[set] = append(p.sets[set], i+k)
				}
			}
		}
		if t.fact > 0 || t.weight < 0 {
			continue
		}
		switch {
		case t.script == lang.Ideographic:
			t.weight = 0.5
		default:
			t.weight = 1
		}
	}
	for i := range p.tokens {
		p.silence(i)
	}
}

// silence takes the weight from stop words and from what carries polarity alone.
func (p *passage) silence(i int) {
	t := &p.tokens[i]
	stop := t.script != lang.Ideographic && lang.StopWord(t.text, p.lx.lang)
	for _, m := range t.forms {
		switch m.sense {
		case senseStop, senseNegator, senseWithout, senseCondition, senseNeutral, senseSplit, senseRate, senseRange, senseDaypart, senseClock:
			for k := range m.n {
				if !m.long() || m.sense != senseStop || m.n > 1 {
					p.tokens[i+k].weight = 0
				}
			}
			stop = stop || m.n == 1
		case senseNegative, senseSoft, senseFree, senseCharge:
			for k := range m.n {
				p.tokens[i+k].cue = true
			}
		}
	}
	if stop || t.script == lang.Hangul && t.glued && p.lx.particles[t.text] {
		t.weight = 0
	}
	t.weight = max(t.weight, 0)
}

// set is the set of synonyms that the form belongs to. All words about costs are one, so that
// «free» and «no fee» stand beside each other.
func (m match) set() (int, bool) {
	switch m.sense {
	case senseSense:
		return int(m.value), true
	case senseCharge, senseFree:
		return 0, true
	}
	return 0, false
}

// long reports forms of several tokens.
func (m match) long() bool { return m.n > 1 }

// alignment says for each token of a statement which tokens of the evidence say the same, and
// how well: 1 the same word, 0.8 a synonym, 0.7 another form or a part of a compound.
type alignment struct {
	at      [][]int
	quality []float64
}

func align(s, e *passage) alignment {
	a := alignment{make([][]int, len(s.tokens)), make([]float64, len(s.tokens))}
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.symbol != 0 {
			continue
		}
		if t.script == lang.Ideographic {
			a.character(s, e, i)
			continue
		}
		a.set(i, e.index[t.stem], 1) // has all forms of the word, where the stem is right
		a.set(i, e.index[t.text], 1)
		if len(s.lx.prefixes) > 0 {
			for _, bare := range s.lx.bare(t.text) {
				a.set(i, e.index[bare], 1)
			}
		}
		if a.quality[i] == 0 {
			a.similar(s, e, i)
		}
	}
	for i := range s.tokens {
		a.synonyms(s, e, i)
	}
	for i := range s.facts {
		f := &s.facts[i]
		equals, _ := s.candidates(e, f)
		a.at[f.from], a.quality[f.from] = nil, 0
		for _, g := range equals {
			a.at[f.from] = append(a.at[f.from], g.from)
			a.quality[f.from] = 1
		}
	}
	return a
}

// invert is the alignment seen from the evidence, which has n tokens.
func (a alignment) invert(n int) alignment {
	b := alignment{make([][]int, n), make([]float64, n)}
	for i, at := range a.at {
		for _, k := range at {
			b.at[k] = append(b.at[k], i)
			b.quality[k] = max(b.quality[k], a.quality[i])
		}
	}
	return b
}

func (a alignment) set(i int, at []int, quality float64) {
	if len(at) > 0 && a.quality[i] < quality {
		a.at[i], a.quality[i] = at, quality
	}
}

// character matches a Han character: fully where a neighbour stands beside it in the evidence
// too, half where it stands there alone.
func (a alignment) character(s, e *passage, i int) {
	t := &s.tokens[i]
	at := e.index[t.text]
	if len(at) == 0 {
		return
	}
	var paired []int
	for _, k := range at {
		next := i+1 < len(s.tokens) && k+1 < len(e.tokens) && s.tokens[i+1].symbol == 0 && s.tokens[i+1].text == e.tokens[k+1].text
		prev := i > 0 && k > 0 && s.tokens[i-1].symbol == 0 && s.tokens[i-1].text == e.tokens[k-1].text
		if next || prev {
			paired = append(paired, k)
		}
	}
	if len(paired) > 0 {
		a.set(i, paired, 1)
		return
	}
	a.set(i, at, 0.5)
}

// synonyms matches the forms at token i whose set occurs in the evidence.
func (a alignment) synonyms(s, e *passage, i int) {
	for _, m := range s.tokens[i].forms {
		set, ok := m.set()
		if !ok {
			continue
		}
		if at := e.sets[set]; len(at) > 0 {
			quality := 0.8
			if set == 0 { // all about costs, but not all the same
				quality = 0.5
			}
			for k := range m.n {
				a.set(i+k, at, quality)
			}
		}
	}
}

// similar matches inflected forms and parts of compounds.
func (a alignment) similar(s, e *passage, i int) {
	t := &s.tokens[i]
	if t.script == lang.Digits || utf8.RuneCountInString(t.text) < 2 {
		return
	}
	var at []int
	for k := range e.tokens {
		u := &e.tokens[k]
		if u.symbol == 0 && u.script == t.script && (u.weight > 0 || u.script != lang.Hangul) && related(t, u) {
			at = append(at, k)
		}
	}
	quality := 0.0
	for _, k := range at {
		u := &e.tokens[k]
		if t.script == lang.Hangul && commonPrefix(t.stem, u.stem) == 0 && len(t.stem) > len(u.stem) {
			quality = max(quality, 0.45) // 현대카드 says more than 카드
		} else {
			quality = 0.7
		}
	}
	a.set(i, at, quality)
}

// related reports words that share enough of their letters to be forms of one word, or of which
// one is a part of the other's compound.
func related(t, u *token) bool {
	if t.script == lang.Hangul {
		return relatedHangul(t.stem, u.stem)
	}
	a, b := t.stem, u.stem
	if a[0] >= 0xD8 && a[0] <= 0xDB { // Arabic
		if r := root(t.text); len(r) >= 6 && r == root(u.text) {
			return true
		}
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	short := utf8.RuneCountInString(a)
	if short >= 4 && strings.Contains(b, a) {
		return true
	}
	shared := commonPrefix(a, b)
	if shared >= 4 && float64(shared) >= 0.6*float64(utf8.RuneCountInString(b)) {
		return true
	}
	return short >= 3 && len(a) > short && dice(a, b) >= 0.6
}

// root is an Arabic word without its article, its long vowels and what marks the feminine: what
// broken plurals and derived forms have in common. جمارك and جمركية are both جمرك.
func root(word string) string {
	for _, p := range []string{"وال", "بال", "فال", "كال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(word, p); ok && len(rest) >= 6 {
			word = rest
			break
		}
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("اويهىةءئؤ", r) {
			return -1
		}
		return r
	}, word)
}

// relatedHangul compares stems by their first syllables: endings and particles come last.
func relatedHangul(a, b string) bool {
	shared := commonPrefix(a, b)
	short := min(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	if shared >= 2 {
		return true
	}
	if short >= 2 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return true
	}
	return shared == 1 && short == 1
}

// commonPrefix is the number of runes that a and b begin with in common.
func commonPrefix(a, b string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		r, size := utf8.DecodeRuneInString(a)
		q, size2 := utf8.DecodeRuneInString(b)
		if r != q {
			break
		}
		a, b = a[size:], b[size2:]
		n++
	}
	return n
}

// dice is the share of letter pairs that a and b have in common (Dice's coefficient). It is used
// for scripts whose stems change within, above all Arabic.
func dice(a, b string) float64 {
	ra, rb := []rune(a), []rune(b)
	if len(ra) < 2 || len(rb) < 2 || len(ra) > 24 || len(rb) > 24 {
		return 0
	}
	var used [24]bool
	common := 0
	for i := 0; i+1 < len(ra); i++ {
		for k := 0; k+1 < len(rb); k++ {
			if !used[k] && ra[i] == rb[k] && ra[i+1] == rb[k+1] {
				used[k] = true
				common++
				break
			}
		}
	}
	return 2 * float64(common) / float64(len(ra)+len(rb)-2)
}
