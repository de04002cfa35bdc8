package draft

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/kb"
	"cited/internal/lang"
)

//go:embed cues.txt
var cuesFile string

// cues are the words of one language that say what kind of answer a question wants, and those
// with which a sentence points back at the one before it.
type cues struct {
	number []string // phrases: «how many», «wie lange»
	steps  []string // «how do i»
	// referrals are phrases of sentences that send the reader elsewhere: «for more information».
	referrals []string
	pointers  map[string]bool
}

// parseCues reads cues.txt: a language a section in brackets, «name: phrase, phrase» a line.
func parseCues() map[string]cues {
	all := make(map[string]cues)
	language := ""
	for line := range strings.Lines(cuesFile) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			language = strings.Trim(line, "[]")
			continue
		}
		name, list, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		c := all[language]
		for phrase := range strings.SplitSeq(list, ",") {
			phrase = strings.TrimSpace(phrase)
			switch name {
			case "number":
				c.number = append(c.number, phrase)
			case "steps":
				c.steps = append(c.steps, phrase)
			case "referrals":
				c.referrals = append(c.referrals, phrase)
			case "pointers":
				if c.pointers == nil {
					c.pointers = make(map[string]bool)
				}
				c.pointers[lang.Normalise(phrase, language)] = true
			}
		}
		all[language] = c
	}
	return all
}

// question is an analysed question.
type question struct {
	text   string
	lang   string
	words  []lang.Word
	number bool            // wants a number, a time or an amount
	steps  bool            // wants a procedure
	asking map[string]bool // words that say so: «cost», «price»
}

// askingWeight is what a word that only says what kind of answer is wanted counts beside the
// others: an answer to «what does delivery cost» need not hold «cost».
const askingWeight = 0.3

func (e *Extractive) question(q Question) question {
	out := question{text: q.Text, lang: q.Lang, words: lang.Informative(q.Text, q.Lang)}
	folded := " " + strings.ToLower(strings.Join(strings.Fields(q.Text), " "))
	c := e.cues[q.Lang]
	out.number = containsPhrase(folded, c.number, q.Lang)
	out.steps = !out.number && containsPhrase(folded, c.steps, q.Lang)
	out.asking = make(map[string]bool)
	for _, phrase := range append(c.number[:len(c.number):len(c.number)], c.steps...) {
		for _, w := range lang.Words(phrase, q.Lang) {
			out.asking[w.Text] = true
		}
	}
	return out
}

// containsPhrase looks for phrases at word starts, or anywhere in scripts without spaces.
func containsPhrase(text string, phrases []string, language string) bool {
	for _, p := range phrases {
		if language != "zh" && language != "ja" && language != "ko" {
			p = " " + p
		}
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// fit is how far a unit is of the kind that the question wants, in [0,1].
func (q question) fit(c candidate, words []lang.Word) float64 {
	switch {
	case q.number:
		for _, w := range words {
			if strings.ContainsFunc(w.Text, unicode.IsDigit) || strings.ContainsAny(w.Text, "一二三四五六七八九十两半") && w.Script == lang.Ideographic {
				return 1
			}
		}
		return 0
	case q.steps:
		if c.kind() == kb.Step {
			return 1
		}
		return 0.3
	case c.kind() == kb.Step:
		return 0.1 // half a procedure answers little but «how»
	}
	return 0.5
}

// term is one informative word of the question (or bigram, in scripts without spaces), analysed
// as the units of one language are.
type term struct {
	forms  []string // its index terms
	fuzzy  bool     // may match in part: a word of letters
	weight float64  // share of the question's weight; all terms' add up to 1
}

// terms analyses the question for units of the given language.
func (q question) terms(e *Extractive, language string) []term {
	var out []term
	total := 0.0
	for _, w := range q.words {
		weight := e.weights.Weight(w, language)
		if q.asking[w.Text] {
			weight *= askingWeight
		}
		forms := e.analyzer.WordTerms(nil, w, language)
		if w.Script == lang.Ideographic {
			for _, f := range forms {
				out = append(out, term{forms: []string{f}, weight: weight})
				total += weight
			}
			continue
		}
		out = append(out, term{forms: forms, fuzzy: w.Script != lang.Digits && utf8.RuneCountInString(w.Text) >= 2, weight: weight})
		total += weight
	}
	if total == 0 {
		total = 1
	}
	for i := range out {
		out[i].weight /= total
	}
	return out
}

// Shares of a partial match: a compound that holds the word or is held by it, and a word with a
// typo or another ending.
const (
	compoundMatch = 0.75
	endingMatch   = 0.65
)

// match is how well the words of a unit cover the term, in [0,1].
func (t term) match(words map[string]bool) float64 {
	for _, f := range t.forms {
		if words[f] {
			return 1
		}
	}
	if !t.fuzzy {
		return 0
	}
	best := 0.0
	for w := range words {
		best = max(best, similar(t.forms[0], w))
	}
	return best
}

// similar compares two stems that are not equal.
func similar(a, b string) float64 {
	if isHangul(a) && isHangul(b) {
		if utf8.RuneCountInString(a) >= 2 && utf8.RuneCountInString(b) >= 2 && (strings.Contains(a, b) || strings.Contains(b, a)) {
			return compoundMatch
		}
		return 0
	}
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	n := utf8.RuneCountInString(short)
	if n < 4 {
		return 0
	}
	if n >= 5 && strings.Contains(long, short) {
		return compoundMatch
	}
	if common := commonPrefix(a, b); common >= 5 && 10*common >= 7*n {
		return endingMatch
	}
	if n >= 5 && utf8.RuneCountInString(long)-n <= 1 && oneEdit(a, b) {
		return endingMatch
	}
	return 0
}

func isHangul(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0xAC00 && r <= 0xD7A3
}

// commonPrefix is the length of the common prefix in runes.
func commonPrefix(a, b string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		x, size := utf8.DecodeRuneInString(a)
		y, _ := utf8.DecodeRuneInString(b)
		if x != y {
			break
		}
		a, b = a[size:], b[size:]
		n++
	}
	return n
}

// oneEdit reports whether a and b differ by one insertion, deletion, substitution or swap of
// neighbours.
func oneEdit(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) == 2 && len(y) == 2 {
		return x[0] == y[1] && x[1] == y[0]
	}
	return len(x) <= 1 && len(y) <= 1
}
