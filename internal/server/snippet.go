package server

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/retrieve"
)

// maxSnippet is the longest snippet, in characters (runes), its ellipses included.
const maxSnippet = 200

// window is the longest stretch of text in a snippet: there is room for two ellipses.
const window = maxSnippet - 2

// leadIn is how many characters a snippet shows before its first match, at least where there are so
// many: a word says little without those before it.
const leadIn = 40

const ellipsis = "…"

// highlight is a range of bytes of a text, end exclusive.
type highlight struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// snippet shows of a chunk the stretch that has most of the question in it, and where: plain text
// on one line, cut between words where the script has spaces, and never inside a character. Marks
// ascend.
func snippet(plain string, marks []retrieve.Mark) (string, []highlight) {
	from, to := 0, len(plain)
	if len(plain) > window*utf8.UTFMax || utf8.RuneCountInString(plain) > window {
		first, last := densest(plain, marks)
		from = beginning(plain, first, last)
		to = ending(plain, from)
	}
	return oneLine(plain, from, to, marks)
}

// densest returns the stretch whose marks say most, with room for a lead-in: from the beginning of
// its first mark to the end of its last. Without marks it is the text's beginning.
func densest(plain string, marks []retrieve.Mark) (first, last int) {
	starts, ends := characters(plain, marks)
	var w weigher
	best, j := 0.0, 0
	for i, m := range marks {
		for ; j < len(marks) && ends[j]-starts[i] <= window-leadIn; j++ {
			w.add(marks[j], 1)
		}
		if j <= i { // longer than a snippet
			j = i + 1
			continue
		}
		if w.sum > best+1e-9 {
			best, first, last = w.sum, m.Start, marks[j-1].End
		}
		w.add(m, -1)
	}
	return first, last
}

// characters are the numbers of the characters that marks begin and end at.
func characters(plain string, marks []retrieve.Mark) (starts, ends []int) {
	starts, ends = make([]int, len(marks)), make([]int, len(marks))
	at, n := 0, 0
	for i, m := range marks {
		n += utf8.RuneCountInString(plain[at:m.Start])
		at = m.Start
		starts[i], ends[i] = n, n+utf8.RuneCountInString(plain[m.Start:m.End])
	}
	return starts, ends
}

// weigher adds up what the terms of a stretch say.
type weigher struct {
	counts []int // by term
	sum    float64
}

// repeated is what a term is worth that a stretch has already, beside 1 for a new one.
const repeated = 0.05

// add adds a mark (by 1) or takes it away (by -1).
func (w *weigher) add(m retrieve.Mark, by int) {
	for len(w.counts) <= m.Term {
		w.counts = append(w.counts, 0)
	}
	before := w.counts[m.Term]
	w.counts[m.Term] += by
	if min(before, before+by) == 0 {
		w.sum += float64(by) * m.Weight
	} else {
		w.sum += float64(by) * m.Weight * repeated
	}
}

// beginning returns where a snippet begins that has to hold plain[first:last]: with the sentence,
// where there is room for it, else with a word of the lead-in, and never so late that it could hold
// more of the text before.
func beginning(plain string, first, last int) int {
	room := window - utf8.RuneCountInString(plain[first:last])
	earliest := back(plain, first, room*3/4) // a match is not the last word
	// What follows the last match up to the end of the text may take less than its share.
	if len(plain)-first <= window*utf8.UTFMax {
		if rest := back(plain, len(plain), window); rest < first {
			first = max(rest, earliest)
		}
	}
	if first == 0 {
		return 0
	}
	lead := max(earliest, back(plain, first, leadIn))
	word := -1
	for i := first; i > earliest; {
		r, n := utf8.DecodeLastRuneInString(plain[:i])
		if beginsSentence(plain[:i], r, n) {
			return i
		}
		if unicode.IsSpace(r) && i >= lead {
			word = i
		}
		i -= n
	}
	switch {
	case earliest == 0:
		return 0
	case word >= 0:
		return word
	}
	for lead < first && joinsAt(plain, lead) {
		_, n := utf8.DecodeRuneInString(plain[lead:])
		lead += n
	}
	return lead
}

// back is the offset so many characters before another.
func back(plain string, at, runes int) int {
	for ; runes > 0 && at > 0; runes-- {
		if plain[at-1] < utf8.RuneSelf {
			at--
			continue
		}
		_, n := utf8.DecodeLastRuneInString(plain[:at])
		at -= n
	}
	return at
}

// beginsSentence reports whether a sentence may begin behind before, which ends with r.
func beginsSentence(before string, r rune, n int) bool {
	switch {
	case r == '\n', strings.ContainsRune("。！？", r):
		return true
	case r != ' ':
		return false
	}
	r, _ = utf8.DecodeLastRuneInString(before[:len(before)-n])
	return strings.ContainsRune(".!?:;؟۔", r)
}

