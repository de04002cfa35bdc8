package retrieve

import (
	"context"
	"math/bits"
	"slices"

	"cited/internal/kb"
	"cited/internal/lang"
)

// sameText is the Jaccard similarity of two chunks' word pairs from which on they say the same.
const sameText = 0.85

// Retrieve returns at most q.Limit hits, best first. Of chunks that say the same in the same
// words only the best is kept, and the next ones move up.
func (x *Index) Retrieve(ctx context.Context, q Query) (Result, error) {
	var seen []reader
	deep := max(0, min(q.Limit, len(x.corpus.Chunks)))
	return x.find(ctx, q, deep+deep/2, func(c *kb.Chunk) bool {
		r := reader{chunk: c, sketch: sketchOf(c.Plain)}
		if r.repeatsAny(seen) {
			return false
		}
		seen = append(seen, r)
		return true
	})
}

// reader is a chunk that is compared with others. Its words are looked at only when its sketch is
// like another one's: that is seldom, and words cost more than all the rest of a search.
type reader struct {
	chunk   *kb.Chunk
	sketch  sketch
	content *content // nil until it is needed
}

// repeatsAny reports whether r says the same as one of others.
func (r *reader) repeatsAny(others []reader) bool {
	for i := range others {
		o := &others[i]
		if r.chunk.Lang == o.chunk.Lang && r.sketch.like(&o.sketch) && r.words().repeats(*o.words()) {
			return true
		}
	}
	return false
}

func (r *reader) words() *content {
	if r.content == nil {
		c := contentOf(lang.NewAnalyzer(lang.Plain), r.chunk)
		r.content = &c
	}
	return r.content
}

// sketch is a set of a text's runs of shingle bytes, hashed to bits. A long text is sampled by the
// hashes themselves, so that equal runs are kept or left out alike.
type sketch struct {
	bits  [16]uint64
	count int
}

const (
	shingle    = 8
	sketchRuns = 400 // runs that are kept of a long text, about
	// sketchAlike is far below what texts share that repeat each other (word pairs .85), since
	// bits collide.
	sketchAlike = 0.6
)

func sketchOf(text string) (s sketch) {
	sample := uint64(1)
	for uint64(len(text)) > sample*sketchRuns {
		sample *= 2
	}
	var window uint64
	for i := 0; i < len(text); i++ {
		window = window<<8 | uint64(text[i])
		if i < shingle-1 {
			continue
		}
		h := window * 0x9E3779B97F4A7C15
		h ^= h >> 29
		h *= 0xBF58476D1CE4E5B9
		if (h>>32)&(sample-1) == 0 {
			s.bits[h>>58&15] |= 1 << (h >> 48 & 63)
		}
	}
	for _, w := range s.bits {
		s.count += bits.OnesCount64(w)
	}
	return s
}

// like reports whether the texts may say the same: false is certain, true is not. Of two texts
// that are sampled differently the sparser sample is part of the denser one.
func (s *sketch) like(o *sketch) bool {
	both := 0
	for i := range s.bits {
		both += bits.OnesCount64(s.bits[i] & o.bits[i])
	}
	return float64(both) >= sketchAlike*float64(min(s.count, o.count))
}

// content is what a chunk says, for telling near-duplicates.
type content struct {
	lang    string
	pairs   []uint64 // hashes of neighbouring words (of bigrams, in scripts without spaces), ascending
	numbers []uint64 // hashes of the numbers and codes, ascending
}

func contentOf(a *lang.Analyzer, chunk *kb.Chunk) content {
	c := content{lang: chunk.Lang}
	words := lang.Words(chunk.Plain, chunk.Lang)
	c.pairs = make([]uint64, 0, len(words))
	var terms []string
	last := uint64(hashStart)
	for _, w := range words {
		terms = a.WordTerms(terms[:0], w, chunk.Lang)
		for _, term := range terms {
			h := hash(hashStart, term)
			c.pairs = append(c.pairs, hash(hash(last, " "), term))
			last = h
		}
		if w.Script == lang.Digits {
			c.numbers = append(c.numbers, last)
		}
	}
	c.pairs = distinct(c.pairs)
	c.numbers = distinct(c.numbers)
	return c
}

// repeats reports whether c and o say the same. Texts whose numbers differ do not, however alike
// their words are: «within 30 days» here and «within 14 days» there are two facts.
func (c content) repeats(o content) bool {
	return c.lang == o.lang && slices.Equal(c.numbers, o.numbers) && jaccard(c.pairs, o.pairs) >= sameText
}

// jaccard is the share of the elements of a or b that are in both; 0 where it cannot reach
// sameText.
func jaccard(a, b []uint64) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if float64(len(a)) < sameText*float64(len(b)) || len(a) == 0 {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func distinct(s []uint64) []uint64 {
	slices.Sort(s)
	return slices.Compact(s)
}

// hashStart begins a hash; FNV-1a.
const hashStart = 14695981039346656037

func hash(h uint64, term string) uint64 {
	for i := 0; i < len(term); i++ {
		h = (h ^ uint64(term[i])) * 1099511628211
	}
	return h
}
