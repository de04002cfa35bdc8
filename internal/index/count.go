package index

import (
	"encoding/binary"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
)

// Entry is a chunk with the document that its title, questions, tags and boost come from; nil
// for none.
type Entry struct {
	Chunk    *kb.Chunk
	Document *kb.Document
}

// boost is what the chunk's score is multiplied with.
func (e Entry) boost() float32 {
	if e.Document == nil || !(e.Document.Boost > 0) {
		return 1
	}
	return float32(e.Document.Boost)
}

// counter counts the terms of a run of chunks in the order of their ordinals. One goroutine uses it.
type counter struct {
	analyzer *lang.Analyzer
	first    int            // ordinal of the first chunk
	lengths  []fieldLengths // by chunk
	lexicons []*lexicon     // by language, ascending
	texts    []string       // scratch
	words    []lang.Word
	terms    []string
}

// lexicon is the words of one language in a run of chunks, and how often they occur.
type lexicon struct {
	lang   string
	first  int // ordinal of the first chunk
	chunks int
	total  [len(fields)]uint64 // field lengths, summed
	words  map[string]uint32
	forms  []form
	more   map[uint32][]uint32 // by word: its terms after the first
	store  strings.Builder     // of names
	terms  map[string]uint32
	names  []string // by term
	df     []uint32
	now    []counts // of the chunk that is being counted
	seen   []uint32 // its terms, by first occurrence
	stream []byte   // of each chunk: how many terms, then each with its counts

	docs    []uint32 // after sort: postings by term, ordinals of the corpus
	impacts []uint8
	starts  []uint32
}

// form is a word as it stands in the texts. Most have one term.
type form struct {
	text   string
	term   uint32
	df     uint32 // chunks that have it; counted for spellings alone
	last   uint32 // the last chunk that has it, + 1
	spells bool   // it is not spelled as its term is
	more   bool   // it has further terms; grams only
}

func newLexicon(language string, first int) *lexicon {
	return &lexicon{lang: language, first: first, words: make(map[string]uint32), terms: make(map[string]uint32), more: make(map[uint32][]uint32)}
}

// count counts the terms of entries, which are sorted by language.
func (c *counter) count(entries []Entry) {
	c.lengths = make([]fieldLengths, 0, len(entries))
	var v *lexicon
	for i, e := range entries {
		if v == nil || v.lang != e.Chunk.Lang {
			v = newLexicon(e.Chunk.Lang, c.first+i)
			c.lexicons = append(c.lexicons, v)
		}
		length := c.chunk(v, e)
		c.lengths = append(c.lengths, length)
		v.write()
		v.chunks++
		for f, n := range length {
			v.total[f] += uint64(n)
		}
	}
}

// chunk counts the terms of one chunk into v.now and v.seen.
func (c *counter) chunk(v *lexicon, e Entry) (length fieldLengths) {
	for f := range fields {
		c.words = c.words[:0]
		c.texts = fields[f].texts(c.texts[:0], e)
		for _, text := range c.texts {
			c.words = lang.AppendWords(c.words, text, v.lang)
		}
		for _, w := range c.words {
			if w.Script == lang.Ideographic { // a run, hardly ever the same twice
				c.terms = c.analyzer.WordTerms(c.terms[:0], w, v.lang)
				for _, term := range c.terms {
					v.add(v.term(term), f)
				}
				length[f] += uint32(len(c.terms))
				continue
			}
			n := c.form(v, w)
			form := &v.forms[n]
			if form.spells && form.last != uint32(v.chunks)+1 {
				form.last = uint32(v.chunks) + 1
				form.df++
			}
			v.add(form.term, f)
			length[f]++
			if form.more {
				for _, term := range v.more[n] {
					v.add(term, f)
				}
				length[f] += uint32(len(v.more[n]))
			}
		}
	}
	return length
}

// form returns the number of a word, which is analysed the first time.
func (c *counter) form(v *lexicon, w lang.Word) uint32 {
	if n, ok := v.words[w.Text]; ok {
		return n
	}
	w.Text = v.keep(w.Text)
	c.terms = c.analyzer.WordTerms(c.terms[:0], w, v.lang)
	n := uint32(len(v.forms))
	f := form{text: w.Text, term: v.term(c.terms[0]), spells: len(c.terms) == 1 && c.terms[0] != w.Text, more: len(c.terms) > 1}
	for _, term := range c.terms[1:] {
		v.more[n] = append(v.more[n], v.term(term))
	}
	v.words[w.Text] = n
	v.forms = append(v.forms, f)
	return n
}

// term is the number of a term.
func (v *lexicon) term(name string) uint32 {
	t, ok := v.terms[name]
	if !ok {
		t = uint32(len(v.names))
		name = v.keep(name)
		v.terms[name] = t
		v.names = append(v.names, name)
		v.df = append(v.df, 0)
		v.now = append(v.now, counts{})
	}
	return t
}

// nameBlock is how many bytes of names share an allocation.
const nameBlock = 1 << 14

// keep copies a name: what it is cut out of need not stay.
func (v *lexicon) keep(name string) string {
	if v.store.Len()+len(name) > v.store.Cap() {
		v.store.Reset()
		v.store.Grow(max(nameBlock, len(name)))
	}
	from := v.store.Len()
	v.store.WriteString(name)
	return v.store.String()[from:]
}

// add counts an occurrence of a term in field f.
func (v *lexicon) add(term uint32, f int) {
	n := &v.now[term]
	if *n == (counts{}) {
		v.seen = append(v.seen, term)
	}
	n[f]++
}

// plainCounts is how many times in the body alone fit in one byte of the stream.
const plainCounts = 0x80

// write ends a chunk: what was counted goes to the stream.
func (v *lexicon) write() {
	v.stream = binary.AppendUvarint(v.stream, uint64(len(v.seen)))
	for _, t := range v.seen {
		v.df[t]++
		v.stream = binary.AppendUvarint(v.stream, uint64(t))
		n := v.now[t]
		v.now[t] = counts{}
		if n[0] < plainCounts && n == (counts{n[0]}) {
			v.stream = append(v.stream, byte(n[0]))
			continue
		}
		v.stream = append(v.stream, plainCounts)
		for _, count := range n {
			v.stream = binary.AppendUvarint(v.stream, uint64(count))
		}
	}
	v.seen = v.seen[:0]
}

// sort turns the stream into postings by term, with impacts for the mean lengths s. lengths are
// those of v's chunks.
func (v *lexicon) sort(s steps, lengths []fieldLengths) {
	v.starts = make([]uint32, len(v.df)+1)
	for t, df := range v.df {
		v.starts[t+1] = v.starts[t] + df
	}
	total := v.starts[len(v.df)]
	v.docs, v.impacts = make([]uint32, total), make([]uint8, total)
	next := slices.Clone(v.starts)
	in := v.stream
	number := func() uint32 {
		if in[0] < 0x80 {
			n := in[0]
			in = in[1:]
			return uint32(n)
		}
		n, size := binary.Uvarint(in)
		in = in[size:]
		return uint32(n)
	}
	for i, length := range lengths {
		norm := s.norms(length)
		for range number() {
			t := number()
			n := counts{uint32(in[0])}
			in = in[1:]
			if n[0] == plainCounts {
				for f := range n {
					n[f] = number()
				}
			}
			v.docs[next[t]] = uint32(v.first + i)
			v.impacts[next[t]] = n.impact(&norm)
			next[t]++
		}
	}
	v.stream = nil
}
