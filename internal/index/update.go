package index

import (
	"cmp"
	"math"
	"slices"

	"cited/internal/kb"
)

const (
	// smallCorpus is the number of chunks up to which an edit indexes everything anew: that takes
	// no longer than anybody notices, and its mean field lengths, which every edit moves, are
	// always those of the corpus.
	smallCorpus = 512
	// mergedDelta is the number of chunks up to which the segments of edits are merged while the
	// edit waits.
	mergedDelta = 1 << 13
	// deltaRatio is how many times as large as the next the segment of an edit has to be to stay
	// by itself: so there are few of them, and each chunk is merged few times.
	deltaRatio = 4
	// maxDeltas is how many segments of edits make an index stale.
	maxDeltas = 12
)

// With returns the index of the corpus new. documents are the ids of those of its documents that
// differ from the corpus old, which l is the index of: new, removed, or changed in whatever the
// index reads. l stays as it is. The time is that of analysing these documents' chunks, before
// and after; the segments of earlier edits are merged now and then.
func (l *Lexical) With(old, new *kb.Corpus, documents []string) *Lexical {
	documents = slices.Compact(slices.Sorted(slices.Values(documents)))
	removed, added := entriesOf(old, documents), entriesOf(new, documents)
	if l.chunks-len(removed)+len(added) <= smallCorpus {
		return NewLexical(new, l.analysis)
	}
	out := &Lexical{analysis: l.analysis, analyzer: l.analyzer, corpus: new, layers: slices.Clone(l.layers), scratch: l.scratch}
	out.remove(removed)
	if len(added) > 0 {
		known := make(map[string]steps, len(l.languages))
		for _, g := range l.languages {
			known[g.tag] = g.steps
		}
		out.layers = append(out.layers, newLayer(buildSegment(added, l.analyzer, l.analysis, known)))
	}
	out.compact()
	out.index()
	return out
}

// entriesOf returns the chunks of documents.
func entriesOf(c *kb.Corpus, documents []string) (entries []Entry) {
	for _, id := range documents {
		doc := c.Document(id)
		for _, k := range c.ChunksOf(id) {
			entries = append(entries, Entry{k, doc})
		}
	}
	return entries
}

// remove marks chunks as dead and takes their words out of the statistics. What they were indexed
// with is found by analysing them again.
func (l *Lexical) remove(removed []Entry) {
	gone := make([][]Entry, len(l.layers))
	for _, e := range removed {
		for y := len(l.layers) - 1; y >= 0; y-- {
			ordinal, in, ok := l.layers[y].segment.find(e.Chunk.ID)
			if !ok || l.layers[y].dead.has(ordinal) {
				continue
			}
			if len(gone[y]) == 0 { // the former version keeps what it has
				dead := newBitset(l.layers[y].segment.chunks)
				copy(dead, l.layers[y].dead)
				l.layers[y].dead, l.layers[y].losses = dead, slices.Clone(l.layers[y].losses)
			}
			l.layers[y].dead.set(ordinal)
			l.layers[y].losses[in].chunks++
			gone[y] = append(gone[y], e)
			break
		}
	}
	for y, entries := range gone {
		if len(entries) > 0 {
			l.layers[y].forget(entries, &counter{analyzer: l.analyzer.Forgetful()})
		}
	}
}

// forget counts the words of chunks of the layer as lost.
func (y *layer) forget(entries []Entry, c *counter) {
	sortEntries(entries)
	c.count(entries)
	var run []entryCount
	for _, v := range c.lexicons {
		in := slices.IndexFunc(y.segment.parts, func(p part) bool { return p.lang == v.lang })
		if in < 0 {
			continue
		}
		for f, n := range v.total {
			y.losses[in].lengths[f] += n
		}
		for t, name := range v.names {
			run = y.segment.appendCount(run, name, in, false, v.df[t])
		}
		for _, f := range v.forms {
			if f.spells {
				run = y.segment.appendCount(run, f.text, in, true, f.df)
			}
		}
	}
	slices.SortFunc(run, func(a, b entryCount) int { return cmp.Compare(a.entry, b.entry) })
	y.lost = y.lost.with(run)
}

// appendCount appends n for the entry of a word.
func (s *Segment) appendCount(run []entryCount, word string, in int, alias bool, n uint32) []entryCount {
	if w, ok := s.lookup(word); ok {
		from, to := s.entriesOf(w)
		for i := from; i < to; i++ {
			if e, ok := s.entry(i); ok && e.part == in && e.alias == alias {
				return append(run, entryCount{uint32(i), n})
			}
		}
	}
	return run
}

// compact drops the layers without live chunks and merges the small ones at the end.
func (l *Lexical) compact() {
	l.layers = slices.DeleteFunc(l.layers, func(y layer) bool { return y.live() == 0 })
	for n := len(l.layers); n > 2; n = len(l.layers) {
		a, b := l.layers[n-2].live(), l.layers[n-1].live()
		if a >= deltaRatio*b || a+b > mergedDelta {
			return
		}
		merged := mergeLayers(l.layers[n-2:])
		l.layers = append(l.layers[:n-2:n-2], newLayer(merged))
	}
}

// Fresh reports that NewLexical would give the same index: one segment without dead chunks, of the
// mean lengths that it has.
func (l *Lexical) Fresh() bool { return l.whole() && !l.moved() }

