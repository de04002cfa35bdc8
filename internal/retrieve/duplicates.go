package retrieve

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
)

// sameText is the Jaccard similarity of two chunks' word pairs from which on they say the same.
const sameText = 0.85

// Retrieve returns at most q.Limit hits, best first. Of chunks that say the same in the same
// words only the best is kept, and the next ones move up.
func (x *Index) Retrieve(ctx context.Context, q Query) (Result, error) {
	wide := q
	wide.Limit = max(0, min(q.Limit, len(x.corpus.Chunks)))
	wide.Limit += wide.Limit / 2
	result, ranking, err := x.rank(ctx, wide)
	if err != nil {
		return result, err
	}
	analyzer := lang.NewAnalyzer(lang.Plain)
	x.preferOwn(ranking)
	var seen []content
	for _, f := range ranking {
		if len(result.Hits) >= q.Limit {
			break
		}
		hit := x.hit(f, len(result.Hits)+1)
		content := contentOf(analyzer, hit.Chunk)
		if slices.ContainsFunc(seen, content.repeats) {
			continue
		}
		seen = append(seen, content)
		result.Hits = append(result.Hits, hit)
	}
	return result, nil
}

// preferOwn puts, of neighbours with the same score and text, the one first that stands in a folder
// of its own language: a guide that nobody translated lies in many folders, and its reader wants
// the original.
func (x *Index) preferOwn(ranking []fused) {
	slices.SortStableFunc(ranking, func(a, b fused) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(x.foreign(a.id), x.foreign(b.id))
	})
}

// foreign is 1 for a chunk whose article stands in a folder of another language than its own.
func (x *Index) foreign(id string) int {
	c := x.corpus.Chunk(id)
	for folder := range strings.SplitSeq(path.Dir(c.DocumentID), "/") {
		if tag := lang.Base(folder); tag != "" && tag != c.Lang && slices.Contains(x.languages, tag) {
			return 1
		}
	}
	return 0
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
