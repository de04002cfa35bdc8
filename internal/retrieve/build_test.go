package retrieve

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
)

// guide is a corpus of articles that a number each tells apart; versions say how often each was
// edited, 0 that it is not there.
func guide(versions []int) *kb.Corpus {
	var chunks []*kb.Chunk
	for i, v := range versions {
		for part := range v % 4 {
			c := chunkOf(fmt.Sprintf("article%03d", i), fmt.Sprintf("Part %d of article %d in version %d says when the parcel %c arrives.", part, i, v, 'a'+rune(i%26)))
			c.ID = fmt.Sprintf("%s#%d.%d", c.DocumentID, v, part)
			chunks = append(chunks, c)
		}
	}
	return corpusOf(fmt.Sprint(versions), chunks...)
}

// flaky fails when it is told to, and counts what it embeds.
type flaky struct {
	letters
	fail bool
	made int
}

func (f *flaky) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	if f.fail {
		return nil, errors.New("the endpoint is down")
	}
	f.made += len(texts)
	return f.letters.EmbedDocuments(ctx, texts)
}

// TestBuildHistories: whatever the history of edits, of endpoints that fail in between and of the
// stores that held the vectors, an index finds what a new one finds.
func TestBuildHistories(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		embedder := &flaky{}
		versions := make([]int, 40)
		for i := range versions {
			versions[i] = 1 + r.IntN(3)
		}
		s := Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: embedder}
		var x *Index
		for step := range 12 {
			s.Vectors = []Store{Scan, Scan, Scan, Chromem}[r.IntN(4)]
			embedder.fail = step > 0 && step < 11 && r.IntN(4) == 0
			corpus := guide(versions)
			next, err := Build(context.Background(), corpus, s, x)
			if err != nil {
				t.Fatal(err)
			}
			if !embedder.fail && next.Missing() != nil {
				t.Fatalf("seed %d, step %d: missing %v", seed, step, next.Missing())
			}
			embedder.fail = false
			if next.Missing() == nil {
				same(t, next, build(t, corpus, Hybrid, &letters{}, nil), fmt.Sprintf("seed %d, step %d", seed, step))
			}
			x = next
			for range r.IntN(4) {
				versions[r.IntN(len(versions))] = r.IntN(12)
			}
		}
	}
}

// same holds x to what want finds. Scores may differ by rounding, and chunks with almost the same
// score by their order.
func same(t *testing.T, x, want *Index, what string) {
	t.Helper()
	for _, text := range []string{"when does the parcel b arrive", "article 7 in version 2", "part 1 parcel z"} {
		a, err := x.Rank(context.Background(), english(text, 20))
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.Rank(context.Background(), english(text, 20))
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Hits) != len(b.Hits) {
			t.Fatalf("%s, %q: %d hits, want %d", what, text, len(a.Hits), len(b.Hits))
		}
		scores := make(map[string]float64)
		for _, h := range b.Hits {
			scores[h.Chunk.ID] = h.Score
		}
		last := b.Hits[len(b.Hits)-1].Score
		for i := range a.Hits {
			score, found := scores[a.Hits[i].Chunk.ID]
			if !found {
				score = last
			}
			if !near(a.Hits[i].Score, b.Hits[i].Score) || !near(a.Hits[i].Score, score) {
				t.Fatalf("%s, %q, rank %d: %s %v, want %s %v", what, text, i+1, a.Hits[i].Chunk.ID, a.Hits[i].Score, b.Hits[i].Chunk.ID, b.Hits[i].Score)
			}
		}
	}
}

func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

// TestBuildEmbedsWhatChanged: an edit embeds its own chunks, also after an edit that could not be
// embedded; a chunk that moved to another audience keeps its vector and is found by its readers.
func TestBuildEmbedsWhatChanged(t *testing.T) {
	for _, store := range []Store{Scan, Chromem} {
		embedder := &flaky{}
		s := Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: embedder, Vectors: store}
		versions := []int{1, 1, 1, 1, 1}
		step := func(old *Index) *Index {
			t.Helper()
			embedder.made = 0
			x, err := Build(context.Background(), guide(versions), s, old)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		x := step(nil)
		if embedder.made != 5 {
			t.Errorf("%s: %d embedded at first", store, embedder.made)
		}
		versions[2] = 2
		embedder.fail = true
		x = step(x)
		if x.Missing() == nil {
			t.Errorf("%s: nothing is missing", store)
		}
		embedder.fail = false
		if x = step(x); embedder.made != 2 || x.Missing() != nil {
			t.Errorf("%s: %d embedded after a failure, want 2; missing %v", store, embedder.made, x.Missing())
		}
		secret := guide(versions)
		for _, c := range secret.Chunks {
			if c.DocumentID == "article002" {
				c.Audience = kb.Internal
			}
		}
		embedder.made = 0
		x, err := Build(context.Background(), secret, s, x)
		if err != nil || embedder.made != 0 {
			t.Errorf("%s: %d embedded for another audience, %v", store, embedder.made, err)
		}
		q := english("article 2 in version 2", 20)
		for _, h := range retrieve(t, x, q).Hits {
			if h.Chunk.DocumentID == "article002" {
				t.Errorf("%s: the public finds %s", store, h.Chunk.ID)
			}
		}
		q.Audience = kb.Internal
		if hits := retrieve(t, x, q).Hits; len(hits) == 0 || hits[0].Chunk.DocumentID != "article002" {
			t.Errorf("%s: staff finds %s", store, documents(hits))
		}
	}
}

var _ index.Embedder = (*flaky)(nil)