// whole reports that the index is one segment without dead chunks.
func (l *Lexical) whole() bool {
	return len(l.layers) == 1 && l.layers[0].dead == nil && l.layers[0].segment.chunks == l.chunks
}

// Compacted returns the same index in one segment without dead chunks. It needs no text.
func (l *Lexical) Compacted() *Lexical {
	if l.whole() {
		return l
	}
	out := *l
	if l.chunks > 0 && l.chunks <= maxSegmentChunks {
		out.layers = []layer{newLayer(mergeLayers(l.layers))}
	}
	out.index()
	return &out
}

// Stale reports that NewLexical would give another index, or a better one: the mean field lengths
// of a language have moved to another step, so that scores differ by a few percent from those of
// a new index, or the segments of edits and the dead chunks have become so many that searches take
// longer. Who serves the index builds it anew then, beside it.
func (l *Lexical) Stale() bool {
	small, dead := 0, 0
	for _, y := range l.layers[min(1, len(l.layers)):] {
		if y.segment.chunks < maxSegmentChunks/2 {
			small++
		}
	}
	for _, y := range l.layers {
		dead += y.segment.chunks - y.live()
	}
	if small > maxDeltas || 2*dead > l.chunks {
		return true
	}
	return l.moved()
}

// moved reports that the mean field lengths of a language are at another step than its impacts.
func (l *Lexical) moved() bool {
	for _, g := range l.languages {
		for f, s := range stepsOf(g.lengths, g.chunks) {
			if s != noStep && s != g.steps[f] { // the impacts of a field that is empty are nobody's
				return true
			}
		}
	}
	return false
}

// mergeLayers returns one segment of the live chunks of layers, which have common mean lengths.
func mergeLayers(layers []layer) *Segment {
	m := merger{layers: layers, to: make([][]uint32, len(layers))}
	m.order()
	w := newWriter(layers[0].segment.analysis, m.parts, len(m.chunks))
	for i, h := range m.chunks {
		s := layers[h.layer].segment
		w.chunk(uint32(i), string(s.id(h.ordinal)), s.internal.has(h.ordinal), s.boost(h.ordinal))
	}
	lists := make([][]lexeme, len(layers))
	for y := range layers {
		lists[y] = m.lexemes(y)
	}
	return w.finish(mergeLexemes(lists))
}

// merger gives the live chunks of layers new ordinals.
type merger struct {
	layers []layer
	parts  []part
	chunks []hit      // by new ordinal
	to     [][]uint32 // by layer and ordinal: the new one within the part; end for the dead
}

func (m *merger) order() {
	index := &Lexical{layers: m.layers}
	index.layers = slices.Clone(m.layers)
	index.index()
	for y := range m.layers {
		m.to[y] = make([]uint32, m.layers[y].segment.chunks)
	}
	for _, g := range index.languages {
		p := part{lang: g.tag, first: uint32(len(m.chunks)), steps: g.steps, lengths: g.lengths, maxBoost: 1}
		for y, l := range m.layers {
			for _, q := range l.segment.parts {
				for o := q.first; q.lang == g.tag && o < q.first+q.count; o++ {
					m.to[y][o] = end
					if !l.dead.has(o) {
						m.chunks = append(m.chunks, hit{layer: uint32(y), ordinal: o})
					}
				}
			}
		}
		own := m.chunks[p.first:]
		slices.SortFunc(own, (&ranking{layers: m.layers}).compare) // by id: the scores are all 0
		for i, h := range own {
			m.to[h.layer][h.ordinal] = uint32(i)
		}
		p.count = uint32(len(own))
		m.parts = append(m.parts, p)
	}
}

// lexemes returns the words of layer y that live chunks have, ascending.
func (m *merger) lexemes(y int) (list []lexeme) {
	s := m.layers[y].segment
	from := mergeSource{m, y}
	parts := make([]int, len(s.parts))
	for i, p := range s.parts {
		parts[i] = slices.IndexFunc(m.parts, func(q part) bool { return q.lang == p.lang })
	}
	for w := range s.wordCount {
		a, b := s.entriesOf(w)
		for i := a; i < b; i++ {
			e, ok := s.entry(i)
			if !ok || parts[e.part] < 0 {
				continue
			}
			if lost := m.layers[y].lost.of(i); lost < e.df {
				list = append(list, lexeme{
					text: string(s.word(w)), part: parts[e.part], alias: e.alias, df: e.df - lost, source: from, id: uint32(i),
				})
			}
		}
	}
	return list
}

// mergeSource is a layer that is merged.
type mergeSource struct {
	*merger
	layer int
}

func (m mergeSource) appendPostings(docs []uint32, impacts []uint8, l lexeme) ([]uint32, []uint8) {
	s := m.layers[m.layer].segment
	e, _ := s.entry(int(l.id))
	c := s.cursor(int(l.id), e)
	first := s.parts[e.part].first
	for doc := c.seek(0); doc != math.MaxUint32; doc = c.seek(doc + 1) {
		if to := m.to[m.layer][first+doc]; to != end {
			docs, impacts = append(docs, to), append(impacts, c.impacts[c.at])
		}
	}
	return docs, impacts
}

func (m mergeSource) term(l lexeme) string {
	s := m.layers[m.layer].segment
	e, _ := s.entry(int(l.id))
	return string(s.word(int(e.ref)))
}
