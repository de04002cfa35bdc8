package retrieve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cited/internal/kb"
	"cited/internal/lang"
)

func TestModes(t *testing.T) {
	for _, name := range []string{"hybrid", "lexical", "vector"} {
		if m, err := ParseMode(name); err != nil || string(m) != name {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	if _, err := ParseMode("magic"); err == nil || !strings.Contains(err.Error(), `"magic"`) {
		t.Error(err)
	}
	question := english("when is a refund paid", 3)
	for mode, searchers := range map[Mode]string{Lexical: "lexical", Vector: "vector", Hybrid: "lexical vector"} {
		x := build(t, shopCorpus(), mode, &letters{}, nil)
		result := retrieve(t, x, question)
		if len(result.Hits) == 0 || result.Corpus != "shop" || result.Degraded != nil || x.Missing() != nil {
			t.Fatalf("%s: %+v", mode, result)
		}
		if mode != Vector && documents(result.Hits[:1]) != "refunds" {
			t.Errorf("%s: %s", mode, documents(result.Hits))
		}
		var from []string
		for _, o := range result.Hits[0].From {
			from = append(from, o.Searcher)
		}
		if strings.Join(from, " ") != searchers {
			t.Errorf("%s: from %v", mode, from)
		}
		for i, h := range result.Hits {
			if h.Rank != i+1 || h.Document.ID != h.Chunk.DocumentID || h.Score < 0 || h.Score > 1 {
				t.Errorf("%s: hit %d is %+v", mode, i, h)
			}
		}
	}
	if w := build(t, shopCorpus(), Vector, &letters{}, nil).Weight(lang.Words("refund", "en")[0], "en"); w != 1 {
		t.Errorf("a word's weight without words: %v", w)
	}
}

func TestRetrieveLimit(t *testing.T) {
	x := build(t, shopCorpus(), Hybrid, &letters{}, nil)
	for limit, want := range map[int]int{math.MinInt: 0, -1: 0, 0: 0, 1: 1, 2: 2, 4: 4, 5: 4, 1000: 4, math.MaxInt: 4} {
		if got := retrieve(t, x, english("working days", limit)); len(got.Hits) != want {
			t.Errorf("limit %d: %s", limit, documents(got.Hits))
		}
		ranked, err := x.Rank(context.Background(), english("working days", limit))
		if err != nil || len(ranked.Hits) != want {
			t.Errorf("rank, limit %d: %s, %v", limit, documents(ranked.Hits), err)
		}
	}
	for _, text := range []string{"", " \t", "?!", "\xff"} {
		if got := retrieve(t, x, english(text, 5)); len(got.Hits) != 0 || got.Corpus != "shop" {
			t.Errorf("%q finds %s", text, documents(got.Hits))
		}
	}
	empty := build(t, &kb.Corpus{}, Hybrid, &letters{}, nil)
	if got := retrieve(t, empty, english("working days", 5)); len(got.Hits) != 0 || got.Degraded != nil {
		t.Errorf("an empty corpus: %+v", got)
	}
}

// TestDepth: the legs are asked deeply enough that a small limit does not change the order.
func TestDepth(t *testing.T) {
	var chunks []*kb.Chunk
	for i := range 300 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("d%03d", i), fmt.Sprintf("refund %s %d", strings.Repeat("more words ", i%17), i*i)))
	}
	x := build(t, corpusOf("", chunks...), Hybrid, &letters{}, nil)
	all := retrieve(t, x, english("refund words 49", 60))
	if len(all.Hits) != 60 {
		t.Fatal(len(all.Hits))
	}
	for limit := 1; limit < 60; limit += 7 {
		got := retrieve(t, x, english("refund words 49", limit))
		if documents(got.Hits) != documents(all.Hits[:limit]) {
			t.Errorf("limit %d: %s, want %s", limit, documents(got.Hits), documents(all.Hits[:limit]))
		}
	}
}

