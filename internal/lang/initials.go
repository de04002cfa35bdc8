package lang

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Initials tell which parts of a text may hold a word with one of some terms, by how words begin:
// dividing and stemming the rest can be spared. In Arabic and Turkish, whose stemmers
// change the beginnings of words, and in scripts that are not known here, every part may hold one.
type Initials struct {
	pairs [32]uint32 // by the last five bits of a word's first two bytes, where both are ASCII
	runes []rune     // beyond ASCII: first letters, lower case
	masks []uint64   // of terms with Arabic letters: which they have
	all   bool       // what is not Arabic may begin with anything
}

// NewInitials returns the initials of terms of texts in a language.
func NewInitials(language string, terms []string) *Initials {
	in := &Initials{all: language == "ar" || language == "tr"}
	for _, term := range terms {
		r, n := utf8.DecodeRuneInString(term)
		if r >= 0x620 && r <= 0x6FF {
			in.masks = append(in.masks, arabicLetters(term))
		}
		switch {
		case term == "":
		case r == 'ı': // in capitals it is I
			in.pairs['i'&31] = ^uint32(0)
		case r >= utf8.RuneSelf:
			in.runes = append(in.runes, r)
		case len(term) < 4 || term[n] >= utf8.RuneSelf:
			in.pairs[r&31] = ^uint32(0) // a short stem may differ in its second letter: die, dying
		default:
			in.pairs[r&31] |= 1 << (term[n] & 31)
		}
	}
	return in
}

// Next returns the first part of text from an offset on that may hold a word with one of the
// terms: text[start:end], where words neither begin before nor go on behind. ok is false when
// there is none.
func (in *Initials) Next(text string, from int) (start, end int, ok bool) {
	last := none // the kind of what stands before i
	for i := from; i < len(text); {
		b := text[i]
		if b < utf8.RuneSelf {
			k := asciiKinds[b]
			if k == none && (b == ' ' || b == '\n' || b == '\t') {
				from = i + 1
			}
			// A digit goes on with the word that it stands in, and nobody remembers which one it was.
			begins := k == latin && last != latin || k == digit && last != latin && last != digit
			if begins && (in.all || in.pair(b, text[i+1:])) {
				return from, fieldEnd(text, i), true
			}
			last = k
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		kind, may := in.beyondASCII(r, last, text[i:], n)
		if may {
			return from, fieldEnd(text, i), true
		}
		last = kind
		i += n
		if divides(r) {
			from = i
		}
	}
	return len(text), len(text), false
}

// pair reports whether a word that begins with b may be wanted.
func (in *Initials) pair(b byte, rest string) bool {
	row := in.pairs[b&31]
	switch {
	case row == 0:
		return false
	case rest == "" || row == ^uint32(0):
		return row == ^uint32(0)
	}
	return rest[0] >= utf8.RuneSelf || row>>(rest[0]&31)&1 != 0
}

// beyondASCII returns the kind of r, of n bytes, that text begins with, as far as it is known here,
// and whether a word that is wanted may begin with it, behind what is of the kind last. All marks and punctuation count as a
// word's end, so that too many parts may, never too few.
func (in *Initials) beyondASCII(r rune, last kind, text string, n int) (kind kind, may bool) {
	switch {
	case r >= 0x410 && r <= 0x44F:
		kind = cyrillic
		if r < 0x430 {
			r += 0x20
		}
	case r >= 0xAC00 && r <= 0xD7A3:
		kind = hangul
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA:
		return ideographic, in.all || slices.Contains(in.runes, r) // a bigram begins anywhere
	case r >= 0x620 && r <= 0x64A:
		return otherAlphabet, last != otherAlphabet && in.arabic(text)
	case r >= 0xC0 && r <= 0x24F && r != '×' && r != '÷':
		return latin, in.all || last != latin // its accent may be gone
	case r >= 0xA0 && r <= 0xBB && !strings.ContainsRune("ª²³µ¹º", r), r >= 0x2000 && r <= 0x206F, r >= 0x20A0 && r <= 0x20BF, divides(r):
		return none, false
	default:
		return none, true
	}
	if in.all || last == kind {
		return kind, in.all
	}
	if slices.Contains(in.runes, r) {
		return kind, true
	}
	// What follows may become one letter with r: й, the last consonant of a syllable.
	rest := text[n:]
	return kind, rest != "" && (rest[0] == 0xCC || rest[0] == 0xCD || rest[0] == 0xE1)
}

// fieldEnd is where the field ends that i lies in: words do not go on behind a space, nor behind a
// full stop of Chinese.
func fieldEnd(text string, i int) int {
	for i < len(text) {
		switch b := text[i]; {
		case b == ' ' || b == '\n' || b == '\t':
			return i
		case b == 0xE3 || b == 0xEF: // U+3000 to U+3FFF, U+F000 to U+FFFF
			if r, _ := utf8.DecodeRuneInString(text[i:]); divides(r) {
				return i
			}
		}
		i++
	}
	return i
}

// divides reports punctuation beyond ASCII that no word has inside.
func divides(r rune) bool {
	switch r {
	case '\u3000', '、', '。', '「', '」', '，', '！', '？', '：', '；', '（', '）':
		return true
	}
	return false
}

// arabic reports whether the field that text begins with has all letters of one of the terms:
// Arabic's stemmer takes letters away on both sides. It writes some hamzas as other letters, and
// may add an alif.
func (in *Initials) arabic(text string) bool {
	have := letterBit('ا')
	for _, r := range text[:fieldEnd(text, 0)] {
		switch {
		case isHamza(r):
			have |= letterBit('و') | letterBit('ي')
		case r >= 0x620 && r <= 0x6FF:
			have |= letterBit(foldArabic(r))
		}
	}
	for _, mask := range in.masks {
		if have&mask == mask {
			return true
		}
	}
	return false
}

// arabicLetters is the set of the Arabic letters of a term but for its hamzas; some share a bit.
func arabicLetters(term string) (set uint64) {
	for _, r := range term {
		if r >= 0x620 && r <= 0x6FF && !isHamza(r) {
			set |= letterBit(r)
		}
	}
	return set
}

func letterBit(r rune) uint64 { return 1 << (r & 63) }

func isHamza(r rune) bool { return r == 'ء' || r == 'ؤ' || r == 'ئ' }
