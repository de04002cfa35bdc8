package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
	"cited/eval/peers/peer"
)

// hits is how many hits a question asks for.
const hits = 10

// both are the two sides over one corpus.
type both struct {
	corpus  *ours.Corpus
	chunks  []peer.Chunk
	vectors [][]float32
	peer    *peer.Index
	built   time.Duration // of the peer, without embedding
}

// newBoth makes the corpus, its vectors, and the peer in memory.
func (r *run) newBoth(ctx context.Context, n int) (*both, error) {
	b := &both{corpus: r.parse(n)}
	b.chunks = b.corpus.Chunks()
	var err error
	if b.vectors, err = peer.Embed(ctx, ours.Embedder(), b.chunks); err != nil {
		return nil, err
	}
	start := time.Now()
	if b.peer, err = peer.NewMemory(ours.Embedder()); err != nil {
		return nil, err
	}
	if err := b.peer.Add(ctx, b.chunks, b.vectors); err != nil {
		return nil, err
	}
	b.built = time.Since(start)
	return b, nil
}

// hybridGoals are the issue's, by chunks: milliseconds of processor time, and times the peer.
func hybridGoals() map[int][2]float64 {
	return map[int][2]float64{10_000: {.2, 25}, 100_000: {1.5, 60}, 175_000: {2.6, 60}}
}

// hybrid measures whole queries and words alone, at each size.
func hybrid(ctx context.Context, r *run) error {
	whole, words := new(measure.Lines), new(measure.Lines)
	for _, n := range r.size.hybrid {
		if err := r.hybridAt(ctx, n, whole, words); err != nil {
			return err
		}
		runtime.GC()
	}
	if err := r.keep("lexical", words); err != nil {
		return err
	}
	return r.keep("hybrid", whole)
}

func (r *run) hybridAt(ctx context.Context, n int, whole, words *measure.Lines) error {
	b, err := r.newBoth(ctx, n)
	if err != nil {
		return err
	}
	defer b.peer.Close() //nolint:errcheck // in memory
	questions, err := r.questions(r.size.each)
	if err != nil {
		return err
	}
	start, heap := time.Now(), measure.Heap()
	x, err := ours.Build(ctx, b.corpus, ours.Hybrid, ours.Given(ours.Embedder(), b.chunks, b.vectors, nil))
	if err != nil {
		return err
	}
	built := time.Since(start)
	r.say("  %d chunks: built in %s, the peer in %s; %s of heap", n, built.Round(time.Millisecond), b.built.Round(time.Millisecond), megabytes(measure.Heap()-heap))
	batches, err := measure.Interleave(r.size.batches, 1,
		measure.Side{Name: "ours", Each: r.size.each, Run: func(i int) error {
			_, err := x.Search(ctx, questions[i%len(questions)], hits)
			return err
		}},
		measure.Side{Name: "peer", Each: r.size.eachPeer, Run: func(i int) error { return b.peerSearch(ctx, questions[i%len(questions)]) }},
	)
	if err != nil {
		return err
	}
	goal, judge := hybridGoals()[n]
	r.compare(whole, "Hybrid", fmt.Sprintf("hybrid query, one core, %s chunks", thousands(n)), n, batches, measure.Goal{Limit: goal[0], Factor: goal[1]}, judge, "processor time")
	r.point("query time, ms", "ours", n, measure.CPUMedian(batches["ours"]))
	r.point("query time, ms", "peer", n, measure.CPUMedian(batches["peer"]))
	r.point("build, s", "peer", n, b.built.Seconds())
	x = nil
	leg := ours.Words(b.corpus)
	batches, err = measure.Interleave(r.size.batches, 1,
		measure.Side{Name: "ours", Each: r.size.each, Run: func(i int) error { return found(leg.Search(ctx, questions[i%len(questions)], hits)) }},
		measure.Side{Name: "peer", Each: r.size.each, Run: func(i int) error {
			q := questions[i%len(questions)]
			return found(b.peer.Words(ctx, q.Text, q.Lang, hits))
		}},
	)
	if err != nil {
		return err
	}
	r.compare(words, "Lexical", fmt.Sprintf("lexical query, one core, %s chunks", thousands(n)), n, batches, measure.Goal{Factor: 25}, r.size.name == "full", "processor time")
	return nil
}