func TestRetrieveAudience(t *testing.T) {
	c := shopCorpus()
	for _, k := range c.Chunks[:3] {
		k.Audience = kb.Internal
	}
	for _, mode := range []Mode{Lexical, Vector, Hybrid} {
		x := build(t, c, mode, &letters{}, nil)
		if got := retrieve(t, x, english("refund of gold gift cards", 3)); documents(got.Hits) != "returns" {
			t.Errorf("%s: public sees %s", mode, documents(got.Hits))
		}
		q := english("refund of gold gift cards", 3)
		q.Audience = kb.Internal
		if got := retrieve(t, x, q); len(got.Hits) != 3 {
			t.Errorf("%s: an agent sees %s", mode, documents(got.Hits))
		}
	}
}

func TestDegraded(t *testing.T) {
	e := &letters{}
	ask := func(x *Index) (Result, error) { return x.Retrieve(context.Background(), english("refund", 3)) }
	hybrid, vector := build(t, shopCorpus(), Hybrid, e, nil), build(t, shopCorpus(), Vector, e, nil)
	setBudget(hybrid, soon)
	setBudget(vector, soon)
	want := documents(retrieve(t, build(t, shopCorpus(), Lexical, nil, nil), english("refund", 3)).Hits)
	check := func(x *Index, degraded string) {
		t.Helper()
		got, err := ask(x)
		if err != nil || documents(got.Hits) != want || !slices.Equal(got.Degraded, []string{degraded}) {
			t.Errorf("%s, %q, %v; want %s, %q", documents(got.Hits), got.Degraded, err, want, degraded)
		}
		if slices.ContainsFunc(got.Hits, func(h Hit) bool { return len(h.From) != 1 || h.From[0].Searcher != "lexical" }) {
			t.Errorf("%+v", got.Hits)
		}
	}
	e.hang = true
	check(hybrid, "vector: the embedder did not answer in time")
	if _, err := ask(vector); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("vectors alone, too late: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := hybrid.Retrieve(ctx, english("refund", 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("the asker went away: %v", err)
	}
	e.hang, e.err = false, errDown
	check(hybrid, "vector: the embedder failed")
	if _, err := ask(vector); !errors.Is(err, errDown) {
		t.Errorf("vectors alone, failing: %v", err)
	}
	missing := build(t, shopCorpus(), Hybrid, e, nil)
	check(missing, "vector: the knowledge base is not embedded")
	if !strings.Contains(missing.Missing().Error(), "connection refused") {
		t.Error(missing.Missing())
	}
	if _, err := Build(context.Background(), shopCorpus(), Settings{Mode: Vector, Embedder: e}, nil); !errors.Is(err, errDown) {
		t.Errorf("vectors alone, not embedded: %v", err)
	}
	e.err = nil
	setBudget(hybrid, time.Hour)
	if got, err := ask(hybrid); err != nil || got.Degraded != nil {
		t.Errorf("back again: %+v, %v", got, err)
	}
}

// edited is the shop's corpus after an edit: one document changed, one added, one gone; the
// others are the same documents, half of them as new copies.
func edited() *kb.Corpus {
	return corpusOf("edited",
		chunkOf("delivery", "Parcels arrive within three working days."),
		chunkOf("gifts", "Gift cards are valid for five years."),
		chunkOf("help", "Write to us at any time."),
		chunkOf("returns", "Returns are free for Gold members."),
	)
}

func TestBuildReusesVectors(t *testing.T) {
	e := &letters{}
	first := build(t, shopCorpus(), Hybrid, e, nil)
	if n := len(e.embedded()); n != 4 {
		t.Fatalf("%d texts embedded at first", n)
	}
	second := build(t, edited(), Hybrid, e, first)
	if got := strings.Join(e.embedded(), "|"); got != "\nGift cards are valid for five years.|\nWrite to us at any time." {
		t.Errorf("embedded %q", got)
	}
	fresh := build(t, edited(), Hybrid, &letters{}, nil)
	q := english("gift cards valid working days", 4)
	if a, b := retrieve(t, second, q), retrieve(t, fresh, q); fmt.Sprint(documents(a.Hits), a.Hits[0].Score) != fmt.Sprint(documents(b.Hits), b.Hits[0].Score) {
		t.Errorf("%s after an edit, %s from nothing", documents(a.Hits), documents(b.Hits))
	}
	again := build(t, second.Corpus(), Hybrid, e, second)
	if got := e.embedded(); got != nil || again.Missing() != nil {
		t.Errorf("embedded %q though nothing changed; missing %v", got, again.Missing())
	}
	other := &letters{model: "-2"}
	build(t, edited(), Hybrid, other, again)
	if n := len(other.embedded()); n != 4 {
		t.Errorf("%d texts embedded by another model", n)
	}
	build(t, edited(), Hybrid, e, build(t, edited(), Lexical, nil, again))
	if n := len(e.embedded()); n != 4 {
		t.Errorf("%d texts embedded after a build without vectors", n)
	}
}

