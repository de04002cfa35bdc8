package retrieve

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
)

// Mode says which searchers answer.
type Mode string

// Modes.
const (
	Hybrid  Mode = "hybrid"
	Lexical Mode = "lexical"
	Vector  Mode = "vector"
)

// ParseMode reads a mode's name.
func ParseMode(name string) (Mode, error) {
	switch m := Mode(name); m {
	case Hybrid, Lexical, Vector:
		return m, nil
	}
	return "", fmt.Errorf("retrieve: unknown mode %q: use hybrid, lexical or vector", name)
}

// Settings are the choices that an index is built with.
type Settings struct {
	Mode     Mode
	Analysis lang.Analysis
	Embedder index.Embedder
	Budget   time.Duration     // for the vector leg of one question; 0 means no bound
	Vectors  Store             // which index holds the vectors
	Scan     index.ScanOptions // of that index, when it is a scan
	Fusion   Fusion            // how the legs become one ranking

	// Step, unless nil, is told while an index is built how many of total vectors are made.
	Step func(done, total int)
}

// Index is a corpus with its searchers. It never changes.
type Index struct {
	corpus    *kb.Corpus
	settings  Settings
	searchers []searcher
	languages []string       // of the chunks, sorted
	lexical   *index.Lexical // nil in mode Vector; knows how rare words are
	missing   error          // why the vector leg is missing; nil when it is not
	readers   *readers

	// The vector leg is a scan, or chromem-go with the vectors by chunk id.
	scan    *index.Scan
	chromem *index.Vector
	vectors map[string][]float32 // without a leg: those that there are
}

// Corpus returns the corpus that x was built from.
func (x *Index) Corpus() *kb.Corpus { return x.corpus }

// Missing says why the vector leg is missing; nil when it is not.
func (x *Index) Missing() error { return x.missing }

// Weight is how much a word of a question tells the chunks of its language apart, ≥ 0: the
// inverse document frequency of its stem.
func (x *Index) Weight(word lang.Word, language string) float64 {
	if x.lexical == nil {
		return 1
	}
	return x.lexical.Weight(word, language)
}

// depth is how many matches each leg contributes to the fusion, at least.
const depth = 100

// Weights of the legs, chosen on DATA/dev.
const (
	lexicalWeight = 0.9
	vectorWeight  = 0.1
)

// Rank returns the hits for q, best first, near-duplicates included.
func (x *Index) Rank(ctx context.Context, q Query) (Result, error) {
	return x.find(ctx, q, q.Limit, func(*kb.Chunk) bool { return true })
}

// find returns the best q.Limit of the chunks that accept takes, best first; at least deep chunks
// are looked at, where there are so many.
func (x *Index) find(ctx context.Context, q Query, deep int, accept func(*kb.Chunk) bool) (Result, error) {
	result := Result{Corpus: x.corpus.Hash}
	q.Lang = lang.Identify(q.Text, q.Lang, x.languages...).Lang
	result.Lang = q.Lang
	legs, err := x.search(ctx, q, deep, &result)
	if err != nil || q.Limit <= 0 {
		return result, err
	}
	x.walk(q.Lang, x.settings.Fusion.fuse(legs), func(f located) bool {
		if accept(f.chunk) {
			result.Hits = append(result.Hits, Hit{
				Chunk: f.chunk, Document: f.document, Rank: len(result.Hits) + 1, Score: f.score, From: f.origins(legs),
			})
		}
		return len(result.Hits) < q.Limit
	})
	return result, nil
}

// searcher is one leg of the fusion.
type searcher struct {
	Searcher
	name     Mode
	weight   float64
	scale    func(score float64) float64 // to [0,1]
	budget   time.Duration               // for one question; 0 means no bound
	optional bool                        // its failure costs quality, not the answer
}

// search asks the searchers and notes in result what was missing. A question without a word
// finds nothing: its vector would be noise.
func (x *Index) search(ctx context.Context, q Query, least int, result *Result) ([]leg, error) {
	words := lang.Words(q.Text, q.Lang)
	if q.Limit <= 0 || len(words) == 0 {
		return nil, ctx.Err()
	}
	if x.missing != nil {
		result.Degraded = append(result.Degraded, "vector: the knowledge base is not embedded")
		result.Cause = x.missing
	}
	deep := q
	deep.Limit = max(depth, min(least, len(x.corpus.Chunks)+1))
	var legs []leg
	for _, s := range x.searchers {
		found, err := s.withinBudget(ctx, deep)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && !s.optional:
			return nil, fmt.Errorf("retrieve: %s: %w", s.name, err)
		case err != nil:
			result.Degraded = append(result.Degraded, s.degraded(err))
			result.Cause = err
		default:
			weight := s.weight
			if s.name == Vector {
				weight *= x.vectorShare(lang.AppendInformative(nil, words, q.Text, q.Lang), q.Lang)
			}
			legs = append(legs, leg{name: string(s.name), weight: weight, matches: found, scale: s.scale, full: len(found) == deep.Limit})
		}
	}
	return legs, nil
}

func (s searcher) withinBudget(ctx context.Context, q Query) ([]index.Match, error) {
	if s.budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.budget)
		defer cancel()
	}
	return s.Search(ctx, q)
}

// degraded says in a few words, fit for an answer, what is missing.
func (s searcher) degraded(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return string(s.name) + ": the embedder did not answer in time"
	}
	return string(s.name) + ": the embedder failed"
}

// Live is the index that is being served. Readers never wait: a reload builds beside and swaps.
type Live struct{ current atomic.Pointer[Index] }

// Swap makes x the served index.
func (l *Live) Swap(x *Index) { l.current.Store(x) }

// Index returns the served index, nil before the first Swap.
func (l *Live) Index() *Index { return l.current.Load() }

// Corpus returns the served corpus, nil before the first Swap.
func (l *Live) Corpus() *kb.Corpus {
	if x := l.current.Load(); x != nil {
		return x.corpus
	}
	return nil
}

// Weight is Index.Weight on the served index; 1 before there is one.
func (l *Live) Weight(word lang.Word, language string) float64 {
	if x := l.current.Load(); x != nil {
		return x.Weight(word, language)
	}
	return 1
}

// ErrNotReady says that no knowledge base has been loaded yet.
var ErrNotReady = errors.New("the knowledge base is still being loaded")

// Retrieve is Index.Retrieve on the served index.
func (l *Live) Retrieve(ctx context.Context, q Query) (Result, error) {
	x := l.current.Load()
	if x == nil {
		return Result{}, ErrNotReady
	}
	return x.Retrieve(ctx, q)
}

// Highlighter marks in texts what matches a question; nil marks nothing.
type Highlighter = index.Highlighter

// Mark is one range of a text that a Highlighter marks.
type Mark = index.Mark

// Highlighter makes a highlighter for q, whose language is known, and texts in these languages. It
// is nil where words are not searched.
func (x *Index) Highlighter(q Query, languages ...string) *Highlighter {
	if x.lexical == nil {
		return nil
	}
	return x.lexical.Highlighter(q, languages...)
}

// Highlighter is Index.Highlighter on the served index; nil before there is one.
func (l *Live) Highlighter(q Query, languages ...string) *Highlighter {
	if x := l.current.Load(); x != nil {
		return x.Highlighter(q, languages...)
	}
	return nil
}
