package verify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// What the comparison of places asks for, found on both halves of the fixture.
const (
	inPlace  = 0.35 // how far two words stand among the same words, so that one is in the other's place
	contrary = 0.35 // the same, for words that exclude each other
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
			if here == 0 && !s.verbal(i) && !e.verbal(g.at) && p.slot(i, g.at) {
				return fmt.Sprintf("%q stands where the quote has %q", t.text, e.tokens[g.at].text)
			}
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
// of a name: a name itself, no ordinary word (in German no listed one: compounds make names), a
// definite noun in Arabic, or a quotation in place of a quotation.
func (p *passage) mayReplace(i int, e *passage, k int, here float64) bool {
	t, u := &p.tokens[i], &e.tokens[k]
	if t.quoted > 0 || u.quoted > 0 {
		return t.quoted > 0 && u.quoted > 0
	}
	listed := p.ordinary(i) && (p.lx.lang != "de" || p.lx.vocab[t.stem] || p.lx.vocab[t.text])
	return here > 0 || t.is(senseName) || len(t.forms) == 0 && !listed || p.lx.lang == "ar" && strings.HasPrefix(t.text, "ال")
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
		return utf8.RuneCountInString(t.stem) > 1 && !p.verb(i)
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

// slot reports whether the word at i of the statement stands directly beside the same word as the
// evidence's word at k does: «Spedition Hellmer», «Spedition Schenker».
func (p *pairing) slot(i, k int) bool {
	for _, step := range []int{-1, 1} {
		if i+step < 0 || i+step >= len(p.s.tokens) || k+step < 0 || k+step >= len(p.e.tokens) {
			continue
		}
		if p.s.content(i+step) > 0 && p.a.quality[i+step] >= 0.7 && slices.Contains(p.a.at[i+step], k+step) {
			return true
		}
	}
	return false
}

// verbal reports words whose form is that of a verb: a person's form in Arabic, an ending that
// stands before a noun in Korean.
func (p *passage) verbal(i int) bool {
	t := &p.tokens[i]
	if p.lx.lang == "ar" {
		return strings.ContainsRune("يتن", firstRune(t.text))
	}
	return t.script == lang.Hangul && adnominal(t.text)
}
