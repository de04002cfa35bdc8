package verify

import (
	"math"
	"strings"

	"cited/internal/lang"
)

// A fact is what has to be in the evidence with an equal meaning: a number with its unit, an
// amount, a time of day, a date, a weekday, or the unit of a rate («a month», «täglich»).
type factKind uint8

const (
	quantity factKind = iota + 1
	calendar
	weekday
	rate
)

type fact struct {
	kind     factKind
	from, to int       // tokens, to exclusive
	plain    []float64 // the number by itself, in its readings
	readings []reading // the number with its unit; empty without a unit
	unit     string    // the unit as the lexicon names it
	date     date
	day      float64 // weekday
	text     string  // as it stands there, for the reason
}

// reading is one meaning of a quantity: 90 minutes and 1.5 hours are time 5400.
type reading struct {
	dimension string
	value     float64
}

// date is a calendar date; what is 0 was not said. Of 04/05/2026 both orders are kept.
type date struct{ year, month, day, month2, day2 int }

// findFacts finds the facts of the passage from left to right.
func (p *passage) findFacts() {
	for i := 0; i < len(p.tokens); {
		if m, ok := p.tokens[i].sense(senseSense); ok && m.n > 1 { // «第二天» is the next day, no number
			i += m.n
			continue
		}
		f, ok := p.factAt(i)
		if !ok {
			i++
			continue
		}
		f.from = i
		f.text = p.text[p.tokens[f.from].start:p.tokens[f.to-1].end]
		p.facts = append(p.facts, f)
		for k := f.from; k < f.to; k++ {
			p.tokens[k].fact = len(p.facts)
		}
		i = f.to
	}
	p.inherit()
	p.join()
}

func (p *passage) factAt(i int) (fact, bool) {
	if p.tokens[i].symbol != 0 && !p.tokens[i].is(senseUnit) {
		return fact{}, false
	}
	for _, try := range []func(int) (fact, bool){p.dateAt, p.clockAt, p.quantityAt, p.fixedAt, p.wordAt} {
		if f, ok := try(i); ok && f.to > i {
			return f, true
		}
	}
	return fact{}, false
}

// quantityAt reads a number with the unit that stands before or behind it.
func (p *passage) quantityAt(i int) (fact, bool) {
	start := i
	prefix, hasPrefix := p.unitAt(i)
	if hasPrefix && prefix.leads() {
		i += prefix.n
	} else {
		hasPrefix = false
	}
	if i >= len(p.tokens) {
		return fact{}, false
	}
	n, ok := p.numeralAt(i)
	if !ok {
		return p.fractionAt(start)
	}
	if n.code {
		return fact{}, false // names.go compares it as spelled
	}
	if f, ok := p.partsAt(i, n); ok {
		return f, true
	}
	f := fact{kind: quantity, to: i + n.n, plain: n.values}
	if f.to+1 < len(p.tokens) && p.tokens[f.to].text == "个" && p.tokens[f.to+1].text == "半" { // 一个半小时
		n.values = []float64{n.values[0] + 0.5}
		f.plain = n.values
		f.to += 2
	}
	after, hasUnit := p.unitBehind(f.to)
	switch {
	case hasPrefix:
		f.unit = prefix.unit
		f.readings = readings(f.unit, n.values)
	case hasUnit && p.runeAt(i-1) != '第':
		f.unit = p.qualified(i, after.unit)
		f.to = after.n
		f.to, n.values = p.andHalf(f.to, n.values)
		f.readings = readings(f.unit, n.values)
	case !n.digits && n.values[0] <= 1, !n.digits && !n.ordinal && p.needsMeasure(i, n) && p.runeAt(i-1) != '第':
		return fact{}, false // «one» as a pronoun, 一 in 一般
	}
	if len(f.readings) == 1 && f.readings[0].dimension == "zhe" {
		f.readings = discount(f.readings[0].value)
	}
	return f, true
}

