package embed

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// DefaultDims is the length of NewHashed's vectors. Beside words, 256 serve as well as 768 (mean
// nDCG@10 of 20 groups of DATA/dev .731 and .732) for a third of the memory and of the time.
const DefaultDims = 256

// Weights of the features of one word that occurs once. A word's energy (the sum of squares) is
// wordWeight² + shared energy of its grams: about half and half for a word of seven letters, so
// that an inflected or mistyped word keeps most of its grams and loses only the other half.
const (
	wordWeight  = 1.0
	gramWeight  = 0.30 // of each 3-, 4- and 5-gram of "<word>"
	runeWeight  = 0.6  // one Han character, kana or Hangul syllable
	bigramCJK   = 1.0  // two neighbouring ones
	minGram     = 3
	maxGram     = 5
	maxWordRune = 64 // a longer run (base64, Thai without spaces) is cut into words of so many
)

// shortWord is the share of its weight that a word of so many letters keeps: without a corpus
// at hand, shortness is what tells "of" from "refund". Digits always count in full.
var shortWord = [...]float32{0, 0.25, 0.35, 0.5, 0.7, 0.85}

// Hashed is the built-in embedder: no model, no file, no network. It hashes words and their
// character 3- to 5-grams, and unigrams and bigrams of Han, kana and Hangul, into a few hundred
// signed dimensions; the log of a word's count weighs it. It knows no meaning: what it adds to BM25
// over stems is that typos, inflections and compounds stay near each other.
//
// Equal texts give equal vectors, everywhere and always; texts that differ in case, accents,
// width or composition only do too, since they are folded first. Every vector has length 1, that
// of an empty text as well. It is safe for concurrent use.
type Hashed struct {
	dims    int
	fold    *folder
	scratch sync.Pool // of *scratch
}

// NewHashed makes vectors of DefaultDims dimensions. It builds its tables, a few milliseconds.
func NewHashed() *Hashed { return NewHashedDims(DefaultDims) }

// NewHashedDims makes vectors of dims dimensions, at least 2 (fewer read as 2). Collisions are
// what limits the short ones; alone on nine dev sets (xquad en de ar zh ru, Adobe titles en ko
// de, Arduino titles), mean nDCG@10 is .749 with 384, .805 with 768, .831 with 1,536.
func NewHashedDims(dims int) *Hashed {
	h := &Hashed{dims: max(dims, 2), fold: newFolder()}
	h.scratch.New = func() any { return newScratch() }
	return h
}

// Model names the features and their weights; it changes when a vector would.
func (h *Hashed) Model() string { return fmt.Sprintf("hashed-%d-v1", h.dims) }

// EmbedDocuments returns one vector a text, in order. Its only error is the context's.
func (h *Hashed) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	flat := make([]float32, len(texts)*h.dims) // one allocation, without pointers
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(texts)+batch-1)/batch) {
		wg.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(batch)) - batch
				if from >= len(texts) {
					return
				}
				for i := from; i < min(from+batch, len(texts)); i++ {
					vectors[i] = h.embed(flat[i*h.dims:(i+1)*h.dims:(i+1)*h.dims], texts[i])
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: documents: %w", err)
	}
	return vectors, nil
}

// EmbedQuery returns the vector of a question, made like a document's. Its only error is the
// context's.
func (h *Hashed) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: query: %w", err)
	}
	return h.embed(make([]float32, h.dims), text), nil
}

// batch is how many texts a goroutine takes at a time.
const batch = 64

// embed fills v, which is zero, and returns it.
func (h *Hashed) embed(v []float32, text string) []float32 {
	s := h.scratch.Get().(*scratch)
	defer h.scratch.Put(s)
	s.reset()
	s.split(h.fold, text)
	for _, w := range s.words {
		s.add(v, w)
	}
	if !unit(v) {
		noise(v, text)
		unit(v)
	}
	return v
}

