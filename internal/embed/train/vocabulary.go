package train

import (
	"cmp"
	"math"
	"slices"

	"cited/internal/embed/static"
)

// vocabulary says which units have rows, and what rows stand for each word of a corpus.
type vocabulary struct {
	keys   []static.Key // ascending: row r is that of keys[r]
	finder *static.Finder
	// For word w: whole[w] is its row, or none. pieces[at[2w]:at[2w+1]] are the rows of its stem
	// and affixes, pieces[at[2w+1]:at[2w+2]] those of its n-grams.
	whole  []uint32
	at     []uint32
	pieces []uint32
	share  []float64 // of all tokens, by row
}

// none stands for a row that there is not.
const none = math.MaxUint32

// leastCount is how often a word must occur to get a row: once is not enough to learn from.
const leastCount = 2

// stemShare is the part of a word's count that its possible stems get: whether they are stems,
// other words with other affixes must say.
const stemShare = 0.5

// newVocabulary selects the rows: words by the sum over languages of their relative frequency, so
// that each language gets its share; n-grams by the sum of the roots of that over the words that
// hold them, so that many words count for more than a frequent one.
func newVocabulary(c *Corpus, o Options) *vocabulary {
	score, count := wordScores(c)
	cutter := static.NewCutter(o.Affixes)
	words, grams := make(map[static.Key]float64), make(map[static.Key]float64)
	var cuts []static.Cut
	var keys []static.Key
	for w := range c.words.len() {
		if count[w] < leastCount {
			continue
		}
		word := []rune(c.words.text(w))
		words[static.WordKey(word)] += score[w]
		if c.words.gram[w] {
			continue
		}
		cuts = cutter.Cuts(cuts[:0], word)
		for _, cut := range cuts {
			words[cut.Stem] += stemShare * score[w]
		}
		keys = static.GramKeys(keys[:0], word)
		for _, k := range keys {
			grams[k] += math.Sqrt(score[w])
		}
	}
	affixes := static.AffixKeys(o.Affixes)
	n := int(float64(o.Rows) * o.Grams)
	v := &vocabulary{keys: append(affixes, best(words, o.Rows-n-len(affixes))...)}
	v.keys = append(v.keys, best(grams, n)...)
	slices.Sort(v.keys)
	v.keys = slices.Compact(v.keys)
	v.finder = static.NewFinder(v.keys)
	v.read(c, cutter, count)
	return v
}

// wordScores returns, for each word, the sum over languages of its relative frequency, and its count.
func wordScores(c *Corpus) (score []float64, count []uint32) {
	score, count = make([]float64, c.words.len()), make([]uint32, c.words.len())
	total := make([]float64, len(c.langs))
	each := func(f func(lang uint8, tokens []uint32)) {
		for i := range c.sources {
			s := &c.sources[i]
			for _, t := range s.texts {
				f(t.lang, s.tokens[t.from:][:t.n])
			}
		}
	}
	each(func(lang uint8, tokens []uint32) { total[lang] += float64(len(tokens)) })
	each(func(lang uint8, tokens []uint32) {
		share := 1 / total[lang]
		for _, w := range tokens {
			score[w] += share
			count[w]++
		}
	})
	return score, count
}

// best returns the n keys of the highest scores, ties by key.
func best(scores map[static.Key]float64, n int) []static.Key {
	keys := make([]static.Key, 0, len(scores))
	for k := range scores {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b static.Key) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b))
	})
	return keys[:max(0, min(n, len(keys)))]
}

// read finds the rows of every word.
func (v *vocabulary) read(c *Corpus, cutter *static.Cutter, count []uint32) {
	n := c.words.len()
	v.whole, v.at = make([]uint32, n), make([]uint32, 2*n+1)
	v.share = make([]float64, len(v.keys))
	total := 0.0
	var u units
	for w := range n {
		word := []rune(c.words.text(w))
		u.of(v.finder, cutter, word, c.words.gram[w])
		v.whole[w] = u.whole
		v.pieces = append(v.pieces, u.cut...)
		v.at[2*w+1] = uint32(len(v.pieces))
		v.pieces = append(v.pieces, u.grams...)
		v.at[2*w+2] = uint32(len(v.pieces))
		total += float64(count[w])
		switch {
		case u.whole != none:
			v.share[u.whole] += float64(count[w])
		case len(u.cut) > 0:
			for _, row := range u.cut {
				v.share[row] += float64(count[w])
			}
		default:
			for _, row := range u.grams {
				v.share[row] += float64(count[w])
			}
		}
	}
	for i := range v.share {
		v.share[i] /= total
	}
}

// units are the rows of one word, read in every way.
type units struct {
	whole      uint32
	cut, grams []uint32
	cuts       []static.Cut
	keys       []static.Key
}

func (u *units) of(f *static.Finder, cutter *static.Cutter, word []rune, gram bool) {
	u.whole, u.cut, u.grams = none, u.cut[:0], u.grams[:0]
	if row, ok := f.Row(static.WordKey(word)); ok {
		u.whole = row
	}
	if gram {
		return
	}
	u.cuts = cutter.Cuts(u.cuts[:0], word)
	for i := range u.cuts {
		if _, ok := f.Row(u.cuts[i].Stem); ok {
			u.cut = f.Rows(u.cut, u.cuts[i].Keys(u.keys[:0]))
			break
		}
	}
	u.keys = static.GramKeys(u.keys[:0], word)
	u.grams = f.Rows(u.grams, u.keys)
}
