package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Span is a range of byte offsets, end exclusive.
type Span struct{ Start, End int }

// Word is one word of a text as it stands there and as the indexes compare it.
type Word struct {
	Span
	Text   string // normalised: NFKC, case folded, marks that readers ignore removed
	Script Script
}

// Script is the group of writing systems that a word belongs to, as far as word formation goes.
type Script uint8

// Scripts. Words never mix them: «SharePoint에서» is two words.
const (
	Alphabetic  Script = iota // words are divided by spaces; codes such as "A1034" too
	Hangul                    // divided by spaces, with particles attached
	Ideographic               // not divided: Han, Kana, Thai, Lao, Khmer, Burmese
	Digits                    // numbers
)

// Words returns the words of text in reading order. It divides as UAX #29 does, but also where
// the alphabet changes and at apostrophes: what those tie on is an article (l'article), a case
// ending (Luther'in) or a clitic (it's). Text in scripts without spaces comes as one word a run.
// lang chooses the case folding (Turkish); "" is fine.
func Words(text, lang string) []Word {
	return AppendWords(make([]Word, 0, len(text)/6+1), text, lang)
}

// AppendWords is Words into dst.
func AppendWords(dst []Word, text, lang string) []Word {
	f := folder{turkish: lang == "tr" || lang == "az", room: len(text) / 8}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && asciiKinds[text[i]] == none {
			i++
			continue
		}
		if n, script, upper := f.simple(text[i:]); n > 0 {
			word := text[i : i+n]
			if upper {
				word = f.lower(word, 0)
			}
			dst = append(dst, Word{Span: Span{i, i + n}, Text: word, Script: script})
			i += n
			continue
		}
		n, script := scanWord(text[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text[i:])
			i += n
			continue
		}
		if s := f.fold(text[i : i+n]); s != "" {
			dst = append(dst, Word{Span: Span{i, i + n}, Text: s, Script: script})
		}
		i += n
	}
	return dst
}

// simple is scanWord for a word of ASCII letters and digits that ends in plain sight: before a
// space, or a stop that nothing follows. upper says that it has capitals. n is 0 for all others.
func (f *folder) simple(text string) (n int, script Script, upper bool) {
	var kinds, capitals byte
	for n < len(text) && text[n] < utf8.RuneSelf && asciiKinds[text[n]] != none {
		kinds |= 1 << asciiKinds[text[n]]
		capitals |= ^text[n] & 0x20 // digits have the bit, too
		n++
	}
	if n == 0 || f.turkish && capitals != 0 {
		return 0, 0, false
	}
	if n < len(text) {
		switch after := text[n]; {
		case after >= utf8.RuneSelf:
			return 0, 0, false
		case after == '.' || after == ',' || after == '\'':
			if n+1 < len(text) && (text[n+1] >= utf8.RuneSelf || asciiKinds[text[n+1]] != none) {
				return 0, 0, false
			}
		}
	}
	if kinds == 1<<digit {
		return n, Digits, false
	}
	return n, Alphabetic, capitals != 0
}

// scanWord returns the length of the word that text begins with, 0 when there is none.
func scanWord(text string) (int, Script) {
	end := 0                   // after the last letter, digit or mark of the word
	letter, last := none, none // the kind of its first letter; of its last letter or digit
	joiner := rune(0)          // the punctuation mark between end and i
	for i := 0; i < len(text); {
		r, n, k := rune(text[i]), 1, none
		if r < utf8.RuneSelf {
			k = asciiKinds[r]
		} else {
			r, n = utf8.DecodeRuneInString(text[i:])
			k = kindOf(r)
		}
		switch {
		case k != none:
			if end > 0 && (!sameWord(letter, last, k) || joiner != 0 && !joins(joiner, last, k)) {
				return end, letter.script()
			}
			if letter == none && k > sign {
				letter = k
			}
			last, joiner, end = k, 0, i+n
		case end == 0:
			return 0, Alphabetic
		case isMark(r) && joiner == 0:
			end = i + n
		case isJoiner(r) && joiner == 0:
			joiner = r
		case !isInvisible(r):
			return end, letter.script()
		}
		i += n
	}
	return end, letter.script()
}

// kind is what a rune means for the division into words: finer than Script, since «الـPDF» is
// two words and «т.е» is one.
type kind uint8

const (
	none kind = iota
	digit
	sign // a number that is no digit: ½, ², ①, Ⅳ; each is a word
	latin
	cyrillic
	greek
	otherAlphabet
	hangul
	ideographic
)

// cased reports the alphabets that use full stops within abbreviations and names (z.B, π.χ).
func (k kind) cased() bool { return k >= latin && k <= greek }

// script is the script of a word whose first letter is of kind k.
func (k kind) script() Script {
	switch k {
	case none:
		return Digits
	case hangul:
		return Hangul
	case ideographic:
		return Ideographic
	}
	return Alphabetic
}

