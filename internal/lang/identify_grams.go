package lang

import (
	"iter"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// identLimit bounds the bytes that are read of a text: a few kilobytes decide, and a whole
	// article must not cost more than a paragraph.
	identLimit = 6 << 10
	// identLongest bounds the letters that are read of a word: hashes and encoded data are no words.
	identLongest = 28
	identGram    = 5 // longest n-gram of letters, boundary marks included
	identPair    = 2 // longest n-gram of Han characters
)

// identTally is what one pass over a text finds: letters by script, and words by fitted group.
type identTally struct {
	weight  [identScripts]float64
	letters [identScripts]int
	marks   identLetters
	runes   []rune // lower-cased letters of the words below
	words   [identGroups][]identWord
}

// identWord is runes[start:end] of a tally.
type identWord struct {
	start, end int
	kind       identKind
}

// identKind says what a word looks like.
type identKind uint8

const (
	identPlain identKind = iota // begins with a small letter, or the script has none
	identName                   // has a capital
	identCode                   // joined to another by '.', '_' or the like: a file, a domain, a setting
)

// identKindWeight: names of products and people are the same in all languages, so they say less
// about the language than the plain words around them do.
var identKindWeight = [...]float64{identPlain: 1, identName: 0.4, identCode: 0.15}

// identGroups: the scripts whose languages a fitted model tells apart.
const identGroups = 3

// identGroup numbers the fitted scripts; ok is false for others.
func identGroup(s identScript) (group int, ok bool) {
	switch s {
	case identLatin:
		return 0, true
	case identCyrillic:
		return 1, true
	case identHan:
		return 2, true
	}
	return 0, false
}

