package verify

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/lang"
)

// namesReason says which name of the statement is not in the evidence: codes and addresses as
// spelled, quoted labels, capitalised words, Latin words in other scripts, and words that are no
// ordinary words of the language.
func namesReason(s, e *passage, a alignment) string {
	if missing := missingAddress(s.text, e.text); missing != "" {
		return fmt.Sprintf("%s is not in the quote", missing)
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.symbol != 0 || t.fact > 0 || a.quality[i] == 1 {
			continue
		}
		if s.isName(i) && !e.hasName(t, a.quality[i]) || a.quality[i] < 0.5 && s.strange(a, i) {
			return fmt.Sprintf("%q is not in the quote", s.text[t.start:t.end])
		}
	}
	return ""
}

// missingAddress returns a URL or an e-mail address that the evidence does not have as it stands.
func missingAddress(statement, evidence string) string {
	if !strings.Contains(statement, "@") && !strings.Contains(statement, "://") && !strings.Contains(statement, "www.") {
		return ""
	}
	evidence = strings.ToLower(evidence)
	for field := range strings.FieldsSeq(statement) {
		if !strings.Contains(field, "@") && !strings.Contains(field, "://") && !strings.Contains(field, "www.") {
			continue
		}
		address := strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' })
		if !strings.Contains(evidence, strings.ToLower(address)) {
			return address
		}
	}
	return ""
}

// isName reports whether the word at i has to be in the evidence as it stands.
func (p *passage) isName(i int) bool {
	t := &p.tokens[i]
	if t.is(senseName) && t.weight > 0 && (t.upper || !p.cased() && !p.lx.vocab[t.stem]) {
		return true
	}
	if t.quoted > 0 {
		return t.weight > 0
	}
	if strings.ContainsAny(t.text, "0123456789") || strings.Contains(t.text, ".") {
		return true
	}
	latin := t.text[0] < utf8.RuneSelf
	if latin && !p.latin() {
		return len(t.forms) == 0 && len(t.text) > 1
	}
	if t.capitals {
		return true
	}
	if t.upper && p.lx.lang != "de" {
		if t.first {
			return t.weight > 0 && !p.ordinary(i)
		}
		return !lang.StopWord(t.text, p.lx.lang) && !t.is(senseStop)
	}
	return false
}

// strange reports a word without counterpart in the evidence that is no ordinary word of its
// language, and so may be a name. It is asked where capitals do not tell: in scripts without
// them, and of German nouns.
func (p *passage) strange(a alignment, i int) bool {
	t := &p.tokens[i]
	if t.weight == 0 || t.cue || t.polar != 0 || len(t.forms) > 0 {
		return false
	}
	switch {
	case t.script == lang.Ideographic:
		return i+1 < len(p.tokens) && a.quality[i+1] < 0.5 && p.tokens[i+1].script == lang.Ideographic && p.tokens[i+1].glued &&
			p.tokens[i+1].weight > 0 && len(p.tokens[i+1].forms) == 0 && !p.ordinary(i) && !p.ordinary(i+1)
	case p.lx.lang == "de":
		return t.upper && !p.ordinary(i)
	case t.script == lang.Hangul:
		return utf8.RuneCountInString(t.stem) > 1 && !p.verb(i) && !p.ordinary(i) && !p.lx.prefixed(t.stem)
	case p.lx.lang == "ar":
		return !p.ordinary(i)
	}
	return false
}

