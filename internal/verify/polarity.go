package verify

import (
	"strings"

	"cited/internal/lang"
)

// denial is a place where something is denied, or said to cost nothing: one cue or several that
// stand together. negators, lexical and free count the cues that turn the meaning; soft counts
// words such as «failed» or «unless», which another wording may do without.
type denial struct {
	at       int // the token of the last cue
	from     int
	clause   int
	negators int
	lexical  int
	soft     int
	free     int
	word     string // the soft word's stem
	without  bool   // it is a preposition that denies
	// cost: it is a price or a fee that is denied, or it is said to be free.
	cost bool
	// conditional: it denies a condition («if you do not», «without a receipt»), which another
	// wording may turn round.
	conditional bool
}

// odd reports whether the cues, taken together, deny.
func (d denial) odd() bool { return (d.negators+d.lexical+d.free)%2 == 1 }

// cued reports a place with cues; without, it is the place of a number or a name.
func (d denial) cued() bool { return d.negators+d.lexical+d.soft+d.free > 0 }

// hard reports a denial that no other wording may leave out.
func (d denial) hard() bool { return d.negators+d.lexical > 0 }

// same reports whether two denials may say the same. A soft word may be one thing with a denial in
// other words («fails», «does not work»), unless both sides have that word: «fails» and «does not
// fail» are not.
func (d denial) same(e denial) bool {
	if d.odd() == e.odd() {
		return true
	}
	return d.word != e.word && (d.soft > 0 && !d.hard() && d.free == 0 || e.soft > 0 && !e.hard() && e.free == 0)
}

// markClauses divides the passage into clauses, at punctuation, at conjunctions and at the
// endings that join clauses in Korean, and counts what denies each.
func (p *passage) markClauses() {
	clause := 0
	for i := range p.tokens {
		t := &p.tokens[i]
		if i > 0 && p.breaks(i) {
			clause++
		}
		t.clause = clause
	}
	p.sentence = make([]int, clause+1)
	n := 0
	for i := range p.tokens {
		if i > 0 && (p.newline(i) || !p.within(i) && p.tokens[i-1].symbol != 0 && strings.ContainsRune(".!?", p.tokens[i-1].symbol)) {
			n++
		}
		p.sentence[p.tokens[i].clause] = n
	}
	for i := 0; i < len(p.tokens); {
		i += p.deny(i)
	}
	for k := range p.denials {
		p.denials[k].cost = p.denials[k].free > 0 || p.charged(&p.denials[k])
		p.denials[k].conditional = p.denials[k].conditional || p.conditional(&p.denials[k])
	}
}

// charged reports a denial beside a word about costs.
func (p *passage) charged(d *denial) bool {
	for _, c := range p.charges {
		if p.tokens[c].clause == d.clause && c >= d.from-reach && c <= d.at+reach {
			return true
		}
	}
	return false
}

// conditional reports a denial in a clause that is a condition: by a word of it, by a Korean
// ending, or by Chinese 的, which makes a clause the attribute of what follows.
func (p *passage) conditional(d *denial) bool {
	last := d.at
	for i := range p.tokens {
		if t := &p.tokens[i]; t.clause == d.clause {
			last = i
			if t.is(senseCondition) {
				return true
			}
			if p.lx.lang == "zh" && i > d.at && i <= d.at+12 && t.text == "的" && i+1 < len(p.tokens) && p.tokens[i+1].symbol == 0 {
				return true
			}
		}
	}
	return p.lx.lang == "ko" && (strings.HasSuffix(p.tokens[last].text, "면") || strings.HasSuffix(p.tokens[d.at].text, "면"))
}

// within reports that no clause can begin at token i: inside a date or an amount, and after a
// full stop that a small letter follows.
func (p *passage) within(i int) bool {
	prev, t := &p.tokens[i-1], &p.tokens[i]
	if prev.fact > 0 && prev.fact == t.fact {
		return true
	}
	return prev.symbol == '.' && t.symbol == 0 && t.script == lang.Alphabetic && p.cased() && !t.upper && !p.newline(i)
}

