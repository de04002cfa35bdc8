package main

import (
	"context"
	"fmt"
	"slices"

	"cited/eval/peers/ours"
	"cited/eval/peers/peer"
	"cited/internal/eval"
	"cited/internal/index"
	"cited/internal/retrieve"
)

// The systems, in the order of the columns.
const (
	words = iota
	vectors
	hybrid
	rrf
	peerWords
	peerVectors
	peerRRF
	systems
)

func systemNames() [systems]string {
	return [systems]string{"words", "vectors", "hybrid", "RRF of ours", "bleve", "chromem", "bleve + chromem, RRF"}
}

// depth is how many documents a ranking holds, and as many as count.
const depth = 10

// legDepth is how many chunks each leg contributes to a fusion of ranks.
const legDepth = 100

// rankings are a set's runs, by system.
type rankings struct {
	set  *eval.RetrievalSet
	runs [systems][]eval.Ranked
}

// rankAll asks every system all questions of a set.
func rankAll(ctx context.Context, s set) (rankings, error) {
	questions, corpus, err := s.read(ctx)
	if err != nil {
		return rankings{}, err
	}
	out := rankings{set: questions}
	rankers, err := newRankers(ctx, corpus, s.lang)
	if err != nil {
		return out, err
	}
	for i, r := range rankers {
		if out.runs[i], err = questions.Retrieve(ctx, r, depth, corpus.Len()); err != nil {
			return out, fmt.Errorf("%s: %w", systemNames()[i], err)
		}
	}
	return out, nil
}

// newRankers builds all systems over the same chunks and the same vectors.
func newRankers(ctx context.Context, c *ours.Corpus, language string) ([systems]eval.Ranker, error) {
	var out [systems]eval.Ranker
	chunks := c.Chunks()
	for i := range chunks {
		chunks[i].Lang = language
	}
	embedder := ours.ProductEmbedder()
	made, err := peer.Embed(ctx, embedder, chunks)
	if err != nil {
		return out, err
	}
	known := ours.Given(embedder, chunks, made, nil)
	for i, mode := range map[int]ours.Mode{words: ours.Lexical, vectors: ours.Vector, hybrid: ours.Hybrid} {
		if out[i], err = ours.Build(ctx, c, mode, known); err != nil {
			return out, err
		}
	}
	out[rrf] = fusion{c, []eval.Ranker{out[words], out[vectors]}}
	x, err := peer.NewMemory(known)
	if err != nil {
		return out, err
	}
	if err := x.Add(ctx, chunks, made); err != nil {
		return out, err
	}
	out[peerWords] = leg{c, func(ctx context.Context, q retrieve.Query) ([]peer.Match, error) {
		return x.Words(ctx, q.Text, language, q.Limit)
	}}
	out[peerVectors] = leg{c, func(ctx context.Context, q retrieve.Query) ([]peer.Match, error) {
		v, err := known.EmbedQuery(ctx, q.Text)
		if err != nil {
			return nil, err
		}
		return x.Vectors(ctx, v, q.Limit)
	}}
	out[peerRRF] = fusion{c, []eval.Ranker{out[peerWords], out[peerVectors]}}
	return out, nil
}

// leg makes a ranker of a search for matches.
type leg struct {
	corpus *ours.Corpus
	search func(ctx context.Context, q retrieve.Query) ([]peer.Match, error)
}

func (l leg) Rank(ctx context.Context, q retrieve.Query) (retrieve.Result, error) {
	found, err := l.search(ctx, q)
	// chromem-go orders equal scores by chance.
	slices.SortStableFunc(found, func(a, b peer.Match) int {
		return index.Match{ChunkID: a.ID, Score: a.Score}.Compare(index.Match{ChunkID: b.ID, Score: b.Score})
	})
	return resultOf(l.corpus, found), err
}

func resultOf(c *ours.Corpus, found []peer.Match) retrieve.Result {
	var r retrieve.Result
	for i, m := range found {
		if k := c.Chunk(m.ID); k != nil {
			r.Hits = append(r.Hits, retrieve.Hit{Chunk: k, Rank: i + 1, Score: m.Score})
		}
	}
	return r
}

// fusion is reciprocal rank fusion of rankers.
type fusion struct {
	corpus *ours.Corpus
	legs   []eval.Ranker
}

func (f fusion) Rank(ctx context.Context, q retrieve.Query) (retrieve.Result, error) {
	deep := q
	deep.Limit = max(legDepth, q.Limit)
	var legs [][]peer.Match
	for _, l := range f.legs {
		result, err := l.Rank(ctx, deep)
		if err != nil {
			return retrieve.Result{}, err
		}
		var matches []peer.Match
		for _, h := range result.Hits {
			matches = append(matches, peer.Match{ID: h.Chunk.ID, Score: h.Score})
		}
		legs = append(legs, matches)
	}
	fused := peer.Fuse(legs...)
	return resultOf(f.corpus, fused[:min(q.Limit, len(fused))]), nil
}
