package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"cited/internal/eval"
	"cited/internal/kb"
	"cited/internal/retrieve"
)

func search(ctx context.Context, args []string, std streams) error {
	var c Config
	set := c.flagSet("search", "[flags] QUERY", "Shows the nearest sections and who put them where.", std.err)
	c.retrievalFlags(set)
	c.audienceFlag(set)
	set.StringVar(&c.Lang, "lang", "", "`language` of the query; the text decides when it is not given")
	set.IntVar(&c.Limit, "limit", 10, "at most so `many` hits; with --run, documents a query")
	set.BoolVar(&c.JSON, "json", false, "print JSON")
	set.StringVar(&c.Batch, "batch", "", "BEIR queries.jsonl `file` to search line by line")
	set.StringVar(&c.Run, "run", "", "with --batch: write the rankings to this `file` in TREC's format")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if query := strings.Join(rest, " "); len(rest) > 0 && (strings.TrimSpace(query) == "" || !utf8.ValidString(query)) {
		return usageError{"search: the query is empty or not valid UTF-8"}
	}
	switch {
	case (c.Batch == "") == (len(rest) == 0):
		return usageError{"search: give one query, or --batch with a file of queries"}
	case c.Batch != "" && c.Run == "" && !c.JSON:
		return usageError{"search: --batch needs --run FILE or --json"}
	case c.Batch == "" && c.Run != "":
		return usageError{"search: --run goes with --batch"}
	case c.Run != "" && c.JSON:
		return usageError{"search: --run or --json, not both"}
	}
	app, err := open(ctx, &c, std.err)
	if err != nil {
		return err
	}
	if c.Batch != "" {
		return app.searchBatch(ctx, &c, std)
	}
	result, err := app.live.Retrieve(ctx, c.query(strings.Join(rest, " "), c.Lang))
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(std.out, searchResult("", result))
	}
	for _, h := range result.Hits {
		fmt.Fprintf(std.out, "%2d  %.3f  %s — %s\n", h.Rank, h.Score, strings.Join(append([]string{h.Chunk.Title}, h.Chunk.Headings...), " › "), h.Chunk.Section())
		for _, o := range h.From {
			fmt.Fprintf(std.out, "           %s: rank %d, score %.3f\n", o.Searcher, o.Rank, o.Score)
		}
	}
	for _, d := range result.Degraded {
		fmt.Fprintf(std.err, "degraded: %s\n", d)
	}
	return nil
}

func (c *Config) query(text, hint string) retrieve.Query {
	return retrieve.Query{Text: text, Lang: hint, Audience: kb.Audience(c.Audience), Limit: c.Limit, Phrases: true}
}

// hit is one hit as search --json prints it.
type hit struct {
	Rank       int               `json:"rank"`
	Score      float64           `json:"score"`
	DocumentID string            `json:"document_id"`
	Section    string            `json:"section"`
	Title      string            `json:"title"`
	Headings   []string          `json:"headings"`
	URL        string            `json:"url"`
	Lang       string            `json:"lang"`
	Text       string            `json:"text"`
	From       []retrieve.Origin `json:"from"`
}

// hits is what search --json prints: one object, or one a line with --batch.
type hits struct {
	QueryID  string   `json:"query_id,omitempty"`
	Hits     []hit    `json:"hits"`
	Corpus   string   `json:"corpus"`
	Degraded []string `json:"degraded"`
}

func searchResult(queryID string, r retrieve.Result) hits {
	out := hits{QueryID: queryID, Hits: []hit{}, Corpus: r.Corpus, Degraded: append([]string{}, r.Degraded...)}
	for _, h := range r.Hits {
		out.Hits = append(out.Hits, hit{
			Rank: h.Rank, Score: h.Score, DocumentID: h.Chunk.DocumentID, Section: h.Chunk.Section(), Title: h.Chunk.Title,
			Headings: append([]string{}, h.Chunk.Headings...), URL: h.Document.SectionURL(h.Chunk.Anchor), Lang: h.Chunk.Lang, Text: h.Chunk.Plain, From: h.From,
		})
	}
	return out
}

func (app *app) searchBatch(ctx context.Context, c *Config, std streams) error {
	queries, err := eval.ReadQueries(c.Batch)
	if err != nil {
		return err
	}
	if c.Run != "" {
		set := eval.RetrievalSet{Queries: queries, Audience: kb.Audience(c.Audience), Lang: c.Lang}
		x := app.live.Index()
		runs, err := set.Retrieve(ctx, x, c.Limit, len(x.Corpus().Chunks))
		if err != nil {
			return err
		}
		return writeRun(c.Run, runs)
	}
	out := bufio.NewWriter(std.out)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = inOrder(ctx, len(queries), std.err, func(ctx context.Context, i int) (any, error) {
		hint := queries[i].Lang
		if hint == "" {
			hint = c.Lang
		}
		result, err := app.live.Retrieve(ctx, c.query(queries[i].Text, hint))
		return searchResult(queries[i].ID, result), err
	}, lines.Encode)
	return errors.Join(err, out.Flush())
}
