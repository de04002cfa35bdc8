package verify

import (
	"fmt"
	"slices"
	"strings"

	"cited/internal/lang"
)

// assignmentReason finds a number that the evidence gives to something else: in «Germany costs
// €4.90 and France €7.50» each amount has its own country, and all else belongs to both.
func assignmentReason(s, e *passage, a alignment) string {
	shares, rows := e.shares()
	for i := range s.facts {
		f := &s.facts[i]
		equals, _ := s.candidates(e, f)
		if f.kind != quantity || len(equals) != 1 {
			continue
		}
		g := equals[0]
		said := s.share(f)
		own := shares[slices.IndexFunc(e.facts, func(h fact) bool { return h.from == g.from })]
		for k := range e.facts {
			h := &e.facts[k]
			if h == g || h.kind != g.kind || !f.rivals(h) || f.bears(h, e) || !e.together(g, h, rows) && !(len(g.readings) > 0 && len(own) <= 4 && len(shares[k]) <= 4) {
				continue
			}
			mine, theirs := e.without(own, shares[k]), e.without(shares[k], own)
			if len(mine) == 0 || len(theirs) == 0 {
				continue
			}
			if a.found(said, mine) <= max(len(mine)-len(theirs), 0) && a.found(said, theirs) > max(len(theirs)-len(mine), 0) {
				return fmt.Sprintf("%s stands for something else in the quote", f.text)
			}
		}
	}
	return ""
}

// shares is the share of each fact, and which sentences are divided as the rows of a table are.
func (p *passage) shares() ([][]int, map[int]bool) {
	all, rows := make([][]int, len(p.facts)), map[int]bool{}
	for k := range p.facts {
		all[k] = p.share(&p.facts[k])
	}
	for i := range p.tokens {
		if p.tokens[i].symbol == '|' {
			rows[p.sentence[p.tokens[i].clause]] = true
		}
	}
	return all, rows
}

// together reports two facts of one sentence, or of two rows of a table.
func (p *passage) together(g, h *fact, rows map[int]bool) bool {
	a, b := p.sentence[p.tokens[g.from].clause], p.sentence[p.tokens[h.from].clause]
	return a == b || rows[a] && rows[b]
}

// share is the words of a sentence that belong to fact f, where the sentence has several of its
// kind: those of its clause, or those before each, or those behind each. It is nil where the
// sentence does not tell.
func (p *passage) share(f *fact) []int {
	sentence := p.sentence[p.tokens[f.from].clause]
	var group []*fact
	clauses := map[int]bool{}
	for k := range p.facts {
		if g := &p.facts[k]; g == f || g.kind == f.kind && p.sentence[p.tokens[g.from].clause] == sentence && f.rivals(g) {
			group = append(group, g)
			clauses[p.tokens[g.from].clause] = true
		}
	}
	at := slices.Index(group, f)
	if len(group) == 1 {
		return p.bearers(0, len(p.tokens), func(t *token) bool { return p.sentence[t.clause] == sentence })
	}
	inSentence := func(t *token) bool { return p.sentence[t.clause] == sentence }
	if len(clauses) == len(group) {
		own := func(t *token) bool { return t.clause == p.tokens[f.from].clause }
		if words := p.bearers(0, len(p.tokens), own); len(words) > 0 {
			return words
		}
	}
	first, last := group[0], group[len(group)-1]
	lead, trail := p.bearers(0, first.from, inSentence), p.bearers(last.to, len(p.tokens), inSentence)
	switch {
	case len(lead) > 0 && len(trail) == 0:
		from := 0
		if at > 0 {
			from = group[at-1].to
		}
		return p.bearers(from, f.from, inSentence)
	case len(lead) == 0 && len(trail) > 0:
		to := len(p.tokens)
		if at+1 < len(group) {
			to = group[at+1].from
		}
		return p.bearers(f.to, to, inSentence)
	}
	return nil
}

// bearers are the words of [from,to) that may tell what a number is for.
func (p *passage) bearers(from, to int, in func(*token) bool) []int {
	var all []int
	for i := from; i < to; i++ {
		t := &p.tokens[i]
		if t.symbol == 0 && t.fact == 0 && t.weight > 0 && !t.cue && t.polar == 0 && in(t) {
			all = append(all, i)
		}
	}
	return all
}

