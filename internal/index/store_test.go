package index

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// damaged asks an index of damaged bytes all kinds of things: it may be wrong, it must not panic.
func damaged(t testing.TB, data []byte, corpus *kb.Corpus) {
	l, err := OpenLexical(data, corpus)
	if err != nil {
		return
	}
	for _, q := range []Query{
		{Text: "return parcels Fennwick the when refund", Lang: "en", Limit: 5},
		{Text: "Rückgabe Pakette wie A1034 re", Lang: "de", Limit: 300, Prefix: true},
		{Text: `"refund parcels" 退货期限`, Lang: "zh", Limit: 10, Phrases: true, Audience: kb.Internal},
	} {
		if _, err := l.Search(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		l.Highlights(corpus.Chunks[0], q)
		l.Weight(lang.Words(q.Text, q.Lang)[0], q.Lang)
	}
	l.Stale()
}

// storedIndex is an index with several segments and dead chunks, as bytes.
func storedIndex(tb testing.TB, documents int) ([]byte, *kb.Corpus) {
	r := rand.New(rand.NewPCG(71, 1))
	corpus := randomCorpus(r, documents, vocabularies)
	l := NewLexical(corpus, lang.Stemmed)
	for range 2 {
		next, changed := edited(r, corpus, vocabularies)
		l = l.With(corpus, next, changed)
		corpus = next
	}
	return stored(l), corpus
}

// TestOpenDamaged cuts the bytes off and flips them.
func TestOpenDamaged(t *testing.T) {
	data, corpus := storedIndex(t, 400)
	if l, err := OpenLexical(data, corpus); err != nil || len(l.layers) < 2 {
		t.Fatalf("%d layers, %v: the test proves too little", len(l.layers), err)
	}
	for n := 0; n < len(data); n += 1 + n/40 {
		if l, err := OpenLexical(data[:n], corpus); err == nil {
			t.Errorf("%d of %d bytes open with %d chunks", n, len(data), l.chunks)
		}
	}
	r := rand.New(rand.NewPCG(72, 1))
	for range 1500 {
		broken := slices.Clone(data)
		for range 1 + r.IntN(8) {
			at := r.IntN(len(broken))
			if r.IntN(3) == 0 {
				at = r.IntN(1000) // headers
			}
			broken[at] = byte(r.Uint32())
		}
		damaged(t, broken, corpus)
	}
}

// TestOpenUnaligned: a mapped file may put the bytes anywhere.
func TestOpenUnaligned(t *testing.T) {
	data, corpus := storedIndex(t, 200)
	q := Query{Text: "return parcels Fennwick", Lang: "en", Limit: 50}
	var want []Match
	for shift := range 8 {
		l, err := OpenLexical(append(make([]byte, shift), data...)[shift:], corpus)
		if err != nil {
			t.Fatal(err)
		}
		got := search(t, l, q)
		if shift == 0 {
			want = got
		}
		if len(got) == 0 || !slices.Equal(got, want) {
			t.Errorf("shift %d: %v, want %v", shift, got, want)
		}
		if again := stored(l); !slices.Equal(again, data) {
			t.Errorf("shift %d: stored again, it is another", shift)
		}
	}
}

func FuzzOpenLexical(f *testing.F) {
	data, corpus := storedIndex(f, 3)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(lexicalMagic))
	f.Fuzz(func(t *testing.T, data []byte) { damaged(t, data, corpus) })
}

// FuzzSearch holds any question to the search that leaves nothing out.
func FuzzSearch(f *testing.F) {
	corpus := randomCorpus(rand.New(rand.NewPCG(73, 1)), 300, vocabularies)
	l := NewLexical(corpus, lang.Stemmed)
	f.Add("return the parcel", "en", 3, true)
	f.Add("Rückgabe von Paketen retunrs", "de", 10, false)
	f.Add("如何退货 الإرجاع", "zh", 100, true)
	f.Add("\xff\xfe \x00", "", 1, true)
	f.Fuzz(func(t *testing.T, text, language string, limit int, prefix bool) {
		q := Query{Text: text, Lang: language, Limit: limit, Prefix: prefix}
		got := search(t, l, q)
		if limit <= 0 {
			if len(got) > 0 {
				t.Errorf("%d matches for the limit %d", len(got), limit)
			}
			return
		}
		if want := exhaustive(l, q); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// stored is what WriteTo writes.
func stored(l *Lexical) []byte {
	var b bytes.Buffer
	if n, err := l.WriteTo(&b); err != nil || n != int64(b.Len()) {
		panic(fmt.Sprintf("%d of %d bytes: %v", n, b.Len(), err)) // a buffer takes everything
	}
	return b.Bytes()
}