func (p *passage) newline(i int) bool {
	return strings.Contains(p.text[p.tokens[i-1].end:p.tokens[i].start], "\n")
}

// breaks reports whether a clause begins at token i.
func (p *passage) breaks(i int) bool {
	prev, t := &p.tokens[i-1], &p.tokens[i]
	if p.within(i) {
		return false
	}
	if prev.symbol != 0 && strings.ContainsRune(",;:.!?|()–—", prev.symbol) {
		return !t.glued || prev.symbol != ':' && prev.symbol != '.' || t.script >= lang.Hangul && t.script != lang.Digits
	}
	if p.newline(i) || t.is(senseSplit) {
		return true
	}
	if prev.script != lang.Hangul || prev.symbol != 0 {
		return false
	}
	for _, ending := range p.lx.endings {
		if strings.HasSuffix(prev.text, ending) && len(prev.text) > len(ending) || prev.text == ending && prev.glued {
			return true
		}
	}
	return false
}

// reach is how many tokens may stand between cues that work together: «is not yet possible».
const reach = 4

// deny reads the cue at token i, if there is one, and returns how many tokens that took.
func (p *passage) deny(i int) int {
	t := &p.tokens[i]
	if t.symbol != 0 || t.fact > 0 || t.quoted > 0 {
		return 1
	}
	var best match
	for _, m := range t.forms {
		switch m.sense {
		case senseNegator, senseWithout, senseNegative, senseSoft, senseFree, senseCharge, senseNeutral:
			if m.n > best.n || m.n == best.n && m.sense == senseFree {
				best = m
			}
		}
	}
	if best.n == 0 {
		best = p.part(t)
	}
	n := max(best.n, 1)
	if best.sense == 0 {
		return n
	}
	if best.sense == senseWithout && p.lx.lang == "ar" && i+n < len(p.tokens) && p.tokens[i+n].fact > 0 {
		return n // «دون 100 ريال»: below
	}
	t.polar = best.sense
	if best.sense == senseNeutral {
		return n
	}
	if best.sense == senseCharge {
		p.charges = append(p.charges, i)
		return n
	}
	p.cue(i, n, best.sense)
	return n
}

// cue adds a cue to the denial before it, where they stand together, or begins a new one.
func (p *passage) cue(i, n int, s sense) {
	last := len(p.denials) - 1
	if last < 0 || !p.joins(&p.denials[last], i, s) {
		p.denials = append(p.denials, denial{from: i, clause: p.tokens[i].clause})
		last++
	}
	d := &p.denials[last]
	d.at = i + n - 1
	switch s {
	case senseNegator:
		d.negators = 1
	case senseWithout:
		d.negators, d.conditional, d.without = 1, true, true
	case senseNegative:
		d.lexical = 1 // «excluded and forbidden» denies once
	case senseSoft:
		d.soft, d.word = 1, p.tokens[i].stem
	case senseFree:
		d.free = 1
	}
}

// joins reports whether a cue of sense s at token i belongs to the denial d before it. A negator
// goes with what it turns: with what follows it, and in German and Korean with what it follows.
func (p *passage) joins(d *denial, i int, s sense) bool {
	if d.clause != p.tokens[i].clause || i-d.at > reach || d.without || s == senseWithout {
		return false
	}
	return s != senseNegator || d.negators == 0 && (p.lx.lang == "de" || p.lx.lang == "ko")
}

// part finds a negation within a word.
func (p *passage) part(t *token) match {
	for _, c := range p.lx.cueParts {
		if c.in(t.text) {
			return match{form{sense: c.sense}, 1}
		}
	}
	return match{}
}

// in reports whether the piece stands in word, where it has to.
func (c cuePart) in(word string) bool {
	switch c.place {
	case atStart:
		return strings.HasPrefix(word, c.piece)
	case atEnd:
		return strings.HasSuffix(word, c.piece) && len(word) > len(c.piece)
	}
	return strings.Contains(word, c.piece)
}
