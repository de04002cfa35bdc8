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
	number []string // phrases: «how many», «wie viele»
	time   []string // «how long», «wann»
	money  []string // «how much», «was kostet»
	// times and moneys are words and signs that an answer to those has.
	times, moneys map[string]bool
	contact       []string // «phone number»
	steps         []string // «how do i»
	actions       []string // what a sentence has that says how: «click», «go to»
	// referrals are phrases of sentences that send the reader elsewhere: «for more information».
	referrals []string
	// symptoms, remedies and asides are phrases of headings: of sections that say what does not
	// work, of those that say what to do then, and of those that say nothing of the matter itself.
	symptoms, remedies, asides []string
	pointers                   map[string]bool
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
			c.add(name, strings.TrimSpace(phrase), language)
		}
		all[language] = c
	}
	return all
}

// add adds one phrase to the list called name.
func (c *cues) add(name, phrase, language string) {
	lists := map[string]*[]string{
		"number": &c.number, "time": &c.time, "money": &c.money, "contact": &c.contact, "steps": &c.steps, "actions": &c.actions,
		"symptoms": &c.symptoms, "remedies": &c.remedies, "asides": &c.asides, "referrals": &c.referrals,
	}
	sets := map[string]*map[string]bool{"times": &c.times, "moneys": &c.moneys, "pointers": &c.pointers}
	if list := lists[name]; list != nil {
		*list = append(*list, phrase)
	}
	if set := sets[name]; set != nil {
		*set = with(*set, phrase, language)
	}
}

func with(set map[string]bool, word, language string) map[string]bool {
	if set == nil {
		set = make(map[string]bool)
	}
	set[lang.Normalise(word, language)] = true
	return set
}

// question is an analysed question.
type question struct {
	lang    string
	words   []lang.Word
	number  bool            // wants a number
	time    bool            // wants a time or a span of it
	money   bool            // wants an amount, or who pays
	contact bool            // wants a telephone number or an e-mail address
	steps   bool            // wants a procedure
	topic   bool            // names a matter and asks nothing: «cancel order»
	asking  map[string]bool // words that say so: «cost», «price»
}

// askingWeight is what a word that only says what kind of answer is wanted counts beside the
// others: an answer to «what does delivery cost» need not hold «cost».
const askingWeight = 0.3

func (e *Extractive) question(q Question) question {
	out := question{lang: q.Lang, words: lang.Informative(q.Text, q.Lang)}
	folded := " " + strings.ToLower(strings.Join(strings.Fields(q.Text), " "))
	c := e.cues[q.Lang]
	out.time = containsPhrase(folded, c.time, q.Lang)
	out.money = !out.time && containsPhrase(folded, c.money, q.Lang)
	out.number = !out.time && !out.money && containsPhrase(folded, c.number, q.Lang)
	out.contact = !out.time && !out.money && !out.number && containsPhrase(folded, c.contact, q.Lang)
	out.steps = !out.contact && !out.time && !out.money && !out.number && containsPhrase(folded, c.steps, q.Lang)
	out.topic = out.open() && !out.steps && !asks(strings.TrimSpace(q.Text))
	out.asking = make(map[string]bool)
	for _, phrases := range [][]string{c.number, c.time, c.money, c.contact, c.steps} {
		for _, phrase := range phrases {
			for _, w := range lang.Words(phrase, q.Lang) {
				out.asking[w.Text] = true
			}
		}
	}
	return out
}

// open reports a question that asks for no kind of answer by its words: a topic, a symptom.
func (q question) open() bool { return !q.number && !q.time && !q.money && !q.contact }

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

// fit is how far a unit is of the kind that the question wants, in [0,1]. kinds are the cues of
// the unit's language.
func (q question) fit(c candidate, words []lang.Word, kinds cues) float64 {
	switch {
	case q.time:
		return share(hasNumber(words), holds(c.text(), words, kinds.times))
	case q.money:
		return share(hasNumber(words), holds(c.text(), words, kinds.moneys))
	case q.number:
		if hasNumber(words) {
			return 1
		}
		return 0.3
	case q.contact:
		if reaches(c.text()) {
			return 1
		}
		return 0.2
	case q.steps:
		if c.kind() == kb.Step {
			return 1
		}
		if containsPhrase(" "+strings.ToLower(c.text()), kinds.actions, c.chunk.Lang) {
			return 0.8
		}
		return 0.3
	case c.kind() == kb.Step && q.topic:
		return 0.6
	case c.kind() == kb.Step:
		return 0.1 // half a procedure answers little but «how»
	}
	return 0.5
}

// share is 1 when the unit has a number of the kind that is wanted; a number of another kind is
// worth little, and the kind alone («free») a lot.
func share(number, kind bool) float64 {
	switch {
	case number && kind:
		return 1
	case kind:
		return 0.7
	case number:
		return 0.2
	}
	return 0
}

func hasNumber(words []lang.Word) bool {
	for _, w := range words {
		if strings.ContainsFunc(w.Text, unicode.IsDigit) || w.Script == lang.Ideographic && strings.ContainsAny(w.Text, "一二三四五六七八九十两半") {
			return true
		}
	}
	return false
}

// phoneDigits is how many digits a telephone number has at least.
const phoneDigits = 6

// reaches reports a text with a telephone number or an e-mail address.
func reaches(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r == '@':
			return true
		case unicode.IsDigit(r):
			if digits++; digits == phoneDigits {
				return true
			}
		case unicode.IsLetter(r):
			digits = 0
		}
	}
	return false
}

// holds reports whether a unit has one of the words or signs of set. In scripts that write words
// together it is enough that the text holds one.
func holds(text string, words []lang.Word, set map[string]bool) bool {
	for _, w := range words {
		if set[w.Text] {
			return true
		}
	}
	for sign := range set {
		r, _ := utf8.DecodeRuneInString(sign)
		if (!unicode.IsLetter(r) || unicode.In(r, unicode.Han, unicode.Hangul)) && strings.Contains(text, sign) {
			return true
		}
	}
	return false
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
	if n >= 5 && utf8.RuneCountInString(long)-n <= 1 && lang.OneEdit(a, b) {
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
