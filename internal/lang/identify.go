package lang

import (
	"slices"
	"strings"
)

// Guess is the outcome of Identify. Confidence is in [0,1].
type Guess struct {
	Lang       string
	Confidence float64
}

// Identify returns the most likely language of text as a BCP-47 primary tag ("de", "zh"), lower
// case. A valid supported hint wins (hint "pt-BR" → "pt"; unknown or unsupported hints are
// ignored). Text with no letters and no hint gives Lang "" with Confidence 0; so does text of
// nothing but addresses or of scripts that no supported language uses.
//
// The script decides first, by the weighted share of letters, so that names of products in Latin
// letters leave a Korean question Korean. Within Latin, Cyrillic and Han a linear softmax
// classifier over hashed character n-grams and words decides (after Cavnar & Trenkle 1994, "N-Gram-
// Based Text Categorization", and Joulin et al. 2017, "Bag of Tricks for Efficient Text
// Classification"; hashing after Weinberger et al. 2009). Confidence is the classifier's
// probability times the script's share; on questions from help centers it is about the rate at which
// such guesses are right. Swedish, Danish, Norwegian, Finnish, Hungarian, Indonesian and Vietnamese
// are known from word lists alone, and Persian, Urdu, Belarusian, Serbian and Macedonian from their
// letters: expect them right on sentences, not on single words. Only the first 6 kB are read. It is safe for concurrent use.
//
// expected are languages that the text is likelier in than in others: those of a knowledge base, for
// a question. They decide short questions («klarna minimum age» without them is Polish), and no
// sentence that is clearly in another language.
func Identify(text, hint string, expected ...string) Guess {
	if tag := Base(hint); tag != "" {
		if _, ok := slices.BinarySearch(identSupported(), tag); ok {
			return Guess{tag, 1}
		}
	}
	var tally identTally
	identScan(text, &tally)
	script, share := tally.script()
	if script == identNone {
		return Guess{}
	}
	tag, p := tally.decide(script, expected)
	return Guess{tag, min(1, max(0, p*share))}
}

// Supported returns the sorted languages that Identify can return.
func Supported() []string { return slices.Clone(identSupported()) }

// Base normalises a tag ("zh-Hans-CN", "de_AT", "ZH") to its primary language tag ("zh", "de");
// "" if it isn't one: a primary tag is two or three ASCII letters, alone or before '-' or '_'.
// It does not check that the language exists.
func Base(tag string) string {
	tag = strings.TrimSpace(tag)
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) < 2 || len(tag) > 3 {
		return ""
	}
	for i := range len(tag) {
		if c := tag[i] | 0x20; c < 'a' || c > 'z' {
			return ""
		}
	}
	return strings.ToLower(tag)
}

// script returns the script that carries the text and its share of all letters' weight, in (0,1];
// identNone where there is no letter. Han beside kana counts as Japanese.
func (t *identTally) script() (identScript, float64) {
	best, sum := identNone, 0.0
	weight := t.weight
	// Japanese has kana in every clause, Chinese at most in a name: の in a brand.
	if kana := t.letters[identKana]; kana > 0 && kana*8 >= t.letters[identHan] {
		weight[identKana] += weight[identHan]
		weight[identHan] = 0
	}
	for s := identLatin; s < identScripts; s++ {
		sum += weight[s]
		if weight[s] > weight[best] {
			best = s
		}
	}
	if best == identNone {
		return identNone, 0
	}
	return best, weight[best] / sum
}

// decide returns the language within a script, with its probability.
func (t *identTally) decide(script identScript, expected []string) (string, float64) {
	n := t.letters[script]
	m := t.marks
	switch script {
	case identArabic:
		// Shares, not presence: Arabic writes foreign names with پ and گ.
		switch {
		case m.urdu*100 >= n*5 && m.urdu > 0:
			return "ur", 0.9
		case m.persian*100 >= n*6:
			return "fa", 0.9
		}
		return "ar", 0.98
	case identCyrillic:
		switch {
		case (m.u > 0 || m.i > 0 && m.belarusian > 0) && m.notBelarusian*10 <= m.i+m.u:
			// Russian has no і, Ukrainian no ы, and Belarusian alone has ў and, but for stray names, no и.
			return "be", 0.9
		case m.macedonian > 0 && (m.macedonian+m.serbian)*100 >= n*3:
			return "mk", 0.8
		case m.serbian*100 >= n*3:
			return "sr", 0.8
		}
	case identLatin:
		if m.vietnamese*100 >= n*8 {
			return "vi", 0.95
		}
	}
	if g, ok := identGroup(script); ok {
		return identModel().best(g, t, expected)
	}
	return identOnly[script], 1
}