// sameWord reports whether a letter or digit continues a word: one of the same alphabet, digits
// among letters of an alphabet («A1034», not «3일»).
func sameWord(letter, last, k kind) bool {
	switch {
	case k == sign || last == sign:
		return false
	case letter == none:
		return k <= otherAlphabet
	case k == digit:
		return letter <= otherAlphabet
	}
	return letter == k
}

// isJoiner reports the punctuation that may stand inside a word.
func isJoiner(r rune) bool {
	switch r {
	case '.', ',', '·', '٫', '٬', '．', '\'', '’', 'ʼ':
		return true
	}
	return false
}

// joins reports whether r belongs to a word when it stands between a and b: 3.14, 1,000, z.B,
// col·lecció, п'ять.
func joins(r rune, a, b kind) bool {
	switch r {
	case '.', '．':
		return a == digit && b == digit || a.cased() && a == b
	case ',', '٫', '٬':
		return a == digit && b == digit
	case '·':
		return a == latin && b == latin
	}
	return a == cyrillic && b == cyrillic // an apostrophe is a letter of Ukrainian and Belarusian
}

var asciiKinds = func() (kinds [utf8.RuneSelf]kind) {
	for b := range kinds {
		switch {
		case b >= '0' && b <= '9':
			kinds[b] = digit
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			kinds[b] = latin
		}
	}
	return kinds
}()

// kindOf is the kind of a rune beyond ASCII; marks have none.
func kindOf(r rune) kind {
	switch {
	case r < 0x250:
		if r >= 0xC0 && r != '×' && r != '÷' || r == 'ª' || r == 'µ' || r == 'º' {
			return latin
		}
	case r >= 0x400 && r <= 0x52F && (r < 0x482 || r > 0x489):
		return cyrillic
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x1100 && r <= 0x11FF, r >= 0x3131 && r <= 0x318E:
		return hangul
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA:
		return ideographic
	case r >= 0x620 && r <= 0x64A, r >= 0x904 && r <= 0x939:
		return otherAlphabet
	case r == 'ʼ', r == 'ʻ': // apostrophes, whatever the standard says
		return none
	case unicode.IsLetter(r):
		return letterKind(r)
	}
	switch {
	case unicode.IsDigit(r), r >= '₀' && r <= '₉':
		return digit
	case r == '〇':
		return ideographic
	case unicode.IsNumber(r):
		return sign
	}
	return none
}

func letterKind(r rune) kind {
	switch {
	case r >= 0x3041 && r <= 0x30FF, r >= 0x31F0 && r <= 0x31FF, r >= 0xFF66 && r <= 0xFF9F, r == '々',
		r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3347F,
		r >= 0x0E00 && r <= 0x0EFF, r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF:
		return ideographic
	case r >= 0x590 && r <= 0xDFF, r >= 0x1200 && r <= 0x1CFF:
		return otherAlphabet
	case unicode.In(r, unicode.Latin):
		return latin
	case r >= 0x370 && r <= 0x3FF, r >= 0x1F00 && r <= 0x1FFF:
		return greek
	case unicode.In(r, unicode.Cyrillic):
		return cyrillic
	case unicode.In(r, unicode.Hangul):
		return hangul
	}
	return otherAlphabet
}

// isMark reports the combining marks: they belong to the letter before them.
func isMark(r rune) bool { return r >= 0x300 && unicode.Is(unicode.M, r) }

// isInvisible reports format characters: joiners, soft hyphens, direction marks. The zero-width
// space is not among them, it divides.
func isInvisible(r rune) bool { return r >= 0xAD && r != 0x200B && unicode.Is(unicode.Cf, r) }

// Normalise returns word as the indexes compare it: NFKC, case folded, decimal digits of all
// scripts as ASCII, without what readers do not see or write at will (soft hyphens, joiners,
// vowel marks of Arabic and Hebrew, tatweel, stress marks), Arabic letter variants made one, ’ as '.
// lang "tr" and "az" fold I to ı.
func Normalise(word, lang string) string {
	f := folder{turkish: lang == "tr" || lang == "az"}
	return f.fold(word)
}

// folder normalises the words of one text; what differs from the text shares its buffer.
type folder struct {
	turkish bool
	room    int // bytes that the buffer begins with
	buf     strings.Builder
}

func (f *folder) fold(word string) string {
	for i := 0; i < len(word); i++ {
		if b := word[i]; b >= utf8.RuneSelf || b >= 'A' && b <= 'Z' {
			if !f.turkish && isASCII(word[i:]) {
				return f.lower(word, i)
			}
			if !stable(word[i:]) {
				word, i = normalForm(word), 0
			}
			return f.foldFrom(word, i)
		}
	}
	return word
}

