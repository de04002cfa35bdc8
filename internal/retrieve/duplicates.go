package retrieve

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"cited/internal/kb"
	"cited/internal/lang"
)

// sameText is the Jaccard similarity of two chunks' word pairs from which on they say the same.
const sameText = 0.85

// Retrieve returns at most q.Limit hits, best first. Of chunks that say the same in the same
// words only the best is kept, and the next ones move up.
func (x *Index) Retrieve(ctx context.Context, q Query) (Result, error) {
	var seen []*reader
	deep := max(0, min(q.Limit, len(x.corpus.Chunks)))
	return x.find(ctx, q, deep+deep/2, func(c *kb.Chunk) bool {
		r := x.readers.of(c)
		if r.repeatsAny(seen) {
			return false
		}
		seen = append(seen, r)
		return true
	})
}

// reader is a chunk that is compared with others. Its numbers are looked at only when its sketch is
// like another one's, its words only when the numbers are the same: that is seldom, and words cost
// more than all the rest of a search. A reader is safe for concurrent use.
type reader struct {
	chunk   *kb.Chunk
	sketch  sketch
	numbers atomic.Pointer[[]uint64] // nil until they are needed
	pairs   atomic.Pointer[[]uint64] // nil until they are needed
}

func newReader(c *kb.Chunk) *reader { return &reader{chunk: c, sketch: sketchOf(c.Plain)} }

// readers remembers what was read of the chunks that questions bring up again and again, as they
// do while one is being typed.
type readers struct {
	known sync.Map // *kb.Chunk → *reader
	count atomic.Int32
}

// maxReaders bounds what is remembered: half a kilobyte each, two where words were compared.
const maxReaders = 4096

func (m *readers) of(c *kb.Chunk) *reader {
	if r, ok := m.known.Load(c); ok {
		return r.(*reader)
	}
	if m.count.Add(1) > maxReaders {
		m.known.Clear()
		m.count.Store(1)
	}
	r := newReader(c)
	m.known.Store(c, r)
	return r
}

// repeatsAny reports whether r says the same as one of others.
func (r *reader) repeatsAny(others []*reader) bool {
	for _, o := range others {
		if r.chunk.Lang == o.chunk.Lang && r.sketch.like(&o.sketch) && r.repeats(o) {
			return true
		}
	}
	return false
}

// repeats reports whether r and o say the same. Texts whose numbers differ do not, however alike
// their words are: «within 30 days» here and «within 14 days» there are two facts.
func (r *reader) repeats(o *reader) bool {
	return r.chunk.Lang == o.chunk.Lang && slices.Equal(r.read(&r.numbers, numbersIn), o.read(&o.numbers, numbersIn)) &&
		jaccard(r.read(&r.pairs, pairsOf), o.read(&o.pairs, pairsOf)) >= sameText
}

// read is what from makes of the chunk, made once.
func (r *reader) read(field *atomic.Pointer[[]uint64], from func(*kb.Chunk) []uint64) []uint64 {
	if known := field.Load(); known != nil {
		return *known
	}
	made := from(r.chunk)
	field.Store(&made)
	return made
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
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	for ; len(b) >= shingle; b = b[1:] {
		h := binary.LittleEndian.Uint64(b) * 0x9E3779B97F4A7C15
		if h>>32&(sample-1) != 0 {
			continue
		}
		h ^= h >> 29
		h *= 0xBF58476D1CE4E5B9
		s.bits[h>>58&15] |= 1 << (h >> 48 & 63)
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

// pairsOf are the hashes of a chunk's neighbouring words (of bigrams, in scripts without spaces),
// ascending.
func pairsOf(chunk *kb.Chunk) []uint64 {
	a := lang.NewAnalyzer(lang.Plain)
	words := lang.Words(chunk.Plain, chunk.Lang)
	pairs := make([]uint64, 0, len(words))
	var terms []string
	last := uint64(hashStart)
	for _, w := range words {
		terms = a.WordTerms(terms[:0], w, chunk.Lang)
		for _, term := range terms {
			h := hash(hashStart, term)
			pairs = append(pairs, hash(hash(last, " "), term))
			last = h
		}
	}
	return distinct(pairs)
}

// numbersIn are the hashes of a chunk's numbers, ascending. No word goes on behind a
// space, so that only what stands between two with a digit in it is divided into words.
func numbersIn(chunk *kb.Chunk) []uint64 {
	var numbers []uint64
	var words []lang.Word
	for _, field := range fieldsWithDigits(nil, chunk.Plain) {
		words = lang.AppendWords(words[:0], field, chunk.Lang)
		for _, w := range words {
			if w.Script == lang.Digits {
				numbers = append(numbers, hash(hashStart, w.Text))
			}
		}
	}
	return distinct(numbers)
}

// fieldsWithDigits appends the stretches between ASCII spaces that have a digit of some script or
// a sign that stands for a number (½).
func fieldsWithDigits(dst []string, text string) []string {
	from, found := 0, false
	for i, r := range text {
		switch {
		case r == ' ' || r == '\n' || r == '\t':
			if found {
				dst = append(dst, text[from:i])
			}
			from, found = i+1, false
		case found:
		case r >= '0' && r <= '9' || r >= utf8.RuneSelf && unicode.IsNumber(r):
			found = true
		}
	}
	if found {
		dst = append(dst, text[from:])
	}
	return dst
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