// verb reports whether the Korean word at i ends as verbs do; an ending that closes a sentence
// has to stand at the end of one.
func (p *passage) verb(i int) bool {
	t := &p.tokens[i]
	if i+1 < len(p.tokens) && adnominal(t.text) && strings.HasPrefix(p.tokens[i+1].text, "수") {
		return true // «올릴 수»
	}
	if !p.lx.conjugated(t.text) {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(t.text)
	return !strings.ContainsRune("다요죠까", r) || i+1 == len(p.tokens) || p.tokens[i+1].symbol != 0
}

// adnominal reports a Korean word whose last syllable ends as a verb before a noun does.
func adnominal(word string) bool {
	r, _ := utf8.DecodeLastRuneInString(word)
	return r >= 0xAC00 && r <= 0xD7A3 && ((r-0xAC00)%28 == 4 || (r-0xAC00)%28 == 8) && !strings.ContainsRune("은는", r)
}

// conjugated reports a Korean word that ends as verbs do, and not as nouns do.
func (lx *lexicon) conjugated(word string) bool {
	for _, particle := range lx.nominal {
		if rest, ok := strings.CutSuffix(word, particle); ok && utf8.RuneCountInString(rest) > 1 {
			return false
		}
	}
	for _, ending := range lx.verbs {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

// cased reports whether the passage's script has capitals.
func (p *passage) cased() bool {
	return p.latin() || strings.Contains(" bg ru uk el ", " "+p.lx.lang+" ")
}

// latin reports whether the passage's language is written in Latin letters.
func (p *passage) latin() bool {
	switch p.lx.lang {
	case "ar", "bg", "ko", "zh", "ja", "ru", "uk", "el", "fa", "he", "th", "hi":
		return false
	}
	return true
}

// ordinary reports words that anybody may use to say the same in other words. Without a list of
// the language's words, all are.
func (p *passage) ordinary(i int) bool {
	t := &p.tokens[i]
	if len(p.lx.vocab) == 0 || len(t.forms) > 0 || p.lx.vocab[t.stem] || p.lx.vocab[t.text] {
		return true
	}
	switch {
	case t.script == lang.Ideographic:
		return p.inWord(i)
	case p.lx.lang == "de":
		return p.lx.compound(t.text, 0)
	case t.script == lang.Hangul:
		return p.lx.begins(t.stem)
	}
	for _, bare := range p.lx.bare(t.text) {
		if p.lx.vocab[lang.Stem(bare, p.lx.lang)] || p.lx.lang == "ar" && p.lx.arabicVerb(bare) {
			return true
		}
	}
	return p.lx.lang == "ar" && p.lx.arabicVerb(t.text)
}

// arabicVerb reports a word that is a person's form of an ordinary verb: يحجز, تحجز, نحجز, حجز.
func (lx *lexicon) arabicVerb(word string) bool {
	const persons = "يتنا"
	r, n := utf8.DecodeRuneInString(word)
	if !strings.ContainsRune(persons, r) || utf8.RuneCountInString(word) < 4 {
		return false
	}
	root := word[n:]
	if lx.vocab[lang.Stem(root, "ar")] {
		return true
	}
	for _, p := range persons {
		if lx.vocab[lang.Stem(string(p)+root, "ar")] {
			return true
		}
	}
	return false
}

// inWord reports whether an ordinary word or a form of the lexicon covers the Han character at i.
func (p *passage) inWord(i int) bool {
	for start := max(0, i-3); start <= i; start++ {
		for _, m := range p.tokens[start].forms {
			if start+m.n > i {
				return true
			}
		}
		word := ""
		for k := start; k < min(start+4, len(p.tokens)) && p.tokens[k].script == lang.Ideographic; k++ {
			word += p.tokens[k].text
			if k >= i && k > start && p.lx.vocab[word] {
				return true
			}
		}
	}
	return false
}

// compound reports a German word made of ordinary words: «Mindestlaufzeit».
func (lx *lexicon) compound(word string, depth int) bool {
	if depth > 0 && (lx.vocab[word] || lx.vocab[lang.Stem(word, lx.lang)]) {
		return true
	}
	if depth == 3 {
		return false
	}
	for i := range word {
		if i < 4 || len(word)-i < 4 {
			continue
		}
		head := word[:i]
		if !lx.vocab[head] && !lx.vocab[lang.Stem(head, lx.lang)] {
			continue
		}
		if lx.compound(word[i:], depth+1) || strings.HasPrefix(word[i:], "s") && lx.compound(word[i+1:], depth+1) {
			return true
		}
	}
	return false
}

// prefixed reports a Korean word that begins with an ordinary one of two syllables or more, where
// the rest is no more than a syllable or an ordinary word too.
func (lx *lexicon) prefixed(word string) bool {
	n := 0
	for i := range word + "." {
		if n >= 2 && lx.vocab[word[:i]] && (i >= len(word)-3 || lx.vocab[word[i:]] || lx.begins(word[i:])) {
			return true
		}
		n++
	}
	return false
}

// begins reports whether a Korean word begins with an ordinary one that makes the larger part of
// it: its ending may be any.
func (lx *lexicon) begins(word string) bool {
	n, all := 0, utf8.RuneCountInString(word)
	for i := range word {
		if n >= 2 && 3*n >= 2*all && lx.vocab[word[:i]] {
			return true
		}
		n++
	}
	return false
}

// hasName reports whether the evidence has the name, in another case or with an ending.
func (p *passage) hasName(t *token, quality float64) bool {
	if len(p.index[t.text]) > 0 || len(p.index[t.stem]) > 0 {
		return true
	}
	n := utf8.RuneCountInString(t.text)
	if n < 3 || strings.ContainsAny(t.text, "0123456789") {
		return false
	}
	for word := range p.index {
		m := utf8.RuneCountInString(word)
		if shared := commonPrefix(t.text, word); shared >= 3 && shared >= max(n, m)-3 && shared >= min(n, m)-1 {
			return true
		}
	}
	return quality >= 0.7 && t.script != lang.Alphabetic
}
