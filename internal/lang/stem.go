package lang

import (
	"slices"
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
	switch {
	case isHangul(word):
		return stemKorean(word)
	case utf8.RuneCountInString(word) < 3 || strings.ContainsAny(word, "0123456789"):
		return word
	case lang == "bg":
		return foldLatin(stemBulgarian(word))
	case lightSuffixes[lang] != nil:
		return stemLight(word, lang)
	}
	stem := snowball[lang]
	if stem == nil {
		return foldLatin(word)
	}
	if lang == "ar" {
		return stemArabic(word)
	}
	return foldLatin(runSnowball(word, stem))
}

// stemmed reports the languages that Stem knows endings of.
func stemmed(lang string) bool {
	return snowball[lang] != nil || lightSuffixes[lang] != nil || lang == "bg"
}

func runSnowball(word string, stem func(*snowballstem.Env) bool) string {
	env := snowballstem.NewEnv(word)
	stem(env)
	if s := env.Current(); s != "" {
		return s
	}
	return word
}

// stemArabic is Snowball's stemmer, given what it overlooks: conjunctions and prepositions before
// the article (والإرجاع, للطلب), and the plural in ات of words without it (منتجات).
func stemArabic(word string) string {
	for _, prefix := range []string{"وال", "بال", "فال", "كال", "لل"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok && utf8.RuneCountInString(rest) > 2 {
			word = "ال" + rest
			break
		}
	}
	stem := runSnowball(word, arabic.Stem)
	if rest, ok := strings.CutSuffix(stem, "ا"); ok && strings.HasSuffix(word, "ات") && utf8.RuneCountInString(rest) > 2 {
		return rest
	}
	return stem
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
// J. Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10 (2007), in
// layers that make the forms of a word alike one after the other: the article leaves the
// indefinite form («цената» цена), verbal endings go whole («плащане», «плащате» плащ), then what
// tells number and gender (цена, цени: цен), then the adjective's or participle's н (безплатен,
// безплатн: безплат), and the vowel ъ that only some singulars have (браузър, браузъри: браузр).
func stemBulgarian(word string) string {
	word = cutArticle(word)
	if verb := cutSuffix(word, bulgarianVerbal, 3); !strings.HasSuffix(verb, "ст") || !strings.HasPrefix(word[len(verb):], "в") {
		word = verb // «устройства» is a noun
	}
	word = cutVowels(cutSuffix(word, bulgarianPlurals, 3))
	word = cutSuffix(word, bulgarianParticiples, 4)
	runes := []rune(word)
	n := len(runes)
	switch {
	case n > 4 && runes[n-1] == 'н' && !isBulgarianVowel(runes[n-2]):
		return string(runes[:n-1])
	case n > 4 && runes[n-2] == 'ъ':
		return string(runes[:n-2]) + string(runes[n-1])
	case n > 3 && runes[n-1] == 'ц' && runes[n-2] == 'и':
		return string(runes[:n-1]) + "к" // език, езици
	}
	return word
}

var bulgarianArticles = []struct {
	suffix string
	after  []string
}{
	{"та", []string{"а", "я", "ст", "щ"}}, {"то", []string{"о", "е"}}, {"те", []string{"и", "е", "а", "я", "й"}}, {"ят", []string{""}}, {"ът", []string{""}},
}

var bulgarianVerbal = []string{
	"ване", "вания", "ван", "вана", "вано", "вани", "вам", "ваш", "ва", "ваме", "ват", "вай", "вал", "вала", "вало", "вали", "вахме",
	"ане", "ания", "ене", "ения", "ение", "аме", "яме", "ахме", "яхме", "ихме", "ахте", "яхте", "ихте", "ират", "ирам",
}

var bulgarianPlurals = []string{"ове", "еве", "ища", "ят", "ия", "ии", "ие"}

var bulgarianParticiples = []string{"ен", "ан", "ян", "ил", "ал", "ял"}

// cutArticle removes the suffixed article. Many words end in its letters, so it counts only after
// the sounds that it follows: «цената», «стойността», not «пакета», «работа», «продукта».
func cutArticle(word string) string {
	for _, article := range bulgarianArticles {
		rest, ok := strings.CutSuffix(word, article.suffix)
		if !ok || utf8.RuneCountInString(rest) < 3 {
			continue
		}
		for _, sound := range article.after {
			if strings.HasSuffix(rest, sound) {
				return rest
			}
		}
	}
	return word
}

func cutVowels(word string) string {
	for utf8.RuneCountInString(word) > 3 {
		r, n := utf8.DecodeLastRuneInString(word)
		if !isBulgarianVowel(r) {
			break
		}
		word = word[:len(word)-n]
	}
	return word
}

func isBulgarianVowel(r rune) bool { return strings.ContainsRune("аъоуеияюй", r) }

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

// Korean particles and endings that follow a noun or the noun of a verb, longest match first. The
// list is of everyday grammar, not of a dictionary: what is left must keep two syllables, so that
// short nouns are not eaten.
var koreanEndings = strings.Fields(`
	으로부터 에서부터 에게서는 이라고는 으로써 으로서 로써 로서 에서의 까지의 까지는 부터는 보다는 에서만 으로만
	에서는 에서도 에게서 에게는 에게도 에게만 으로는 으로도 이라는 라는 이라고 라고 에는 에도 에만 에서 에게 한테 께서 으로 까지 부터 마다 처럼 보다 조차 밖에
	이나 이란 이며 이고 이면 이라도 라도 만을 만이 만의 와의 과의 와는 과는 과도 와도
	들은 들이 들을 들의 들에 들도 들과 들에게 들에게는 들로
	입니다 인가요 입니까 이에요 예요 인지
	하였습니다 했습니다 합니다 됩니다 습니다 있습니다 없습니다 되었습니다 됐습니다 하겠습니다 합니까 됩니까 습니까 하십니까 했습니까 되었습니까
	하십시오 하세요 하시나요 해요 돼요 했어요 됐어요 되었어요 해주세요 되세요
	나요 까요 되나요 하나요 할까요 될까요 한가요 했나요 됐나요 되었나요 했는지 되었는지 하는지 되는지 한지 할지 될지
	려면 하려면 으려면 되려면 하려고 하도록 되도록 하거나 되거나 하므로 되므로 하면서 하지만 하지는
	하고 하는 하는데 하여 해서 해야 하기 하면 한다 하지 하며 하던 하자 하였 하게 한데 하다 해도
	된다 되는 되어 되면 되지 되었 하더라도
	했는데 했던 했다 했으나 했으며 했지만 했을 됐다 되었다 됐을 되었을 되었는데
	은 는 이 가 을 를 의 에 도 로 와 과 만 들 할 한 된 될 함 됨 님`)

// Particles that follow nouns of one syllable too, where the sound before them tells them from
// the ends of words: 앱을, 책에서, 옷으로, not 마을.
var koreanShort = strings.Fields("을 를 에서 에서는 에서도 으로 으로는 에는 에도 까지 부터 마다")

// koreanNouns end in a syllable that is also a particle or an ending.
var koreanNouns = strings.Fields("결과 효과 평가 국가 전문가 판매가 추가 속도 한도 온도 경로 불만 미만 기한 권한 역할 분할 사서함 보관함 우편함 편지함 고양이 어린이")

func stemKorean(word string) string {
	n := utf8.RuneCountInString(word)
	if n < 2 {
		return word
	}
	for _, noun := range koreanNouns {
		if i := strings.LastIndex(word, noun); i >= 0 && (i+len(noun) == len(word) || slices.Contains(koreanEndings, word[i+len(noun):])) {
			return word[:i+len(noun)]
		}
	}
	if stem := cutSuffix(word, koreanShort, 1); len(stem) == 3 && stem != word && closed(stem) != strings.HasSuffix(word, "를") {
		return stem
	}
	if n < 3 {
		return word
	}
	return cutSuffix(word, koreanEndings, 2)
}

// closed reports whether a word of Hangul ends in a consonant.
func closed(word string) bool {
	r, _ := utf8.DecodeLastRuneInString(word)
	return r >= 0xAC00 && r <= 0xD7A3 && (r-0xAC00)%28 != 0
}
