package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sort"

	"cited/internal/lang"
)

// Segment holds the words of a set of chunks: a dictionary, postings, and what a search has to
// know of each chunk. It is one run of bytes without pointers that reads the same from the heap
// and from a mapped file, and it never changes. Chunks have ordinals by (language, id); those of
// one language are a part. Nothing in a segment depends on other segments but the mean field
// lengths of each part, which are rounded (see meanStep): so segments of one corpus can be added,
// merged and taken apart, and the scores stay.
//
// Layout, integers little-endian: magic, version u32, analysis u32, a table of (offset u64,
// length u64) for each section, the sections:
//
//	parts         partSize bytes each
//	tags          the parts' language tags
//	id starts     u32 each chunk, and one for the end
//	ids           the chunks' ids
//	internal      a bit each chunk: for the internal audience only
//	boosts        f32 each chunk; empty when all are 1
//	word starts   u32 each word, and one for the end
//	words         terms and the spellings that they come from, ascending, each once
//	hash          u32 each slot: 0, or a word's number + 1; linear probing
//	entry starts  u32 each word, and one for the end
//	entries       entrySize bytes each: a word in one part, as a term or as a spelling
//	forward       u32 each: the words that a typo may be corrected to, by (runes, word)
//	reversed      u32 each: the same, by (runes, bytes from the last on)
//	postings      see postings.go
type Segment struct {
	data        []byte
	analysis    lang.Analysis
	parts       []part
	chunks      int
	wordCount   int
	entryCount  int
	idStarts    words32
	ids         []byte
	internal    bitset
	boosts      words32
	wordStarts  words32
	words       []byte
	hash        words32
	entryStarts words32
	entries     []byte
	forward     words32
	reversed    words32
	postings    []byte
}

// part is the chunks of one language: the ordinals [first, first+count).
type part struct {
	lang     string
	first    uint32
	count    uint32
	steps    steps // rounded mean field lengths that the impacts were made with
	maxBoost float32
	lengths  [len(fields)]uint64 // field lengths in terms, summed over the chunks
}

const (
	segmentMagic   = "citedlex"
	segmentVersion = 2
	headerSize     = len(segmentMagic) + 8 + 16*sectionCount
	partSize       = 16 + 4*len(fields) + 4 + 8*len(fields)
)

const (
	sectionParts = iota
	sectionTags
	sectionIDStarts
	sectionIDs
	sectionInternal
	sectionBoosts
	sectionWordStarts
	sectionWords
	sectionHash
	sectionEntryStarts
	sectionEntries
	sectionForward
	sectionReversed
	sectionPostings
	sectionCount
)

// words32 is a run of little-endian uint32, at any alignment.
type words32 []byte

func (w words32) at(i int) uint32 { return binary.LittleEndian.Uint32(w[4*i:]) }
func (w words32) len() int        { return len(w) / 4 }

// bitset has bit i in byte i/8.
type bitset []byte

func (b bitset) has(i uint32) bool { return int(i>>3) < len(b) && b[i>>3]&(1<<(i&7)) != 0 }
func (b bitset) set(i uint32)      { b[i>>3] |= 1 << (i & 7) }

func newBitset(n int) bitset { return make(bitset, (n+7)/8) }

// AppendTo appends the segment's bytes to dst; OpenSegment reads them.
func (s *Segment) AppendTo(dst []byte) []byte { return append(dst, s.data...) }

// Size is the number of bytes that AppendTo appends.
func (s *Segment) Size() int { return len(s.data) }

// Chunks is the number of chunks in the segment, dead ones included.
func (s *Segment) Chunks() int { return s.chunks }

// OpenSegment reads the bytes that AppendTo wrote; data is not copied and must not change while
// the segment is used. It does not parse: opening takes as long for a million chunks as for one.
// What the header says is checked here, everything else when it is read: of damaged bytes come
// errors or wrong matches, never a panic or a read out of range. A checksum is the caller's.
func OpenSegment(data []byte) (*Segment, error) {
	if len(data) < headerSize || string(data[:len(segmentMagic)]) != segmentMagic {
		return nil, errors.New("index: these bytes are no lexical segment; build it again")
	}
	head := data[len(segmentMagic):]
	if v := binary.LittleEndian.Uint32(head); v != segmentVersion {
		return nil, fmt.Errorf("index: lexical segment of version %d, want %d; build it again", v, segmentVersion)
	}
	analysis := binary.LittleEndian.Uint32(head[4:])
	if analysis > uint32(lang.Grams) {
		return nil, fmt.Errorf("index: lexical segment of unknown analysis %d; build it again", analysis)
	}
	var sections [sectionCount][]byte
	for i := range sections {
		from, n := binary.LittleEndian.Uint64(head[8+16*i:]), binary.LittleEndian.Uint64(head[16+16*i:])
		if from > uint64(len(data)) || n > uint64(len(data))-from {
			return nil, fmt.Errorf("index: lexical segment: section %d is cut off; build it again", i)
		}
		sections[i] = data[from : from+n : from+n]
	}
	s := &Segment{
		data: data, analysis: lang.Analysis(analysis),
		idStarts: sections[sectionIDStarts], ids: sections[sectionIDs],
		internal: sections[sectionInternal], boosts: sections[sectionBoosts],
		wordStarts: sections[sectionWordStarts], words: sections[sectionWords], hash: sections[sectionHash],
		entryStarts: sections[sectionEntryStarts], entries: sections[sectionEntries],
		forward: sections[sectionForward], reversed: sections[sectionReversed], postings: sections[sectionPostings],
	}
	s.chunks, s.wordCount, s.entryCount = s.idStarts.len()-1, s.wordStarts.len()-1, len(s.entries)/entrySize
	if !s.consistent() || !s.openParts(sections[sectionParts], sections[sectionTags]) {
		return nil, errors.New("index: lexical segment: the sections do not fit together; build it again")
	}
	return s, nil
}

