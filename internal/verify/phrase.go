package verify

import (
	"slices"
	"strings"

	"cited/internal/lang"
)

// topic is what a phrase of the lexicon bears on. Unlike a form, a phrase does not change what its
// words count for elsewhere.
type topic uint8

const (
	topicBound    topic = iota + 1 // a limit that a number is: at least, bis zu, 이상
	topicQuantity                  // how many of what follows: all, most, few
	topicSide                      // on which side of an event a span of time lies: before, after
	topicAddition                  // adds a clause: and, even if
	topicInstead                   // denies what follows it, in Korean what it follows: rather than, statt
)

var topics = map[string]topic{"bounds": topicBound, "quantities": topicQuantity, "sides": topicSide, "additions": topicAddition, "contrasts": topicInstead}

// phrase is one entry: a run of tokens, what it says of its topic and on which side of the number
// it has to stand.
type phrase struct {
	tokens []string
	topic  topic
	says   string
	place  place // of a bound: atStart before the number, atEnd behind it
}

// addPhrases reads a line of one of the topics: what the phrases say, and the phrases.
func (lx *lexicon) addPhrases(t topic, fields []string) {
	for _, f := range fields[1:] {
		ph := phrase{topic: t, says: fields[0]}
		switch {
		case strings.HasSuffix(f, "-"):
			ph.place = atStart
		case strings.HasPrefix(f, "-"):
			ph.place = atEnd
		}
		for _, w := range tokenise(strings.ReplaceAll(strings.Trim(f, "-"), "_", " "), lx.lang) {
			ph.tokens = append(ph.tokens, w.text)
		}
		if len(ph.tokens) > 0 {
			lx.phrases[ph.tokens[0]] = append(lx.phrases[ph.tokens[0]], ph)
		}
	}
}

// phraseAt is the longest phrase of a topic that begins at token i.
func (p *passage) phraseAt(i int, t topic) (best phrase, ok bool) {
	if i < 0 || i >= len(p.tokens) || len(p.lx.phrases) == 0 {
		return phrase{}, false
	}
	first := []string{p.tokens[i].text}
	if p.tokens[i].symbol == 0 {
		first = append(first, p.lx.bare(p.tokens[i].text)...)
	}
	for _, word := range first {
		for _, ph := range p.lx.phrases[word] {
			if ph.topic == t && len(ph.tokens) > len(best.tokens) && p.follows(i, ph.tokens) {
				best, ok = ph, true
			}
		}
	}
	return best, ok
}

// follows reports whether the rest of the words stands behind token i.
func (p *passage) follows(i int, words []string) bool {
	for k := 1; k < len(words); k++ {
		if i+k >= len(p.tokens) || p.tokens[i+k].text != words[k] && (p.tokens[i+k].script != lang.Hangul || !p.lx.inflects(p.tokens[i+k].text, words[k])) {
			return false
		}
	}
	return true
}

// boundOf is the limit that the fact is said to be, "" for none: at least, at most, more, less.
func (p *passage) boundOf(f *fact) string {
	const words = 5 // how long a bound may be: «ما لا يقل عن»
	for _, gap := range []int{0, 1} {
		for i := max(f.from-words, 0); i < f.from; i++ {
			ph, ok := p.phraseAt(i, topicBound)
			if !ok || ph.place == atEnd || i+len(ph.tokens)+gap != f.from || p.tokens[i].clause != p.tokens[f.from].clause {
				continue
			}
			if gap == 0 || p.tokens[f.from-1].weight == 0 && p.tokens[f.from-1].symbol == 0 && p.tokens[f.from-1].fact == 0 {
				return ph.says
			}
		}
		at := f.to + gap
		if gap == 1 && (f.to >= len(p.tokens) || p.tokens[f.to].symbol != 0 || p.tokens[f.to].fact > 0) {
			continue
		}
		if ph, ok := p.phraseAt(at, topicBound); ok && ph.place != atStart && p.tokens[at].clause == p.tokens[f.from].clause {
			return ph.says
		}
	}
	return ""
}