// andHalf adds the half behind a unit: 1년 반, 一年半.
func (p *passage) andHalf(i int, values []float64) (int, []float64) {
	if i < len(p.tokens) && p.tokens[i].script >= lang.Hangul && p.tokens[i].script != lang.Digits && len(values) == 1 {
		if m, ok := p.tokens[i].sense(senseFraction); ok && m.value == 0.5 && m.n == 1 {
			if _, follows := p.unitAt(i + 1); !follows {
				return i + 1, []float64{values[0] + 0.5}
			}
		}
	}
	return i, values
}

// partsAt reads the fractions of East Asia, the whole before the part: 百分之三十, 3분의 1.
func (p *passage) partsAt(i int, n numeral) (fact, bool) {
	at := i + n.n
	if at+2 >= len(p.tokens) || !strings.Contains("分之 분의", p.tokens[at].text+p.tokens[at+1].text) || len(n.values) != 1 || n.values[0] == 0 || p.tokens[at+1].symbol != 0 {
		return fact{}, false
	}
	part, ok := p.numeralAt(at + 2)
	if !ok || part.code {
		return fact{}, false
	}
	v := part.values[0] / n.values[0]
	return fact{kind: quantity, to: at + 2 + part.n, unit: "percent", plain: []float64{100 * v}, readings: []reading{{"percent", 100 * v}}}, true
}

// leads reports units that stand before their number: currencies and, in Turkish and Arabic, %.
func (m match) leads() bool { return isMoney(m.unit) || m.unit == "percent" }

func isMoney(unit string) bool {
	return len(unit) >= 3 && strings.ToUpper(unit[:3]) == unit[:3] && unit[0] >= 'A'
}

// needsMeasure reports languages whose number words also are parts of other words, so that only
// one with a unit or a counter behind it is a number.
func (p *passage) needsMeasure(i int, n numeral) bool {
	return p.lx.lang == "zh" || p.lx.lang == "ja" || p.lx.lang == "ko" && n.values[0] < 20 && !p.nativeAt(i)
}

// nativeAt reports a native Korean numeral before a noun: 두 사람, 다섯 가지. The Sino-Korean ones
// are syllables of many words.
func (p *passage) nativeAt(i int) bool {
	return strings.Contains(" 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열두 ", " "+p.tokens[i].text+" ") &&
		i+1 < len(p.tokens) && p.tokens[i+1].script == lang.Hangul && p.tokens[i+1].symbol == 0 && !p.tokens[i+1].glued
}

// unitAt is the unit that begins at token i.
func (p *passage) unitAt(i int) (match, bool) {
	if i >= len(p.tokens) {
		return match{}, false
	}
	m, ok := p.tokens[i].sense(senseUnit)
	for k := 1; ok && k < m.n; k++ { // «第二个星期一»: a weekday, not weeks
		if w, is := p.tokens[i+k].sense(senseWeekday); is && k+w.n > m.n {
			return match{}, false
		}
	}
	return m, ok
}

// unitBehind is the unit at or just behind token i («30 days», «30-day», «15 % »), its n set to
// the token where it ends.
func (p *passage) unitBehind(i int) (match, bool) {
	if i < len(p.tokens) && (p.tokens[i].symbol == '-' || p.tokens[i].text == "ـ") {
		i++
	}
	m, ok := p.unitAt(i)
	if ok && strings.Contains(p.text[p.tokens[i-1].end:p.tokens[i].start], "\n") {
		return match{}, false
	}
	m.n += i
	return m, ok
}

// qualified turns days into working days where those words stand before the number: «영업일 기준 5일».
func (p *passage) qualified(i int, unit string) string {
	if !strings.Contains(unit, "day") {
		return unit
	}
	for k := max(i-3, 0); k < i; k++ {
		if m, ok := p.tokens[k].sense(senseUnit); ok && m.unit == "wday" && k+m.n >= i-1 {
			return "wday"
		}
	}
	return unit
}

