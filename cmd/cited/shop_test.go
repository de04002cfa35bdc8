package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cited/internal/answer"
	"cited/internal/confidence"
	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/retrieve"
)

// shopQuestion is one line of eval/shop/questions.jsonl: a question as shoppers ask it, written by
// somebody who had read the articles and not the code.
type shopQuestion struct {
	ID       string   `json:"id"`
	Lang     string   `json:"lang"`
	Kind     string   `json:"kind"` // answerable, near_miss, off_topic, internal
	Question string   `json:"question"`
	Contains []string `json:"contains"` // strings that a right answer's quotes hold
}

// tally counts what became of the questions of one kind.
type tally struct{ asked, right, wrong, inReview, abstained int }

// keptDrafter keeps the last draft: what would be said, whatever is decided about it.
type keptDrafter struct {
	draft.Drafter
	last draft.Draft
}

func (k *keptDrafter) Draft(ctx context.Context, q draft.Question, hits []retrieve.Hit) (draft.Draft, error) {
	var err error
	k.last, err = k.Drafter.Draft(ctx, q, hits)
	return k.last, err
}

// quotes are the texts of the last draft's citations.
func (k *keptDrafter) quotes(corpus *kb.Corpus) string {
	var b strings.Builder
	for _, s := range k.last.Statements {
		for _, c := range s.Cites {
			b.WriteString(corpus.Chunk(c.ChunkID).Plain[c.Start:c.End] + "\n")
		}
	}
	return b.String()
}

// TestShopQuestions asks the shop's test questions with the shipped thresholds, and holds the
// answers to floors: few wrong ones go out, what is off topic is abstained from, and nothing
// internal reaches the public.
func TestShopQuestions(t *testing.T) {
	shop := filepath.Join("..", "..", "kb")
	app, err := open(context.Background(), &Config{KB: shop, Mode: "hybrid", Analyzer: "stems", Embedder: "builtin", Thresholds: confidence.Default()}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	drafter := &keptDrafter{Drafter: app.service.Drafter}
	app.service.Drafter = drafter
	drafts := 0
	tallies := make(map[string]*tally)
	for _, q := range readShopQuestions(t) {
		a, err := app.service.Ask(context.Background(), answer.Question{Text: q.Question, Audience: kb.Public})
		if err != nil {
			t.Fatalf("%s: %v", q.ID, err)
		}
		checkPublic(t, q, a)
		if q.Kind == "answerable" && holdsAll(drafter.quotes(app.live.Corpus()), q.Contains) {
			drafts++
		}
		for _, key := range []string{q.Kind, q.Kind + " " + q.Lang} {
			if tallies[key] == nil {
				tallies[key] = &tally{}
			}
			tallies[key].add(q, a)
		}
	}
	for _, kind := range []string{"answerable", "near_miss", "off_topic", "internal"} {
		t.Logf("%-12s %+v", kind, *tallies[kind])
	}
	for _, lang := range []string{"en", "de", "ar", "ko", "zh", "bg"} {
		t.Logf("answerable %s %+v", lang, *tallies["answerable "+lang])
	}
	t.Logf("right drafts %d", drafts)
	answerable, off, near := tallies["answerable"], tallies["off_topic"], tallies["near_miss"]
	if drafts < minDrafts || answerable.right < minRight || answerable.wrong > maxWrong || off.wrong > 0 || off.abstained < minOffTopic || near.wrong > maxNearMiss || tallies["internal"].wrong > 2 {
		t.Errorf("worse than the floors: answerable %+v, near misses %+v, off topic %+v", *answerable, *near, *off)
	}
}

// Floors of TestShopQuestions, a little below what was reached.
const (
	minDrafts   = 77
	minRight    = 25
	maxWrong    = 5
	maxNearMiss = 3
	minOffTopic = 34
)

func readShopQuestions(t *testing.T) []shopQuestion {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "eval", "shop", "questions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []shopQuestion
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var q shopQuestion
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (n *tally) add(q shopQuestion, a answer.Answer) {
	n.asked++
	switch a.Decision {
	case answer.Answered:
		if q.Kind == "answerable" && holdsAll(quoted(a), q.Contains) {
			n.right++
		} else {
			n.wrong++
		}
	case answer.InReview:
		n.inReview++
	case answer.Abstained, answer.Clarify, answer.Handoff:
		n.abstained++
	}
}

// quoted are the texts of an answer's citations.
func quoted(a answer.Answer) string {
	var b strings.Builder
	for _, c := range a.Citations {
		b.WriteString(c.QuoteText + "\n")
	}
	return b.String()
}

// holdsAll reports whether text holds all of want, but for white space and case.
func holdsAll(text string, want []string) bool {
	plain := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	for _, s := range want {
		if !strings.Contains(plain(text), plain(s)) {
			return false
		}
	}
	return true
}

// checkPublic fails when anything internal is in an answer to the public.
func checkPublic(t *testing.T, q shopQuestion, a answer.Answer) {
	t.Helper()
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "internal/") {
		t.Errorf("%s: an internal article in the answer: %s", q.ID, raw)
	}
}