// upwards and downwards are the bounds on either side of a number.
var (
	upwards   = []string{"least", "more", "from"}
	downwards = []string{"most", "less"}
)

// boundsReason finds a number that is a limit in the statement, and in the evidence the opposite
// limit or none.
func boundsReason(s, e *passage, _ alignment) string {
	for i := range s.facts {
		f := &s.facts[i]
		if f.kind != quantity || f.unit == "clock" {
			continue
		}
		says := s.boundOf(f)
		if says == "" || s.sideOf(f) == "before" { // «up to 2 days before» is «at least 2 days before»
			continue
		}
		equals, _ := s.candidates(e, f)
		wrong := 0
		for _, g := range equals {
			side := e.sideOf(g)
			if other := e.boundOf(g); side != "before" && (other == "" && adds(says) && (side == "" || s.sideOf(f) != "") && !e.limits(g, upwards) ||
				slices.Contains(upwards, says) && slices.Contains(downwards, other) || slices.Contains(downwards, says) && slices.Contains(upwards, other)) {
				wrong++
			}
		}
		if wrong > 0 && wrong == len(equals) {
			return f.text + " is another limit in the quote"
		}
	}
	return ""
}

// adds reports a limit that no exact number bears out.
func adds(says string) bool {
	return says == "least" || says == "more"
}

// limits reports one of the bounds anywhere in the sentence of f: «From a value of €59».
func (p *passage) limits(f *fact, bounds []string) bool {
	for i := range p.tokens {
		if p.sentence[p.tokens[i].clause] == p.sentence[p.tokens[f.from].clause] {
			if ph, ok := p.phraseAt(i, topicBound); ok && slices.Contains(bounds, ph.says) {
				return true
			}
		}
	}
	return false
}

// quantityReason finds «all» where the evidence has «most» of the same, and the like.
func quantityReason(s, e *passage, a alignment) string {
	for i := range s.tokens {
		says, ok := s.phraseAt(i, topicQuantity)
		if !ok {
			continue
		}
		noun := s.counted(i + len(says.tokens))
		if noun < 0 {
			continue
		}
		at := a.at[noun]
		wrong := false
		for k := range e.tokens {
			other, ok := e.phraseAt(k, topicQuantity)
			if !ok || !slices.Contains(at, e.counted(k+len(other.tokens))) {
				continue
			}
			if other.says == says.says {
				wrong = false
				break
			}
			wrong = wrong || other.says != "all"
		}
		if wrong {
			return "the quote speaks of another quantity"
		}
	}
	return ""
}

// counted is the word that a quantity before token i is of, -1 for none.
func (p *passage) counted(i int) int {
	for k := i; k < min(i+reach, len(p.tokens)); k++ {
		t := &p.tokens[k]
		if t.symbol == 0 && t.text != "的" && !lang.StopWord(t.text, p.lx.lang) {
			return k
		}
	}
	return -1
}

// next is the first word with a weight from token i on, within a few tokens; -1 for none.
func (p *passage) next(i int) int {
	for k := i; k < min(i+reach, len(p.tokens)); k++ {
		if p.tokens[k].symbol == 0 && p.content(k) > 0 {
			return k
		}
	}
	return -1
}

// sideOf says whether a span of time lies before or after an event, "" where nothing does. In
// Korean and Chinese that stands before the number, with the event.
func (p *passage) sideOf(f *fact) string {
	from, to := f.to, f.to+2
	if p.lx.lang == "ko" || p.lx.lang == "zh" {
		from, to = f.from-2, f.to+1
	}
	for i := max(from, 0); i < min(to, len(p.tokens)); i++ {
		if p.tokens[i].fact > 0 || p.tokens[i].clause != p.tokens[f.from].clause {
			continue
		}
		if ph, ok := p.phraseAt(i, topicSide); ok {
			return ph.says
		}
		if p.lx.lang == "ko" && i < f.from {
			for _, end := range []string{"로부터", "부터"} {
				if strings.HasSuffix(p.tokens[i].text, end) {
					return "after"
				}
			}
		}
	}
	return ""
}

