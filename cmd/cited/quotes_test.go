package main

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"cited/internal/answer"
	"cited/internal/devdata"
	"cited/internal/eval"
)

// TestQuotes asks 2,000 questions over all real knowledge bases, lets everything out, and holds
// every citation of every answer to the bytes of its article.
func TestQuotes(t *testing.T) {
	dev := filepath.Join(devdata.Folder(t), "dev")
	bases := []struct {
		kb        string
		questions []string // folders under kbqa
		limit     int      // questions a folder
	}{
		{"adobe-commerce-kb/en", []string{"adobe-commerce-kb/en/titles"}, 150},
		{"adobe-commerce-kb/de", []string{"adobe-commerce-kb/de/titles"}, 150},
		{"adobe-commerce-kb/ko", []string{"adobe-commerce-kb/ko/titles"}, 150},
		{"adobe-commerce-kb/zh", []string{"adobe-commerce-kb/zh/titles"}, 150},
		{"arduino-help-center/en", []string{"arduino-help-center/en/titles", "arduino-help-center/en/headings"}, 150},
		{"prestashop-v8-user/en", []string{"prestashop-v8-user/en/headings"}, 80},
		{"ms-alchemy/ar", []string{"ms-alchemy-dev/ar/titles"}, 150},
		{"ms-alchemy/bg", []string{"ms-alchemy-dev/bg/titles"}, 150},
		{"ms-alchemy/de", []string{"ms-alchemy-dev/de/titles"}, 150},
		{"ms-alchemy/ko", []string{"ms-alchemy-dev/ko/titles"}, 150},
		{"ms-alchemy/zh", []string{"ms-alchemy-dev/zh/titles"}, 150},
		{"opensource-guide", []string{
			"opensource-guide/ar/headings", "opensource-guide/bg/headings", "opensource-guide/de/headings", "opensource-guide/en/headings",
			"opensource-guide/ja/headings", "opensource-guide/ko/headings", "opensource-guide/tr/headings", "opensource-guide/zh-hans/headings",
		}, 50},
	}
	asked, cited := 0, 0
	for _, b := range bases {
		app := openForTest(t, filepath.Join(dev, "kb", b.kb))
		for _, folder := range b.questions {
			queries, err := eval.ReadQueries(filepath.Join(dev, "kbqa", folder, "queries.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range queries[:min(b.limit, len(queries))] {
				asked++
				cited += checkQuotes(t, app, q.Text)
			}
		}
	}
	t.Logf("%d questions, %d citations, all of them the bytes of their articles", asked, cited)
	if asked < 2000 || cited < 2000 {
		t.Errorf("asked %d questions and saw %d citations: too few to mean anything", asked, cited)
	}
}

// openForTest opens a knowledge base with a policy that lets every draft out.
func openForTest(t *testing.T, kb string) *app {
	t.Helper()
	c := &Config{KB: kb, Mode: "hybrid", Analyzer: "stems", Embedder: "builtin"}
	app, err := open(context.Background(), c, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// checkQuotes asks a question and returns how many citations its answer has.
func checkQuotes(t *testing.T, app *app, question string) int {
	t.Helper()
	a, err := app.service.Ask(context.Background(), answer.Question{Text: question})
	if err != nil {
		t.Errorf("%q: %v", question, err)
		return 0
	}
	corpus := app.live.Corpus()
	for _, s := range a.Statements {
		if len(s.Citations) == 0 {
			t.Errorf("%q: the statement %q has no citation", question, s.Text)
		}
	}
	for _, c := range a.Citations {
		d := corpus.Document(c.DocumentID)
		switch {
		case d == nil || d.Hash != c.SourceHash:
			t.Errorf("%q: citation of %s, which is not in the corpus as cited", question, c.DocumentID)
		case c.Start < 0 || c.End > len(d.Source) || c.Start >= c.End || d.Source[c.Start:c.End] != c.Quote:
			t.Errorf("%q: %s[%d:%d] is not %q", question, c.DocumentID, c.Start, c.End, c.Quote)
		}
	}
	return len(a.Citations)
}