// readings multiplies the values by the unit's factor. Counters are no unit: «5 items» is 5.
func readings(units string, values []float64) []reading {
	var all []reading
	for name := range strings.SplitSeq(units, ",") {
		u := loaded().units[name]
		if u.dimension == "count" {
			continue
		}
		for _, v := range values {
			all = append(all, reading{u.dimension, v * u.factor})
		}
	}
	return all
}

// discount reads Chinese 八折 and 九五折: what is paid, and what is saved.
func discount(v float64) []reading {
	if v < 10 {
		v *= 10
	}
	return []reading{{"zhe", v}, {"percent", 100 - v}}
}

// fractionAt reads «half an hour», «eine halbe Stunde», «半年», «die Hälfte».
func (p *passage) fractionAt(i int) (fact, bool) {
	m, ok := p.tokens[i].sense(senseFraction)
	if !ok {
		return fact{}, false
	}
	f := fact{kind: quantity, to: i + m.n, plain: []float64{m.value}, readings: []reading{{"percent", 100 * m.value}}}
	at := f.to
	if at < len(p.tokens) && (p.tokens[at].text == "an" || p.tokens[at].text == "a" || p.tokens[at].text == "个") {
		at++
	}
	if u, ok := p.unitBehind(at); ok {
		f.readings = readings(u.unit, f.plain)
		f.to = u.n
	} else if m.value > 1 || m.value == 0.5 && p.tokens[i].script == lang.Ideographic {
		return fact{}, false
	}
	return f, true
}

// fixedAt reads words that are a number with its unit: fortnight, 이틀, يومين.
func (p *passage) fixedAt(i int) (fact, bool) {
	m, ok := p.tokens[i].sense(senseFixed)
	if !ok {
		return fact{}, false
	}
	f := fact{kind: quantity, to: i + m.n, plain: []float64{m.value}, readings: readings(m.unit, []float64{m.value})}
	return f, true
}

// wordAt reads weekdays and the units of rates.
func (p *passage) wordAt(i int) (fact, bool) {
	t := &p.tokens[i]
	if f, ok := p.shortWeekdayAt(i); ok {
		return f, true
	}
	if m, ok := t.sense(senseWeekday); ok {
		return fact{kind: weekday, to: i + m.n, day: m.value}, true
	}
	m, ok := p.unitAt(i)
	if !ok || t.symbol != 0 || !m.rate && (i == 0 || !p.tokens[i-1].is(senseRate)) {
		return fact{}, false
	}
	f := fact{kind: rate, to: i + m.n}
	for _, r := range readings(m.unit, []float64{1}) {
		if r.dimension == "time" || r.dimension == "months" {
			f.readings = append(f.readings, r)
		}
	}
	return f, len(f.readings) > 0
}

// shortWeekdayAt reads the end of a range of weekdays that is written without its «day»: the 五 of
// 周一至五, the 월 of 월~금요일.
func (p *passage) shortWeekdayAt(i int) (fact, bool) {
	const zh, ko = "一二三四五六日", "월화수목금토일"
	t := p.tokens[i].text
	if at := strings.Index(zh, t); at >= 0 && i > 1 && p.tokens[i-1].is(senseRange) && p.tokens[i-2].fact > 0 && p.facts[p.tokens[i-2].fact-1].kind == weekday {
		return fact{kind: weekday, to: i + 1, day: float64(at/3 + 1)}, true
	}
	at := strings.Index(ko, t)
	if at < 0 || len(t) != 3 || i+2 >= len(p.tokens) || p.tokens[i+1].symbol != '~' && p.tokens[i+1].symbol != '-' {
		return fact{}, false
	}
	if next := &p.tokens[i+2]; !next.is(senseWeekday) && !(len(next.text) == 3 && strings.Contains(ko, next.text)) {
		return fact{}, false
	}
	return fact{kind: weekday, to: i + 1, day: float64(at/3 + 1)}, true
}

