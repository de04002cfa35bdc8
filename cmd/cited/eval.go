package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"cited/internal/eval"
	"cited/internal/kb"
	"cited/internal/retrieve"
)

func evalCommand(ctx context.Context, args []string, std streams) error {
	if len(args) == 0 {
		return usageError{"eval: say what: eval retrieval, or eval embedder"}
	}
	switch args[0] {
	case "retrieval":
		return evalRetrieval(ctx, args[1:], std)
	case "embedder":
		return evalEmbedder(ctx, args[1:], std)
	case "help", "-h", "-help", "--help":
		return evalRetrieval(ctx, []string{"--help"}, std)
	}
	return usageError{fmt.Sprintf("eval: unknown evaluation %q: use eval retrieval, or eval embedder", args[0])}
}

// runDepth is how many documents a question's run holds.
const runDepth = 100

// retrievalFiles are the files of a measurement.
type retrievalFiles struct{ corpus, queries, qrels, docIDs, withheld string }

func evalRetrieval(ctx context.Context, args []string, std streams) error {
	var c Config
	var files retrievalFiles
	var candidates bool
	set := c.flagSet("eval retrieval", "--corpus F --queries F --qrels F [flags]", "Measures retrieval on BEIR files.", std.err)
	c.retrievalFlags(set)
	set.StringVar(&files.corpus, "corpus", "", "BEIR corpus.jsonl `file`, or a folder of Markdown")
	set.StringVar(&files.queries, "queries", "", "BEIR queries.jsonl `file`")
	set.StringVar(&files.qrels, "qrels", "", "BEIR qrels.tsv `file`")
	set.StringVar(&files.docIDs, "docids", "", "`file` with the ids of the documents to keep, one a line")
	set.StringVar(&files.withheld, "withheld", "", "`file` with the documents that count as absent, by question")
	set.BoolVar(&candidates, "candidates", false, "rank each question among its candidates only")
	set.BoolVar(&c.JSON, "json", false, "print JSON")
	set.StringVar(&c.Run, "run", "", "write the ranking to this `file` in TREC's format")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || files.corpus == "" || files.queries == "" || files.qrels == "" {
		return usageError{"eval retrieval: --corpus, --queries and --qrels are needed, and nothing else"}
	}
	questions, err := files.questions()
	if err != nil {
		return err
	}
	questions.Candidates = candidates
	x, err := files.index(ctx, &c, std)
	if err != nil {
		return err
	}
	runs, err := questions.Retrieve(ctx, x, runDepth, len(x.Corpus().Chunks))
	if err != nil {
		return err
	}
	if c.Run != "" {
		if err := writeRun(c.Run, runs); err != nil {
			return err
		}
	}
	metrics := questions.Measure(runs)
	if metrics.Queries == 0 {
		return fmt.Errorf("eval retrieval: %s judges none of the questions in %s", files.qrels, files.queries)
	}
	return printMetrics(std, metrics, c.JSON)
}

func (f retrievalFiles) questions() (*eval.RetrievalSet, error) {
	set := &eval.RetrievalSet{Audience: kb.Internal}
	var err error
	if set.Queries, err = eval.ReadQueries(f.queries); err != nil {
		return nil, err
	}
	if set.Qrels, err = eval.ReadQrels(f.qrels); err != nil {
		return nil, err
	}
	if f.withheld != "" {
		set.Withheld, err = eval.ReadWithheld(f.withheld)
	}
	return set, err
}

func (f retrievalFiles) index(ctx context.Context, c *Config, std streams) (*retrieve.Index, error) {
	corpus, err := kb.Load(ctx, f.corpus, time.Now())
	if err != nil {
		return nil, err
	}
	for _, fault := range corpus.Faults {
		fmt.Fprintln(std.err, fault)
	}
	if f.docIDs != "" {
		keep, err := eval.ReadIDs(f.docIDs)
		if err != nil {
			return nil, err
		}
		corpus = corpus.Only(keep)
	}
	build, err := settings(c, slog.New(slog.NewTextHandler(std.err, nil)))
	if err != nil {
		return nil, err
	}
	build.Budget = 0 // figures must not depend on the network's mood
	return retrieve.Build(ctx, corpus, build, nil)
}

func writeRun(path string, runs []eval.Ranked) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the run: %w", err)
	}
	if err := eval.WriteTREC(f, runs, "cited"); err != nil {
		f.Close()
		return fmt.Errorf("write the run: %w", err)
	}
	return f.Close()
}

func printMetrics(std streams, m eval.RetrievalMetrics, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(std.out).Encode(m)
	}
	fmt.Fprintf(std.out, "queries %d  recall@1 %.3f  recall@5 %.3f  recall@10 %.3f  mrr@10 %.3f  ndcg@10 %.3f\n", m.Queries, m.Recall1, m.Recall5, m.Recall10, m.MRR10, m.NDCG10)
	if m.Answerable != nil {
		fmt.Fprintf(std.out, "answerable or not, by the best score: AUROC %.3f\n", *m.Answerable)
	}
	return nil
}
