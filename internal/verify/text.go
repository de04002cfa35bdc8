package verify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/lang"
)

// token is a word, a Han character or a single symbol of a text.
type token struct {
	start, end int    // byte offsets into the text
	text       string // normalised, as lang.Words does it
	stem       string
	script     lang.Script
	symbol     rune // a punctuation mark or sign; 0 for words
	upper      bool // begins with a capital letter
	capitals   bool // has a capital letter beyond the first: eBay, DHL, CarePlus
	first      bool // begins a sentence, a cell or a quotation
	glued      bool // nothing stands between it and the token before it
	quoted     int  // from 1: inside this quotation; 0 outside
	clause     int
	fact       int // from 1: part of this fact; 0 for words
	weight     float64
	cue        bool  // says something about polarity or costs, whatever else it says
	polar      sense // what it was counted as in its clause
	forms      []match
}

// match is a form of the lexicon that begins at a token, and the number of tokens that it takes.
type match struct {
	form
	n int
}

// sense returns the longest match of sense s at the token.
func (t *token) sense(s sense) (match, bool) {
	for _, m := range t.forms {
		if m.sense == s {
			return m, true
		}
	}
	return match{}, false
}

func (t *token) is(s sense) bool {
	_, ok := t.sense(s)
	return ok
}

// tokenise divides text into tokens: words as lang finds them, Han and Kana character by
// character, numbers apart from the letters that follow them, and each symbol by itself.
func tokenise(text, code string) []token {
	tokens := make([]token, 0, len(text)/4+4)
	at := 0
	for _, w := range lang.Words(text, code) {
		tokens = appendSymbols(tokens, text, at, w.Start)
		switch w.Script {
		case lang.Ideographic:
			tokens = appendCharacters(tokens, text, w)
		default:
			tokens = appendWord(tokens, text, w)
		}
		at = w.End
	}
	tokens = contract(appendSymbols(tokens, text, at, len(text)))
	for i := range tokens {
		t := &tokens[i]
		t.glued = i > 0 && tokens[i-1].end == t.start
		t.first = i == 0 || begins(tokens[i-1].symbol) || strings.Contains(text[tokens[i-1].end:t.start], "\n")
	}
	return tokens
}

// contract joins what an apostrophe divides: can't and o'clock are one word, and the genitive's s
// belongs to its word without changing it.
func contract(tokens []token) []token {
	out := tokens[:0]
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		n := len(out)
		if n == 0 || i+1 >= len(tokens) || t.symbol != '\'' && t.symbol != '’' || out[n-1].symbol != 0 ||
			out[n-1].end != t.start || tokens[i+1].start != t.end || tokens[i+1].script != lang.Alphabetic || tokens[i+1].symbol != 0 {
			out = append(out, t)
			continue
		}
		if tokens[i+1].text != "s" {
			out[n-1].text += "'" + tokens[i+1].text
		}
		out[n-1].end = tokens[i+1].end
		i++
	}
	return out
}

// begins reports symbols after which a capital letter says nothing.
func begins(r rune) bool {
	return r != 0 && strings.ContainsRune(".!?:|•·–—…\"“„«»”()[]{}", r)
}

func appendSymbols(tokens []token, text string, from, to int) []token {
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) && r != utf8.RuneError && !unicode.Is(unicode.Cf, r) {
			tokens = append(tokens, token{start: i, end: i + n, symbol: fold(r), text: string(fold(r))})
		}
		i += n
	}
	return tokens
}

// fold makes one of the symbols that mean the same in different scripts.
func fold(r rune) rune {
	switch r {
	case '，', '、', '،':
		return ','
	case '；', '؛':
		return ';'
	case '：':
		return ':'
	case '。', '．':
		return '.'
	case '？', '؟':
		return '?'
	case '！':
		return '!'
	case '（':
		return '('
	case '）':
		return ')'
	case '％', '٪':
		return '%'
	case '～', '〜', '∼':
		return '~'
	case '｜':
		return '|'
	case '￥':
		return '¥'
	case '−', '‐', '‑':
		return '-'
	case '≥', '≤', '＞', '＜':
		return r
	}
	return r
}

func appendCharacters(tokens []token, text string, w lang.Word) []token {
	for i := w.Start; i < w.End; {
		_, n := utf8.DecodeRuneInString(text[i:])
		c := lang.Normalise(text[i:i+n], "")
		tokens = append(tokens, token{start: i, end: i + n, text: c, stem: c, script: lang.Ideographic})
		i += n
	}
	return tokens
}

