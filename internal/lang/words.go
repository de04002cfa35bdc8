package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
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
	Alphabetic Script = iota // words are divided by spaces
	Hangul                   // divided by spaces, with particles attached
	Ideographic
	Digits // numbers and mixed codes such as "A1034"
)

// Words returns the words of text in reading order: Unicode segmentation (UAX #29), split where
// the script changes. Text in scripts without spaces (Han, Kana, Thai, …) comes as one word a run.
// lang chooses the case folding (Turkish); "" is fine.
func Words(text, lang string) []Word {
	return AppendWords(make([]Word, 0, len(text)/6+1), text, lang)
}

// AppendWords is Words into dst.
func AppendWords(dst []Word, text, lang string) []Word {
	it := words.FromString(text)
	for it.Next() {
		raw := it.Value()
		if len(raw) == 1 && !isASCIIWord(raw[0]) {
			continue
		}
		dst = appendPieces(dst, raw, it.Start(), lang)
	}
	return dst
}

func isASCIIWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// appendPieces splits one UAX #29 token at script borders and joins ideographic neighbours,
// which the standard hands out one by one, into runs.
func appendPieces(dst []Word, raw string, at int, lang string) []Word {
	for i := 0; i < len(raw); {
		start, script, ok := i, Alphabetic, false
		for i < len(raw) {
			r, n := rune(raw[i]), 1
			if r >= utf8.RuneSelf {
				r, n = utf8.DecodeRuneInString(raw[i:])
			}
			s, is := scriptOf(r)
			if !is && !(ok && joins(r) && i+n < len(raw)) {
				break // a mark is part of the word before it, punctuation ends it
			}
			if is && ok && !sameWord(script, s) {
				break
			}
			if is && (!ok || script == Digits) {
				script = s
			}
			ok = ok || is
			i += n
		}
		if !ok {
			_, n := utf8.DecodeRuneInString(raw[i:])
			i += n
			continue
		}
		dst = appendWord(dst, Word{Span: Span{at + start, at + i}, Text: raw[start:i], Script: script}, lang)
	}
	return dst
}

// joins reports what may stand inside a word: 3.14, a combining accent, a joiner. Apostrophes
// divide: what they tie on is an article (l'article), a case ending (Luther'in) or a clitic (it's).
func joins(r rune) bool {
	return r == '.' || r == ',' || r == '·' || r == '\u00ad' || r == '\u200c' || r == '\u200d' || unicode.Is(unicode.M, r)
}

func sameWord(a, b Script) bool {
	return a == b || (a == Digits && b == Alphabetic) || (a == Alphabetic && b == Digits)
}

func scriptOf(r rune) (Script, bool) {
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' {
			return Digits, true
		}
		return Alphabetic, r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x1100 && r <= 0x11FF, r >= 0x3130 && r <= 0x318F:
		return Hangul, true
	case r >= 0x3041 && r <= 0x30FF && r != 0x30FB, r >= 0x31F0 && r <= 0x31FF, r >= 0xFF66 && r <= 0xFF9F, r == 0x3005,
		r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x323AF,
		r >= 0x0E00 && r <= 0x0EFF, r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF:
		return Ideographic, unicode.IsLetter(r) || unicode.Is(unicode.M, r)
	case unicode.IsLetter(r):
		return Alphabetic, true
	case unicode.IsNumber(r):
		return Digits, true
	}
	return Alphabetic, false
}

func appendWord(dst []Word, w Word, lang string) []Word {
	w.Text = Normalise(w.Text, lang)
	if w.Text == "" {
		return dst
	}
	if n := len(dst); w.Script == Ideographic && n > 0 && dst[n-1].Script == Ideographic && dst[n-1].End == w.Start {
		dst[n-1].End = w.End
		dst[n-1].Text += w.Text
		return dst
	}
	return append(dst, w)
}

// Normalise returns word as the indexes compare it: NFKC, case folded, decimal digits of all
// scripts as ASCII, without what readers do not see or write at will (soft hyphens, joiners,
// Arabic vowel marks and tatweel), Arabic letter variants made one, ’ as '. lang "tr" and "az"
// fold I to ı.
func Normalise(word, lang string) string {
	ascii, lower := true, true
	for i := 0; i < len(word); i++ {
		if b := word[i]; b >= utf8.RuneSelf {
			ascii = false
			break
		} else if b >= 'A' && b <= 'Z' {
			lower = false
		}
	}
	turkish := lang == "tr" || lang == "az"
	if ascii && (lower || !turkish) {
		if lower {
			return word
		}
		return strings.ToLower(word)
	}
	if !norm.NFKC.IsNormalString(word) {
		word = norm.NFKC.String(word)
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range word {
		foldRune(&b, r, turkish)
	}
	return b.String()
}

func foldRune(b *strings.Builder, r rune, turkish bool) {
	switch {
	case r == utf8.RuneError, r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF:
	case r == '’':
		b.WriteByte('\'')
	case turkish && r == 'I':
		b.WriteRune('ı')
	case r == 'İ':
		b.WriteByte('i')
	case r == 'ς':
		b.WriteRune('σ')
	case r >= 0x0600 && r <= 0x06FF:
		foldArabic(b, r)
	case r >= 0x660 && unicode.Is(unicode.Nd, r):
		b.WriteByte(byte('0' + digitValue(r)))
	case r == 0x307, r == 0x301 && !turkish: // the dot of a lowered İ; the stress mark of Cyrillic textbooks
	default:
		b.WriteRune(unicode.ToLower(r))
	}
}

// foldArabic makes one of the letters that Arabic writers use for each other. Persian and Urdu
// forms of kaf and yeh fold too, since keyboards mix them.
func foldArabic(b *strings.Builder, r rune) {
	switch {
	case r >= 0x660 && r <= 0x669:
		b.WriteByte(byte('0' + r - 0x660))
	case r >= 0x6F0 && r <= 0x6F9:
		b.WriteByte(byte('0' + r - 0x6F0))
	case r == 0x640, r >= 0x610 && r <= 0x61A, r >= 0x64B && r <= 0x65F, r == 0x670, r >= 0x6D6 && r <= 0x6ED:
	case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
		b.WriteRune('ا')
	case r == 'ى' || r == 'ی':
		b.WriteRune('ي')
	case r == 'ک':
		b.WriteRune('ك')
	case r == 'ة':
		b.WriteRune('ه')
	default:
		b.WriteRune(r)
	}
}

// digitValue is the value of a decimal digit of any script: Unicode keeps each script's ten
// digits in one ascending run that starts at a multiple known from its range table.
func digitValue(r rune) int {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	return 0
}
