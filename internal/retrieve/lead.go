package retrieve

import (
	"unicode"
	"unicode/utf8"

	"cited/internal/lang"
)

// What the vectors' weight keeps where the question's own words say where to look. An order number
// or a product code has no meaning that a vector could know, and a word that next to no chunk has
// is hardly there by chance.
const (
	codeShare = 0.25
	rareShare = 0.5
)

// rareFraction is the share of its language's chunks up to which a word is rare. In a small
// knowledge base every second word would be; there are none then.
const rareFraction = 0.0005

// vectorShare is what the vectors' weight keeps for a question of these informative words in a
// language, in (0,1].
func (x *Index) vectorShare(words []lang.Word, language string) float64 {
	if x.lexical == nil {
		return 1
	}
	share := 1.0
	for _, w := range words {
		df, chunks := x.lexical.Frequency(w, language)
		switch {
		case df == 0:
		case isCode(w.Text):
			share = min(share, codeShare)
		case float64(df) <= rareFraction*float64(chunks):
			share = min(share, rareShare)
		}
	}
	return share
}

// codeDigits is from how many digits on a number is taken for a code rather than an amount.
const codeDigits = 4

// isCode reports a word such as «kt17», «0x80070057» or «4035551234».
func isCode(word string) bool {
	digits, letters := 0, 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return digits > 0 && (letters > 0 || digits >= codeDigits) && utf8.RuneCountInString(word) > 1
}