// reach is how far a cut moves to find the end of a word; scripts without spaces have none near.
const reach = 24

// ending returns where a snippet ends that begins at from.
func ending(plain string, from int) int {
	end, spaces := from, false
	for runes := 0; end < len(plain); {
		r, n := rune(plain[end]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(plain[end:])
		}
		// White space is written as one character.
		if space := r <= ' ' || r >= utf8.RuneSelf && unicode.IsSpace(r); !space || !spaces {
			if runes++; runes > window {
				break
			}
			spaces = space
		}
		end += n
	}
	if end == len(plain) {
		return end
	}
	for i, tries := end, 0; i > from && tries < reach; tries++ {
		if r, _ := utf8.DecodeRuneInString(plain[i:]); unicode.IsSpace(r) {
			return i
		}
		_, n := utf8.DecodeLastRuneInString(plain[from:i])
		i -= n
	}
	for end > from && joinsAt(plain, end) {
		_, n := utf8.DecodeLastRuneInString(plain[:end])
		end -= n
	}
	return end
}

// joinsAt reports whether the character at an offset belongs to the one before it: an accent, a
// joiner, what follows a joiner.
func joinsAt(plain string, at int) bool {
	r, _ := utf8.DecodeRuneInString(plain[at:])
	return unicode.IsMark(r) || r == '\u200d' || r == '\ufe0f' || strings.HasSuffix(plain[:at], "\u200d")
}

// oneLine writes plain[from:to] with its white space as single blanks and an ellipsis where it is
// cut off, and finds the marks again in it; those that touch or overlap are one.
func oneLine(plain string, from, to int, marks []retrieve.Mark) (string, []highlight) {
	var out strings.Builder
	out.Grow(to - from + 2*len(ellipsis))
	places := make([]highlight, 0, len(marks))
	for to > from { // white space at the end says nothing
		r, n := utf8.DecodeLastRuneInString(plain[from:to])
		if !unicode.IsSpace(r) {
			break
		}
		to -= n
	}
	if strings.TrimSpace(plain[:from]) != "" {
		out.WriteString(ellipsis)
	}
	at, begun := from, false
	write := func(end int) {
		for at < end {
			n := plainRun(plain[at:end])
			if n > 0 {
				out.WriteString(plain[at : at+n])
				at, begun = at+n, true
				continue
			}
			r, n := utf8.DecodeRuneInString(plain[at:])
			at += n
			next, _ := utf8.DecodeRuneInString(plain[at:])
			switch {
			case !unicode.IsSpace(r):
				out.WriteString(plain[at-n : at])
				begun = true
			case begun && at < to && !unicode.IsSpace(next):
				out.WriteByte(' ')
			}
		}
	}
	for _, m := range marks {
		if m.Start < from || m.End > to {
			continue
		}
		write(m.Start)
		start := out.Len() - max(0, at-m.Start) // an overlapping mark begins in what is written
		write(m.End)
		places = appendHighlight(places, highlight{start, out.Len()})
	}
	write(to)
	if strings.TrimSpace(plain[to:]) != "" {
		out.WriteString(ellipsis)
	}
	return out.String(), places
}

// plainRun is the length of what of text can be copied as it stands: no white space but single
// blanks. It may be shorter.
func plainRun(text string) int {
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == ' ':
			if i == 0 || i+1 == len(text) || text[i+1] <= ' ' || spaceAt(text[i+1:]) {
				return i
			}
		case b < ' ' || b >= utf8.RuneSelf && spaceAt(text[i:]):
			return i
		}
	}
	return len(text)
}

// spaceAt reports whether text may begin with white space beyond ASCII, by its first bytes.
func spaceAt(text string) bool {
	if len(text) < 2 {
		return false
	}
	switch text[0] {
	case 0xC2: // next line, no-break space
		return text[1] == 0x85 || text[1] == 0xA0
	case 0xE1:
		return text[1] == 0x9A
	case 0xE2, 0xE3:
		return text[1] == 0x80 || text[1] == 0x81
	}
	return false
}

func appendHighlight(places []highlight, next highlight) []highlight {
	if n := len(places); n > 0 && places[n-1].End >= next.Start {
		places[n-1].End = max(places[n-1].End, next.End)
		return places
	}
	return append(places, next)
}

// highlights are marks of a text that is shown as it stands.
func highlights(marks []retrieve.Mark) []highlight {
	places := make([]highlight, 0, len(marks))
	for _, m := range marks {
		places = appendHighlight(places, highlight{m.Start, m.End})
	}
	return places
}