// identScan reads the letters of text. Addresses (of pages and mail) are left out: they are
// written alike in all languages.
func identScan(text string, tally *identTally) {
	if len(text) > identLimit {
		cut := identLimit
		for cut > identLimit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	tally.runes = make([]rune, 0, len(text))
	for i := range len(text) {
		if text[i] >= 0xCC { // combining marks and all that lies behind them
			text = nfc(text)
			break
		}
	}
	addresses := strings.Contains(text, "://") || strings.Contains(text, "@")
	for part := range strings.FieldsSeq(text) {
		if addresses && (strings.Contains(part, "://") || (strings.Contains(part, "@") && strings.Contains(part, "."))) {
			continue
		}
		tally.addPart(part)
	}
}

// addPart splits a stretch without spaces into words at borders of scripts and at non-letters.
func (t *identTally) addPart(part string) {
	script, kind, start := identNone, identPlain, len(t.runes)
	var before rune // the non-letter before the word, 0 at the start of part
	flush := func(after rune) {
		if len(t.runes) > start {
			if identJoint(before) || identJoint(after) {
				kind = identCode
			}
			t.addWord(identWord{start, len(t.runes), kind}, script)
		}
		start, kind, before = len(t.runes), identPlain, after
	}
	for i, r := range part {
		s := identScriptOf(r)
		if s == identNone {
			if r == '\u00ad' || r >= 0x300 && unicode.In(r, unicode.M, unicode.Cf) {
				continue
			}
			if i+utf8.RuneLen(r) == len(part) {
				r = 0 // a full stop at the end ends a sentence
			}
			flush(r)
			continue
		}
		if s != script {
			flush(0)
			script = s
		}
		lower := identLower(r)
		t.letters[s]++
		if lower >= utf8.RuneSelf {
			t.marks.add(lower)
		}
		if len(t.runes)-start >= identLongest {
			if s != identHan {
				continue
			}
			flush(0) // no spaces between words, so go on with the next stretch
		}
		if lower != r {
			kind = identName
		}
		t.runes = append(t.runes, lower)
	}
	flush(0)
}

// identJoint tells whether r joins the parts of a file's, a domain's or a setting's name.
func identJoint(r rune) bool {
	return r == '.' || r == '_' || r == '/' || r == '\\' || r == '=' || r == '@'
}

// identLower folds case and width.
func identLower(r rune) rune {
	switch {
	case r < 0x80:
		return r | 0x20
	case r >= 0x430 && r <= 0x45F, r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return r
	}
	r = unicode.ToLower(r)
	if 0xFF41 <= r && r <= 0xFF5A { // full-width
		r -= 0xFF41 - 'a'
	}
	return r
}

// addWord counts a word for its script and keeps it when a model is to read it. Latin names and
// long words count for little (0.16 a letter, eight letters at most): four of them must not make a
// title with one Korean verb English.
func (t *identTally) addWord(word identWord, script identScript) {
	n := float64(word.end - word.start)
	if script == identLatin {
		n = min(n, 8) * identKindWeight[word.kind] * identKindWeight[word.kind]
	}
	t.weight[script] += identWeight[script] * n
	if g, ok := identGroup(script); ok {
		if t.words[g] == nil {
			t.words[g] = make([]identWord, 0, 8+cap(t.runes)/5)
		}
		t.words[g] = append(t.words[g], word)
	}
}

// identHash is FNV-1a over runes; seed keeps n-grams apart from whole words.
func identHash(seed uint32, runes []rune) uint32 {
	h := seed
	for _, r := range runes {
		h = (h ^ uint32(r)) * 16777619
		h ^= h >> 15
	}
	return h
}

const (
	identGramSeed = 2166136261
	identWordSeed = 3735928559
)

// identFeatures appends the hashed features of one word: its n-grams with "<" and ">" for its
// borders, and the word as a whole, twice, because it says much where texts are short.
func identFeatures(to []uint32, group int, word []rune) []uint32 {
	if group == 2 {
		for n := 1; n <= identPair; n++ {
			for i := 0; i+n <= len(word); i++ {
				to = append(to, identHash(identGramSeed, word[i:i+n]))
			}
		}
		return to
	}
	var buf [identLongest + 2]rune
	marked := append(append(append(buf[:0], '<'), word...), '>')
	for i := range marked {
		h := uint32(identGramSeed)
		for n := 0; n < identGram && i+n < len(marked); n++ {
			h = (h ^ uint32(marked[i+n])) * 16777619
			h ^= h >> 15
			if n > 0 || (i > 0 && i < len(marked)-1) {
				to = append(to, h)
			}
		}
	}
	whole := identHash(identWordSeed, word)
	return append(to, whole, whole)
}

// identShare is the weight of each of a word's n features. It falls with n, but slower than 1/n,
// so that a long name of a product does not outvote the short words around it, which tell
// languages apart.
func identShare(n int) float32 { return float32(1 / math.Sqrt(float64(n))) }

// Feature is one hashed n-gram or word of a text with its weight.
type Feature struct {
	Hash   uint32
	Weight float32
}

// Features appends to dst what the fitted model reads of text, for one script group: 0 Latin,
// 1 Cyrillic, 2 Han. It is exported for the command that fits the model (lang/fit), so that both
// see the same.
func Features(dst []Feature, text string, group int) []Feature {
	var tally identTally
	identScan(text, &tally)
	var buf []uint32
	for word, weight := range tally.each(group) {
		buf = identFeatures(buf[:0], group, word)
		share := identShare(len(buf)) * weight
		for _, h := range buf {
			dst = append(dst, Feature{h, share})
		}
	}
	return dst
}

// each yields the words of a group in their order, with their weights. A name weighs less only
// beside plain words: in "Order Status" the names are all there is. The first word has its capital
// from its place.
func (t *identTally) each(group int) iter.Seq2[[]rune, float32] {
	words := t.words[group]
	plain := slices.ContainsFunc(words, func(w identWord) bool { return w.kind == identPlain })
	return func(yield func([]rune, float32) bool) {
		for i, w := range words {
			weight := float32(1)
			if plain && (i > 0 || w.kind == identCode) {
				weight = float32(identKindWeight[w.kind])
			}
			if !yield(t.runes[w.start:w.end], weight) {
				return
			}
		}
	}
}

// onlyNames tells whether a group's words, two or more, are all names.
func (t *identTally) onlyNames(group int) bool {
	words := t.words[group]
	return len(words) > 1 && !slices.ContainsFunc(words, func(w identWord) bool { return w.kind == identPlain })
}
