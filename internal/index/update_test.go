package index

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// edited returns c after some of its documents were removed, changed or added, and their ids.
func edited(r *rand.Rand, c *kb.Corpus, languages []string) (*kb.Corpus, []string) {
	documents := make(map[string]*kb.Document)
	chunks := make(map[string][]*kb.Chunk)
	for _, d := range c.Documents {
		documents[d.ID], chunks[d.ID] = d, c.ChunksOf(d.ID)
	}
	var changed []string
	fresh := randomCorpus(r, 1+r.IntN(12), languages)
	for _, d := range fresh.Documents {
		id := fmt.Sprintf("d%05d", r.IntN(len(c.Documents)+20))
		changed = append(changed, id)
		if r.IntN(3) == 0 {
			delete(documents, id)
			delete(chunks, id)
			continue
		}
		own := slices.Clone(fresh.ChunksOf(d.ID))
		if former := chunks[id]; len(former) > 0 && r.IntN(2) == 0 {
			own = own[:0] // the same chunks under another title
			for _, k := range former {
				again := copyOf(k)
				again.Title = d.Title
				own = append(own, again)
			}
		} else {
			for i, k := range own {
				again := copyOf(k)
				again.ID, again.DocumentID = fmt.Sprintf("%s#%d", id, i), id
				own[i] = again
			}
		}
		renamed := *d
		renamed.ID = id
		documents[id], chunks[id] = &renamed, own
	}
	out := &kb.Corpus{}
	for _, d := range documents {
		out.Documents = append(out.Documents, d)
	}
	slices.SortFunc(out.Documents, func(a, b *kb.Document) int { return strings.Compare(a.ID, b.ID) })
	for _, d := range out.Documents {
		out.Chunks = append(out.Chunks, chunks[d.ID]...)
	}
	return out, changed
}

// randomQuery has words of the vocabularies, some mistyped or cut off.
func randomQuery(r *rand.Rand) Query {
	language := vocabularies[r.IntN(len(vocabularies))]
	text := []rune(strings.TrimSpace(sentence(r, language, 6) + sentence(r, "", 1)))
	if len(text) > 0 && r.IntN(2) == 0 {
		i := r.IntN(len(text))
		text = append(text[:i], text[i+1:]...)
	}
	q := Query{Text: string(text), Lang: language, Limit: 1 + r.IntN(30), Prefix: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		q.Audience = kb.Internal
	}
	return q
}

// TestWith holds an index after many edits, before and after storing and merging, to one that was
// built from the corpus as it is.
func TestWith(t *testing.T) {
	compared, layers := 0, 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 21))
		languages := []string{"de", "ar", "zh"}
		if seed%3 == 0 {
			languages = []string{"en"}
		}
		corpus := randomCorpus(r, 400, languages)
		l := NewLexical(corpus, lang.Analysis(seed%2))
		for edit := range 48 {
			former, before := l, search(t, l, Query{Text: "Fennwick Paket returns", Lang: "de", Limit: 50})
			next, changed := edited(r, corpus, languages)
			l = l.With(corpus, next, changed)
			corpus = next
			layers = max(layers, len(l.layers))
			if after := search(t, former, Query{Text: "Fennwick Paket returns", Lang: "de", Limit: 50}); !slices.Equal(before, after) {
				t.Fatalf("seed %d, edit %d: the former index changed", seed, edit)
			}
			if l.chunks != len(corpus.Chunks) {
				t.Fatalf("seed %d, edit %d: %d chunks live, want %d", seed, edit, l.chunks, len(corpus.Chunks))
			}
			if edit%3 == 2 {
				compared += compareIndexes(t, r, l, corpus)
				if l.Stale() {
					l = NewLexical(corpus, l.analysis)
				}
			}
		}
	}
	if compared < 30 || layers < 3 {
		t.Errorf("%d comparisons, %d layers at most: the test proves too little", compared, layers)
	}
}

// compareIndexes asks l, its stored and merged forms, and a new index the same questions, unless l
// is stale. It returns the number of indexes that were compared.
func compareIndexes(t *testing.T, r *rand.Rand, l *Lexical, corpus *kb.Corpus) int {
	t.Helper()
	fresh := NewLexical(corpus, l.analysis)
	same := slices.EqualFunc(l.languages, fresh.languages, func(a, b language) bool { return a.steps == b.steps })
	if l.moved() == same || l.moved() && !l.Stale() {
		t.Errorf("moved: %v, stale: %v, but the same mean lengths: %v", l.moved(), l.Stale(), same)
	}
	if !same {
		return 0
	}
	opened, err := OpenLexical(stored(l), corpus)
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		q := randomQuery(r)
		want := search(t, fresh, q)
		for name, other := range map[string]*Lexical{"edited": l, "stored": opened, "merged": l.Compacted()} {
			if got := search(t, other, q); !slices.Equal(got, want) {
				t.Fatalf("%s, %+v:\n%v\nwant\n%v", name, q, got, want)
			}
		}
		for _, w := range lang.Words(q.Text, q.Lang) {
			if got, want := l.Weight(w, q.Lang), fresh.Weight(w, q.Lang); got != want {
				t.Fatalf("weight of %s: %v, want %v", w.Text, got, want)
			}
		}
	}
	if merged := l.Compacted(); !bytes.Equal(merged.layers[0].segment.data, fresh.layers[0].segment.data) {
		t.Error("the merged segment is another than a new one")
	}
	return 1
}

// TestWithNothing: documents that are nowhere, and none at all.
func TestWithNothing(t *testing.T) {
	corpus := randomCorpus(rand.New(rand.NewPCG(1, 2)), 400, []string{"en"})
	l := NewLexical(corpus, lang.Stemmed)
	q := Query{Text: "return shoes", Lang: "en", Limit: 20}
	for _, ids := range [][]string{nil, {"nowhere"}, {corpus.Documents[3].ID, corpus.Documents[3].ID}} {
		if got := search(t, l.With(corpus, corpus, ids), q); !slices.Equal(got, search(t, l, q)) {
			t.Errorf("%v changes the matches", ids)
		}
	}
	if got := search(t, l.With(corpus, &kb.Corpus{}, nil), q); len(got) == 0 {
		t.Error("documents that are not named were removed")
	}
}
