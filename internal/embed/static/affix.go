package static

// Korean glues particles and endings to nouns and stems, Arabic glues «and», «the», «in» to what
// follows and pronouns to what precedes: «반품은», «반품을» and «반품에서» are one noun that one row
// should learn. Where the whole word is not in the vocabulary, it is read as stem and affixes.

// Affixes says which languages' words are taken apart. It is stored with a table: who reads it
// cuts as who trained it.
type Affixes uint32

// The affixes that are known.
const (
	Particles  Affixes = 1 << iota // Korean particles and endings
	Proclitics                     // Arabic prefixes and pronouns
	StemFirst                      // a known stem goes before a known whole word
)

// knownAffixes are all of them.
const knownAffixes = Particles | Proclitics | StemFirst

// endings are Korean particles, the copula, and the forms of 하다, 되다 and 있다 that make verbs of
// nouns, with verb endings that stand after many stems.
var endings = []string{
	"은", "는", "이", "가", "을", "를", "에", "의", "와", "과", "도", "로", "만", "께", "들", "나", "란", "라",
	"에서", "에게", "으로", "한테", "부터", "까지", "처럼", "보다", "이나", "마다", "밖에", "조차", "이란", "이라", "라는", "라고", "에는", "에도", "에서는", "에서도", "에서의",
	"에게서", "에게는", "으로는", "로는", "로서", "로써", "으로서", "으로써", "으로부터", "로부터", "으로의", "까지는", "까지의", "이라는", "이라고", "라도", "이라도", "들은", "들이", "들을", "들의", "들에게", "들과",
	"입니다", "입니까", "인가요", "이에요", "예요", "이다", "이며", "이고", "인", "일", "인데", "이었다", "였다",
	"하다", "하는", "하고", "하여", "해서", "하면", "하며", "하기", "하지", "하게", "한다", "합니다", "합니까", "하세요", "하십시오", "했다", "했습니다", "해야", "해요", "하려면", "하려고", "할", "한", "해", "함", "하도록", "하나요", "할까요", "하였다", "했던", "하는지", "하지만",
	"되다", "되는", "되고", "되어", "돼서", "되면", "되며", "되지", "된다", "됩니다", "됩니까", "되었다", "됐다", "되었습니다", "됐습니다", "된", "될", "됨", "되도록", "되나요",
	"있는", "있다", "있습니다", "없는", "없다", "없습니다", "적인", "적으로", "적", "시키다", "시키는", "시켜",
	"습니다", "습니까", "어요", "아요", "세요", "었다", "았다", "었습니다", "았습니다", "으면", "면", "지", "고", "기", "게", "어", "아", "어서", "아서", "는데", "지만", "도록", "려면", "으려면", "나요", "은가요", "는지", "었던", "던", "는다", "으며", "며", "니다", "니까", "네요", "군요", "자", "거나", "으나", "음", "기를", "기가", "기에",
}

// prefixes and suffixes are those of L. Larkey et al., "Light Stemming for Arabic Information
// Retrieval" (light10), with single-letter prepositions and more pronouns; letters are folded.
var (
	prefixes = []string{"ال", "وال", "بال", "كال", "فال", "لل", "ولل", "و", "ف", "ب", "ك", "ل", "س", "وب", "ول", "وس", "فس"}
	suffixes = []string{"ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي", "هم", "هن", "هما", "نا", "كم", "ك", "وا", "تم", "ته", "تها", "اته", "اتها", "يا"}
)

// shortest is how many characters of a stem must remain.
const (
	shortestStem = 2 // a Korean stem before an ending of one syllable, an Arabic one always
	longestAffix = 5
)

// affixes are the affixes of one direction, by their key, and how long the longest is.
type affixes map[Key]bool

func newAffixes(seed uint64, words []string) affixes {
	a := make(affixes, len(words))
	for _, w := range words {
		a[key(hash(seed, []rune(w)))] = true
	}
	return a
}

// Cutter takes words apart. It never changes once made.
type Cutter struct {
	which                      Affixes
	endings, before, afterward affixes
}

// NewCutter returns a cutter of these affixes.
func NewCutter(which Affixes) *Cutter {
	return &Cutter{which: which, endings: newAffixes(endingSeed, endings), before: newAffixes(prefixSeed, prefixes), afterward: newAffixes(endingSeed, suffixes)}
}

// Cut is a word taken apart: its stem and its one or two affixes.
type Cut struct {
	Stem    Key
	Affixes [2]Key
	N       int // of affixes
}

// Keys are the stem and the affixes.
func (c *Cut) Keys(keys []Key) []Key {
	return append(append(keys, c.Stem), c.Affixes[:c.N]...)
}

// Cuts appends the ways to take word apart, the longest affixes first. Most words have none.
func (c *Cutter) Cuts(cuts []Cut, word []rune) []Cut {
	if len(word) <= 1 {
		return cuts
	}
	switch first := word[0]; {
	case c.which&Particles != 0 && first >= 0xac00 && first <= 0xd7a3:
		return c.korean(cuts, word)
	case c.which&Proclitics != 0 && first >= 0x0600 && first < 0x0780:
		return c.arabic(cuts, word)
	}
	return cuts
}

func (c *Cutter) korean(cuts []Cut, word []rune) []Cut {
	for n := min(longestAffix, len(word)-1); n > 0; n-- {
		at := len(word) - n
		if at < shortestStem && n == 1 {
			continue
		}
		if k := key(hash(endingSeed, word[at:])); c.endings[k] {
			cuts = append(cuts, Cut{Stem: WordKey(word[:at]), Affixes: [2]Key{k}, N: 1})
		}
	}
	return cuts
}

func (c *Cutter) arabic(cuts []Cut, word []rune) []Cut {
	for left := min(longestAffix, len(word)-shortestStem); left >= 0; left-- {
		var front Key
		if left > 0 {
			front = key(hash(prefixSeed, word[:left]))
			if !c.before[front] {
				continue
			}
		}
		for right := min(longestAffix, len(word)-shortestStem-left); right >= 0; right-- {
			cut := Cut{}
			if left > 0 {
				cut.Affixes[0], cut.N = front, 1
			}
			if right > 0 {
				back := key(hash(endingSeed, word[len(word)-right:]))
				if !c.afterward[back] {
					continue
				}
				cut.Affixes[cut.N] = back
				cut.N++
			}
			if cut.N > 0 {
				cut.Stem = WordKey(word[left : len(word)-right])
				cuts = append(cuts, cut)
			}
		}
	}
	return cuts
}

// AffixKeys are the keys of all affixes that which knows: they are in every vocabulary.
func AffixKeys(which Affixes) []Key {
	var keys []Key
	all := func(seed uint64, words []string) {
		for _, w := range words {
			keys = append(keys, key(hash(seed, []rune(w))))
		}
	}
	if which&Particles != 0 {
		all(endingSeed, endings)
	}
	if which&Proclitics != 0 {
		all(prefixSeed, prefixes)
		all(endingSeed, suffixes)
	}
	return keys
}
