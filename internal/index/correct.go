package index

import (
	"bytes"
	"cmp"
	"sort"
	"strings"
	"unicode/utf8"

	"cited/internal/lang"
)

// minCorrected is how many letters a word needs to be taken for a mistyped one.
const minCorrected = 5

// correctable reports whether a word has at least so many letters and nothing else: a code with
// another digit is another code.
func correctable(word string, letters int) bool {
	return utf8.RuneCountInString(word) >= letters && !strings.ContainsAny(word, "0123456789.,")
}

// compareReversed compares two words from their last byte on.
func compareReversed(a, b string) int {
	i, j := len(a), len(b)
	for i > 0 && j > 0 {
		i, j = i-1, j-1
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
	}
	return i - j
}

// corrections calls visit for the words of s within one edit of word: a letter more, less or
// another, or two neighbours swapped. An edit leaves the first half of a word as it is, or the
// second, or it swaps the two letters between them: so the candidates are the words of about the
// same length that begin or end alike. A word may be visited twice.
func (s *Segment) corrections(word string, visit func(number int)) {
	runes := utf8.RuneCountInString(word)
	border := 0
	for range runes / 2 {
		_, n := utf8.DecodeRuneInString(word[border:])
		border += n
	}
	head, tail := word[:border], word[border:]
	for length := runes - 1; length <= runes+1; length++ {
		s.alike(s.forward, length, func(w []byte) int { return bytes.Compare(w[:min(len(w), len(head))], []byte(head)) }, word, visit)
		s.alike(s.reversed, length, func(w []byte) int {
			return compareReversed(string(w[max(0, len(w)-len(tail)):]), tail)
		}, word, visit)
	}
	last, n := utf8.DecodeLastRuneInString(head)
	first, m := utf8.DecodeRuneInString(tail)
	if i, ok := s.lookup(head[:len(head)-n] + string(first) + string(last) + tail[m:]); ok && first != last {
		visit(i)
	}
}

// alike visits those words of a list, ordered by (runes, compare), that have so many runes, that
// compare takes for equal and that are one edit from word.
func (s *Segment) alike(list words32, runes int, compare func(w []byte) int, word string, visit func(number int)) {
	at := func(i int) int {
		w := s.word(int(list.at(i)))
		return cmp.Or(cmp.Compare(utf8.RuneCount(w), runes), compare(w))
	}
	for i := sort.Search(list.len(), func(i int) bool { return at(i) >= 0 }); i < list.len() && at(i) == 0; i++ {
		number := int(list.at(i))
		if lang.OneEdit(string(s.word(number)), word) {
			visit(number)
		}
	}
}