// consistent holds the sizes of the sections against each other.
func (s *Segment) consistent() bool {
	slots := s.hash.len()
	return s.chunks >= 0 && s.wordCount >= 0 && s.chunks <= math.MaxInt32 &&
		len(s.internal) == (s.chunks+7)/8 &&
		(len(s.boosts) == 0 || s.boosts.len() == s.chunks) &&
		slots > s.wordCount && slots&(slots-1) == 0 &&
		s.entryStarts.len() == s.wordCount+1
}

func (s *Segment) openParts(records, tags []byte) bool {
	if len(records)%partSize != 0 {
		return false
	}
	next := uint64(0)
	for ; len(records) > 0; records = records[partSize:] {
		le := binary.LittleEndian
		from, n := uint64(le.Uint32(records)), uint64(le.Uint32(records[4:]))
		p := part{first: le.Uint32(records[8:]), count: le.Uint32(records[12:])}
		if from+n > uint64(len(tags)) || uint64(p.first) != next || p.count == 0 {
			return false
		}
		p.lang = string(tags[from : from+n])
		at := 16
		for f := range p.steps {
			p.steps[f] = int32(le.Uint32(records[at:]))
			at += 4
		}
		p.maxBoost = math.Float32frombits(le.Uint32(records[at:]))
		at += 4
		for f := range p.lengths {
			p.lengths[f] = le.Uint64(records[at:])
			at += 8
		}
		next += uint64(p.count)
		if i := len(s.parts); i > 0 && s.parts[i-1].lang >= p.lang || !(p.maxBoost >= 1) {
			return false
		}
		s.parts = append(s.parts, p)
	}
	return next == uint64(s.chunks)
}

// slice returns bytes[starts[i]:starts[i+1]], nil where those are no range of it.
func slice(bytes []byte, starts words32, i int) []byte {
	if i < 0 || i+1 >= starts.len() {
		return nil
	}
	from, to := starts.at(i), starts.at(i+1)
	if from > to || uint64(to) > uint64(len(bytes)) {
		return nil
	}
	return bytes[from:to]
}

// id is the id of the chunk with an ordinal.
func (s *Segment) id(ordinal uint32) []byte { return slice(s.ids, s.idStarts, int(ordinal)) }

// boost is what a chunk's score is multiplied with.
func (s *Segment) boost(ordinal uint32) float32 {
	if int(ordinal) >= s.boosts.len() {
		return 1
	}
	return math.Float32frombits(s.boosts.at(int(ordinal)))
}

// find returns the ordinal of the chunk with an id, and the part that it is in.
func (s *Segment) find(id string) (ordinal uint32, in int, ok bool) {
	for i, p := range s.parts {
		n := sort.Search(int(p.count), func(j int) bool { return string(s.id(p.first+uint32(j))) >= id })
		if n < int(p.count) && string(s.id(p.first+uint32(n))) == id {
			return p.first + uint32(n), i, true
		}
	}
	return 0, 0, false
}

// word is the word with a number.
func (s *Segment) word(i int) []byte { return slice(s.words, s.wordStarts, i) }

// lookup returns the number of a word.
func (s *Segment) lookup(word string) (int, bool) {
	mask := s.hash.len() - 1
	slot := int(uint32(hashWord(word))) & mask
	for range s.hash.len() { // a table without an empty slot must not hold us for ever
		n := s.hash.at(slot)
		if n == 0 {
			return 0, false
		}
		if string(s.word(int(n-1))) == word {
			return int(n - 1), true
		}
		slot = (slot + 1) & mask
	}
	return 0, false
}

// searchWord returns the number of the first word that is not less than prefix.
func (s *Segment) searchWord(prefix []byte) int {
	return sort.Search(s.wordCount, func(i int) bool { return bytes.Compare(s.word(i), prefix) >= 0 })
}

// hashWord is FNV-1a, with its high half folded into the low one.
func hashWord(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return h ^ h>>32
}

// entry is a word in one part.
type entry struct {
	part  int
	alias bool   // a spelling: ref is the number of the term's word
	max   uint8  // the largest impact
	df    uint32 // chunks that have it
	ref   uint32 // postings, or the ordinal within the part where df is 1
}

const entrySize = 12

// entriesOf returns the numbers of a word's entries, [from,to).
func (s *Segment) entriesOf(word int) (from, to int) {
	if word < 0 || word >= s.wordCount {
		return 0, 0
	}
	a, b := s.entryStarts.at(word), s.entryStarts.at(word+1)
	if a > b || uint64(b) > uint64(s.entryCount) {
		return 0, 0
	}
	return int(a), int(b)
}

// entry reads entry i; ok is false where it names a part that is not there.
func (s *Segment) entry(i int) (e entry, ok bool) {
	b := s.entries[entrySize*i:][:entrySize]
	e = entry{
		part: int(binary.LittleEndian.Uint16(b)), alias: b[2] != 0, max: b[3],
		df: binary.LittleEndian.Uint32(b[4:]), ref: binary.LittleEndian.Uint32(b[8:]),
	}
	return e, e.part < len(s.parts) && e.df > 0
}

func (e entry) appendTo(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, uint16(e.part))
	alias := byte(0)
	if e.alias {
		alias = 1
	}
	dst = append(dst, alias, e.max)
	dst = binary.LittleEndian.AppendUint32(dst, e.df)
	return binary.LittleEndian.AppendUint32(dst, e.ref)
}
