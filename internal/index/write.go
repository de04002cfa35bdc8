package index

import (
	"cmp"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"

	"cited/internal/kb"
	"cited/internal/lang"
)

// writer lays a segment out.
type writer struct {
	analysis lang.Analysis
	parts    []part
	sections [sectionCount][]byte
	boosts   []float32
	boosted  bool
	words    []string
	entries  []entry
	groups   []int // the lexemes of entry i are [groups[i], groups[i+1])
}

func isInternal(c *kb.Chunk) bool { return c.Audience == kb.Internal }

func newWriter(analysis lang.Analysis, parts []part, chunks int) *writer {
	w := &writer{analysis: analysis, parts: parts, boosts: make([]float32, chunks)}
	w.sections[sectionInternal] = newBitset(chunks)
	w.sections[sectionIDStarts] = make([]byte, 0, 4*(chunks+1))
	return w
}

// chunk adds what a search has to know of a chunk; ordinals ascend.
func (w *writer) chunk(ordinal uint32, id string, internal bool, boost float32) {
	w.start(sectionIDStarts, sectionIDs)
	w.sections[sectionIDs] = append(w.sections[sectionIDs], id...)
	if internal {
		bitset(w.sections[sectionInternal]).set(ordinal)
	}
	w.boosts[ordinal] = boost
	if boost != 1 {
		w.boosted = true
	}
	for i := range w.parts {
		if p := &w.parts[i]; ordinal-p.first < p.count {
			p.maxBoost = max(p.maxBoost, boost)
		}
	}
}

// start notes in one section where the next item of another begins.
func (w *writer) start(starts, items int) {
	w.sections[starts] = binary.LittleEndian.AppendUint32(w.sections[starts], uint32(len(w.sections[items])))
}

// finish writes the words, which are sorted, and returns the segment.
func (w *writer) finish(lexemes []lexeme) *Segment {
	w.start(sectionIDStarts, sectionIDs)
	w.group(lexemes)
	w.hash()
	var corrected sync.WaitGroup
	corrected.Go(w.corrections)
	w.postings(lexemes)
	corrected.Wait()
	w.sections[sectionEntries] = make([]byte, 0, entrySize*len(w.entries))
	for _, e := range w.entries {
		w.sections[sectionEntries] = e.appendTo(w.sections[sectionEntries])
	}
	if w.boosted {
		for _, b := range w.boosts {
			w.sections[sectionBoosts] = binary.LittleEndian.AppendUint32(w.sections[sectionBoosts], math.Float32bits(b))
		}
	}
	w.writeParts()
	s, err := OpenSegment(w.bytes())
	if err != nil {
		panic("index: a segment that was just written: " + err.Error())
	}
	return s
}

// group makes words and entries of lexemes.
func (w *writer) group(lexemes []lexeme) {
	w.words, w.entries, w.groups = make([]string, 0, len(lexemes)), make([]entry, 0, len(lexemes)), make([]int, 0, len(lexemes)+1)
	w.sections[sectionWords] = make([]byte, 0, 8*len(lexemes))
	w.sections[sectionWordStarts], w.sections[sectionEntryStarts] = make([]byte, 0, 4*len(lexemes)+4), make([]byte, 0, 4*len(lexemes)+4)
	for i, l := range lexemes {
		if i > 0 && l.compare(lexemes[i-1]) == 0 {
			w.entries[len(w.entries)-1].df += l.df
			continue
		}
		if i == 0 || l.text != lexemes[i-1].text {
			w.start(sectionWordStarts, sectionWords)
			w.sections[sectionWords] = append(w.sections[sectionWords], l.text...)
			w.sections[sectionEntryStarts] = binary.LittleEndian.AppendUint32(w.sections[sectionEntryStarts], uint32(len(w.entries)))
			w.words = append(w.words, l.text)
		}
		w.entries = append(w.entries, entry{part: l.part, alias: l.alias, df: l.df})
		w.groups = append(w.groups, i)
	}
	w.groups = append(w.groups, len(lexemes))
	w.start(sectionWordStarts, sectionWords)
	w.sections[sectionEntryStarts] = binary.LittleEndian.AppendUint32(w.sections[sectionEntryStarts], uint32(len(w.entries)))
}

// hash writes the hash table of the words, at most three quarters full.
func (w *writer) hash() {
	slots := 1
	for 3*slots < 4*(len(w.words)+1) {
		slots *= 2
	}
	table := make([]byte, 4*slots)
	for i, word := range w.words {
		slot := int(uint32(hashWord(word))) & (slots - 1)
		for words32(table).at(slot) != 0 {
			slot = (slot + 1) & (slots - 1)
		}
		binary.LittleEndian.PutUint32(table[4*slot:], uint32(i+1))
	}
	w.sections[sectionHash] = table
}

// lookup returns the number of a word, from the hash table.
func (w *writer) lookup(word string) uint32 {
	table := words32(w.sections[sectionHash])
	mask := table.len() - 1
	for slot := int(uint32(hashWord(word))) & mask; ; slot = (slot + 1) & mask {
		n := table.at(slot)
		if n == 0 || w.words[n-1] == word {
			return n - 1
		}
	}
}

