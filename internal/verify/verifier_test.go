package verify

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/retrieve"
)

// article is a page with all the kinds of unit that answers quote.
const article = `---
title: Returns
lang: en
---
# Returns

You can return *unworn* shoes within **30 days** &mdash; free of charge. Gift cards cannot be returned.

## Deadlines

| Goods | Days | Fee |
|---|---|---|
| Clothes | 30 | free |
| Electronics | 14 | €4.90 |

To send something back:

1. Print the label from [your account](/account).
2. Pack the item and add the delivery note.
3. Take the parcel to any DHL shop before 6 pm.

The refund arrives within 5 working days at ` + "`refunds@example.com`" + `.
`

// load makes hits of one Markdown file, as the server would.
func load(t testing.TB, source string) []retrieve.Hit {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "returns.md"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := kb.Load(context.Background(), dir, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return hitsOf(c)
}

func hitsOf(c *kb.Corpus) []retrieve.Hit {
	var hits []retrieve.Hit
	for i, chunk := range c.Chunks {
		hits = append(hits, retrieve.Hit{Chunk: chunk, Document: c.Documents[0], Rank: i + 1, Score: 1 / float64(i+1)})
	}
	return hits
}

// cites points at all chunks without a range, as a generative drafter does.
func cites(hits []retrieve.Hit) []draft.Cite {
	var all []draft.Cite
	for _, h := range hits {
		all = append(all, draft.Cite{ChunkID: h.Chunk.ID})
	}
	return all
}

func TestGenerativeStatements(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	for _, tt := range []struct {
		text   string
		quotes []string // nil: not supported
	}{
		{"Unworn shoes can be returned for free within 30 days.", []string{"You can return *unworn* shoes within **30 days** &mdash; free of charge."}},
		{"You cannot return gift cards.", []string{"Gift cards cannot be returned."}},
		{"You can return gift cards.", nil},
		{"Unworn shoes can be returned for free within 60 days.", nil},
		{"Unworn shoes can be returned for free within 30 weeks.", nil},
		{"Take the parcel to any DHL shop before 18:00.", []string{"Take the parcel to any DHL shop before 6 pm."}},
		{"Take the parcel to any UPS shop before 6 pm.", nil},
		{"The refund takes 5 business days to arrive.", []string{"The refund arrives within 5 working days at `refunds@example.com`."}},
		{"Write to refunds@example.org about the refund.", nil},
		{"Elephants sleep standing in the savanna.", nil},
	} {
		got, _ := v.Verify(draft.Question{Lang: "en"}, draft.Draft{Statements: []draft.Statement{{Text: tt.text, Cites: cites(hits)}}}, hits)
		var quotes []string
		for _, c := range got[0].Citations {
			quotes = append(quotes, c.Quote)
		}
		if !reflect.DeepEqual(quotes, tt.quotes) {
			t.Errorf("%q: quotes %q (reason %q), want %q", tt.text, quotes, got[0].Reason, tt.quotes)
		}
		checkInvariants(t, got, hits)
	}
}

func TestMergedStatement(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	s := draft.Statement{Text: "Unworn shoes can be returned within 30 days, and the refund arrives within 5 working days.", Cites: cites(hits)}
	got, _ := v.Verify(draft.Question{Lang: "en"}, draft.Draft{Statements: []draft.Statement{s}}, hits)
	if !got[0].Supported || len(got[0].Citations) != 2 {
		t.Fatalf("supported %v by %d quotes (%s), want two", got[0].Supported, len(got[0].Citations), got[0].Reason)
	}
	checkInvariants(t, got, hits)
}

func TestTableRowNeedsHeader(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	for text, want := range map[string]bool{
		"For electronics you have 14 days and pay a fee of €4.90.": true,
		"For electronics you have 30 days and pay a fee of €4.90.": false,
	} {
		got, _ := v.Verify(draft.Question{Lang: "en"}, draft.Draft{Statements: []draft.Statement{{Text: text, Cites: cites(hits)}}}, hits)
		if got[0].Supported != want {
			t.Errorf("%q: supported %v (%s), want %v", text, got[0].Supported, got[0].Reason, want)
		}
	}
}

func TestVerbatimUnits(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	for _, h := range hits {
		for _, u := range h.Chunk.Units() {
			s := draft.Statement{Text: h.Chunk.Plain[u.Start:u.End], Kind: u.Kind, Cites: []draft.Cite{{ChunkID: h.Chunk.ID, Start: u.Start, End: u.End}}}
			got, signals := v.Verify(draft.Question{}, draft.Draft{Statements: []draft.Statement{s}}, hits)
			if !got[0].Supported || signals[Support] != 1 {
				t.Errorf("%q: supported %v, support %v (%s)", s.Text, got[0].Supported, signals[Support], got[0].Reason)
			}
			checkInvariants(t, got, hits)
		}
	}
}

func TestBadDrafts(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	id := hits[0].Chunk.ID
	long := strings.Repeat("Unworn shoes cannot be returned within 30 days. ", 2100)
	for name, s := range map[string]draft.Statement{
		"no cite":       {Text: "You can return unworn shoes within 30 days."},
		"unknown chunk": {Text: "You can return unworn shoes within 30 days.", Cites: []draft.Cite{{ChunkID: "nowhere"}}},
		"empty":         {Text: "", Cites: []draft.Cite{{ChunkID: id}}},
		"no words":      {Text: "… — !", Cites: []draft.Cite{{ChunkID: id}}},
		"not UTF-8":     {Text: "\xff\xfe 30 \xc3", Cites: []draft.Cite{{ChunkID: id}}},
		"100 kB":        {Text: long, Cites: []draft.Cite{{ChunkID: id}}},
	} {
		start := time.Now()
		got, signals := v.Verify(draft.Question{Text: "return?", Lang: "en"}, draft.Draft{Statements: []draft.Statement{s}}, hits)
		if got[0].Supported || got[0].Reason == "" || len(got[0].Citations) > 0 || signals[Support] != 0 {
			t.Errorf("%s: %+v, support %v", name, got[0], signals[Support])
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	for _, r := range [][2]int{{-5, 10}, {10, 5}, {0, 1 << 20}, {1 << 20, 1 << 21}, {3, 3}} {
		s := draft.Statement{Text: "You can return unworn shoes within 30 days — free of charge.", Cites: []draft.Cite{{ChunkID: id, Start: r[0], End: r[1]}}}
		got, _ := v.Verify(draft.Question{Lang: "en"}, draft.Draft{Statements: []draft.Statement{s}}, hits)
		if !got[0].Supported {
			t.Errorf("range %v: %s, want the evidence to be searched for", r, got[0].Reason)
		}
		checkInvariants(t, got, hits)
	}
	got, signals := v.Verify(draft.Question{}, draft.Draft{}, nil)
	if len(got) != 0 || len(signals) != 4 {
		t.Errorf("empty draft: %v %v", got, signals)
	}
}

func TestSignals(t *testing.T) {
	hits := load(t, article)
	v := New(NoSimilarity{}, EqualWeights{})
	s := draft.Statement{Text: "Gift cards cannot be returned.", Cites: cites(hits)}
	_, signals := v.Verify(draft.Question{Text: "Can gift cards be returned in Japan?", Lang: "en"}, draft.Draft{Statements: []draft.Statement{s}}, hits)
	if c := signals[Coverage]; c < 0.5 || c >= 1 {
		t.Errorf("coverage %v, want most of the question", c)
	}
	if signals[Margin] != 1 || signals[Agreement] != 0.5 {
		t.Errorf("one document and one searcher: %v", signals)
	}
	lex, vec := "lexical", "vector"
	for i := range hits {
		hits[i].From = []retrieve.Origin{{Searcher: lex, Rank: i + 1}, {Searcher: vec, Rank: i + 1}}
	}
	if got := agreement(hits); got != 1 {
		t.Errorf("agreement of equal rankings %v", got)
	}
}

// checkInvariants holds for every answer: a quote is its range of the article, and an unsupported
// statement has a reason and no quote.
func checkInvariants(t testing.TB, statements []Statement, hits []retrieve.Hit) {
	t.Helper()
	for _, s := range statements {
		if s.Supported == (len(s.Citations) == 0) || s.Supported == (s.Reason != "") {
			t.Errorf("%q: supported %v with %d citations, reason %q", s.Text, s.Supported, len(s.Citations), s.Reason)
		}
		for _, c := range s.Citations {
			for _, h := range hits {
				if h.Chunk.ID == c.ChunkID && h.Document.Source[c.Start:c.End] != c.Quote {
					t.Errorf("quote %q is not the source's range", c.Quote)
				}
			}
			if c.Quote == "" || c.Score < 0 || c.Score > 1 {
				t.Errorf("citation %+v", c)
			}
		}
	}
}
