package verify

import (
	"math"
	"strconv"
	"strings"

	"cited/internal/lang"
)

// clockAt reads a time of day: 15:30, 22.15 Uhr, 5 pm, 오후 2시, 晚上八点, halb sechs, noon.
func (p *passage) clockAt(i int) (fact, bool) {
	start, part, hasClock := i, -1.0, false
	if m, ok := p.tokens[i].sense(senseTime); ok {
		return clockFact([]float64{m.value}, i+m.n), true
	}
	for i < len(p.tokens) && i < start+4 { // «下午», «الساعة»
		if m, ok := p.tokens[i].sense(senseDaypart); ok {
			part = m.value
			i += m.n
		} else if m, ok := p.tokens[i].sense(senseClock); ok && p.tokens[i].script == lang.Alphabetic && !p.tokens[i].is(senseUnit) { // 시 and 点 stand behind the hour
			hasClock = true
			i += m.n
		} else {
			break
		}
	}
	half := false
	if i < len(p.tokens) && p.tokens[i].is(senseHalfTo) {
		half, hasClock = true, true
		i++
	}
	if i >= len(p.tokens) {
		return fact{}, false
	}
	minutes, to, exact, ok := p.hourAt(i, hasClock || part >= 0)
	if !ok {
		return fact{}, false
	}
	if half {
		minutes -= 30
	}
	return p.clockEnd(i, minutes, to, part, exact, hasClock)
}

// hourAt reads the hour and its minutes at token i, in minutes. exact: written as 15:30. sure:
// something before it says that it is a time.
func (p *passage) hourAt(i int, sure bool) (minutes float64, to int, exact, ok bool) {
	n, ok := p.numeralAt(i)
	if !ok || n.code || n.values[0] > 24 || n.values[0] < 0 {
		return 0, 0, false, false
	}
	h := n.values[0]
	to = i + n.n
	if to+1 < len(p.tokens) && p.tokens[to].symbol == ':' && p.tokens[to].glued && p.tokens[to+1].glued && len(p.tokens[to+1].text) == 2 {
		if m, err := strconv.Atoi(p.tokens[to+1].text); err == nil && m < 60 {
			return h*60 + float64(m), to + 2, true, true
		}
	}
	if whole := math.Trunc(h); whole != h { // 22.15 Uhr
		m := math.Round((h - whole) * 100)
		text := p.tokens[i].text
		if m >= 60 || len(text) < 3 || !strings.ContainsRune(".,", rune(text[len(text)-3])) {
			return 0, 0, false, false
		}
		return whole*60 + m, to, true, sure || p.saysTime(to)
	}
	return h * 60, to, false, sure || p.saysTime(to)
}

// saysTime reports a word at token i that makes the number before it a time of day.
func (p *passage) saysTime(i int) bool {
	return i < len(p.tokens) && (p.tokens[i].is(senseClock) || p.tokens[i].is(senseDaypart))
}

// clockEnd reads what follows the hour: «Uhr», «pm», «시 30분», «半».
func (p *passage) clockEnd(i int, minutes float64, to int, part float64, exact, hasClock bool) (fact, bool) {
	alsoUnit := match{}
	to = p.quarterPast(to, &minutes)
	for k := 0; k < 3 && to < len(p.tokens); k++ {
		t := &p.tokens[to]
		if m, ok := t.sense(senseDaypart); ok && part < 0 {
			part = m.value
			to += m.n
		} else if m, ok := t.sense(senseClock); ok && !hasClock {
			hasClock = true
			if u, ok := t.sense(senseUnit); ok {
				alsoUnit = u
			}
			to += m.n
			to = p.minutesAt(to, &minutes)
		} else {
			break
		}
	}
	if u, ok := p.unitAt(to); ok && !exact && !hasClock && u.n > 0 && p.tokens[to].symbol == 0 {
		return fact{}, false // «in the morning 3 days»
	}
	values := []float64{minutes}
	switch {
	case part >= 0:
		values[0] = atDaypart(minutes, part)
	case minutes <= 12*60 && !p.lx.hours24 && (!exact || p.lx.lang != "ko" && p.lx.lang != "zh" && p.lx.lang != "ja"):
		values = append(values, minutes+12*60)
	}
	f := clockFact(values, to)
	f.plain = []float64{math.Trunc(minutes / 60)}
	if alsoUnit.unit != "" {
		f.readings = append(f.readings, readings(alsoUnit.unit, []float64{minutes / 60})...)
	}
	return f, true
}

