package verify

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// numeral is a number at a place of a text. values holds its readings: 1.000 in a text of
// unknown habits is a thousand or one.
type numeral struct {
	values  []float64
	n       int  // tokens
	ordinal bool // first, 3rd
	digits  bool // written in digits
	code    bool // a version or an article number: only equal as spelled
}

// numeralAt reads the number that begins at token i: digits, words, or both («5만», «2 million»).
func (p *passage) numeralAt(i int) (numeral, bool) {
	t := &p.tokens[i]
	if t.symbol != 0 {
		return numeral{}, false
	}
	if t.script == lang.Digits {
		return p.digitsAt(i)
	}
	if m, ok := t.sense(senseOrdinal); ok {
		return numeral{values: []float64{m.value}, n: m.n, ordinal: true}, true
	}
	if t.script == lang.Ideographic {
		return p.hanNumeralAt(i)
	}
	if v, ok := sinoKorean(t.text); ok && p.measureAt(i+1) {
		return numeral{values: []float64{v}, n: 1}, true
	}
	if m, ok := t.sense(senseScale); ok && t.script == lang.Hangul && i+1 < len(p.tokens) && p.moneyAt(i+2) { // «만 오천 원»
		if v, ok := sinoKorean(p.tokens[i+1].text); ok && v < m.value {
			return numeral{values: []float64{m.value + v}, n: 2}, true
		}
	}
	return p.wordsAt(i)
}

// measureAt reports a unit or a counter at token i.
func (p *passage) measureAt(i int) bool {
	_, ok := p.unitAt(i)
	return ok
}

// sinoDigits are the numerals that Korean writes in Hangul: 삼십, 이천오백.
var sinoDigits = map[rune]float64{
	'영': 0, '일': 1, '이': 2, '삼': 3, '사': 4, '오': 5, '육': 6, '칠': 7, '팔': 8, '구': 9,
	'십': 10, '백': 100, '천': 1000, '만': 1e4, '억': 1e8,
}

// sinoKorean reads a word of two or more such numerals.
func sinoKorean(word string) (float64, bool) {
	var digits []float64
	for _, r := range word {
		v, ok := sinoDigits[r]
		if !ok {
			return 0, false
		}
		digits = append(digits, v)
	}
	return hanValue(digits), len(digits) > 1
}

// digitsAt reads a number that begins with digits, groups of three and scales included.
func (p *passage) digitsAt(i int) (numeral, bool) {
	t := &p.tokens[i]
	values, ok := parseDigits(t.text, p.lx.decimal)
	if !ok {
		return numeral{n: 1, code: true}, true
	}
	n := numeral{values: values, n: 1, digits: true}
	for len(values) == 1 && i+n.n < len(p.tokens) && p.groupOfThree(i+n.n) {
		v, _ := strconv.ParseFloat(p.tokens[i+n.n].text[:3], 64)
		n.values[0] = n.values[0]*1000 + v
		n.n++
	}
	for i+n.n < len(p.tokens) && len(n.values) == 1 {
		m, ok := p.tokens[i+n.n].sense(senseScale)
		if !ok {
			break
		}
		n.values[0] *= m.value
		n.n += m.n
		// «3천5백», «2만 4천»: what follows at a smaller scale is added.
		if more, ok := p.addend(i+n.n, m.value); ok {
			n.values[0] += more.values[0]
			n.n += more.n
			break
		}
	}
	n.ordinal = p.suffixAt(i+n.n, &n.n)
	return n, true
}

// suffixAt reports the suffix of an ordinal at token i («15th», «1-ви») and adds its tokens to n.
func (p *passage) suffixAt(i int, n *int) bool {
	at := i
	if at+1 < len(p.tokens) && p.tokens[at].symbol == '-' && p.tokens[at].glued {
		at++
	}
	if at >= len(p.tokens) || !p.tokens[at].glued {
		return false
	}
	m, ok := p.tokens[at].sense(senseOrdinal)
	if !ok || m.value != 0 {
		return false
	}
	*n += at - i + m.n
	return true
}

// addend is a numeral at i that is smaller than scale and continues the number before it.
func (p *passage) addend(i int, scale float64) (numeral, bool) {
	if i >= len(p.tokens) || p.tokens[i].symbol != 0 || p.lx.lang != "ko" && p.lx.lang != "zh" && p.lx.lang != "ja" {
		return numeral{}, false
	}
	n, ok := p.numeralAt(i)
	if !ok || len(n.values) != 1 || n.values[0] >= scale || n.values[0] < scale/1e4 || !p.tokens[i].glued && n.values[0] < 100 {
		return numeral{}, false
	}
	return n, true
}

// groupOfThree reports three digits after a single space, as in 1 000. English does not write
// numbers so, and telephone numbers would join.
func (p *passage) groupOfThree(i int) bool {
	prev, t := &p.tokens[i-1], &p.tokens[i]
	gap := p.text[prev.end:t.start]
	single := gap == "\u00a0" || gap == "\u202f" || gap == "\u2009" || gap == " " && p.lx.lang != "en" && p.lx.lang != "zh"
	return single && t.script == lang.Digits && allDigits(t.text[:min(3, len(t.text))]) && (len(t.text) == 3 || len(t.text) > 3 && t.text[3] == p.lx.decimal) &&
		len(prev.text) <= 3 && allDigits(prev.text) && prev.text[0] != '0'
}

