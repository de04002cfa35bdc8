package retrieve

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"cited/internal/index"
	"cited/internal/kb"
)

// Build indexes corpus. What old (nil for none) holds of it stays: an edit costs the chunks of the
// documents that changed. An embedder that fails costs the vector leg, not the index: Missing says
// so, and the next Build tries again: whoever serves the index sees to that.
func Build(ctx context.Context, corpus *kb.Corpus, s Settings, old *Index) (*Index, error) {
	x := &Index{corpus: corpus, settings: s}
	var changed []string // documents; all of them without old
	if old != nil {
		changed = corpus.Difference(old.corpus)
	}
	var words sync.WaitGroup
	if s.Mode != Vector { // beside the vectors: where one leg waits for a processor, the other has it
		words.Go(func() { x.lexical = buildLexical(corpus, s, old, changed) })
	}
	var err error
	if s.Mode != Lexical {
		err = x.buildVectors(ctx, old, changed)
	}
	words.Wait()
	if err != nil && (ctx.Err() != nil || s.Mode == Vector) {
		return nil, err
	}
	x.missing = err
	x.finish()
	return x, ctx.Err()
}

// Stale reports that edits have made searches slower, or scores other than those of a new index,
// so that Fresh pays.
func (x *Index) Stale() bool { return x.lexical != nil && x.lexical.Stale() }

// Fresh is x built anew. Its vectors stay.
func (x *Index) Fresh(ctx context.Context) (*Index, error) {
	fresh := *x
	if x.lexical != nil && !x.lexical.Fresh() {
		fresh.lexical = index.NewLexical(x.corpus, x.settings.Analysis)
	}
	if x.scan != nil {
		var err error
		if fresh.scan, err = x.scan.Compact(); err != nil {
			return nil, fmt.Errorf("retrieve: %w", err)
		}
	}
	fresh.finish()
	return &fresh, ctx.Err()
}

func buildLexical(corpus *kb.Corpus, s Settings, old *Index, changed []string) *index.Lexical {
	if old == nil || old.lexical == nil || old.settings.Analysis != s.Analysis {
		return index.NewLexical(corpus, s.Analysis)
	}
	return old.lexical.With(old.corpus, corpus, changed)
}

// finish makes the legs of what was built.
func (x *Index) finish() {
	x.languages, x.readers = languages(x.corpus), new(readers)
	x.searchers = nil
	if x.lexical != nil {
		x.searchers = append(x.searchers, searcher{Searcher: x.lexical, name: Lexical, weight: lexicalWeight, scale: identity})
	}
	var nearest Searcher
	switch {
	case x.missing != nil:
		return
	case x.scan != nil:
		nearest = x.scan
	case x.chromem != nil:
		nearest = x.chromem
	default:
		return
	}
	x.searchers = append(x.searchers, searcher{
		Searcher: nearest, name: Vector, weight: vectorWeight, scale: cosineScale,
		budget: x.settings.Budget, optional: x.settings.Mode != Vector,
	})
}