// quarterPast adds «and a half» or «and a quarter» behind the hour: السادسة والنصف, шест и половина.
func (p *passage) quarterPast(to int, minutes *float64) int {
	at := to
	if at+1 < len(p.tokens) && (p.tokens[at].text == "и" || p.tokens[at].text == "y" || p.tokens[at].text == "e") {
		at++
	}
	if at >= len(p.tokens) || at == to && !strings.HasPrefix(p.tokens[at].text, "و") {
		return to
	}
	if m, ok := p.tokens[at].sense(senseFraction); ok && (m.value == 0.5 || m.value == 0.25) {
		*minutes += 60 * m.value
		return at + m.n
	}
	return to
}

// minutesAt adds «30분», «半» or «15» behind an hour's word to minutes.
func (p *passage) minutesAt(to int, minutes *float64) int {
	if to >= len(p.tokens) {
		return to
	}
	if m, ok := p.tokens[to].sense(senseFraction); ok && m.value == 0.5 && p.tokens[to].script >= lang.Hangul {
		*minutes += 30
		return to + m.n
	}
	n, ok := p.numeralAt(to)
	if !ok || n.code || n.values[0] >= 60 {
		return to
	}
	u, ok := p.unitBehind(to + n.n)
	if ok && strings.HasPrefix(u.unit, "minute") && p.lx.lang != "en" {
		*minutes += n.values[0]
		return u.n
	}
	return to
}

func clockFact(values []float64, to int) fact {
	f := fact{kind: quantity, to: to, unit: "clock", plain: []float64{math.Trunc(values[0] / 60)}}
	for _, v := range values {
		f.readings = append(f.readings, reading{"clock", math.Mod(v+24*60, 24*60)})
	}
	return f
}

// atDaypart moves a time to its half of the day: 0 before noon, 12 after, 24 at night, where six
// to eleven is the evening and the rest the morning.
func atDaypart(minutes, part float64) float64 {
	if minutes > 12*60+59 {
		return minutes
	}
	m := math.Mod(minutes, 12*60)
	if part == 12 || part == 24 && m >= 6*60 {
		m += 12 * 60
	}
	return m
}

// dateAt reads a date: 14.04.2026, 30/09/2026, 2026-01-31, 31 January 2026, January 31, 9月21日.
func (p *passage) dateAt(i int) (fact, bool) {
	t := &p.tokens[i]
	if t.script == lang.Digits && t.symbol == 0 {
		if f, ok := p.numericDateAt(i); ok {
			return f, true
		}
		if f, ok := p.eastAsianDateAt(i); ok {
			return f, true
		}
	}
	if t.script == lang.Ideographic {
		if f, ok := p.eastAsianDateAt(i); ok {
			return f, true
		}
	}
	if m, ok := p.monthAt(i); ok { // January 31, 2026
		d := date{month: int(m.value)}
		to := i + m.n
		if day, n := p.dayAt(to); day > 0 && !p.isClockDigits(to) {
			d.day = day
			to += n
		}
		d.year, to = p.yearBehind(to)
		return fact{kind: calendar, to: to, date: d}, true
	}
	day, n := p.dayAt(i) // 31 January 2026, 31. Januar, 1 de enero
	if day == 0 {
		return fact{}, false
	}
	to := i + n
	for k := 0; k < 2 && to < len(p.tokens) && (p.tokens[to].symbol == '.' || strings.Contains(" of de di den ", " "+p.tokens[to].text+" ")); k++ {
		to++
	}
	if to >= len(p.tokens) {
		return fact{}, false
	}
	m, ok := p.monthAt(to)
	if !ok {
		return fact{}, false
	}
	d := date{month: int(m.value), day: day}
	d.year, to = p.yearBehind(to + m.n)
	return fact{kind: calendar, to: to, date: d}, true
}

// monthAt is the month's name at token i. English May and March need their capital.
func (p *passage) monthAt(i int) (match, bool) {
	if i >= len(p.tokens) {
		return match{}, false
	}
	m, ok := p.tokens[i].sense(senseMonth)
	if ok && p.lx.lang == "en" && (!p.tokens[i].upper || p.tokens[i].first && p.tokens[i].is(senseStop)) {
		return match{}, false
	}
	return m, ok
}

// dayAt is a day of the month at token i, 0 when there is none, and its tokens.
func (p *passage) dayAt(i int) (day, n int) {
	if i >= len(p.tokens) || p.tokens[i].symbol != 0 {
		return 0, 0
	}
	num, ok := p.numeralAt(i)
	if !ok || num.code || !num.digits && !num.ordinal {
		return 0, 0
	}
	v := num.values[0]
	if v < 1 || v > 31 || v != math.Trunc(v) {
		return 0, 0
	}
	return int(v), num.n
}

