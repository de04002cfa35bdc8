package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// TestLexicalByHand holds against scores computed on paper: lengths 2 and 3, mean 2.5, rounded
// to 2^(11/8); idf(red) = ln 1.2, idf(shoe) = ln 2; tf = 1/(.3+.7·2/2.594) and 2/(.3+.7·3/2.594).
func TestLexicalByHand(t *testing.T) {
	l := NewLexical(corpusOf(chunkOf("a", "en", "red shoe"), chunkOf("b", "en", "red hat red")), lang.Plain)
	got := search(t, l, Query{Text: "red shoe", Lang: "en", Limit: 10})
	if ids(got) != "a#1 b#1" || math.Abs(got[0].Score-0.4596) > impactStep || math.Abs(got[1].Score-0.11722) > impactStep {
		t.Error(got)
	}
	if w := l.Weight(lang.Words("shoe", "en")[0], "en"); math.Abs(w-math.Ln2) > 1e-6 {
		t.Errorf("weight of shoe: %v", w)
	}
	if w := l.Weight(lang.Words("boot", "en")[0], "en"); math.Abs(w-math.Log(6)) > 1e-6 {
		t.Errorf("weight of a word that nobody has: %v", w)
	}
	if w := l.Weight(lang.Words("Schuh", "de")[0], "de"); w != 1 {
		t.Errorf("weight in a language without chunks: %v", w)
	}
}

func TestLexicalPartitions(t *testing.T) {
	if lang.Stem("rate", "de") != lang.Stem("rat", "en") || lang.Stem("rate", "en") == lang.Stem("rat", "en") {
		t.Fatal("«Rate» and «rat» are no example any more")
	}
	l := NewLexical(corpusOf(
		chunkOf("charger", "en", "The PowerMax charger fills the battery in two hours."),
		chunkOf("laden", "de", "Das Gerät wird über Nacht geladen."),
		chunkOf("pets", "en", "Do not feed the rat."),
		chunkOf("raten", "de", "Die erste Rate ist im Mai fällig."),
	), lang.Stemmed)
	for question, want := range map[string]string{
		"Was ist der PowerMax?": "charger#1",
		"Raten":                 "raten#1", // not pets
	} {
		if got := search(t, l, Query{Text: question, Lang: "de", Limit: 1}); ids(got) != want {
			t.Errorf("%s: %s, want %s", question, ids(got), want)
		}
	}
	if got := search(t, l, Query{Text: "Rate", Lang: "de", Limit: 9}); ids(got) != "raten#1" {
		t.Errorf("Rate: %s", ids(got))
	}
	if got := search(t, l, Query{Text: "POWERMAX", Limit: 9}); ids(got) != "charger#1" {
		t.Errorf("without a language: %s", ids(got))
	}
}

func TestLexicalTies(t *testing.T) {
	var chunks []*kb.Chunk
	for i := range 200 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("d%03d", i), "en", "the same words"))
	}
	want := "d000#1 d001#1 d002#1 d003#1 d004#1"
	shuffled := slices.Clone(chunks)
	for seed := range uint64(5) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		c := corpusOf(chunks...)
		c.Chunks = shuffled
		if got := search(t, NewLexical(c, lang.Stemmed), Query{Text: "same", Lang: "en", Limit: 5}); ids(got) != want {
			t.Errorf("seed %d: %s", seed, ids(got))
		}
	}
}

func TestLexicalAudience(t *testing.T) {
	var chunks []*kb.Chunk
	for i := range 60 { // short and to the point, all internal
		k := chunkOf(fmt.Sprintf("a%02d", i), "en", "goodwill refund")
		k.Audience = kb.Internal
		chunks = append(chunks, k)
	}
	for i := range 6 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("p%d", i), "en", "A refund is paid after the parcel has come back to us and was opened."))
	}
	l := NewLexical(corpusOf(chunks...), lang.Stemmed)
	for _, audience := range []kb.Audience{kb.Public, "", "INTERNAL", "nobody"} {
		if got := search(t, l, Query{Text: "goodwill refund", Lang: "en", Audience: audience, Limit: 5}); ids(got) != "p0#1 p1#1 p2#1 p3#1 p4#1" {
			t.Errorf("%q sees %s", audience, ids(got))
		}
	}
	if got := search(t, l, Query{Text: "goodwill refund", Lang: "en", Audience: kb.Internal, Limit: 5}); ids(got) != "a00#1 a01#1 a02#1 a03#1 a04#1" {
		t.Errorf("internal sees %s", ids(got))
	}
	if got := search(t, l, Query{Text: "goodwill", Lang: "en", Limit: 5}); len(got) != 0 {
		t.Errorf("public sees %s", ids(got))
	}
}

