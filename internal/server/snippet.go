package server

import (
	"strings"
	"unicode"
)

// maxSnippet is the longest snippet, in characters (runes), its ellipses included.
const maxSnippet = 240

// snippet shows of a chunk the stretch that has most of the query in it: plain text on one line,
// cut between words where the script has spaces, and never inside a character.
func snippet(plain, query string) string {
	text := []rune(strings.Join(strings.Fields(plain), " "))
	if len(text) <= maxSnippet {
		return string(text)
	}
	start := densest(text, query)
	end := min(len(text), start+maxSnippet-2) // room for two ellipses
	start, end = wordStart(text, start), wordEnd(text, end)
	out := strings.TrimSpace(string(text[start:end]))
	if start > 0 {
		out = "…" + out
	}
	if end < len(text) {
		out += "…"
	}
	return out
}

// densest returns where the window with the most of the query's character pairs begins. Pairs of
// characters need no notion of a word, so all scripts are alike.
func densest(text []rune, query string) int {
	type pair [2]rune
	wanted := map[pair]bool{}
	q := []rune(strings.ToLower(query))
	for i := 1; i < len(q); i++ {
		if wordRune(q[i-1]) && wordRune(q[i]) {
			wanted[pair{q[i-1], q[i]}] = true
		}
	}
	hit := make([]int, len(text)+1) // hit[i]: how many of the pairs that end before i are wanted
	for i := 1; i < len(text); i++ {
		hit[i+1] = hit[i]
		if wanted[pair{unicode.ToLower(text[i-1]), unicode.ToLower(text[i])}] {
			hit[i+1]++
		}
	}
	const size = maxSnippet - 2
	best, at := hit[size], 0
	for i := 1; i+size <= len(text); i++ {
		// Windows begin where a sentence does, or where the last one ends with the text.
		begins := text[i-1] == ' ' && sentenceEnd(text[i-2]) || isWideStop(text[i-1]) || i+size == len(text)
		if n := hit[i+size] - hit[i]; begins && n > best {
			best, at = n, i
		}
	}
	return at
}

func wordRune(r rune) bool    { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) }
func sentenceEnd(r rune) bool { return strings.ContainsRune(".!?:;؟۔", r) }
func isWideStop(r rune) bool  { return strings.ContainsRune("。！？", r) }

// reach is how far a cut moves to find the end of a word; scripts without spaces have none near.
const reach = 24

// wordStart moves a cut forward to where a word begins.
func wordStart(text []rune, at int) int {
	if at == 0 {
		return 0
	}
	for i := at; i < min(len(text), at+reach); i++ {
		if text[i-1] == ' ' {
			return i
		}
	}
	for at < len(text) && joins(text[at]) {
		at++
	}
	return at
}

// wordEnd moves a cut back to where a word ends.
func wordEnd(text []rune, at int) int {
	if at == len(text) {
		return at
	}
	for i := at; i > at-reach; i-- {
		if text[i] == ' ' {
			return i
		}
	}
	for at > 0 && joins(text[at]) {
		at--
	}
	return at
}

// joins reports whether a rune belongs to the one before it: an accent, a joiner.
func joins(r rune) bool { return unicode.IsMark(r) || r == '\u200d' || r == '\ufe0f' }