// without returns the words of some that others does not have too.
func (p *passage) without(some, others []int) []int {
	var left []int
	for _, i := range some {
		if !slices.ContainsFunc(others, func(k int) bool { return p.tokens[i].stem == p.tokens[k].stem }) {
			left = append(left, i)
		}
	}
	return left
}

// found is how many of the evidence's words the statement's words have.
func (a alignment) found(said, words []int) int {
	n := 0
	for _, k := range words {
		for _, i := range said {
			if a.quality[i] >= 0.7 && slices.Contains(a.at[i], k) {
				n++
				break
			}
		}
	}
	return n
}

// pricedReason finds something that the statement has for free and that a clause of the evidence
// has a price for, whatever else the evidence has for free.
func pricedReason(s, e *passage, a alignment) string {
	for _, d := range s.denials {
		if d.free == 0 || !d.odd() || slices.ContainsFunc(s.facts, func(f fact) bool { return s.tokens[f.from].clause == d.clause }) {
			continue
		}
		shares := make([]float64, len(e.sentence))
		for i := range s.tokens {
			if t := &s.tokens[i]; t.clause == d.clause && !t.cue && t.fact == 0 {
				for _, k := range a.at[i] {
					shares[e.tokens[k].clause] += s.content(i) * a.quality[i] / float64(len(a.at[i]))
				}
			}
		}
		free := 0.0
		for _, g := range e.denials {
			free = max(free, shares[g.clause])
		}
		for c, share := range shares {
			if share >= about && share > free && e.costs(c) {
				return "the quote has a price for what the statement has for free"
			}
		}
	}
	return ""
}

// costs reports a clause that names an amount above zero.
func (p *passage) costs(clause int) bool {
	for i := range p.facts {
		f := &p.facts[i]
		if p.tokens[f.from].clause == clause && len(f.readings) > 0 && isMoney(f.readings[0].dimension) && f.readings[0].value > 0 {
			return true
		}
	}
	return false
}

// focusReason finds «B does, not A» where the evidence has «A does, not B».
func focusReason(s, e *passage, a alignment) string {
	denied, other := s.focuses(), e.focuses()
	if len(denied) == 0 || len(other) == 0 {
		return ""
	}
	b := a.invert(len(e.tokens))
	apart := func(i int, a alignment, others []int) bool {
		return a.quality[i] >= 0.5 && len(a.at[i]) > 0 && !slices.ContainsFunc(a.at[i], func(k int) bool { return slices.Contains(others, k) })
	}
	for _, i := range denied {
		if !apart(i, a, other) {
			continue
		}
		for _, k := range other {
			if apart(k, b, denied) {
				return fmt.Sprintf("the quote denies it of %q", e.tokens[k].text)
			}
		}
	}
	return ""
}

// focuses are the words that a negation without a verb denies: «…, not the administrator».
func (p *passage) focuses() []int {
	var all []int
	for i := range p.tokens {
		if ph, ok := p.phraseAt(i, topicInstead); ok {
			k := p.next(i + len(ph.tokens))
			if p.lx.lang == "ko" {
				k = i - 1
			}
			if k >= 0 && p.content(k) > 0 {
				all = append(all, k)
			}
			continue
		}
		if p.tokens[i].polar != senseNegator {
			continue
		}
		if p.lx.lang == "ko" {
			if strings.HasPrefix(p.tokens[i].text, "아니") && i > 0 && p.content(i-1) > 0 {
				all = append(all, i-1)
			}
			continue
		}
		if !p.contrasts(i) {
			continue
		}
		if p.lx.lang == "zh" { // 所 and 有 are stop words, 所有者 is none
			k := i + 1
			if p.tokens[min(k, len(p.tokens)-1)].text == "是" {
				k++
			}
			if k < len(p.tokens) && p.tokens[k].symbol == 0 {
				all = append(all, k)
			}
			continue
		}
		words := []int(nil)
		for k := i + 1; k < len(p.tokens) && p.tokens[k].clause == p.tokens[i].clause; k++ {
			if p.content(k) > 0 && p.tokens[k].symbol == 0 {
				words = append(words, k)
			}
		}
		if len(words) > 0 && len(words) <= 2 && p.next(i+1) == words[0] {
			all = append(all, words[0])
		}
	}
	return all
}

