package verify

import (
	"fmt"
	"math"
	"strings"
)

// When a number stands for something else, found on both halves of the fixture:
const (
	instead = 0.25 // how far another number of its kind stands among the same words at least
	better  = 1.4  // by which factor that is the better place
)

// equal reports whether two quantities have a reading in common.
func equal(a, b []reading) bool {
	for _, x := range a {
		for _, y := range b {
			if comparable2(x.dimension, y.dimension) && near(x.value, y.value) {
				return true
			}
		}
	}
	return false
}

// comparable2 reports dimensions whose values may be compared: the same, or a currency and its
// hundredth, which many share a name for.
func comparable2(a, b string) bool {
	return a == b || a == "CENT" && isMoney(b) || b == "CENT" && isMoney(a)
}

// near reports equal values. Whole numbers differ by their last digit; the tolerance is for what a
// conversion of units rounds.
func near(a, b float64) bool {
	if a == math.Trunc(a) && b == math.Trunc(b) {
		return a == b
	}
	return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b))
}

func equalPlain(a, b []float64) bool {
	for _, x := range a {
		for _, y := range b {
			if near(x, y) {
				return true
			}
		}
	}
	return false
}

// bears reports whether the evidence's fact e says what the statement's fact f says.
func (f *fact) bears(e *fact, p *passage) bool {
	switch f.kind {
	case weekday:
		return e.kind == weekday && f.day == e.day
	case calendar:
		return e.kind == calendar && f.date.within(e.date, p)
	case rate:
		if e.kind != rate && !(e.kind == quantity && len(e.plain) > 0) {
			return false
		}
		return equal(f.readings, e.readings)
	}
	if e.kind == calendar {
		return len(f.readings) == 0 && e.date.holds(f.plain) || f.isDay(e.date) || len(e.readings) > 0 && equal(f.readings, e.readings)
	}
	switch {
	case len(f.readings) > 0 && len(e.readings) > 0:
		return equal(f.readings, e.readings)
	case f.counts() || e.counts(): // «두 분»: two minutes or two persons
		return e.kind == quantity && equalPlain(f.plain, e.plain)
	case len(f.readings) > 0: // «Days | 30» in a table: the unit stands in its header
		return e.kind == quantity && equalPlain(f.plain, e.plain) && p.names(f)
	}
	return e.kind == quantity && equalPlain(f.plain, e.plain)
}

// counts reports a unit that also is a counter.
func (f *fact) counts() bool { return strings.Contains(f.unit, ",piece") }

// isDay reports a quantity that may be the day of the month of d: «1일».
func (f *fact) isDay(d date) bool {
	for _, r := range f.readings {
		if r.dimension == "dom" && int(r.value) == d.day {
			return true
		}
	}
	return false
}

// names reports whether the passage has the unit of f in words, apart from a number.
func (p *passage) names(f *fact) bool {
	for i := range p.tokens {
		if m, ok := p.tokens[i].sense(senseUnit); ok && m.unit == f.unit && (p.tokens[i].fact == 0 || p.facts[p.tokens[i].fact-1].kind == rate) {
			return true
		}
	}
	return false
}

// within reports whether d says no more than e does. A year that stands elsewhere in the
// evidence counts.
func (d date) within(e date, p *passage) bool {
	if d.year != 0 && d.year != e.year && (e.year != 0 || !p.hasYear(d.year)) {
		return false
	}
	same := func(month, day, month2, day2 int) bool {
		return (month == 0 || month == month2) && (day == 0 || day == day2)
	}
	return same(d.month, d.day, e.month, e.day) ||
		d.month2 != 0 && same(d.month2, d.day2, e.month, e.day) ||
		e.month2 != 0 && same(d.month, d.day, e.month2, e.day2)
}

func (p *passage) hasYear(year int) bool {
	for i := range p.facts {
		f := &p.facts[i]
		if f.date.year == year || f.kind == quantity && equalPlain(f.plain, []float64{float64(year)}) {
			return true
		}
	}
	return false
}

// holds reports whether a number is a part of the date: «2026», «the 15th».
func (d date) holds(values []float64) bool {
	for _, v := range values {
		if n := int(v); float64(n) == v && (n == d.year && n > 0 || n == d.day && n > 0) {
			return true
		}
	}
	return false
}

// factsReason says which fact of the statement the evidence does not have, or has for something
// else.
func factsReason(s, e *passage, a alignment) string {
	p := &pairing{s: s, e: e, a: a, b: a.invert(len(e.tokens))}
	for i := range s.facts {
		f := &s.facts[i]
		if f.lax(s) && !f.otherRate(s, e) {
			continue
		}
		equals, others := s.candidates(e, f)
		if len(equals) == 0 {
			return fmt.Sprintf("%s is not in the quote", f.text)
		}
		if len(others) == 0 {
			continue
		}
		here, there := p.best(f, equals), p.best(f, others)
		if there >= instead && there > better*here {
			return fmt.Sprintf("%s stands for something else in the quote", f.text)
		}
	}
	return ""
}

// lax reports facts that need no counterpart: «first», and days that are not part of a rate.
func (f *fact) lax(p *passage) bool {
	if f.kind == rate {
		prev := f.from - 1
		perDay := prev >= 0 && p.tokens[prev].is(senseRate)
		return f.readings[0] == reading{"time", 86400} && !perDay || f.readings[0] == reading{"time", 1}
	}
	return f.kind == quantity && len(f.readings) == 0 && f.plain[0] == 1 && !allDigits(f.text)
}

// otherRate reports a rate of the statement where the evidence has another one that the statement
// does not have: daily for monthly.
func (f *fact) otherRate(s, e *passage) bool {
	if f.kind != rate {
		return false
	}
	for i := range e.facts {
		if g := &e.facts[i]; g.kind == rate && g.readings[0] != f.readings[0] {
			other := true
			for k := range s.facts {
				other = other && !g.bears(&s.facts[k], s)
			}
			if other {
				return true
			}
		}
	}
	return false
}

// candidates divides the evidence's facts into those that f is equal to and those of its kind
// that say something else and that the statement does not say elsewhere.
func (p *passage) candidates(e *passage, f *fact) (equals, others []*fact) {
	for i := range e.facts {
		g := &e.facts[i]
		if f.bears(g, e) {
			equals = append(equals, g)
			continue
		}
		if (f.rivals(g) || f.unit != "" && g.kind == quantity && g.unit == "" && e.names(f)) && !p.says(g, e) {
			others = append(others, g)
		}
	}
	return equals, others
}

func (p *passage) says(g *fact, e *passage) bool {
	for i := range p.facts {
		if p.facts[i].bears(g, e) {
			return true
		}
	}
	return false
}

// rivals reports facts of one kind: two amounts, two spans of time, two dates.
func (f *fact) rivals(g *fact) bool {
	if f.kind != g.kind || f.kind == rate {
		return false
	}
	if f.kind != quantity {
		return true
	}
	if len(f.readings) == 0 || len(g.readings) == 0 {
		return len(f.readings) == len(g.readings)
	}
	return f.unit == g.unit || isMoney(f.unit) && isMoney(g.unit)
}

// best is how far f stands among the same words as the most fitting of the evidence's facts.
func (p *pairing) best(f *fact, facts []*fact) float64 {
	top := 0.0
	for _, g := range facts {
		top = max(top, p.score(p.s.span(f), p.e.span(g)))
	}
	return top
}

// span is the place of a fact, for comparing what stands around it.
func (p *passage) span(f *fact) denial {
	return denial{from: f.from, at: f.to - 1, clause: p.tokens[f.from].clause}
}