func (p *passage) isClockDigits(i int) bool {
	return i+1 < len(p.tokens) && p.tokens[i+1].symbol == ':' && p.tokens[i+1].glued
}

// yearBehind is a year at token i, with a comma or a short word before it, and where it ends.
func (p *passage) yearBehind(i int) (year, to int) {
	at := i
	if at < len(p.tokens) && (p.tokens[at].symbol == ',' || p.tokens[at].symbol == '.' || strings.Contains(" de del ", " "+p.tokens[at].text+" ")) {
		at++
	}
	if y := p.yearAt(at); y > 0 {
		return y, at + 1
	}
	return 0, i
}

func (p *passage) yearAt(i int) int {
	if i >= len(p.tokens) || len(p.tokens[i].text) != 4 || !allDigits(p.tokens[i].text) {
		return 0
	}
	y, _ := strconv.Atoi(p.tokens[i].text)
	if y < 1900 || y > 2100 {
		return 0
	}
	return y
}

// numericDateAt reads dates of digits alone.
func (p *passage) numericDateAt(i int) (fact, bool) {
	parts, to := p.dateParts(i)
	if len(parts) < 2 {
		return fact{}, false
	}
	var d date
	switch {
	case len(parts) == 3 && parts[0] > 31:
		d = date{year: parts[0], month: parts[1], day: parts[2]}
	case len(parts) == 3:
		d = date{year: parts[2], month: parts[1], day: parts[0]}
		if d.year < 100 {
			d.year += 2000
		}
	default:
		d = date{month: parts[1], day: parts[0]}
	}
	if p.tokens[i+1:to] != nil && d.month <= 12 && d.day <= 12 && to > i+1 && p.tokens[i+1].symbol == '/' {
		d.month2, d.day2 = d.day, d.month
	}
	if d.month > 12 && d.day <= 12 {
		d.month, d.day = d.day, d.month
	}
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.year != 0 && (d.year < 1900 || d.year > 2100) {
		return fact{}, false
	}
	return fact{kind: calendar, to: to, date: d}, true
}

// dateParts splits 14.04.2026 (one token), 15.11. (with its full stop), 30/09/2026, 2026-01-31.
func (p *passage) dateParts(i int) (parts []int, to int) {
	text := p.tokens[i].text
	if strings.Count(text, ".") == 2 {
		return atois(strings.Split(text, ".")), i + 1
	}
	stop := i+1 < len(p.tokens) && p.tokens[i+1].symbol == '.' && p.tokens[i+1].glued
	if strings.Count(text, ".") == 1 && stop && p.lx.decimal == ',' {
		return atois(strings.Split(text, ".")), i + 2
	}
	if i+4 >= len(p.tokens) || !allDigits(text) {
		return nil, 0
	}
	sep := p.tokens[i+1].symbol
	if sep != '/' && sep != '-' && sep != '.' || p.tokens[i+3].symbol != sep {
		return nil, 0
	}
	for k := i + 1; k < i+5; k++ {
		if !p.tokens[k].glued {
			return nil, 0
		}
	}
	return atois([]string{text, p.tokens[i+2].text, p.tokens[i+4].text}), i + 5
}

// atois converts all parts, or returns nil.
func atois(parts []string) []int {
	var all []int
	for _, s := range parts {
		n, err := strconv.Atoi(s)
		if err != nil || len(s) > 4 {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// eastAsianDateAt reads 2026年4月1日, 4월 1일, 7月.
func (p *passage) eastAsianDateAt(i int) (fact, bool) {
	var d date
	to := i
	for _, step := range []struct {
		marks string
		field *int
		low   float64
		high  float64
	}{{"年년", &d.year, 1900, 2100}, {"月월", &d.month, 1, 12}, {"日일号號", &d.day, 1, 31}} {
		if step.field == &d.day && d.month == 0 || to >= len(p.tokens) || p.tokens[to].symbol != 0 {
			continue
		}
		n, ok := p.numeralAt(to)
		if !ok || n.code || n.values[0] < step.low || n.values[0] > step.high {
			continue
		}
		mark := p.runeAt(to + n.n)
		if mark == 0 || !strings.ContainsRune(step.marks, mark) || mark == '월' && !p.tokens[to+n.n].glued {
			continue
		}
		*step.field = int(n.values[0])
		to += n.n + 1
	}
	return fact{kind: calendar, to: to, date: d}, to > i
}