// noise fills v with a direction that depends on nothing but text: for texts without a word.
func noise(v []float32, text string) {
	state := uint64(fnvOffset)
	for i := 0; i < len(text); i++ {
		state = (state ^ uint64(text[i])) * fnvPrime
	}
	for i := range v {
		state += 0x9e3779b97f4a7c15
		v[i] = float32(int64(mix(state))>>40) + 0.5
	}
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// mix spreads every bit of h over all (splitmix64's finisher).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// word is a distinct word of one text: scratch.runes[start:end], n times.
type word struct {
	hash       uint64
	start, end int
	n          int
	cjk        bool // one or two characters of a script written without spaces
}

// scratch is what one text needs while it is embedded; pooled.
type scratch struct {
	runes  []rune  // the distinct words, folded, one after the other
	words  []word  // distinct, in the order of first appearance
	table  []int32 // open addressing by hash: index into words + 1; a power of two long
	marked []rune  // the word at hand between < and >
}

func newScratch() *scratch { return &scratch{table: make([]int32, 1024)} }

func (s *scratch) reset() {
	const keep = 1 << 16
	if len(s.table) > keep { // one huge text must not hold its memory for ever
		*s = *newScratch()
		return
	}
	s.runes, s.words = s.runes[:0], s.words[:0]
	clear(s.table)
}

// split folds the text and counts its words. Words end at separators, at borders between
// scripts with and without spaces, and at maxWordRune.
func (s *scratch) split(f *folder, text string) {
	start := 0 // of the word being read, in s.runes
	var last rune
	flush := func() {
		if len(s.runes) > start {
			s.count(start, false)
		}
		start = len(s.runes)
	}
	for _, r := range f.compose(text) {
		r, kind := f.rune(r)
		if kind == drop {
			continue
		}
		if kind != ideograph {
			last = 0
		}
		switch kind {
		case ideograph:
			flush()
			s.runes = append(s.runes, r)
			s.count(start, true)
			start = len(s.runes)
			if last != 0 {
				s.runes = append(s.runes, last, r)
				s.count(start, true)
				start = len(s.runes)
			}
			last = r
		case separator:
			flush()
		case letter:
			s.runes = append(s.runes, r)
			if r == 'ß' {
				s.runes[len(s.runes)-1] = 's'
				s.runes = append(s.runes, 's')
			}
			if len(s.runes)-start >= maxWordRune {
				flush()
			}
		}
	}
	flush()
}

// count adds the word s.runes[start:] once; a word that is there already gives its runes back.
func (s *scratch) count(start int, cjk bool) {
	hash := uint64(fnvOffset)
	for _, r := range s.runes[start:] {
		hash = (hash ^ uint64(r)) * fnvPrime
	}
	hash = mix(hash)
	if 2*len(s.words) >= len(s.table) {
		s.grow()
	}
	mask := uint64(len(s.table) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := s.table[i]
		if at == 0 {
			s.words = append(s.words, word{hash: hash, start: start, end: len(s.runes), n: 1, cjk: cjk})
			s.table[i] = int32(len(s.words))
			return
		}
		if w := &s.words[at-1]; w.hash == hash {
			w.n++
			s.runes = s.runes[:start]
			return
		}
	}
}

func (s *scratch) grow() {
	s.table = make([]int32, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for n, w := range s.words {
		i := w.hash & mask
		for s.table[i] != 0 {
			i = (i + 1) & mask
		}
		s.table[i] = int32(n + 1)
	}
}

// add puts the features of a word into v.
func (s *scratch) add(v []float32, w word) {
	runes := s.runes[w.start:w.end]
	weight := float32(1)
	if w.n > 1 {
		weight += float32(math.Log(float64(w.n)))
	}
	if w.cjk {
		if len(runes) == 1 {
			put(v, w.hash, weight*runeWeight)
		} else {
			put(v, w.hash, weight*bigramCJK)
		}
		return
	}
	if n := len(runes); n < len(shortWord) && (runes[0] < '0' || runes[0] > '9') {
		weight *= shortWord[n]
	}
	put(v, w.hash, weight*wordWeight)
	s.marked = append(append(append(s.marked[:0], '<'), runes...), '>')
	for i := range len(runes) {
		h := uint64(fnvOffset) + 1 // a gram is not the word of its letters
		for n, r := range s.marked[i:min(i+maxGram, len(s.marked))] {
			h = (h ^ uint64(r)) * fnvPrime
			if n+1 >= minGram {
				put(v, mix(h), weight*gramWeight)
			}
		}
	}
}

// put adds a weight, with a sign of its own, at the dimension of a mixed hash. The expectation
// of the dot product of two texts is that of their unhashed features. The sign is that of the
// lowest bit, set without a branch, which would be wrong every other time.
func put(v []float32, h uint64, weight float32) {
	signed := math.Float32frombits(math.Float32bits(weight) ^ uint32(h&1^1)<<31)
	v[(h>>32)*uint64(len(v))>>32] += signed
}