// TestBuildKeepsVectorsThroughAFailure: an outage at a reload costs the new texts, not all.
func TestBuildKeepsVectorsThroughAFailure(t *testing.T) {
	e := &letters{}
	first := build(t, shopCorpus(), Hybrid, e, nil)
	e.embedded()
	e.err = errDown
	second := build(t, edited(), Hybrid, e, first)
	if second.Missing() == nil {
		t.Fatal("nothing is missing")
	}
	e.err = nil
	third := build(t, edited(), Hybrid, e, second)
	if n := len(e.embedded()); n != 2 || third.Missing() != nil {
		t.Errorf("%d texts embedded afterwards, missing %v", n, third.Missing())
	}
	e.err = errDown // and without a new text nobody is asked
	if x := build(t, edited(), Hybrid, e, third); x.Missing() != nil {
		t.Error(x.Missing())
	}
}

// TestBuildForgetsBadVectors: what could not be indexed once must not be taken over.
func TestBuildForgetsBadVectors(t *testing.T) {
	e := &letters{zero: true}
	bad := build(t, shopCorpus(), Hybrid, e, nil)
	if !strings.Contains(bad.Missing().Error(), "squared length 0") {
		t.Fatal(bad.Missing())
	}
	e.zero = false
	e.embedded()
	if x := build(t, shopCorpus(), Hybrid, e, bad); x.Missing() != nil || len(e.embedded()) != 4 {
		t.Errorf("missing %v", x.Missing())
	}
	short := build(t, shopCorpus(), Hybrid, &letters{short: true}, nil)
	if !strings.Contains(short.Missing().Error(), "embed 4 chunks: 3 vectors") {
		t.Error(short.Missing())
	}
}

func TestBuildCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, mode := range []Mode{Lexical, Vector, Hybrid} {
		if _, err := Build(ctx, shopCorpus(), Settings{Mode: mode, Embedder: &letters{err: ctx.Err()}}, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// TestLive swaps while others ask: every result is of one corpus alone.
func TestLive(t *testing.T) {
	var live Live
	word := lang.Words("refund", "en")[0]
	if _, err := live.Retrieve(context.Background(), english("refund", 1)); !errors.Is(err, ErrNotReady) {
		t.Error(err)
	}
	if live.Index() != nil || live.Corpus() != nil || live.Weight(word, "en") != 1 {
		t.Error("something is there before the first swap")
	}
	e := &letters{}
	indexes := []*Index{build(t, shopCorpus(), Hybrid, e, nil), build(t, edited(), Hybrid, e, nil)}
	live.Swap(indexes[0])
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 150 {
				got, err := live.Retrieve(context.Background(), english("gift cards valid", 1))
				if err != nil || len(got.Hits) != 1 {
					t.Errorf("%+v, %v", got, err)
					return
				}
				if five := strings.Contains(got.Hits[0].Chunk.Plain, "five"); five != (got.Corpus == "edited") {
					t.Errorf("%q in the corpus %s", got.Hits[0].Chunk.Plain, got.Corpus)
				}
				live.Weight(word, "en")
			}
		})
	}
	for i := range 300 {
		live.Swap(indexes[i%2])
	}
	live.Swap(indexes[1])
	readers.Wait()
	if live.Corpus().Hash != "edited" || live.Index() != indexes[1] || live.Weight(word, "en") <= 0 {
		t.Error("the last swap does not show")
	}
}

// setBudget gives the vector leg of x a time budget.
func setBudget(x *Index, d time.Duration) {
	for i := range x.searchers {
		if x.searchers[i].name == Vector {
			x.searchers[i].budget = d
		}
	}
}
