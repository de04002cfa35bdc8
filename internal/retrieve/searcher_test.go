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

	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/simd"
)

func TestSearchers(t *testing.T) {
	t.Run("lexical", func(t *testing.T) {
		testSearcher(t, func(c *kb.Corpus) (Searcher, error) { return index.NewLexical(c, lang.Stemmed), nil })
	})
	t.Run("vector", func(t *testing.T) {
		testSearcher(t, func(c *kb.Corpus) (Searcher, error) {
			e := &letters{}
			var vectors [][]float32
			for _, k := range c.Chunks {
				vectors = append(vectors, e.vector(index.EmbedText(k)))
			}
			return index.NewVector(context.Background(), e, c.Chunks, vectors)
		})
	})
	for _, path := range simd.Paths() {
		t.Run("scan="+string(path), func(t *testing.T) {
			k, err := simd.New(string(path))
			if err != nil {
				t.Fatal(err)
			}
			testSearcher(t, func(c *kb.Corpus) (Searcher, error) {
				e := &letters{}
				var vectors [][]float32
				for _, k := range c.Chunks {
					vectors = append(vectors, e.vector(index.EmbedText(k)))
				}
				return index.NewScan(context.Background(), e, c.Chunks, vectors, index.ScanOptions{Kernels: k})
			})
		})
	}
}

// searching returns searches over a corpus, each held against what every Searcher promises.
func searching(t *testing.T, new func(*kb.Corpus) (Searcher, error), c *kb.Corpus) func(Query) []index.Match {
	t.Helper()
	s, err := new(c)
	if err != nil {
		t.Fatal(err)
	}
	return func(q Query) []index.Match {
		t.Helper()
		found, err := s.Search(context.Background(), q)
		if err != nil {
			t.Errorf("%+v: %v", q, err)
		}
		checkMatches(t, c, q, found)
		return found
	}
}

// testSearcher is the contract of a Searcher; new makes one over a corpus.
func testSearcher(t *testing.T, new func(*kb.Corpus) (Searcher, error)) {
	corpus := contractCorpus()
	search := searching(t, new, corpus)
	question := english("a refund for the parcel", 10)
	all := search(question)
	if len(all) != 10 {
		t.Fatalf("%d matches, want the limit", len(all))
	}
	t.Run("limits", func(t *testing.T) {
		for _, limit := range []int{math.MinInt, -1, 0, 1, 3, 9, 1000, math.MaxInt} {
			found := search(english(question.Text, limit))
			if n := min(len(found), len(all)); limit > 0 && !slices.Equal(found[:n], all[:n]) {
				t.Errorf("limit %d changes the order", limit)
			}
		}
	})
	t.Run("the same every time", func(t *testing.T) {
		for range 5 {
			if again := searching(t, new, corpus)(question); !slices.Equal(again, all) {
				t.Errorf("%v, then %v", all, again)
			}
		}
	})
	t.Run("audience", func(t *testing.T) {
		agent := question
		agent.Audience = kb.Internal
		if found := search(agent); slices.Equal(found, all) {
			t.Error("an agent sees no more than the public: the test proves nothing")
		}
		for _, audience := range []kb.Audience{kb.Public, "other"} {
			reader := question
			reader.Audience = audience
			if found := search(reader); !slices.Equal(found, all) {
				t.Errorf("%q: %v", audience, found)
			}
		}
	})
	t.Run("empty corpus", func(t *testing.T) {
		if found := searching(t, new, &kb.Corpus{})(question); len(found) != 0 {
			t.Error(found)
		}
	})
	t.Run("strange questions", func(t *testing.T) {
		for _, text := range []string{"", " ", "\x00", "\xff\xfe\xfd", "٣٠", "退货", strings.Repeat("refund ", 20_000), "%s ' OR 1=1 --"} {
			for _, language := range []string{"", "en", "xx", "zh"} {
				search(Query{Text: text, Lang: language, Limit: 3})
			}
		}
	})
	t.Run("cancelled", func(t *testing.T) { testSearcherCancelled(t, new, corpus) })
	t.Run("at the same time", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if found := search(question); !slices.Equal(found, all) {
						t.Errorf("%v, alone %v", found, all)
					}
				}
			})
		}
		wg.Wait()
	})
}

func testSearcherCancelled(t *testing.T, new func(*kb.Corpus) (Searcher, error), corpus *kb.Corpus) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, limit := range []int{0, 5} {
		s, err := new(corpus)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := s.Search(ctx, english("refund", limit)); !errors.Is(err, context.Canceled) || len(found) != 0 {
			t.Errorf("limit %d: %v, %v", limit, found, err)
		}
	}
}

// contractCorpus has equal texts, many internal ones, and several languages.
func contractCorpus() *kb.Corpus {
	var chunks []*kb.Chunk
	for i := range 80 {
		k := chunkOf(fmt.Sprintf("d%02d", i), []string{"A refund for the parcel.", "The parcel comes by post.", "Refund.", "We are closed on Sunday."}[i%4])
		k.Lang = []string{"en", "en", "en", "de"}[i/4%4]
		if i%3 > 0 {
			k.Audience = kb.Internal
		}
		chunks = append(chunks, k)
	}
	return corpusOf("contract", chunks...)
}

// checkMatches holds one answer against what every Searcher promises.
func checkMatches(t *testing.T, c *kb.Corpus, q Query, found []index.Match) {
	t.Helper()
	if len(found) > max(0, q.Limit) {
		t.Errorf("%d matches for the limit %d", len(found), q.Limit)
	}
	seen := map[string]bool{}
	for i, m := range found {
		k := c.Chunk(m.ChunkID)
		switch {
		case k == nil:
			t.Errorf("%q is no chunk", m.ChunkID)
		case !q.Audience.Covers(k.Audience):
			t.Errorf("%q sees %s, which is %s", q.Audience, k.ID, k.Audience)
		case seen[m.ChunkID]:
			t.Errorf("%s twice", m.ChunkID)
		case math.IsNaN(m.Score) || m.Score < -1 || m.Score > 1:
			t.Errorf("%s scores %v", m.ChunkID, m.Score)
		case i > 0 && found[i-1].Compare(m) >= 0:
			t.Errorf("%v before %v", found[i-1], m)
		}
		seen[m.ChunkID] = true
	}
}