// corrections lists the words that a typo may be corrected to.
func (w *writer) corrections() {
	type item struct {
		tail        uint64 // the last bytes, the very last first
		runes, word uint32
	}
	var starts []int // of the items of each length, in runes; then where the next one goes
	list := make([]item, 0, len(w.words))
	for i, word := range w.words {
		if correctable(word, minCorrected-1) {
			n := utf8.RuneCountInString(word)
			for len(starts) < n+2 {
				starts = append(starts, 0)
			}
			starts[n+1]++
			list = append(list, item{tailKey(word), uint32(n), uint32(i)})
		}
	}
	for n := 1; n < len(starts); n++ {
		starts[n] += starts[n-1]
	}
	sorted := make([]item, len(list)) // by (runes, word)
	next := slices.Clone(starts)
	for _, i := range list {
		sorted[next[i.runes]] = i
		next[i.runes]++
	}
	write := func(section int) {
		out := make([]byte, 0, 4*len(sorted))
		for _, i := range sorted {
			out = binary.LittleEndian.AppendUint32(out, i.word)
		}
		w.sections[section] = out
	}
	write(sectionForward)
	for n := range len(starts) - 1 {
		slices.SortFunc(sorted[starts[n]:starts[n+1]], func(a, b item) int {
			if a.tail != b.tail {
				return cmp.Compare(a.tail, b.tail)
			}
			return compareReversed(w.words[a.word], w.words[b.word])
		})
	}
	write(sectionReversed)
}

// tailKey orders words as compareReversed does, as far as their last eight bytes go.
func tailKey(word string) (key uint64) {
	for i := range 8 {
		key <<= 8
		if i < len(word) {
			key |= uint64(word[len(word)-1-i])
		}
	}
	return key
}

// headKey orders words as strings.Compare does, as far as their first eight bytes go.
func headKey(word string) (key uint64) {
	for i := range 8 {
		key <<= 8
		if i < len(word) {
			key |= uint64(word[i])
		}
	}
	return key
}

// postings encodes the postings of all entries, in runs over the processors.
func (w *writer) postings(lexemes []lexeme) {
	runs := max(1, min(runtime.GOMAXPROCS(0), len(w.entries)/chunksPerRun))
	encoded := make([][]byte, runs)
	var wg sync.WaitGroup
	for run := range runs {
		from, to := run*len(w.entries)/runs, (run+1)*len(w.entries)/runs
		wg.Go(func() {
			var docs []uint32
			var impacts []uint8
			for i := from; i < to; i++ {
				docs, impacts = docs[:0], impacts[:0]
				group := lexemes[w.groups[i]:w.groups[i+1]]
				e := &w.entries[i]
				if e.alias {
					e.ref = w.lookup(group[0].source.term(group[0]))
					continue
				}
				for _, l := range group {
					docs, impacts = l.source.appendPostings(docs, impacts, l)
				}
				sortPostings(docs, impacts)
				e.max, e.df = maxImpact(impacts), uint32(len(docs))
				if e.df == 1 {
					e.ref = docs[0]
					continue
				}
				row, marks := e.before(w.parts[e.part].count)
				encoded[run] = appendMarks(appendRow(encoded[run], docs, impacts, row), docs, marks)
				e.ref = uint32(len(encoded[run]))
				encoded[run] = appendPostings(encoded[run], docs, impacts)
			}
		})
	}
	wg.Wait()
	for run := range runs {
		base := uint32(len(w.sections[sectionPostings]))
		w.sections[sectionPostings] = append(w.sections[sectionPostings], encoded[run]...)
		for i := run * len(w.entries) / runs; base > 0 && i < (run+1)*len(w.entries)/runs; i++ {
			if e := &w.entries[i]; !e.alias && e.df > 1 {
				e.ref += base
			}
		}
	}
}

// sortPostings sorts postings by ordinal, where several sources have them mixed.
func sortPostings(docs []uint32, impacts []uint8) {
	if slices.IsSorted(docs) {
		return
	}
	pairs := make([]uint64, len(docs))
	for i, d := range docs {
		pairs[i] = uint64(d)<<8 | uint64(impacts[i])
	}
	slices.Sort(pairs)
	for i, p := range pairs {
		docs[i], impacts[i] = uint32(p>>8), uint8(p)
	}
}

func (w *writer) writeParts() {
	out := w.sections[sectionParts]
	le := binary.LittleEndian
	for _, p := range w.parts {
		out = le.AppendUint32(out, uint32(len(w.sections[sectionTags])))
		out = le.AppendUint32(out, uint32(len(p.lang)))
		w.sections[sectionTags] = append(w.sections[sectionTags], p.lang...)
		out = le.AppendUint32(le.AppendUint32(out, p.first), p.count)
		for _, s := range p.steps {
			out = le.AppendUint32(out, uint32(s))
		}
		out = le.AppendUint32(out, math.Float32bits(p.maxBoost))
		for _, n := range p.lengths {
			out = le.AppendUint64(out, n)
		}
	}
	w.sections[sectionParts] = out
}

// bytes is the segment: header and sections.
func (w *writer) bytes() []byte {
	size := headerSize
	for _, s := range w.sections {
		size += len(s)
	}
	out := append(make([]byte, 0, size), segmentMagic...)
	out = binary.LittleEndian.AppendUint32(out, segmentVersion)
	out = binary.LittleEndian.AppendUint32(out, uint32(w.analysis))
	at := headerSize
	for _, s := range w.sections {
		out = binary.LittleEndian.AppendUint64(out, uint64(at))
		out = binary.LittleEndian.AppendUint64(out, uint64(len(s)))
		at += len(s)
	}
	for _, s := range w.sections {
		out = append(out, s...)
	}
	return out
}