// sidesReason finds a span of time before an event where the evidence has it after that, or the
// other way round.
func sidesReason(s, e *passage, _ alignment) string {
	for i := range s.facts {
		f := &s.facts[i]
		if f.kind != quantity || len(f.readings) == 0 || !strings.Contains("time months wday", f.readings[0].dimension) {
			continue
		}
		says := s.sideOf(f)
		if says == "" {
			continue
		}
		equals, _ := s.candidates(e, f)
		wrong := 0
		for _, g := range equals {
			if other := e.sideOf(g); other != "" && other != says {
				wrong++
			}
		}
		if wrong > 0 && wrong == len(equals) {
			return f.text + " lies on the other side in the quote"
		}
	}
	return ""
}

// prefixReason finds a word whose contrary, with a prefix that denies, the evidence has instead.
func prefixReason(s, e *passage, a alignment) string {
	if len(s.lx.opposites) == 0 {
		return ""
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.symbol != 0 || t.fact > 0 || a.quality[i] == 1 || t.script == lang.Ideographic || s.deniedNear(i) {
			continue
		}
		for k := range e.tokens {
			u := &e.tokens[k]
			if u.symbol == 0 && u.fact == 0 && !e.deniedNear(k) && (s.lx.contrary(t, u) || s.lx.contrary(u, t)) {
				return "\"" + t.text + "\" stands where the quote has \"" + u.text + "\""
			}
		}
	}
	return ""
}

// contrary reports whether u is t with a prefix that denies.
func (lx *lexicon) contrary(t, u *token) bool {
	for _, prefix := range lx.opposites {
		rest, ok := strings.CutPrefix(u.text, prefix)
		if ok && (rest == t.text || len(t.stem) > 3 && strings.TrimPrefix(u.stem, prefix) == t.stem) && len(rest) >= 4 {
			return len(prefix) != 2 || prefix == "un" || len(rest) >= 7 || prefix[0] >= 0x80
		}
	}
	return false
}

// deniedNear reports a negation beside token i.
func (p *passage) deniedNear(i int) bool {
	for _, d := range p.denials {
		if d.clause == p.tokens[i].clause && d.hard() && i >= d.from-reach && i <= d.at+reach && (i < d.from || i > d.at) {
			return true
		}
	}
	return false
}

// rangeReason finds a range whose ends have changed places.
func rangeReason(s, e *passage, _ alignment) string {
	for k := 1; k < len(s.facts); k++ {
		a, b := &s.facts[k-1], &s.facts[k]
		if !s.spans(a, b) || a.bears(b, s) {
			continue
		}
		wrong, right := false, false
		for n := 1; n < len(e.facts); n++ {
			if g, h := &e.facts[n-1], &e.facts[n]; e.spans(g, h) {
				right = right || a.bears(g, e) && b.bears(h, e)
				wrong = wrong || a.bears(h, e) && b.bears(g, e)
			}
		}
		if wrong && !right {
			return a.text + " is the other end in the quote"
		}
	}
	return ""
}

// spans reports the two ends of a range.
func (p *passage) spans(a, b *fact) bool {
	if a.kind != b.kind || b.from-a.to > 3 {
		return false
	}
	found := p.lx.lang == "ko" && (strings.HasSuffix(p.tokens[a.to-1].text, "부터") || strings.HasSuffix(p.tokens[a.to-1].text, "에서"))
	for i := a.to; i < b.from; i++ {
		t := &p.tokens[i]
		switch {
		case strings.Contains(" and or und oder و أو и или 과 와 및 또는 和 或 与 ", " "+t.text+" "), strings.ContainsRune(",;.|", t.symbol) && t.symbol != 0:
			return false
		case t.is(senseRange), t.symbol != 0 && strings.ContainsRune("-–~—", t.symbol):
			found = true
		}
	}
	return found
}