// begin returns where the buffer goes on, and makes room for a good part of the text at once.
func (f *folder) begin(word string) int {
	if f.buf.Cap() == 0 {
		f.buf.Grow(f.room + len(word))
	}
	return f.buf.Len()
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lower folds a word of ASCII, of which the first i bytes need it not.
func (f *folder) lower(word string, i int) string {
	from := f.begin(word)
	f.buf.WriteString(word[:i])
	for ; i < len(word); i++ {
		b := word[i]
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		f.buf.WriteByte(b)
	}
	return f.buf.String()[from:]
}

// foldFrom folds word, of which the first i bytes need none.
func (f *folder) foldFrom(word string, i int) string {
	for i < len(word) {
		r, n := utf8.DecodeRuneInString(word[i:])
		if f.rune(r) != r || r == 'ß' {
			break
		}
		i += n
	}
	if i == len(word) {
		return word
	}
	from := f.begin(word)
	f.buf.WriteString(word[:i])
	lost := false
	for _, r := range word[i:] {
		switch r = f.rune(r); {
		case r == 'ß':
			f.buf.WriteString("ss")
		case r >= 0:
			f.buf.WriteRune(r)
		default:
			lost = true
		}
	}
	if folded := f.buf.String()[from:]; !lost || norm.NFKC.IsNormalString(folded) {
		return folded
	}
	return NFKC(f.buf.String()[from:])
}

// rune returns r folded, or -1 for what is dropped.
func (f *folder) rune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			if r == 'I' && f.turkish {
				return 'ı'
			}
			r += 'a' - 'A'
		}
		return r
	case int(r) < len(folded):
		return folded[r]
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return r
	}
	return foldRune(r)
}

// folded is foldRune of the alphabets of Europe and the Middle East.
var folded = func() (t [0x700]rune) {
	for r := range t {
		t[r] = foldRune(rune(r))
	}
	return t
}()

// foldRune folds a rune beyond ASCII.
func foldRune(r rune) rune {
	switch {
	case r >= 0x590 && r <= 0x5C7 && unicode.Is(unicode.Mn, r):
		return -1
	case r >= 0x600 && r <= 0x6FF:
		return foldArabic(r)
	case dropped(r):
		return -1
	case r == '’', r == 'ʼ', r == 'ʻ':
		return '\''
	case r == 'İ':
		return 'i'
	case r == 'ς':
		return 'σ'
	case unicode.Is(unicode.Nd, r):
		return '0' + digitValue(r)
	}
	return unicode.ToLower(r)
}

// dropped reports what carries no meaning for comparison: format characters, variation selectors
// and keycaps, the dot of a lowered İ, the stress marks of Cyrillic textbooks (NFKC has composed
// the accents of letters), the mark within Catalan col·lecció.
func dropped(r rune) bool {
	switch {
	case r == 0x301, r == 0x307, r == 0x34F, r == '·', r == utf8.RuneError:
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0x20DD && r <= 0x20E4, r >= 0x180B && r <= 0x180D, r >= 0xE0100 && r <= 0xE01EF:
		return true
	}
	return r == 0x200B || isInvisible(r)
}

// foldArabic makes one of the letters that Arabic writers use for each other. Persian and Urdu
// forms of kaf and yeh fold too, since keyboards mix them.
func foldArabic(r rune) rune {
	switch {
	case r >= 0x660 && r <= 0x669:
		return '0' + r - 0x660
	case r >= 0x6F0 && r <= 0x6F9:
		return '0' + r - 0x6F0
	case r == 0x640, r <= 0x605, r >= 0x610 && r <= 0x61C, r >= 0x64B && r <= 0x65F, r == 0x670, r >= 0x6D6 && r <= 0x6ED:
		return -1
	}
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ی':
		return 'ي'
	case 'ک':
		return 'ك'
	case 'ة':
		return 'ه'
	case '٫':
		return '.'
	case '٬':
		return ','
	}
	return r
}

// normalForm is NFKC without invisible characters, which would keep a letter from its marks.
func normalForm(word string) string {
	word = strings.Map(func(r rune) rune {
		if r == 0x34F || r == 0x200B || isInvisible(r) {
			return -1
		}
		return r
	}, word)
	return NFKC(word)
}

// stable reports whether NFKC leaves word alone, by its runes: letters in their common form that
// no mark follows. It may err towards false.
func stable(word string) bool {
	for _, r := range word {
		switch {
		case r < 0xA0, r >= 0xC0 && r <= 0x17E && r != 'ĳ' && r != 'Ĳ' && r != 'ŀ' && r != 'Ŀ' && r != 'ŉ':
		case r >= 0x400 && r <= 0x482, r >= 0x621 && r <= 0x64A, r >= 0x660 && r <= 0x669, r == 0x6CC, r == 0x6A9:
		case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		case r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA, r == 0x30FC:
		case r >= 0x388 && r <= 0x3CE, r == 0x386, r >= 0x5D0 && r <= 0x5EA, r >= 0xE01 && r <= 0xE30, r >= 0xE40 && r <= 0xE46:
		default:
			return false
		}
	}
	return true
}

// digitValue is the value of a decimal digit of any script: Unicode keeps each script's ten
// digits in one ascending run, and runs that touch begin at multiples of ten from the first.
func digitValue(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}
