package verify

import (
	"math"
	"slices"
	"sort"

	"cited/internal/lang"
)

// What the comparison of denials asks for, found on both halves of the fixture, each checked on
// the other.
const (
	paired           = 0.2  // share of a denial's surroundings, as far as both sides have them, that the other one has
	pairedOtherwise  = 0.3  // the same, for denials of different kinds
	asserted         = 0.7  // share of a denial's surroundings from which on the other side, which does not deny, asserts
	repeated         = 0.7  // the same, where the other one is already paired
	eliminated       = 0.35 // share of a denial's surroundings that lets it go with what is left over
	touched          = 0.25 // share of a denial's surroundings from which on the other side touches on it
	about            = 0.5  // words that a clause has at least in common with the clause that it is about
	sourced          = 0.3  // how far a denial is from the other one's sentence at least, against the best sentence
	covered          = 0.36 // share of a denial's surroundings from which on the other side speaks of it
	coveredCondition = 0.6  // the same, for a denied condition
)

// pairing says which denials of the two sides belong together.
type pairing struct {
	s, e *passage
	a, b alignment // from s to e, from e to s
	ofS  []int     // by denial of s: its denial of e, -1 for none
	ofE  []int
}

// polarityReason pairs the denials of both sides by the words around them, one to one. A denial
// of the statement needs one in the evidence; a denial in the evidence that the statement speaks
// of needs one in the statement.
func polarityReason(s, e *passage, a alignment) string {
	if len(s.denials)+len(e.denials) == 0 {
		return ""
	}
	p := newPairing(s, e, a)
	for k, d := range s.denials {
		if p.ofS[k] < 0 && p.unfounded(d) {
			return "the quote does not deny what the statement denies"
		}
	}
	for k, g := range e.denials {
		if p.ofE[k] < 0 && g.odd() && p.ignored(g) {
			return "the quote denies what the statement says"
		}
	}
	if p.affirmed() || p.contradicts() {
		return "the quote denies what the statement says"
	}
	return ""
}

// affirmed reports a statement that says that something holds «too» or «still» where the evidence
// says no such thing, and denies something that the statement leaves out although it speaks of it.
func (p *pairing) affirmed() bool {
	if !p.s.has(senseAffirming) || p.e.has(senseAffirming) {
		return false
	}
	for k, g := range p.e.denials {
		if !g.odd() && g.soft == 0 || p.ofE[k] >= 0 || g.free > 0 {
			continue
		}
		if self := p.e.surroundings(g, nil); self > 0 && p.e.surroundings(g, &p.b) >= touched*self {
			return true
		}
	}
	return false
}

func (p *passage) has(s sense) bool {
	for i := range p.tokens {
		if p.tokens[i].fact == 0 && p.tokens[i].is(s) {
			return true
		}
	}
	return false
}

// contradicts reports a clause of the statement that denies nothing, and whose words for the most
// part stand in a clause of the evidence that does, and whose denial the statement has nowhere.
func (p *pairing) contradicts() bool {
	denied := map[int]bool{}
	for k, g := range p.e.denials {
		if g.odd() && g.hard() && !g.conditional && p.ofE[k] < 0 {
			denied[g.clause] = true
		}
	}
	if len(denied) == 0 {
		return false
	}
	denies := map[int]bool{}
	for _, d := range p.s.denials {
		denies[d.clause] = true
	}
	shares := make([]float64, len(p.e.sentence))
	for c := range p.s.sentence {
		if denies[c] {
			continue
		}
		mass := p.spread(c, shares)
		for d := range denied {
			if shares[d] >= about && shares[d] >= 0.5*mass {
				return true
			}
		}
	}
	return false
}

// spread divides what clause c of the statement has in common with the evidence among the
// evidence's clauses, a word that several have in equal parts, and returns the sum.
func (p *pairing) spread(c int, shares []float64) float64 {
	clear(shares)
	mass := 0.0
	for i := range p.s.tokens {
		w := p.s.content(i) * p.a.quality[i]
		if p.s.tokens[i].clause != c || w == 0 || len(p.a.at[i]) == 0 {
			continue
		}
		mass += w
		for _, k := range p.a.at[i] {
			shares[p.e.tokens[k].clause] += w / float64(len(p.a.at[i]))
		}
	}
	return mass
}