// contrasts reports a negation at token i that begins its clause, and so has no verb before it.
func (p *passage) contrasts(i int) bool {
	switch p.lx.lang {
	case "ar":
		return strings.Contains(p.tokens[i].text, "ليس")
	case "zh":
		return p.tokens[i].text == "非" || i+1 < len(p.tokens) && p.tokens[i+1].text == "是"
	}
	if i > 0 {
		if ph, ok := p.phraseAt(i-1, topicAddition); ok && ph.says == "add" {
			return true
		}
	}
	return i > 0 && (p.tokens[i-1].clause != p.tokens[i].clause || p.tokens[i-1].is(senseSplit))
}

// additionReason finds a clause at the end of the statement of which the evidence has no word.
func additionReason(s, e *passage, a alignment) string {
	for i := range s.tokens {
		if i > 0 && s.lx.lang == "ko" && strings.HasSuffix(s.tokens[i].text, "더라도") && !strings.Contains(e.text, "더라도") {
			if word := s.unknown(e, a, i-1, i+1, true); word != "" {
				return fmt.Sprintf("%q is not in the quote", word)
			}
		}
		ph, ok := s.phraseAt(i, topicAddition)
		if i < 2 && ph.says != "even" {
			continue
		}
		if s.lx.lang == "ar" && !ok { // «والحصول»: written together
			rest, cut := strings.CutPrefix(s.tokens[i].text, "و")
			ok = cut && (strings.HasPrefix(rest, "ال") || !s.lx.vocab[s.tokens[i].stem])
		}
		korean := s.lx.lang == "ko" && i > 0 && len(s.tokens[i-1].text) > 3 &&
			(strings.HasSuffix(s.tokens[i-1].text, "고") && s.tokens[i-1].weight == 0 || s.tokens[i].clause != s.tokens[i-1].clause && (strings.HasSuffix(s.tokens[i-1].text, "고") || strings.HasSuffix(s.tokens[i-1].text, "며")))
		if !ok && !korean {
			continue
		}
		from := i
		if s.lx.lang != "ar" || len(ph.tokens) > 1 {
			from += len(ph.tokens)
		}
		all, to := ph.says == "even", s.sentenceEnd(from)
		if all {
			if e.phrases(topicAddition, "even") {
				continue
			}
			to = s.clauseEnd(from)
		}
		if word := s.unknown(e, a, from, to, all); word != "" {
			return fmt.Sprintf("%q is not in the quote", word)
		}
	}
	return ""
}

func (p *passage) phrases(t topic, says string) bool {
	for i := range p.tokens {
		if ph, ok := p.phraseAt(i, t); ok && ph.says == says {
			return true
		}
	}
	return false
}

func (p *passage) sentenceEnd(i int) int {
	for k := i; k < len(p.tokens); k++ {
		if p.sentence[p.tokens[k].clause] != p.sentence[p.tokens[i].clause] {
			return k
		}
	}
	return len(p.tokens)
}

func (p *passage) clauseEnd(i int) int {
	for k := i; k < len(p.tokens); k++ {
		if p.tokens[k].clause != p.tokens[i].clause {
			return k
		}
	}
	return len(p.tokens)
}

// unknown returns the first word of the tokens [from,to), where the evidence has none of its words; "" where it has one, or none is there. all
// words count, not only those with a weight, where all is true.
func (p *passage) unknown(e *passage, a alignment, from, to int, all bool) string {
	first := ""
	for i := from; i < to; i++ {
		t := &p.tokens[i]
		if t.fact > 0 {
			return ""
		}
		if t.symbol != 0 || t.weight == 0 && (!all || lang.StopWord(t.text, p.lx.lang)) {
			continue
		}
		if a.quality[i] >= 0.45 || t.weight == 0 && len(e.index[t.stem]) > 0 {
			return ""
		}
		if first == "" {
			first = t.text
		}
	}
	return first
}
