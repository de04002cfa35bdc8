package static

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// script is what the splitter knows of a character.
type script uint8

const (
	separator script = iota // ends a word
	dropped                 // read as if not there: points, joiners, accents that stand alone
	ideograph               // Han, kana, and scripts without spaces: a run gives its n-grams
	latin
	greek
	cyrillic
	arabic
	hangul
	digit
	other // letters of other scripts
)

// tableEnd is where the table of folded characters ends; beyond lie CJK and rare scripts.
const tableEnd = 0x3000

// folder makes spellings of one word equal: case, accents of Latin and Greek letters, Arabic
// points, alef, ya and ta marbuta, ё. It expects NFKC, and never changes once made.
type folder struct {
	to      [tableEnd]uint16
	scripts [tableEnd]script
	stable  [tableEnd]bool
}

func newFolder() *folder {
	f := new(folder)
	for r := rune(0); r < tableEnd; r++ {
		to, s := foldRune(r)
		f.to[r], f.scripts[r] = uint16(to), s
	}
	for r := rune(0); r < tableEnd; r++ {
		f.stable[r] = f.isStable(r)
	}
	return f
}

// isStable is the rule behind the table of characters that reading needs no NFKC for: they never
// compose with what stands before them, and are the same in NFKC, or separators in both.
func (f *folder) isStable(r rune) bool {
	if !norm.NFKC.PropertiesString(string(r)).BoundaryBefore() {
		return false
	}
	composed := norm.NFKC.String(string(r))
	if composed == string(r) {
		return true
	}
	for _, c := range composed {
		if c >= tableEnd || f.scripts[c] != separator || f.scripts[r] != separator {
			return false
		}
	}
	return true
}

// isPlain reports whether r, unless a mark follows, reads the same in NFKC.
func (f *folder) isPlain(r rune) bool {
	if r < tableEnd {
		return f.stable[r]
	}
	return r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 || r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa ||
		r == 'ー' || r >= 0x3000 && r <= 0x3003 || r >= 0x3005 && r <= 0x3029 || r >= 0x3400 && r <= 0x4dbf ||
		r >= 0xff01 && r <= 0xff5e || r == utf8.RuneError || r >= 0x1f300 && r <= 0x1faff
}

// rune returns the folded character and its script.
func (f *folder) rune(r rune) (rune, script) {
	if r < tableEnd {
		return rune(f.to[r]), f.scripts[r]
	}
	switch {
	case r >= 0xac00 && r <= 0xd7a3:
		return r, hangul
	case r >= 0xff01 && r <= 0xff5e: // full width
		return f.rune(r - 0xfee0)
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3041 && r <= 0x30ff && r != 0x30fb, r == '々':
		return r, ideograph
	case unicode.Is(unicode.Han, r):
		return r, ideograph
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return unicode.ToLower(r), other
	case unicode.IsMark(r):
		return r, dropped
	}
	return r, separator
}

// respelled are letters that accents do not explain, and letters of one sound that keyboards
// of different countries write differently.
var respelled = map[rune]rune{
	'ı': 'i', 'ł': 'l', 'ø': 'o', 'đ': 'd', 'ς': 'σ', 'ё': 'е',
	'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ة': 'ه', 'ک': 'ك',
}

// foldRune is the rule behind the table.
func foldRune(r rune) (rune, script) {
	switch {
	case r == 0x0640, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xad:
		return r, dropped // tatweel, zero width, bidi controls, soft hyphen
	case r >= 0x0660 && r <= 0x0669:
		return r - 0x0660 + '0', digit
	case r >= 0x06f0 && r <= 0x06f9:
		return r - 0x06f0 + '0', digit
	case unicode.Is(unicode.Mn, r) && (r < 0x0370 || r >= 0x0483 && r <= 0x0487 || r >= 0x0591 && r <= 0x06ed || r >= 0x1ab0):
		return r, dropped
	}
	low := unicode.ToLower(r)
	s := scriptOf(low)
	if s == latin || s == greek {
		for _, d := range norm.NFD.String(string(low)) {
			low = unicode.ToLower(d)
			break
		}
	}
	if to, ok := respelled[low]; ok {
		low = to
	}
	return low, s
}

func scriptOf(r rune) script {
	switch {
	case unicode.IsDigit(r):
		return digit
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsMark(r)):
		return ideograph
	case unicode.IsMark(r):
		return other // vowel signs that spell words
	case !unicode.IsLetter(r):
		return separator
	case r < 0x250, unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Arabic, r):
		return arabic
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return ideograph
	case unicode.Is(unicode.Hangul, r):
		return hangul
	}
	return other
}

// border reports whether a word ends between neighbours of these scripts: «SharePoint에서» is two
// words, and so is «30일», but «mp3» is one.
func border(a, b script) bool {
	if a == b || a == other || b == other {
		return false
	}
	if a == digit || b == digit {
		return a == hangul || b == hangul
	}
	return true
}