// appendWord appends a word, and where it is a number followed by letters, such as 500MB or
// 15th, the two apart.
func appendWord(tokens []token, text string, w lang.Word) []token {
	raw := text[w.Start:w.End]
	cut := 0
	if raw[0] >= '0' && raw[0] <= '9' || w.Script == lang.Digits {
		cut = len(raw) - len(strings.TrimLeftFunc(raw, func(r rune) bool { return unicode.IsDigit(r) || isSeparator(r) }))
		if cut == len(raw) || strings.ContainsFunc(raw[cut:], unicode.IsDigit) {
			cut = 0
		}
	} else if raw[0] >= utf8.RuneSelf { // «و31»
		if i := strings.IndexFunc(raw, unicode.IsDigit); i > 0 && strings.TrimFunc(raw[i:], func(r rune) bool { return unicode.IsDigit(r) || isSeparator(r) }) == "" {
			letters, digits := w, w
			letters.End, letters.Text = w.Start+i, lang.Normalise(raw[:i], "")
			digits.Start, digits.Text, digits.Script = w.Start+i, lang.Normalise(raw[i:], ""), lang.Digits
			return append(tokens, wordToken(raw[:i], letters), wordToken(raw[i:], digits))
		}
	}
	if cut == 0 {
		return append(tokens, wordToken(raw, w))
	}
	digits, letters := w, w
	digits.End, letters.Start = w.Start+cut, w.Start+cut
	digits.Script, letters.Script = lang.Digits, lang.Alphabetic
	digits.Text, letters.Text = lang.Normalise(raw[:cut], ""), lang.Normalise(raw[cut:], "")
	return append(tokens, wordToken(raw[:cut], digits), wordToken(raw[cut:], letters))
}

func isSeparator(r rune) bool { return strings.ContainsRune(".,٫٬'’", r) }

func wordToken(raw string, w lang.Word) token {
	first, _ := utf8.DecodeRuneInString(raw)
	t := token{start: w.Start, end: w.End, text: w.Text, script: w.Script, upper: unicode.IsUpper(first) || unicode.IsTitle(first)}
	for i, r := range raw {
		t.capitals = t.capitals || i > 0 && unicode.IsUpper(r)
	}
	return t
}

// passage is a text made ready for comparison.
type passage struct {
	text     string
	lx       *lexicon
	tokens   []token
	facts    []fact
	denials  []denial
	charges  []int            // tokens that say that something costs money
	sentence []int            // by clause: the sentence that it is in
	index    map[string][]int // by word and by stem: where it stands
	sets     map[int][]int    // by set of synonyms: where one of them stands
}

// read makes a passage of text.
func (v *Verifier) read(text, code string) *passage {
	p := &passage{text: text, lx: lexiconOf(code)}
	p.tokens = p.lx.divide(tokenise(text, code))
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.symbol == 0 && t.script != lang.Ideographic {
			t.stem = v.analyzer.Stem(t.text, code)
		}
	}
	for i := range p.tokens {
		p.tokens[i].forms = p.lx.at(p.tokens, i)
	}
	p.markQuotes()
	p.findFacts()
	p.markClauses()
	p.weigh()
	return p
}