// found drops what a search found.
func found(_ []peer.Match, err error) error { return err }

// peerSearch is one whole question to the peer: both legs, fusion, the hits' texts.
func (b *both) peerSearch(ctx context.Context, q corpus.Question) error {
	found, err := b.peer.Search(ctx, q.Text, q.Lang, hits)
	for _, m := range found {
		if err == nil {
			_, err = b.peer.Text(ctx, m.ID)
		}
	}
	return err
}

// compare adds the row of two sides' batches, and their lines.
func (r *run) compare(lines *measure.Lines, name, what string, n int, batches map[string][]measure.Batch, goal measure.Goal, judge bool, note string) {
	for _, side := range [...]string{"ours", "peer"} {
		lines.AddBatches(fmt.Sprintf("%s/chunks=%d/side=%s", name, n, side), batches[side])
	}
	r.rows = append(r.rows, measure.Row{
		What: what, Unit: "ms", Goal: goal, Judge: judge, Note: note,
		Ours: measure.CPUMedian(batches["ours"]), Peer: measure.CPUMedian(batches["peer"]),
	})
}

// point adds a point to the growth plot.
func (r *run) point(panel, side string, n int, value float64) {
	if !math.IsNaN(value) && value > 0 {
		key := panel + "\x00" + side
		r.points[key] = append(r.points[key], [2]float64{float64(n), value})
	}
}

// vectorGoal is the issue's, by what the processor has.
func vectorGoal(simd []string) (factor float64, words string) {
	switch {
	case slices.Contains(simd, "avx512f"):
		return 55, "≥ 55 × (AVX-512)"
	case slices.Contains(simd, "avx2"):
		return 20, "≥ 20 × (AVX2)"
	}
	return 5, "≥ 5 × (portable)"
}

// vector measures the stores of vectors alone, the question's vector at hand.
func vector(ctx context.Context, r *run) error {
	b, err := r.newBoth(ctx, r.size.vectors)
	if err != nil {
		return err
	}
	defer b.peer.Close() //nolint:errcheck // in memory
	questions, err := r.questions(r.size.each)
	if err != nil {
		return err
	}
	embedded := make(map[string][]float32, len(questions))
	for _, q := range questions {
		if embedded[q.Text], err = ours.Embedder().EmbedQuery(ctx, q.Text); err != nil {
			return err
		}
	}
	leg, err := ours.Vectors(ctx, b.corpus, b.vectors, ours.Given(ours.Embedder(), nil, nil, embedded))
	if err != nil {
		return err
	}
	batches, err := measure.Interleave(r.size.batches, 1,
		measure.Side{Name: "ours", Each: r.size.each, Run: func(i int) error { return found(leg.Search(ctx, questions[i%len(questions)], hits)) }},
		measure.Side{Name: "peer", Each: r.size.eachPeer, Run: func(i int) error {
			return found(b.peer.Vectors(ctx, embedded[questions[i%len(questions)].Text], hits))
		}},
	)
	if err != nil {
		return err
	}
	lines := new(measure.Lines)
	what := fmt.Sprintf("vector query, one core, %s × %d", thousands(r.size.vectors), ours.Dims)
	factor, words := vectorGoal(measure.SIMD())
	goal := measure.Goal{Factor: factor, Words: words}
	r.compare(lines, "Vector", what, r.size.vectors, batches, goal, r.size.name == "full", "processor time; agreement of the first ten "+b.agreement(ctx, leg, questions, embedded))
	return r.keep("vector", lines)
}

// agreement is the share of the peer's first ten that ours finds too: both are exact, so that
// what differs are ties and rounding.
func (b *both) agreement(ctx context.Context, leg ours.Leg, questions []corpus.Question, embedded map[string][]float32) string {
	same, of := 0, 0
	for _, q := range questions {
		mine, err := leg.Search(ctx, q, hits)
		theirs, err2 := b.peer.Vectors(ctx, embedded[q.Text], hits)
		if err != nil || err2 != nil {
			return "not measured"
		}
		for _, m := range theirs {
			of++
			for _, o := range mine {
				if o.ID == m.ID {
					same++
				}
			}
		}
	}
	return measure.Figure(float64(same) / float64(max(1, of)))
}

// thousands writes 175000 as 175,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func megabytes(n int64) string { return measure.Figure(float64(n)/1e6) + " MB" }
