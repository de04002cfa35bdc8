package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"cited/internal/answer"
	"cited/internal/eval"
	"cited/internal/kb"
)

func ask(ctx context.Context, args []string, std streams) error {
	var c Config
	set := c.flagSet("ask", "[flags] QUESTION", "Answers a question, with a quote for every statement, or says that it is not sure.", std.err)
	c.retrievalFlags(set)
	c.answerFlags(set)
	c.audienceFlag(set)
	set.BoolVar(&c.JSON, "json", false, "print JSON: one answer, or one a line with --batch")
	set.StringVar(&c.Batch, "batch", "", "BEIR queries.jsonl `file` to answer line by line")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if (c.Batch == "") == (len(rest) == 0) {
		return usageError{"ask: give one question, or --batch with a file of questions"}
	}
	if c.Batch != "" && !c.JSON {
		return usageError{"ask: --batch prints JSON Lines: add --json"}
	}
	app, err := open(ctx, &c, std.err)
	if err != nil {
		return err
	}
	if c.Batch != "" {
		return app.askBatch(ctx, &c, std)
	}
	a, err := app.service.Ask(ctx, answer.Question{Text: strings.Join(rest, " "), Lang: c.Lang, Audience: kb.Audience(c.Audience)})
	if err != nil {
		return questionError(err)
	}
	if c.JSON {
		return writeJSON(std.out, a)
	}
	printAnswer(std.out, a)
	return nil
}

// questionError makes a fault of the question a fault of the command line.
func questionError(err error) error {
	for _, fault := range []error{answer.ErrEmptyQuestion, answer.ErrLongQuestion, answer.ErrQuestionNotUTF8} {
		if errors.Is(err, fault) {
			return usageError{fault.Error()}
		}
	}
	return err
}

// batchLine is one line of ask --batch: an Answer with the question's id.
type batchLine struct {
	QueryID string `json:"query_id"`
	answer.Answer
}

// faultLine stands where a question could not be taken.
type faultLine struct {
	QueryID string `json:"query_id"`
	Error   string `json:"error"`
}

func (app *app) askBatch(ctx context.Context, c *Config, std streams) error {
	queries, err := eval.ReadQueries(c.Batch)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(std.out)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = inOrder(ctx, len(queries), std.err, func(ctx context.Context, i int) (any, error) {
		q := queries[i]
		hint := q.Lang
		if hint == "" {
			hint = c.Lang
		}
		a, err := app.service.Ask(ctx, answer.Question{Text: q.Text, Lang: hint, Audience: kb.Audience(c.Audience)})
		var bad usageError
		switch {
		case errors.As(questionError(err), &bad):
			return faultLine{q.ID, bad.message}, nil
		case err != nil:
			return nil, err
		}
		return batchLine{q.ID, a}, nil
	}, lines.Encode)
	return errors.Join(err, out.Flush())
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printAnswer writes an answer for people.
func printAnswer(w io.Writer, a answer.Answer) {
	switch a.Decision {
	case answer.Answered:
		fmt.Fprintf(w, "%s\n\n", a.Text)
		for _, c := range a.Citations {
			fmt.Fprintf(w, "[%d] %s — %s\n    «%s»\n", c.N, strings.Join(append([]string{c.Title}, c.Headings...), " › "), c.Section, c.QuoteText)
		}
	case answer.InReview:
		fmt.Fprintln(w, "Not sure: there is something in the articles, but not enough to answer without a person.")
	case answer.Abstained, answer.Clarify, answer.Handoff:
		fmt.Fprintln(w, "Not sure: the articles do not answer this.")
	}
	if a.Decision != answer.Answered && len(a.Suggestions) > 0 {
		fmt.Fprintln(w, "\nNearest sections:")
		for _, s := range a.Suggestions {
			fmt.Fprintf(w, "  %s — %s\n", s.Title, s.URL)
		}
	}
	fmt.Fprintf(w, "\n%s · confidence %.2f · %s · %s · %.1f ms\n", a.Decision, a.Confidence.Score, a.Lang, a.Drafter, a.TimingsMS["total"])
	for _, d := range a.Degraded {
		fmt.Fprintf(w, "degraded: %s\n", d)
	}
}