// at returns the forms that begin at token i, the longest first.
func (lx *lexicon) at(tokens []token, i int) []match {
	t := &tokens[i]
	found := lx.match(nil, tokens, i, t.text)
	if t.symbol != 0 || t.script == lang.Ideographic || t.script == lang.Digits {
		return found
	}
	if len(found) > 0 {
		return found
	}
	for _, bare := range lx.bare(t.text) {
		for _, m := range lx.match(nil, tokens, i, bare) {
			if t.script != lang.Hangul || m.sense != senseNegator { // 안 with a particle is «inside»
				found = append(found, m)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	if t.stem != t.text {
		for _, f := range lx.forms[t.stem] {
			if len(f.tokens) == 1 && (f.stem || !f.sense.exact()) && !has(found, f) {
				found = append(found, match{f, 1})
			}
		}
	}
	return found
}

// exact reports senses for which only the spelled form counts.
func (s sense) exact() bool {
	return s == senseNumber || s == senseScale || s == senseNegator || s == senseWithout || s == senseAffirming || s == senseStop || s == senseNeutral
}

func has(found []match, f form) bool {
	for _, m := range found {
		if m.sense == f.sense && m.value == f.value && m.unit == f.unit {
			return true
		}
	}
	return false
}

// match appends the forms that begin with first at token i.
func (lx *lexicon) match(dst []match, tokens []token, i int, first string) []match {
	for _, f := range lx.forms[first] {
		if f.stem && tokens[i].stem != first {
			continue
		}
		n := len(f.tokens)
		if i+n > len(tokens) {
			continue
		}
		ok := true
		for k := 1; k < n && ok; k++ {
			t := &tokens[i+k]
			ok = t.text == f.tokens[k] || k == n-1 && (f.open && strings.HasPrefix(t.text, f.tokens[k]) || t.script == lang.Hangul && lx.inflects(t.text, f.tokens[k]))
		}
		if ok {
			dst = append(dst, match{f, n})
		}
	}
	return dst
}

// inflects reports whether word is form with one of the language's particles.
func (lx *lexicon) inflects(word, form string) bool {
	rest, ok := strings.CutPrefix(word, form)
	return ok && lx.particles[rest]
}

// bare returns word without what is written together with it: proclitics, particles.
func (lx *lexicon) bare(word string) []string {
	var all []string
	for _, p := range lx.prefixes {
		if rest, ok := strings.CutPrefix(word, p); ok && utf8.RuneCountInString(rest) > 1 {
			all = append(all, rest)
		}
	}
	if len(lx.particles) > 0 {
		for i := len(word); i > 0; {
			_, n := utf8.DecodeLastRuneInString(word[:i])
			if i -= n; i > 0 && lx.particles[word[i:]] {
				all = append(all, word[:i])
			}
		}
	}
	return all
}

// divide splits the Hangul that is written together with a number into its unit and the rest:
// «7일이내» is 7, 일, 이내.
func (lx *lexicon) divide(tokens []token) []token {
	if len(lx.particles) == 0 {
		return tokens
	}
	var out []token
	for _, t := range tokens {
		out = append(out, t)
		for {
			last := &out[len(out)-1]
			if n := sinoPrefix(last.text); n > 0 && last.script == lang.Hangul && last.end-last.start == len(last.text) && lx.unitPrefix(last.text[n:], true) > 0 {
				rest := *last
				rest.start, rest.text, rest.glued = last.start+n, last.text[n:], true
				last.end, last.text, last.script = last.start+n, last.text[:n], lang.Hangul
				out = append(out, rest)
				continue
			}
			if last.script != lang.Hangul || !last.glued && !counts(out, len(out)-2, lx) || len(out) < 2 {
				break
			}
			prev := &out[len(out)-2]
			if !(prev.script == lang.Digits || counts(out, len(out)-2, lx)) {
				break
			}
			n := lx.unitPrefix(last.text, last.glued)
			if n == 0 || n == len(last.text) || last.end-last.start != len(last.text) {
				break
			}
			rest := *last
			rest.start, rest.text, rest.glued = last.start+n, last.text[n:], true
			last.end, last.text = last.start+n, last.text[:n]
			out = append(out, rest)
		}
	}
	return out
}

// sinoPrefix is the length of the two or more numerals that a Korean word begins with and that
// end in a scale: «삼천원».
func sinoPrefix(word string) int {
	n := 0
	for i, r := range word {
		v, ok := sinoDigits[r]
		if !ok {
			break
		}
		if size := utf8.RuneLen(r); v >= 10 && i > 0 {
			n = i + size
		}
	}
	if n == len(word) {
		return 0
	}
	return n
}

// counts reports whether token i is a numeral: a number word or a scale.
func counts(tokens []token, i int, lx *lexicon) bool {
	if i < 0 {
		return false
	}
	if _, ok := sinoKorean(tokens[i].text); ok {
		return true
	}
	for _, f := range lx.forms[tokens[i].text] {
		if len(f.tokens) == 1 && (f.sense == senseNumber || f.sense == senseScale) {
			return true
		}
	}
	return false
}

// unitPrefix is the length of the longest unit or scale that word begins with. Where a space
// stands before it, the rest has to be a particle, so that 주문 is not a week.
func (lx *lexicon) unitPrefix(word string, glued bool) int {
	best := 0
	for i := range word + "." {
		if i == 0 {
			continue
		}
		for _, f := range lx.forms[word[:i]] {
			if len(f.tokens) == 1 && (f.sense == senseUnit || f.sense == senseScale || f.sense == senseClock) && (glued || i == len(word) || lx.particles[word[i:]]) {
				best = i
			}
		}
	}
	return best
}

// quotation marks, opening to closing.
var quotes = map[rune]string{'«': "»", '»': "«", '„': "“”", '“': "”", '「': "」", '『': "』", '《': "》", '"': "\"", '‘': "’", '\'': "'"}

// markQuotes numbers quotations of up to eight words: labels, menu entries, names.
func (p *passage) markQuotes() {
	n := 0
	for i := 0; i < len(p.tokens); i++ {
		closing, ok := quotes[p.tokens[i].symbol]
		if !ok || p.tokens[i].glued && p.tokens[i-1].symbol == 0 && p.tokens[i].symbol < utf8.RuneSelf {
			continue
		}
		for j := i + 1; j < len(p.tokens) && j < i+16; j++ {
			if p.tokens[j].symbol != 0 && strings.ContainsRune(closing, p.tokens[j].symbol) {
				n++
				for k := i + 1; k < j; k++ {
					p.tokens[k].quoted = n
				}
				i = j
				break
			}
		}
	}
}