func allDigits(s string) bool { return len(s) > 0 && strings.Trim(s, "0123456789") == "" }

// Separators within numbers, made one of two, and taken away.
var (
	oneSeparator = strings.NewReplacer("٫", ".", "٬", ",", "'", ",", "’", ",")
	noSeparators = strings.NewReplacer(".", "", ",", "")
)

// parseDigits reads digits with separators. A single separator before three digits is read by
// the language's habit; where the habit makes it a decimal, both readings stand.
func parseDigits(text string, decimal byte) ([]float64, bool) {
	text = oneSeparator.Replace(text)
	dots, commas := strings.Count(text, "."), strings.Count(text, ",")
	plain := noSeparators.Replace(text)
	if !allDigits(plain) || len(plain) > 15 {
		return nil, false
	}
	switch {
	case dots == 0 && commas == 0:
		return parsed(text)
	case dots > 0 && commas > 0:
		last := max(strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ','))
		return parsed(noSeparators.Replace(text[:last]) + "." + text[last+1:])
	case dots > 1 || commas > 1:
		if !grouped(text) {
			return nil, false
		}
		return parsed(plain)
	}
	at := strings.IndexAny(text, ".,")
	fraction := text[:at] + "." + text[at+1:]
	if len(text)-at-1 != 3 || at > 3 || text[0] == '0' {
		return parsed(fraction)
	}
	values, _ := parsed(plain)
	if text[at] == decimal {
		v, _ := parsed(fraction)
		values = append(v, values...)
	}
	return values, true
}

func parsed(s string) ([]float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return []float64{v}, err == nil
}

// grouped reports that all groups but the first have three digits.
func grouped(text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == ',' })
	for _, part := range parts[1:] {
		if len(part) != 3 {
			return false
		}
	}
	return len(parts[0]) <= 3
}

// wordsAt reads number words: «two hundred and fifty», «сто и двадесет», «خمسة وعشرون».
func (p *passage) wordsAt(i int) (numeral, bool) {
	total, current, n, last := 0.0, 0.0, 0, 0.0
	for i+n < len(p.tokens) {
		t := &p.tokens[i+n]
		if m, ok := t.sense(senseScale); ok && (n > 0 || m.value >= 100 && (t.script != lang.Hangul || p.moneyAt(i+1))) {
			current = max(current, 1) * m.value
			if m.value >= 1000 {
				total, current = total+current, 0
			}
			last = m.value
			n += m.n
			continue
		}
		m, ok := t.sense(senseNumber)
		tens := p.lx.lang == "ar" && last < 10 && m.value >= 20 && m.value < 100 // «خمسة وعشرون»
		if ok && (n == 0 || tens || last > m.value && last >= 20) {
			current += m.value
			last = m.value
			n += m.n
			continue
		}
		if n == 0 || !p.joinsNumerals(i+n, last) {
			break
		}
		n++
	}
	if n == 0 {
		return numeral{}, false
	}
	return numeral{values: []float64{total + current}, n: n}, true
}

// moneyAt reports a currency at token i: «만 원» is ten thousand, «만 18세» is not.
func (p *passage) moneyAt(i int) bool {
	m, ok := p.unitAt(i)
	return ok && isMoney(m.unit)
}

// joinsNumerals reports an «and» or a hyphen between two number words of one number.
func (p *passage) joinsNumerals(i int, last float64) bool {
	if last < 20 || i+1 >= len(p.tokens) || !strings.Contains(" - and und и et y e en ", " "+p.tokens[i].text+" ") {
		return false
	}
	m, ok := p.tokens[i+1].sense(senseNumber)
	return ok && m.value < last
}

// hanDigits are the numerals of Chinese and Japanese text.
var hanDigits = map[string]float64{
	"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
	"十": 10, "百": 100, "千": 1000, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8,
}

// hanNumeralAt reads a run of Chinese numerals: 三十, 两千五百, 二〇二六.
func (p *passage) hanNumeralAt(i int) (numeral, bool) {
	var digits []float64
	n := 0
	for ; i+n < len(p.tokens); n++ {
		v, ok := hanDigits[p.tokens[i+n].text]
		if !ok || n > 0 && !p.tokens[i+n].glued {
			break
		}
		digits = append(digits, v)
	}
	if n == 0 {
		return numeral{}, false
	}
	return numeral{values: []float64{hanValue(digits)}, n: n}, true
}

// hanValue adds up digits and scales; digits alone are read by place.
func hanValue(digits []float64) float64 {
	scaled := false
	for _, d := range digits {
		scaled = scaled || d >= 10
	}
	total, section, digit := 0.0, 0.0, 0.0
	for _, d := range digits {
		switch {
		case !scaled:
			digit = digit*10 + d
		case d >= 1e4:
			total = (total + max(section+digit, 1)) * d
			section, digit = 0, 0
		case d >= 10:
			section += max(digit, 1) * d
			digit = 0
		default:
			digit = d
		}
	}
	return total + section + digit
}

// runeAt is the first rune of token i, 0 beyond the text.
func (p *passage) runeAt(i int) rune {
	if i < 0 || i >= len(p.tokens) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(p.tokens[i].text)
	return r
}
