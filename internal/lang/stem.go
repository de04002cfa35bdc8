package lang

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"
)

var snowball = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem,
	"fi": finnish.Stem, "fr": french.Stem, "hu": hungarian.Stem, "it": italian.Stem, "nl": dutch.Stem,
	"no": norwegian.Stem, "nb": norwegian.Stem, "pt": portuguese.Stem, "ro": romanian.Stem,
	"ru": russian.Stem, "sv": swedish.Stem, "tr": turkish.Stem,
}

// Stem returns the stem of a normalised word: Snowball where there is one for lang, our own
// light stemmers for Bulgarian and for Korean particles, the word itself elsewhere. Words with a
// digit are codes and stay whole.
func Stem(word, lang string) string {
	if utf8.RuneCountInString(word) < 3 || strings.ContainsAny(word, "0123456789") {
		return word
	}
	switch {
	case lang == "bg":
		return foldLatin(stemBulgarian(word))
	case isHangul(word):
		return stemKorean(word)
	}
	stem := snowball[lang]
	if stem == nil {
		return foldLatin(word)
	}
	env := snowballstem.NewEnv(word)
	stem(env)
	if s := env.Current(); s != "" {
		word = s
	}
	return foldLatin(word)
}

// foldLatin drops the accents of Latin letters, which people leave out when they type. It runs
// after stemming, whose rules need them.
func foldLatin(word string) string {
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf {
			return latinFold.Replace(word)
		}
	}
	return word
}

var latinFold = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "ā", "a", "ă", "a", "ą", "a", "æ", "ae",
	"ç", "c", "ć", "c", "č", "c", "ď", "d", "đ", "d", "è", "e", "é", "e", "ê", "e", "ë", "e", "ē", "e", "ė", "e", "ę", "e", "ě", "e",
	"ğ", "g", "ì", "i", "í", "i", "î", "i", "ï", "i", "ī", "i", "ı", "i", "ł", "l", "ľ", "l", "ĺ", "l", "ñ", "n", "ń", "n", "ň", "n",
	"ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ø", "o", "ő", "o", "œ", "oe", "ř", "r", "ŕ", "r",
	"ś", "s", "š", "s", "ş", "s", "ș", "s", "ß", "ss", "ť", "t", "ţ", "t", "ț", "t",
	"ù", "u", "ú", "u", "û", "u", "ü", "u", "ū", "u", "ů", "u", "ű", "u", "ý", "y", "ÿ", "y", "ź", "z", "ż", "z", "ž", "z",
	"ά", "α", "έ", "ε", "ή", "η", "ί", "ι", "ϊ", "ι", "ΐ", "ι", "ό", "ο", "ύ", "υ", "ϋ", "υ", "ΰ", "υ", "ώ", "ω",
	"ё", "е",
)

func isHangul(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= 0xAC00 && r <= 0xD7A3
}

// Bulgarian has no case endings but a suffixed article and plural and verb endings. After
// J. Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10 (2007):
// the article goes first, then the plural and verb endings, then a last vowel, and the vowel ъ
// that appears in some singulars.
var bulgarianArticles = []string{"ията", "овете", "евете", "ите", "ата", "ята", "ето", "ото", "ия", "ят", "ът", "та", "то", "те"}

var bulgarianEndings = []string{
	"ваните", "ването", "ванета", "ванет", "вание", "ване", "ането", "ения", "ение", "ане", "ене",
	"ихме", "ахме", "яхме", "ихте", "ахте", "яхте", "ваме", "вате", "ват", "ваш", "вам",
	"овци", "ища", "ове", "еве", "ични", "ична", "ично", "ичен", "иш", "еш", "аш", "яш", "им", "ем", "ам", "ям", "ат", "ят",
	"ете", "ите", "ува", "ява", "ова", "ева", "ила", "или", "ало", "ала", "али", "ило", "ена", "ено", "ени", "ана", "ано", "ани",
	"ва", "на", "но", "ни", "ен", "ия", "ии", "ие", "ията",
}

func stemBulgarian(word string) string {
	word = cutSuffix(word, bulgarianArticles, 3)
	word = cutSuffix(word, bulgarianEndings, 3)
	for {
		r, n := utf8.DecodeLastRuneInString(word)
		if utf8.RuneCountInString(word) <= 3 || !strings.ContainsRune("аъоуеияюй", r) {
			break
		}
		word = word[:len(word)-n]
	}
	if runes := []rune(word); len(runes) > 4 && runes[len(runes)-2] == 'ъ' {
		word = string(append(runes[:len(runes)-2], runes[len(runes)-1]))
	}
	return word
}

// cutSuffix removes the longest suffix that leaves at least min runes.
func cutSuffix(word string, suffixes []string, min int) string {
	best := 0
	for _, s := range suffixes {
		if len(s) > best && strings.HasSuffix(word, s) && utf8.RuneCountInString(word)-utf8.RuneCountInString(s) >= min {
			best = len(s)
		}
	}
	return word[:len(word)-best]
}

// Korean particles and endings that follow a noun or a verb's stem, longest match first. The
// list is of everyday grammar, not of a dictionary: what is left must keep two syllables, so that
// short nouns are not eaten.
var koreanEndings = []string{
	"으로부터", "에서부터", "에게서는", "이라고는", "하였습니다", "했습니다", "합니다", "됩니다", "입니다", "습니다", "있습니다", "없습니다",
	"하십시오", "하세요", "인가요", "나요", "까요", "려면", "하려면", "으려면", "되나요", "하나요", "할까요",
	"에서는", "에서도", "에게서", "에게는", "으로는", "으로도", "이라는", "라는", "이라고", "라고", "에는", "에도", "에서", "에게", "한테", "께서",
	"으로", "까지", "부터", "마다", "처럼", "보다", "조차", "밖에", "이나", "이란", "이며", "이고", "하고", "하는", "하여", "해서", "해야", "하기", "하면", "한다", "된다", "되는", "되어", "되면", "되지", "하지",
	"했는데", "했던", "했다", "됐다", "되었", "들은", "들이", "들을", "들의", "들에",
	"은", "는", "이", "가", "을", "를", "의", "에", "도", "로", "와", "과", "만", "들", "할", "한", "된", "될", "함", "됨",
}

func stemKorean(word string) string {
	if utf8.RuneCountInString(word) < 3 {
		return word
	}
	return cutSuffix(word, koreanEndings, 2)
}