// languages are those of the corpus's chunks, sorted.
func languages(corpus *kb.Corpus) []string {
	seen := make(map[string]bool)
	for i, c := range corpus.Chunks {
		if i == 0 || c.Lang != corpus.Chunks[i-1].Lang { // neighbours seldom differ, and the map costs
			seen[c.Lang] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// embedBatch is how many chunks are handed to the embedder at once: their texts are copies.
const embedBatch = 2048

// buildVectors makes the vector leg. When the embedder fails, x keeps the vectors that it could
// take over and those that were made, so that the next Build asks for the others only.
func (x *Index) buildVectors(ctx context.Context, old *Index, changed []string) error {
	edit := x.plan(old, changed)
	failed := edit.embed(ctx, x.settings)
	if failed != nil {
		failed = fmt.Errorf("retrieve: embed %d chunks: %w", len(edit.fresh), failed)
		edit.drop()
	}
	var err error
	switch {
	case edit.base != nil:
		x.scan, err = edit.base.Edit(ctx, edit.removed, edit.chunks, edit.vectors)
	case failed != nil:
		x.vectors = edit.known()
	case x.settings.Vectors.scans(len(x.corpus.Chunks)):
		x.scan, err = index.NewScan(ctx, x.settings.Embedder, edit.chunks, edit.vectors, x.settings.Scan)
	default:
		err = x.fillChromem(ctx, edit)
	}
	return errors.Join(failed, err)
}

// fillChromem puts all vectors into chromem-go.
func (x *Index) fillChromem(ctx context.Context, edit *vectorEdit) error {
	x.vectors = edit.known()
	vectors := make([][]float32, len(x.corpus.Chunks))
	for i, c := range x.corpus.Chunks {
		vectors[i] = x.vectors[c.ID]
	}
	var err error
	if x.chromem, err = index.NewVector(ctx, x.settings.Embedder, x.corpus.Chunks, vectors); err != nil {
		x.vectors = nil // nobody can tell which of them are wrong
	}
	return err
}

// vectorEdit is what makes the vectors of one corpus from those of another.
type vectorEdit struct {
	base    *index.Scan // to edit; nil for none
	removed []string    // ids of chunks that are no more
	chunks  []*kb.Chunk // that get a vector
	vectors [][]float32 // theirs; nil until they are made
	fresh   []int       // numbers of those that have to be made
}

// plan says which chunks need a vector. With a scan to edit these are chunks of changed documents
// alone.
func (x *Index) plan(old *Index, changed []string) *vectorEdit {
	e := &vectorEdit{}
	same := old != nil && old.settings.Embedder != nil && old.settings.Embedder.Model() == x.settings.Embedder.Model()
	if !same || old.scan == nil || !x.settings.Vectors.scans(len(x.corpus.Chunks)) {
		for _, c := range x.corpus.Chunks {
			var v []float32
			if same {
				v = old.vectorFor(c)
			}
			e.add(c, v)
		}
		return e
	}
	e.base = old.scan
	if old.missing != nil { // chunks of documents that did not change may wait, too
		changed = x.documents()
	}
	for _, id := range changed {
		current := make(map[string]bool)
		for _, c := range x.corpus.ChunksOf(id) {
			current[c.ID] = true
			former := old.corpus.Chunk(c.ID)
			v := old.vectorFor(c)
			if v == nil || former.Audience != c.Audience {
				e.add(c, v)
			}
		}
		for _, c := range old.corpus.ChunksOf(id) {
			if !current[c.ID] {
				e.removed = append(e.removed, c.ID)
			}
		}
	}
	return e
}

// documents are the ids of all documents.
func (x *Index) documents() []string {
	ids := make([]string, len(x.corpus.Documents))
	for i, d := range x.corpus.Documents {
		ids[i] = d.ID
	}
	return ids
}

func (e *vectorEdit) add(c *kb.Chunk, v []float32) {
	if v == nil {
		e.fresh = append(e.fresh, len(e.chunks))
	}
	e.chunks, e.vectors = append(e.chunks, c), append(e.vectors, v)
}

// embed makes the vectors that are missing.
func (e *vectorEdit) embed(ctx context.Context, s Settings) error {
	done := 0
	for batch := range slices.Chunk(e.fresh, embedBatch) {
		texts := make([]string, len(batch))
		for n, i := range batch {
			texts[n] = index.EmbedText(e.chunks[i])
		}
		made, err := s.Embedder.EmbedDocuments(ctx, texts)
		if err == nil && len(made) != len(texts) {
			err = fmt.Errorf("%d vectors for %d texts", len(made), len(texts))
		}
		if err != nil {
			return err
		}
		for n, i := range batch {
			e.vectors[i] = made[n]
		}
		if done += len(batch); s.Step != nil {
			s.Step(done, len(e.fresh))
		}
	}
	return nil
}

// drop leaves out the chunks whose vectors could not be made.
func (e *vectorEdit) drop() {
	n := 0
	for i, v := range e.vectors {
		if v != nil {
			e.chunks[n], e.vectors[n] = e.chunks[i], v
			n++
		}
	}
	e.chunks, e.vectors = e.chunks[:n], e.vectors[:n]
}

// known are the vectors that there are, by chunk id.
func (e *vectorEdit) known() map[string][]float32 {
	known := make(map[string][]float32, len(e.chunks))
	for i, c := range e.chunks {
		if e.vectors[i] != nil {
			known[c.ID] = e.vectors[i]
		}
	}
	return known
}

// vectorFor is the vector that x has of what is embedded of c, nil for none.
func (x *Index) vectorFor(c *kb.Chunk) []float32 {
	former := x.corpus.Chunk(c.ID)
	if former == nil || former != c && index.EmbedText(former) != index.EmbedText(c) {
		return nil
	}
	if v := x.vectors[c.ID]; v != nil {
		return v
	}
	if x.scan != nil {
		return x.scan.Vector(c.ID)
	}
	return nil
}
