package index

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// zipfCorpus has n chunks of made-up words, of which few are in nearly all chunks and most in
// hardly any, over several windows and blocks of every width.
func zipfCorpus(r *rand.Rand, n int) *kb.Corpus {
	zipf := rand.NewZipf(r, 1.1, 1, 20_000)
	var chunks []*kb.Chunk
	for i := range n {
		text := ""
		for range 3 + r.IntN(30) {
			text += fmt.Sprintf("w%dx ", zipf.Uint64())
		}
		language := "en"
		if r.IntN(8) == 0 {
			language = "de"
		}
		k := chunkOf(fmt.Sprintf("c%06d", i), language, text)
		if r.IntN(5) == 0 {
			k.Audience = kb.Internal
		}
		chunks = append(chunks, k)
	}
	c := corpusOf(chunks...)
	for _, d := range c.Documents {
		if r.IntN(50) == 0 {
			d.Boost = []float64{.5, 1.25, 2}[r.IntN(3)]
		}
	}
	return c
}

// exhaustive scores every chunk of an index with every term.
func exhaustive(l *Lexical, q Query) []Match {
	s := l.scratch.New().(*scratch)
	s.reset(q)
	l.expand(s)
	var all []Match
	for g := range l.languages {
		l.plan(s, g)
		for y, layer := range l.layers {
			sums := make(map[uint32]uint64)
			for _, w := range s.wanted {
				for _, f := range s.found[w.from:w.to] {
					if f.layer == y && f.language == g && w.share > 0 {
						docs, impacts := decode(layer.segment, f.number, f.entry)
						for i, d := range docs {
							sums[layer.segment.parts[f.entry.part].first+d] += uint64(w.share) * uint64(impacts[i])
						}
					}
				}
			}
			for ordinal, sum := range sums {
				if layer.dead.has(ordinal) || layer.segment.internal.has(ordinal) && !q.Audience.Covers(kb.Internal) {
					continue
				}
				score := min(1, float64(sum)*float64(layer.segment.boost(ordinal))/(fullScore*maxImpactValue))
				all = append(all, Match{string(layer.segment.id(ordinal)), score})
			}
		}
	}
	slices.SortFunc(all, Match.Compare)
	return all[:min(len(all), q.Limit)]
}

// decode reads postings by their layout, block after block.
func decode(s *Segment, number int, e entry) (docs []uint32, impacts []uint8) {
	if e.df == 1 {
		return []uint32{e.ref}, []uint8{e.max}
	}
	headers := s.postings[e.ref:]
	payload := headers[(int(e.df)+blockSize-1)/blockSize*blockHeaderSize:]
	for left := int(e.df); left > 0; left -= blockSize {
		n := min(left, blockSize)
		first := binary.LittleEndian.Uint32(headers)
		block := payload[binary.LittleEndian.Uint32(headers[4:])&(1<<24-1):]
		width := int(block[0])
		for i := range n {
			var le [4]byte
			copy(le[:], block[1+i*width:][:width])
			docs = append(docs, first+binary.LittleEndian.Uint32(le[:]))
		}
		impacts = append(impacts, block[1+n*width:][:n]...)
		headers = headers[blockHeaderSize:]
	}
	return docs, impacts
}

// TestCollect holds the search that leaves out what cannot matter to one that leaves out nothing.
func TestCollect(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 31))
		corpus := zipfCorpus(r, 9000)
		l := NewLexical(corpus, lang.Plain)
		if seed == 2 { // with dead chunks and further segments
			for range 3 {
				ids := make([]string, 200)
				for i := range ids {
					ids[i] = corpus.Documents[r.IntN(len(corpus.Documents))].ID
				}
				l = l.With(corpus, corpus, ids)
			}
		}
		zipf := rand.NewZipf(r, 1.05, 2, 20_000)
		for range 120 {
			q := Query{Lang: "en", Limit: []int{1, 3, 10, 100, 20_000}[r.IntN(5)]}
			for range 1 + r.IntN(12) {
				q.Text += fmt.Sprintf("w%dx ", zipf.Uint64())
			}
			if r.IntN(2) == 0 {
				q.Audience = kb.Internal
			}
			if got, want := search(t, l, q), exhaustive(l, q); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %+v: %d matches, want %d\n%v\nwant\n%v", seed, q, len(got), len(want), got[:min(5, len(got))], want[:min(5, len(want))])
			}
		}
	}
}

// TestPostings reads back lists of all widths, forwards and by leaps.
func TestPostings(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	for round := range 400 {
		gap := []uint32{1, 3, 200, 70_000, 20_000_000}[round%5]
		docs, impacts := make([]uint32, 2+r.IntN(700)), []uint8{}
		next := uint64(r.Uint32N(3))
		for i := range docs {
			docs[i] = uint32(next)
			impacts = append(impacts, uint8(1+r.IntN(255)))
			next += 1 + uint64(r.Uint32N(gap))
			if next > math.MaxInt32 {
				docs, impacts = docs[:i+1], impacts[:i+1]
				break
			}
		}
		s := &Segment{postings: appendPostings([]byte{1, 2, 3}, docs, impacts)}
		e := entry{df: uint32(len(docs)), ref: 3, max: slices.Max(impacts)}
		if len(docs) < 2 {
			continue
		}
		gotDocs, gotImpacts := decode(s, 0, e)
		if !slices.Equal(gotDocs, docs) || !slices.Equal(gotImpacts, impacts) {
			t.Fatalf("round %d: the layout is not what it is said to be", round)
		}
		c := s.cursor(0, e)
		for at := 0; at < len(docs); {
			want := docs[at]
			seek := want
			if at > 0 {
				seek = docs[at-1] + 1 + r.Uint32N(want-docs[at-1])
			}
			if got := c.seek(seek); got != want || c.impacts[c.at] != impacts[at] {
				t.Fatalf("round %d: seek(%d) = %d, want %d", round, seek, got, want)
			}
			lo := want + r.Uint32N(50)
			i, _ := slices.BinarySearch(docs, lo)
			j, _ := slices.BinarySearch(docs, lo+r.Uint32N(3000))
			if most := s.cursorAt(e, want).maxWithin(lo, docs[max(i, j)-1]+1); i < j && most < slices.Max(impacts[i:j]) {
				t.Fatalf("round %d: maxWithin is less than an impact within", round)
			}
			at += 1 + r.IntN(1+r.IntN(300))
		}
		if got := c.seek(docs[len(docs)-1] + 1); got != end {
			t.Fatalf("round %d: %d behind the end", round, got)
		}
	}
}

// cursorAt is a cursor that has been moved to doc.
func (s *Segment) cursorAt(e entry, doc uint32) *cursor {
	c := s.cursor(0, e)
	c.seek(doc)
	return &c
}
