package index

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cited/internal/lang"
)

// chunksPerRun keeps the runs of chunks that processors count large enough for their
// vocabularies to pay.
const chunksPerRun = 1024

// buildSegment indexes entries, over all processors. known are the mean lengths that parts have to
// keep to, by language; the others get their own. Entries are sorted in place.
func buildSegment(entries []Entry, analyzer *lang.Analyzer, analysis lang.Analysis, known map[string]steps) *Segment {
	sortEntries(entries)
	counters := countAll(entries, analyzer)
	parts := partsOf(counters, known)
	var wg sync.WaitGroup
	for _, c := range counters {
		wg.Go(func() {
			for _, v := range c.lexicons {
				i, _ := slices.BinarySearchFunc(parts, v.lang, func(p part, language string) int { return cmp.Compare(p.lang, language) })
				v.sort(parts[i].steps, c.lengths[v.first-c.first:][:v.chunks])
			}
		})
	}
	wg.Wait()
	w := newWriter(analysis, parts, len(entries))
	for i, e := range entries {
		w.chunk(uint32(i), e.Chunk.ID, isInternal(e.Chunk), e.boost())
	}
	return w.finish(lexemesOf(counters, parts))
}

// sortEntries gives entries the order of their ordinals.
func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Chunk.Lang, b.Chunk.Lang), strings.Compare(a.Chunk.ID, b.Chunk.ID))
	})
}

// countAll shares entries out in runs of about as many bytes each.
func countAll(entries []Entry, analyzer *lang.Analyzer) []*counter {
	runs := max(1, min(runtime.GOMAXPROCS(0), len(entries)/chunksPerRun))
	total := 0
	for _, e := range entries {
		total += len(e.Chunk.Plain)
	}
	var wg sync.WaitGroup
	var counters []*counter
	sum, from := 0, 0
	for i, e := range entries {
		sum += len(e.Chunk.Plain)
		if i+1 < len(entries) && (len(counters)+1 == runs || sum*runs < total*(len(counters)+1)) {
			continue
		}
		c, run := &counter{analyzer: analyzer.Forgetful(), first: from}, entries[from:i+1]
		counters = append(counters, c)
		wg.Go(func() { c.count(run) })
		from = i + 1
	}
	wg.Wait()
	return counters
}

// partsOf adds up what the counters found of each language.
func partsOf(counters []*counter, known map[string]steps) []part {
	var parts []part
	for _, c := range counters {
		for _, v := range c.lexicons {
			if len(parts) == 0 || parts[len(parts)-1].lang != v.lang {
				parts = append(parts, part{lang: v.lang, first: uint32(v.first), maxBoost: 1})
			}
			p := &parts[len(parts)-1]
			p.count += uint32(v.chunks)
			for f, n := range v.total {
				p.lengths[f] += n
			}
		}
	}
	for i := range parts {
		p := &parts[i]
		p.steps = stepsOf(p.lengths, int(p.count))
		if s, ok := known[p.lang]; ok {
			for f := range s {
				if s[f] != noStep { // a field that was empty so far has no impacts to agree with
					p.steps[f] = s[f]
				}
			}
		}
	}
	return parts
}

// lexeme is a word of one part from one source; see writer.
type lexeme struct {
	text   string
	part   int
	alias  bool
	df     uint32
	source source
	id     uint32 // the source's number of it
}

// source has postings of its own: of a run of chunks, or of a segment that is merged.
type source interface {
	// appendPostings appends the ordinals within the part, and the impacts, of a term.
	appendPostings(docs []uint32, impacts []uint8, l lexeme) ([]uint32, []uint8)
	// term is the term of a spelling.
	term(l lexeme) string
}

// compare orders lexemes as a segment has them.
func (l lexeme) compare(o lexeme) int {
	if c := strings.Compare(l.text, o.text); c != 0 {
		return c
	}
	if l.part != o.part {
		return cmp.Compare(l.part, o.part)
	}
	switch {
	case l.alias == o.alias:
		return 0
	case o.alias:
		return -1
	}
	return 1
}

// lexiconSource is a lexicon of a part that begins at ordinal first.
type lexiconSource struct {
	*lexicon
	partFirst uint32
}

func (v lexiconSource) appendPostings(docs []uint32, impacts []uint8, l lexeme) ([]uint32, []uint8) {
	from, to := v.starts[l.id], v.starts[l.id+1]
	for _, d := range v.docs[from:to] {
		docs = append(docs, d-v.partFirst)
	}
	return docs, append(impacts, v.impacts[from:to]...)
}

func (v lexiconSource) term(l lexeme) string { return v.names[v.forms[l.id].term] }

// lexemesOf returns the words of all counters, sorted; those of one word stand in the order of
// the counters, which is that of their chunks.
func lexemesOf(counters []*counter, parts []part) []lexeme {
	lists := make([][]lexeme, len(counters))
	var wg sync.WaitGroup
	for i, c := range counters {
		wg.Go(func() { lists[i] = c.lexemes(parts) })
	}
	wg.Wait()
	return mergeLexemes(lists)
}

// lexemes returns the words that c counted, sorted.
func (c *counter) lexemes(parts []part) []lexeme {
	size := 0
	for _, v := range c.lexicons {
		size += len(v.names) + len(v.forms)
	}
	list := make([]lexeme, 0, size)
	for _, v := range c.lexicons {
		n, _ := slices.BinarySearchFunc(parts, v.lang, func(p part, language string) int { return cmp.Compare(p.lang, language) })
		var from source = lexiconSource{v, parts[n].first}
		for t, name := range v.names {
			list = append(list, lexeme{text: name, part: n, df: v.df[t], source: from, id: uint32(t)})
		}
		for t, f := range v.forms {
			if f.spells {
				list = append(list, lexeme{text: f.text, part: n, alias: true, df: f.df, source: from, id: uint32(t)})
			}
		}
	}
	type item struct { // sorting these is quicker than sorting lexemes
		head uint64
		n    uint32
	}
	items := make([]item, len(list))
	for i, l := range list {
		items[i] = item{headKey(l.text), uint32(i)}
	}
	slices.SortFunc(items, func(a, b item) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return list[a.n].compare(list[b.n])
	})
	sorted := make([]lexeme, len(list))
	for i, item := range items {
		sorted[i] = list[item.n]
	}
	return sorted
}

// mergeLexemes merges sorted lists; of equal ones, the earlier list's comes first.
func mergeLexemes(lists [][]lexeme) []lexeme {
	if len(lists) == 0 {
		return nil
	}
	for len(lists) > 1 {
		var merged [][]lexeme
		for i := 0; i < len(lists); i += 2 {
			if i+1 == len(lists) {
				merged = append(merged, lists[i])
				break
			}
			merged = append(merged, mergeTwo(lists[i], lists[i+1]))
		}
		lists = merged
	}
	return lists[0]
}

func mergeTwo(a, b []lexeme) []lexeme {
	out := make([]lexeme, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].compare(b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
