package lang

import "unicode"

// identScript is a writing system as far as identification tells them apart.
type identScript uint8

const (
	identNone identScript = iota // no letter, or of a script that no supported language uses
	identLatin
	identCyrillic
	identHan
	identKana
	identHangul
	identArabic
	identGreek
	identHebrew
	identThai
	identDevanagari
	identBengali
	identGurmukhi
	identGujarati
	identTamil
	identTelugu
	identKannada
	identMalayalam
	identSinhala
	identLao
	identMyanmar
	identGeorgian
	identArmenian
	identEthiopic
	identKhmer
	identScripts // how many there are
)

// identOnly names the language of each script that one supported language uses.
var identOnly = [identScripts]string{
	identKana: "ja", identHangul: "ko", identGreek: "el", identHebrew: "he", identThai: "th",
	identDevanagari: "hi", identBengali: "bn", identGurmukhi: "pa", identGujarati: "gu",
	identTamil: "ta", identTelugu: "te", identKannada: "kn", identMalayalam: "ml",
	identSinhala: "si", identLao: "lo", identMyanmar: "my", identGeorgian: "ka",
	identArmenian: "hy", identEthiopic: "am", identKhmer: "km",
}

// identRange is the Unicode blocks of a script, first and last code point included.
type identRange struct {
	first, last rune
	script      identScript
}

// identRanges is in ascending order, because identScriptOf searches it by halves.
var identRanges = []identRange{
	{'A', 'Z', identLatin}, {'a', 'z', identLatin}, {0xC0, 0x24F, identLatin},
	{0x370, 0x3FF, identGreek}, {0x400, 0x52F, identCyrillic}, {0x531, 0x58F, identArmenian},
	{0x5D0, 0x5F2, identHebrew}, {0x620, 0x6FF, identArabic}, {0x750, 0x77F, identArabic},
	{0x8A0, 0x8FF, identArabic}, {0x900, 0x97F, identDevanagari}, {0x980, 0x9FF, identBengali},
	{0xA00, 0xA7F, identGurmukhi}, {0xA80, 0xAFF, identGujarati}, {0xB80, 0xBFF, identTamil},
	{0xC00, 0xC7F, identTelugu}, {0xC80, 0xCFF, identKannada}, {0xD00, 0xD7F, identMalayalam},
	{0xD80, 0xDFF, identSinhala}, {0xE00, 0xE7F, identThai}, {0xE80, 0xEFF, identLao},
	{0x1000, 0x109F, identMyanmar}, {0x10A0, 0x10FF, identGeorgian}, {0x1100, 0x11FF, identHangul},
	{0x1200, 0x139F, identEthiopic}, {0x1780, 0x17FF, identKhmer}, {0x1C90, 0x1CBF, identGeorgian},
	{0x1E00, 0x1EFF, identLatin}, {0x1F00, 0x1FFF, identGreek}, {0x3005, 0x3007, identHan},
	{0x3041, 0x30FF, identKana}, {0x3131, 0x318E, identHangul}, {0x31F0, 0x31FF, identKana},
	{0x3400, 0x4DBF, identHan}, {0x4E00, 0x9FFF, identHan}, {0xA960, 0xA97F, identHangul},
	{0xAC00, 0xD7FF, identHangul}, {0xF900, 0xFAFF, identHan}, {0xFB1D, 0xFB4F, identHebrew},
	{0xFB50, 0xFDFF, identArabic}, {0xFE70, 0xFEFC, identArabic}, {0xFF21, 0xFF3A, identLatin},
	{0xFF41, 0xFF5A, identLatin}, {0xFF66, 0xFF9F, identKana}, {0xFFA0, 0xFFDC, identHangul},
	{0x20000, 0x323AF, identHan},
}

// identAlphabets is identScriptOf of Latin, Greek and Cyrillic letters, most of what is read.
var identAlphabets = func() (t [0x530]identScript) {
	for r := range t {
		t[r] = identSearch(rune(r))
	}
	return t
}()

// identScriptOf returns the script of a letter, identNone for any other rune.
func identScriptOf(r rune) identScript {
	switch {
	case int(r) < len(identAlphabets):
		return identAlphabets[r]
	case r >= 0x4E00 && r <= 0x9FFF:
		return identHan
	case r >= 0xAC00 && r <= 0xD7A3:
		return identHangul
	}
	return identSearch(r)
}

// identSearch is identScriptOf for any rune.
func identSearch(r rune) identScript {
	low, high := 0, len(identRanges)
	for low < high {
		middle := int(uint(low+high) / 2)
		if identRanges[middle].last < r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(identRanges) || r < identRanges[low].first {
		return identNone
	}
	if !unicode.IsLetter(r) {
		return identNone
	}
	return identRanges[low].script
}

// identWeight is how much one letter of a script says beside letters of another, in Latin
// letters: a Han character or a Hangul syllable is a morpheme, not a sound. Letters other than
// Latin count for more again, because names of products stay Latin in every language while
// hardly any text borrows the other way round. Latin names are discounted by identTally.addWord.
var identWeight = [identScripts]float64{
	identLatin: 1, identHan: 4, identKana: 3, identHangul: 4, identCyrillic: 2, identArabic: 2.5,
	identGreek: 2, identHebrew: 2.5, identThai: 2, identDevanagari: 2.5, identBengali: 2.5,
	identGurmukhi: 2.5, identGujarati: 2.5, identTamil: 2.5, identTelugu: 2.5, identKannada: 2.5,
	identMalayalam: 2.5, identSinhala: 2.5, identLao: 2, identMyanmar: 2.5, identGeorgian: 2,
	identArmenian: 2, identEthiopic: 3, identKhmer: 2.5,
}

// identLetters counts the letters that tell languages of one script apart where there is no
// training text: Persian and Urdu beside Arabic, Serbian, Macedonian and Belarusian beside the
// fitted Cyrillic languages, Vietnamese beside the fitted Latin ones.
type identLetters struct {
	persian, urdu, serbian, macedonian, vietnamese int
	belarusian, i, u, notBelarusian                int
}

// add counts one lower-case letter.
func (l *identLetters) add(r rune) {
	switch r {
	case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی':
		l.persian++
	case 'ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ', 'ھ', 'ۓ':
		l.urdu++
	case 'ј', 'љ', 'њ', 'џ', 'ђ', 'ћ':
		l.serbian++
	case 'ѓ', 'ќ', 'ѕ':
		l.macedonian++
	case 'ў':
		l.u++
	case 'ы', 'э', 'ё':
		l.belarusian++
	case 'і':
		l.i++
	case 'и', 'щ', 'ї', 'є', 'ґ':
		l.notBelarusian++
	case 'ơ', 'ư':
		l.vietnamese++
	default:
		// Latin Extended Additional's second half holds Vietnamese's stacked marks and nothing else
		// that is in use (ẞ lies before it).
		if 0x1EA0 <= r && r <= 0x1EF9 {
			l.vietnamese += 2
		}
	}
}