func newPairing(s, e *passage, a alignment) *pairing {
	p := &pairing{s: s, e: e, a: a, b: a.invert(len(e.tokens)), ofS: make([]int, len(s.denials)), ofE: make([]int, len(e.denials))}
	type pair struct {
		d, g  int
		alike bool // of one kind: they go together before others come in
		score float64
	}
	var pairs []pair
	for i, d := range s.denials {
		p.ofS[i] = -1
		for k, g := range e.denials {
			alike := d.cost == g.cost && (d.cost || d.hard() == g.hard())
			if score := p.score(d, g); d.same(g) && p.from(d, g) >= sourced && (score >= pairedOtherwise || alike && score >= paired) {
				pairs = append(pairs, pair{i, k, alike, score})
			}
		}
	}
	for k := range p.ofE {
		p.ofE[k] = -1
	}
	sort.SliceStable(pairs, func(i, k int) bool { return pairs[i].score > pairs[k].score })
	for _, alike := range []bool{true, false} {
		for _, q := range pairs {
			if q.alike == alike && p.ofS[q.d] < 0 && p.ofE[q.g] < 0 {
				p.ofS[q.d], p.ofE[q.g] = q.g, q.d
			}
		}
		p.eliminate(alike)
	}
	return p
}

// eliminate pairs what is left over on both sides, where the statement speaks of what the
// evidence denies: another wording may share no word near the denial itself. hard: the evidence's
// denial has to be one that no wording leaves out.
func (p *pairing) eliminate(hard bool) {
	for i, d := range p.s.denials {
		if p.ofS[i] >= 0 || !d.hard() {
			continue
		}
		best, top := -1, eliminated
		for k, g := range p.e.denials {
			if p.ofE[k] >= 0 || !d.same(g) || hard && !g.hard() || p.from(d, g) < sourced {
				continue
			}
			if self := p.e.surroundings(g, nil); self > 0 {
				if share := p.e.surroundings(g, &p.b) / self; share > top {
					best, top = k, share
				}
			}
		}
		if best >= 0 {
			p.ofS[i], p.ofE[best] = best, i
		}
	}
}

// score is how far two denials stand among the same words, in [0,1].
func (p *pairing) score(d, g denial) float64 {
	self := p.s.surroundings(d, &p.a) * p.e.surroundings(g, &p.b)
	if self == 0 {
		return 0
	}
	return min(share(p.s, p.e, p.a, d, g)/math.Sqrt(self), 1)
}

// unfounded reports a denial of the statement that has no counterpart and needs one. A double
// denial is an assertion and needs none; neither does a condition.
func (p *pairing) unfounded(d denial) bool {
	if p.opposed(d) {
		return d.hard() || d.free > 0
	}
	if !d.hard() {
		return d.odd() && p.costs(d)
	}
	return d.odd() && !d.conditional && p.spoken(d)
}

// spoken reports whether the evidence speaks of what d denies: then it says the contrary. Where it
// has few of the words around d, or not those next to it, it may say the same in other words.
func (p *pairing) spoken(d denial) bool {
	if p.s.surroundings(d, &p.a) >= asserted*p.s.surroundings(d, nil) {
		return true
	}
	known := 0
	for _, step := range []int{-1, 1} {
		for i, n := d.at, 0; n <= reach && i >= 0 && i < len(p.s.tokens); i, n = i+step, n+1 {
			if p.s.tokens[i].clause != d.clause {
				break
			}
			if i >= d.from && i <= d.at || p.s.content(i) == 0 {
				continue
			}
			if p.a.quality[i] < 0.7 {
				return false
			}
			known++
			break
		}
	}
	return known > 0
}

// costs reports something that the statement has for free and that the evidence has a price for.
func (p *pairing) costs(d denial) bool {
	for _, c := range p.e.charges {
		if p.score(d, denial{at: c, from: c, clause: p.e.tokens[c].clause}) >= pairedOtherwise {
			return true
		}
	}
	for i := range p.e.facts {
		f := &p.e.facts[i]
		if len(f.readings) > 0 && isMoney(f.readings[0].dimension) && f.readings[0].value > 0 && d.free > 0 && p.score(d, p.e.span(f)) >= pairedOtherwise {
			return true
		}
	}
	return false
}

// opposed reports a denial of the evidence that stands among the words of d and says the opposite.
func (p *pairing) opposed(d denial) bool {
	for _, g := range p.e.denials {
		if p.score(d, g) >= paired && !d.same(g) {
			return true
		}
	}
	return false
}

