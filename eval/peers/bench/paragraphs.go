package main

import (
	"context"
	"fmt"
	"path/filepath"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
	"cited/eval/peers/peer"
	"cited/internal/eval"
)

// judgedSet is the English set whose questions measure quality among the paragraphs.
const judgedSet = "beir/squad2-half-en"

// paragraphs measures words alone on English paragraphs: those of a judged set, and so many of
// the generator's around them that there are as many as asked.
func paragraphs(ctx context.Context, r *run) error {
	dir := filepath.Join(r.data, "dev", filepath.FromSlash(judgedSet))
	judged, err := ours.Load(ctx, filepath.Join(dir, "corpus.jsonl"))
	if err != nil {
		return err
	}
	queries, err := eval.ReadQueries(filepath.Join(dir, "queries.jsonl"))
	if err != nil {
		return err
	}
	qrels, err := eval.ReadQrels(filepath.Join(dir, "qrels.tsv"))
	if err != nil {
		return err
	}
	english, err := r.source.Only("en")
	if err != nil {
		return err
	}
	n := max(judged.Len()+1, r.size.paragraphs)
	others := ours.Parse(corpus.New(english, seed), n-judged.Len())
	r.note("paragraphs", thousands(n), others.Articles, others.Bytes, others.Checksum)
	all := judged.Join(others)
	chunks := all.Chunks()
	for i := range chunks {
		chunks[i].Lang = "en"
	}
	x, err := peer.NewMemory(ours.Embedder())
	if err != nil {
		return err
	}
	defer x.Close() //nolint:errcheck // in memory
	vectors := make([][]float32, len(chunks))
	for i := range vectors {
		vectors[i] = []float32{1} // words alone are asked
	}
	if err := x.Add(ctx, chunks, vectors); err != nil {
		return err
	}
	return r.paragraphsOf(ctx, all, ours.Words(all), x, queries, qrels)
}

// everyNth of the set's questions is asked when time is taken; quality is that of all.
const everyNth = 20

func (r *run) paragraphsOf(ctx context.Context, c *ours.Corpus, leg ours.Leg, x *peer.Index, queries []eval.BEIRQuery, qrels eval.Qrels) error {
	var timed []corpus.Question
	var mine, theirs eval.RetrievalMetrics
	for i, q := range queries {
		question := corpus.Question{Text: q.Text, Lang: "en"}
		if i%everyNth == 0 {
			timed = append(timed, question)
		}
		a, err := leg.Search(ctx, question, 5*hits)
		if err != nil {
			return err
		}
		b, err := x.Words(ctx, q.Text, "en", 5*hits)
		if err != nil {
			return err
		}
		mine.Add(documentsOf(c, a), qrels[q.ID])
		theirs.Add(documentsOf(c, b), qrels[q.ID])
	}
	batches, err := measure.Interleave(r.size.batches, 1,
		measure.Side{Name: "ours", Each: len(timed), Run: func(i int) error { return found(leg.Search(ctx, timed[i%len(timed)], hits)) }},
		measure.Side{Name: "peer", Each: len(timed), Run: func(i int) error { return found(x.Words(ctx, timed[i%len(timed)].Text, "en", hits)) }},
	)
	if err != nil {
		return err
	}
	lines := new(measure.Lines)
	r.compare(lines, "Paragraphs", fmt.Sprintf("lexical query, one core, %s English paragraphs", thousands(c.Len())), c.Len(), batches, measure.Goal{Factor: 25}, r.size.name == "full", "processor time")
	r.rows = append(r.rows, measure.Row{
		What: fmt.Sprintf("nDCG@10 of it, %d questions of %s", mine.Queries, judgedSet), Ours: mine.NDCG10, Peer: theirs.NDCG10,
		Goal: measure.Goal{Factor: 1, More: true, Words: "≥ the peer"}, Judge: true,
	})
	lines.Add(fmt.Sprintf("ParagraphsQuality/chunks=%d/side=ours", c.Len()), mine.Queries, measure.Value{Figure: mine.NDCG10, Unit: "nDCG@10"})
	lines.Add(fmt.Sprintf("ParagraphsQuality/chunks=%d/side=peer", c.Len()), theirs.Queries, measure.Value{Figure: theirs.NDCG10, Unit: "nDCG@10"})
	return r.keep("paragraphs", lines)
}

// documentsOf turns a ranking of chunks into one of documents.
func documentsOf(c *ours.Corpus, matches []peer.Match) []string {
	var ids []string
	seen := make(map[string]bool)
	for _, m := range matches {
		if d := c.Document(m.ID); !seen[d] {
			seen[d] = true
			ids = append(ids, d)
		}
	}
	return ids
}
