package embed

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cited/internal/lang"
)

// kind says what a character is to the splitter.
type kind uint8

const (
	separator kind = iota
	letter         // letters, digits and the vowel signs that spell words
	ideograph      // Han, kana, Hangul: written without spaces, or with suffixes glued on
	drop           // accents, points and joiners: read as if not there
)

// tableEnd is where the table of folded characters ends: below lie all alphabets that have
// accents or case in daily use; beyond lie CJK and rare scripts.
const tableEnd = 0x3000

// folder makes spellings of one word equal: composition and width (NFKC), case, accents, Arabic
// and Hebrew points. It never changes once made.
type folder struct {
	to    [tableEnd]rune
	kinds [tableEnd]kind
}

func newFolder() *folder {
	f := &folder{}
	for r := rune(0); r < tableEnd; r++ {
		f.to[r], f.kinds[r] = foldRune(r)
	}
	return f
}

// compose returns the text in NFKC, itself when it is already.
func (f *folder) compose(text string) string {
	ascii := true
	for i := 0; i < len(text) && ascii; i++ {
		ascii = text[i] < 0x80
	}
	if ascii {
		return text
	}
	return lang.NFKC(text)
}

// rune returns the folded character and what it is.
func (f *folder) rune(r rune) (rune, kind) {
	if r < tableEnd {
		return f.to[r], f.kinds[r]
	}
	switch {
	case r >= 0xac00 && r <= 0xd7a3, r >= 0x4e00 && r <= 0x9fff:
		return r, ideograph
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && unicode.IsLetter(r):
		return r, ideograph
	case r == 'ー':
		return r, ideograph
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && r < 0xfe00:
		return unicode.ToLower(r), letter
	case unicode.IsMark(r):
		return r, drop // variation selectors
	}
	return r, separator
}

// foldRune is the rule behind the table: the base of a composed character, in lower case.
func foldRune(r rune) (rune, kind) {
	switch {
	case r == 0x0640, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xad:
		return r, drop // tatweel, zero width, bidi controls, soft hyphen
	case r == '\'', r == '’', r == 'ʼ':
		return r, drop // don't, l’article: one word, as people mistype them
	case r >= 0x1100 && r <= 0x11ff:
		return r, ideograph // lone jamo
	}
	base := unicode.ToLower(r)
	for _, d := range norm.NFD.String(string(base)) {
		base = unicode.ToLower(d)
		break
	}
	switch base {
	case 'ς':
		base = 'σ'
	case 'ى':
		base = 'ي'
	case 'ة':
		base = 'ه'
	case 'ı':
		base = 'i'
	case 'ł':
		base = 'l'
	case 'ø':
		base = 'o'
	case 'đ':
		base = 'd'
	}
	switch {
	case unicode.Is(unicode.Mn, r) && pointed(r):
		return r, drop
	case unicode.IsLetter(base), unicode.IsDigit(base), unicode.IsMark(base):
		return base, letter
	}
	return base, separator
}

// pointed reports whether a mark is an accent or a point that writers leave out. The vowel
// signs of Indic scripts and of Thai are not: they spell the word.
func pointed(r rune) bool {
	return r < 0x0370 || (r >= 0x0483 && r <= 0x0487) || (r >= 0x0591 && r <= 0x06ed) || r >= 0x1ab0
}
