package verify

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// What the comparison of places asks for, found on the development half of the fixture.
const (
	inPlace  = 0.35 // how far two words stand among the same words, so that one is in the other's place
	contrary = 0.5 // the same, for words that exclude each other
	clearly  = 1.8  // by which factor another place has to be the better one
)

// swapReason finds words of the statement that stand where the evidence has another name: a word
// that the evidence does not have, or a name that it has elsewhere.
func swapReason(s, e *passage, a alignment) string {
	p := &pairing{s: s, e: e, a: a, b: a.invert(len(e.tokens))}
	var dropped []denial // the evidence's names that the statement does not have
	for k := range e.tokens {
		if t := &e.tokens[k]; t.symbol == 0 && t.fact == 0 && p.b.quality[k] < 0.5 && e.nameLike(k) && e.wide(p.b, k) {
			dropped = append(dropped, e.place(k))
		}
	}
	if len(dropped) == 0 {
		return ""
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.symbol != 0 || t.fact > 0 || !s.noun(i) || a.quality[i] < 0.5 && !s.wide(a, i) {
			continue
		}
		here := 0.0
		if a.quality[i] >= 0.5 {
			if !s.isName(i) {
				continue
			}
			for _, k := range a.at[i] {
				here = max(here, p.score(s.place(i), e.place(k)))
			}
		}
		for _, g := range dropped {
			if !s.mayReplace(i, e, g.at, here) {
				continue
			}
			if there := p.score(s.place(i), g); there >= inPlace && there > clearly*here {
				return fmt.Sprintf("%q stands where the quote has %q", t.text, e.tokens[g.at].text)
			}
		}
	}
	return ""
}

// wide reports whether the word at i is long enough for a name: a single Han character is not.
func (p *passage) wide(a alignment, i int) bool {
	if p.tokens[i].script != lang.Ideographic {
		return true
	}
	loose := func(k int) bool {
		return k >= 0 && k < len(p.tokens) && p.tokens[k].script == lang.Ideographic && p.tokens[k].weight > 0 && a.quality[k] < 0.5
	}
	return loose(i-1) && p.tokens[i].glued || loose(i+1) && p.tokens[i+1].glued
}

// mayReplace reports whether the statement's word at i is the kind of word that takes the place
// of a name: a name itself, no ordinary word, one with the same head (Weserbank, Postbank), a
// definite noun in Arabic, or a quotation in place of a quotation.
func (p *passage) mayReplace(i int, e *passage, k int, here float64) bool {
	t, u := &p.tokens[i], &e.tokens[k]
	if t.quoted > 0 || u.quoted > 0 {
		return t.quoted > 0 && u.quoted > 0
	}
	if here > 0 || t.is(senseName) || len(t.forms) == 0 && !p.ordinary(i) {
		return true
	}
	if t.script == lang.Ideographic {
		return false
	}
	if p.lx.lang == "ar" {
		return strings.HasPrefix(t.text, "ال")
	}
	return sameHead(t.stem, u.stem)
}

// sameHead reports words that end alike in at least three letters, or two syllables, and begin
// differently.
func sameHead(a, b string) bool {
	ra, rb := []rune(a), []rune(b)
	if len(ra) == 0 || len(rb) == 0 {
		return false
	}
	n := 0
	for n < len(ra) && n < len(rb) && ra[len(ra)-1-n] == rb[len(rb)-1-n] {
		n++
	}
	return ra[0] != rb[0] && (n >= 4 || n >= 2 && ra[0] >= 0xAC00 && ra[0] <= 0xD7A3)
}

// place is the place of token i, for comparing what stands around it.
func (p *passage) place(i int) denial {
	return denial{at: i, from: i, clause: p.tokens[i].clause}
}

// nameLike reports whether the word at i may be a name: by its spelling or because it is no
// ordinary word of its language.
func (p *passage) nameLike(i int) bool {
	t := &p.tokens[i]
	if t.weight == 0 || t.cue || t.polar != 0 {
		return false
	}
	return p.isName(i) || len(t.forms) == 0 && p.noun(i) && !p.ordinary(i)
}

// noun reports words that can be names at all, as far as their form tells.
func (p *passage) noun(i int) bool {
	t := &p.tokens[i]
	if t.weight == 0 || t.cue || t.polar != 0 {
		return false
	}
	for _, m := range t.forms {
		if m.sense != senseName && m.sense != senseSense {
			return false
		}
	}
	switch {
	case t.script == lang.Hangul:
		return utf8.RuneCountInString(t.stem) > 1 && !p.lx.conjugated(t.text) && !p.lx.conjugated(t.stem)
	case p.cased() && t.script == lang.Alphabetic:
		return t.upper || t.capitals
	case p.lx.lang == "ar":
		return !strings.ContainsRune("يتن", firstRune(t.text)) || p.lx.vocab[t.stem]
	}
	return true
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// contraryReason finds words of the statement whose contrary stands in their place in the
// evidence, which does not have them: before and after, minimum and maximum.
func contraryReason(s, e *passage, a alignment) string {
	p := &pairing{s: s, e: e, a: a, b: a.invert(len(e.tokens))}
	for i := range s.tokens {
		for _, m := range s.tokens[i].forms {
			if m.sense != senseSense || len(e.sets[int(m.value)]) > 0 {
				continue
			}
			other, ok := s.lx.antonyms[int(m.value)]
			if !ok {
				continue
			}
			for _, k := range e.sets[other] {
				if p.score(s.place(i), e.place(k)) >= contrary {
					return fmt.Sprintf("%q stands where the quote has %q", s.tokens[i].text, e.tokens[k].text)
				}
			}
		}
	}
	return ""
}