func TestLexicalEdges(t *testing.T) {
	full := NewLexical(corpusOf(chunkOf("a", "en", "red shoe"), chunkOf("b", "zh", "退货期限")), lang.Stemmed)
	empty := NewLexical(&kb.Corpus{}, lang.Stemmed)
	for name, got := range map[string][]Match{
		"limit 0":      search(t, full, Query{Text: "red", Lang: "en"}),
		"limit -1":     search(t, full, Query{Text: "red", Lang: "en", Limit: -1}),
		"empty corpus": search(t, empty, Query{Text: "red", Lang: "en", Limit: 5}),
		"no words":     search(t, full, Query{Text: " ?! ", Lang: "en", Limit: 5}),
		"empty query":  search(t, full, Query{Limit: 5}),
		"bad UTF-8":    search(t, full, Query{Text: "\xff\xfe", Lang: "en", Limit: 5}),
		"other words":  search(t, full, Query{Text: "blue", Lang: "en", Limit: 5}),
	} {
		if len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := search(t, full, Query{Text: "red red red", Lang: "en", Limit: math.MaxInt}); len(got) != 1 {
		t.Errorf("the largest limit: %v", got)
	}
	once, thrice := search(t, full, Query{Text: "red hat", Lang: "en", Limit: 5}), search(t, full, Query{Text: "red hat red red", Lang: "en", Limit: 5})
	if !slices.Equal(once, thrice) {
		t.Errorf("a word said again changes %v to %v", once, thrice)
	}
	orphan := &kb.Corpus{Chunks: []*kb.Chunk{chunkOf("a", "en", "red")}} // without its document
	if got := search(t, NewLexical(orphan, lang.Stemmed), Query{Text: "red", Lang: "en", Limit: 5}); len(got) != 1 {
		t.Errorf("a chunk without a document: %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, limit := range []int{0, 5} {
		if _, err := full.Search(ctx, Query{Text: "red", Limit: limit}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled, limit %d: %v", limit, err)
		}
	}
	if got := search(t, full, Query{Text: "red", Lang: "en", Limit: 5}); len(got) != 1 {
		t.Errorf("after a cancelled search: %v", got)
	}
}

func TestLexicalBoost(t *testing.T) {
	c := corpusOf(chunkOf("a", "en", "red shoe"), chunkOf("b", "en", "red shoe"), chunkOf("c", "en", "red shoe"), chunkOf("d", "en", "red shoe"))
	c.Documents[1].Boost = 1.5
	c.Documents[2].Boost = 100
	c.Documents[3].Boost = 0 // none given
	got := search(t, NewLexical(c, lang.Stemmed), Query{Text: "red shoe", Lang: "en", Limit: 5})
	if ids(got) != "c#1 b#1 a#1 d#1" || got[0].Score != 1 || got[2].Score != got[3].Score || math.Abs(got[1].Score-1.5*got[2].Score) > 1e-6 {
		t.Error(got)
	}
}

// TestLexicalStopWords: a stop word counts, for less than a word of the subject.
func TestLexicalStopWords(t *testing.T) {
	l := NewLexical(corpusOf(chunkOf("a", "en", "how parcels travel"), chunkOf("b", "en", "when parcels travel"), chunkOf("c", "en", "refunds")), lang.Stemmed)
	for question, want := range map[string]string{"how parcels": "a#1 b#1", "when parcels": "b#1 a#1", "how refunds": "c#1 a#1", "when": "b#1"} {
		if got := search(t, l, Query{Text: question, Lang: "en", Limit: 5}); ids(got) != want {
			t.Errorf("%s: %s, want %s", question, ids(got), want)
		}
	}
}

// TestLexicalDeterminism builds enough chunks for several runs in each language.
func TestLexicalDeterminism(t *testing.T) {
	corpus := randomCorpus(rand.New(rand.NewPCG(7, 7)), 2600, []string{"en", "de"})
	build := func(processors int) *Segment {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return NewLexical(corpus, lang.Stemmed).layers[0].segment
	}
	one := build(1)
	if len(one.parts) != 2 || one.chunks <= 4*chunksPerRun {
		t.Fatal("the corpus is too small for this test")
	}
	for _, processors := range []int{2, 3, 4} {
		if !bytes.Equal(one.data, build(processors).data) {
			t.Errorf("the segment of %d processors is another than that of one", processors)
		}
	}
}

func TestLexicalConcurrent(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	l := NewLexical(randomCorpus(r, 60, vocabularies), lang.Stemmed)
	var queries []Query
	var want [][]Match
	for range 40 {
		language := vocabularies[r.IntN(len(vocabularies))]
		q := Query{Text: sentence(r, language, 6), Lang: language, Limit: 1 + r.IntN(20)}
		queries = append(queries, q)
		want = append(want, search(t, l, q))
	}
	var long strings.Builder // more distinct terms than scratch space is kept for
	for i := range 3 * maxSeen {
		fmt.Fprintf(&long, "w%dx ", i)
	}
	queries = append(queries, Query{Text: long.String() + "Fennwick", Lang: "en", Limit: 5})
	want = append(want, search(t, l, queries[len(queries)-1]))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, q := range queries {
				got, err := l.Search(context.Background(), q)
				if err != nil || !slices.Equal(got, want[i]) {
					t.Errorf("%+v: %v, %v; alone %v", q, got, err, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestRanking(t *testing.T) {
	l := NewLexical(randomCorpus(rand.New(rand.NewPCG(5, 4)), 150, []string{"en", "de"}), lang.Stemmed)
	segment := l.layers[0].segment
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		top := ranking{limit: 1 + r.IntN(40), layers: l.layers}
		var all []Match
		for doc := range r.IntN(segment.chunks) {
			h := hit{score: float64(r.IntN(10)), ordinal: uint32(doc)}
			top.offer(h)
			all = append(all, Match{string(segment.id(h.ordinal)), h.score})
		}
		slices.SortFunc(all, Match.Compare)
		if got := top.matches(); !slices.Equal(got, all[:min(len(all), top.limit)]) {
			t.Fatalf("%v, want the first %d of %v", got, top.limit, all)
		}
	}
}