// inherit gives the first end of a range what only its second end says: the unit of «3 to 4
// days», the hour of «5~9시», the month of «9 and 10 March».
func (p *passage) inherit() {
	for k := 1; k < len(p.facts); k++ { // «9月7日至11日», «March 10–12»
		prev, f := &p.facts[k-1], &p.facts[k]
		if prev.kind != calendar || prev.date.month == 0 || f.kind != quantity || len(f.plain) == 0 || !p.rangeBetween(prev.to, f.from) {
			continue
		}
		d := f.plain[0]
		if (len(f.readings) == 0 || f.unit == "day,dom") && d >= 1 && d <= 31 && d == math.Trunc(d) {
			f.kind, f.date = calendar, date{month: prev.date.month, day: int(d)}
		}
	}
	for k := len(p.facts) - 2; k >= 0; k-- {
		f, next := &p.facts[k], &p.facts[k+1]
		if f.kind != quantity || len(f.readings) > 0 || !p.rangeBetween(f.to, next.from) && !p.listed(f.to, next.from) {
			continue
		}
		switch next.kind {
		case quantity:
			for _, r := range next.readings {
				if r.dimension == "clock" {
					f.readings = append(f.readings, clockReadings(f.plain[0]*60, r.value)...)
					f.unit = "clock"
				} else if len(next.plain) > 0 && next.plain[0] != 0 {
					f.unit = next.unit
					f.readings = append(f.readings, reading{r.dimension, r.value / next.plain[0] * f.plain[0]})
				}
			}
		case calendar:
			if d := f.plain[0]; d >= 1 && d <= 12 && next.date.month > 0 && next.date.day == 0 && next.date.year == 0 {
				f.kind, f.date = calendar, date{month: int(d)} // «12~2월»
			} else if d >= 1 && d <= 31 && next.date.month > 0 {
				f.kind, f.date = calendar, date{month: next.date.month, day: int(d)}
			}
		}
	}
}

// clockReadings reads an hour of a range beside the other end: «between 2 and 6 am».
func clockReadings(minutes, other float64) []reading {
	if minutes > 24*60 {
		return nil
	}
	half := 0.0
	if other >= 12*60 && minutes < 12*60 {
		half = 12 * 60
	}
	all := []reading{{"clock", math.Mod(minutes+half, 24*60)}}
	if half > 0 {
		all = append(all, reading{"clock", minutes})
	}
	return all
}

func (p *passage) rangeBetween(from, to int) bool {
	if to-from > 2 {
		return false
	}
	if from == to {
		return len(p.lx.prefixes) > 0 && strings.HasPrefix(p.tokens[to].text, "و") // «بين الثانية والسادسة»
	}
	for i := from; i < to; i++ {
		t := &p.tokens[i]
		if !strings.ContainsRune("-–~—.", t.symbol) && !t.is(senseRange) || t.symbol == '.' && i+1 == to {
			return false
		}
	}
	return true
}

// listed reports a comma alone between two numbers: «20, 50 and 100 €».
func (p *passage) listed(from, to int) bool {
	return to == from+1 && p.tokens[from].symbol == ','
}

// join adds the sum of «1 hour 30 minutes» as a reading of both halves, and of «4 Euro 95».
func (p *passage) join() {
	for k := 0; k+1 < len(p.facts); k++ {
		a, b := &p.facts[k], &p.facts[k+1]
		if a.kind != quantity || b.kind != quantity || len(a.readings) != 1 || a.to > b.from || b.from-a.to > 1 {
			continue
		}
		big := a.readings[0]
		if isMoney(big.dimension) && len(b.readings) == 0 && a.to == b.from && b.plain[0] < 100 && len(b.text) == 2 {
			sum := big.value + b.plain[0]/100
			a.readings, b.readings = []reading{{big.dimension, sum}}, []reading{{big.dimension, sum}}
		}
		if big.dimension == "time" && len(b.readings) == 1 && b.readings[0].dimension == "time" && b.readings[0].value < 3600 && big.value >= 3600 && a.to == b.from {
			sum := reading{"time", big.value + b.readings[0].value}
			a.readings, b.readings = append(a.readings, sum), append(b.readings, sum)
		}
	}
}