// ignored reports whether the statement speaks of what g denies in the evidence and does not
// deny it. Where g says that something is free, the statement has to speak of costs that the
// evidence does not name.
func (p *pairing) ignored(g denial) bool {
	self := p.e.surroundings(g, nil)
	least := covered
	if g.conditional {
		least = coveredCondition
	}
	if self == 0 || p.e.surroundings(g, &p.b) < least*self {
		return false
	}
	for _, d := range p.s.denials {
		if g.same(d) && p.score(d, g) >= repeated {
			return false
		}
	}
	if g.conditional && p.settled(g) {
		return false
	}
	if g.hard() {
		return true
	}
	for _, c := range p.s.charges {
		at := denial{at: c, from: c, clause: p.s.tokens[c].clause}
		if !p.s.priced(at.clause) && p.score(at, g) >= paired {
			return true
		}
	}
	return false
}

// settled reports whether another denial of the sentence of g has its counterpart: «not unless
// you agree» is «not before you agree».
func (p *pairing) settled(g denial) bool {
	for k, other := range p.e.denials {
		if p.ofE[k] >= 0 && other.hard() && !other.conditional && p.e.sentence[other.clause] == p.e.sentence[g.clause] {
			return true
		}
	}
	return false
}

// priced reports whether a clause names an amount, which has been compared by itself.
func (p *passage) priced(clause int) bool {
	for i := range p.facts {
		f := &p.facts[i]
		if p.tokens[f.from].clause == clause && len(f.readings) > 0 && (isMoney(f.readings[0].dimension) || f.readings[0].dimension == "percent") {
			return true
		}
	}
	return false
}

// surroundings is the weight of the words around a denial, by their nearness; with an alignment
// only of the words that the other side has too.
func (p *passage) surroundings(d denial, a *alignment) float64 {
	total := 0.0
	for i := range p.tokens {
		n := p.nearby(i, d)
		if n == 0 {
			continue
		}
		if a == nil {
			total += p.content(i) * n
		} else {
			total += p.content(i) * n * a.quality[i]
		}
	}
	return total
}

// share is the weight of the words that stand around d on one side and around g on the other.
func share(s, e *passage, a alignment, d, g denial) float64 {
	total := 0.0
	for i := range s.tokens {
		n := s.nearby(i, d)
		if n == 0 || len(a.at[i]) == 0 {
			continue
		}
		top := 0.0
		for _, k := range a.at[i] {
			top = max(top, e.nearby(k, g))
		}
		total += s.content(i) * n * top * a.quality[i]
	}
	return total
}

// content is what token i weighs: facts count by their first token.
func (p *passage) content(i int) float64 {
	t := &p.tokens[i]
	switch {
	case t.polar == senseNegator || t.polar == senseWithout || t.polar == senseNegative:
		return 0
	case t.polar == senseSoft:
		return t.weight / 2
	case t.fact == 0:
		return t.weight
	case p.facts[t.fact-1].from == i:
		return 0.7
	}
	return 0
}

// nearby is how near token i stands to a denial, or to what else is compared by its place: by
// distance, less beyond the clause, nothing beyond the sentence. A number or a name is not near itself.
func (p *passage) nearby(i int, d denial) float64 {
	t := &p.tokens[i]
	if p.sentence[t.clause] != p.sentence[d.clause] || !d.cued() && i >= d.from && i <= d.at {
		return 0
	}
	distance := 0
	switch {
	case i < d.from:
		distance = d.from - i
	case i > d.at:
		distance = i - d.at
	}
	if p.tokens[i].script == lang.Ideographic {
		distance = (distance + 1) / 2
	}
	n := 1 / (1 + float64(distance)/6)
	if t.clause != d.clause {
		n *= 0.4
	}
	return n
}

// from is how far the sentence of g is where the statement has the words around d from, against
// the sentence that has most of them. A word that several sentences have counts in parts.
func (p *pairing) from(d, g denial) float64 {
	shares := make([]float64, p.e.sentence[len(p.e.sentence)-1]+1)
	var in []int // the sentences that have the word
	for i := range p.s.tokens {
		if p.s.tokens[i].clause != d.clause {
			continue
		}
		distance := max(d.from-i, i-d.at, 0)
		if p.s.tokens[i].script == lang.Ideographic {
			distance = (distance + 1) / 2
		}
		in = in[:0]
		for _, k := range p.a.at[i] {
			if n := p.e.sentence[p.e.tokens[k].clause]; !slices.Contains(in, n) {
				in = append(in, n)
			}
		}
		for _, n := range in {
			shares[n] += p.s.content(i) * p.a.quality[i] / (1 + float64(distance)/2) / float64(len(in))
		}
	}
	most := slices.Max(shares)
	if most == 0 {
		return 1
	}
	return shares[p.e.sentence[g.clause]] / most
}
