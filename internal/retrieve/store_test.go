package retrieve

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

func TestStores(t *testing.T) {
	for _, name := range []string{"auto", "chromem", "scan"} {
		if s, err := ParseStore(name); err != nil || string(s) != name {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	if _, err := ParseStore("faiss"); err == nil || !strings.Contains(err.Error(), `"faiss": use auto, chromem or scan`) {
		t.Error(err)
	}
	for store, want := range map[Store][3]bool{"": {false, false, true}, Auto: {false, false, true}, Chromem: {false, false, false}, Scan: {true, true, true}} {
		if got := [3]bool{store.scans(0), store.scans(scanFrom - 1), store.scans(scanFrom)}; got != want {
			t.Errorf("%q: %v, want %v", store, got, want)
		}
	}
}

func buildIn(t *testing.T, store Store, c *kb.Corpus, e *letters, old *Index) *Index {
	t.Helper()
	x, err := Build(context.Background(), c, Settings{Mode: Vector, Analysis: lang.Stemmed, Embedder: e, Vectors: store}, old)
	if err != nil {
		t.Fatal(err)
	}
	if (x.scan != nil) != (store == Scan) {
		t.Fatalf("%s: the wrong index", store)
	}
	return x
}

// TestBuildEditsTheScan: a reload that edits the scan finds what one finds that builds it anew, and
// what chromem-go finds, also for a chunk that keeps its text and changes its readers.
func TestBuildEditsTheScan(t *testing.T) {
	e := &letters{}
	corpora := []*kb.Corpus{shopCorpus(), edited(), edited(), shopCorpus(), {}, edited()}
	corpora[2].Chunks[3].Audience = kb.Internal
	var old *Index
	for n, c := range corpora {
		x := buildIn(t, Scan, c, e, old)
		fresh, chromem := buildIn(t, Scan, c, e, nil), buildIn(t, Chromem, c, e, old)
		for _, audience := range []kb.Audience{kb.Public, kb.Internal} {
			q := Query{Text: "gift cards valid working days", Lang: "en", Limit: 4, Audience: audience}
			got, anew, reference := retrieve(t, x, q), retrieve(t, fresh, q), retrieve(t, chromem, q)
			if !reflect.DeepEqual(got, anew) {
				t.Errorf("corpus %d: %s, built anew %s", n, documents(got.Hits), documents(anew.Hits))
			}
			if documents(got.Hits) != documents(reference.Hits) {
				t.Errorf("corpus %d: %s, in chromem-go %s", n, documents(got.Hits), documents(reference.Hits))
			}
		}
		old = x
	}
}

// TestAutoChangesStores: a knowledge base that grows past the limit is scanned from then on, and
// one that shrinks below it is not.
func TestAutoChangesStores(t *testing.T) {
	var chunks []*kb.Chunk
	for i := range scanFrom {
		chunks = append(chunks, chunkOf(fmt.Sprintf("d%05d", i), fmt.Sprintf("refund %s", strings.Repeat("abcdefghij"[i%10:i%10+1], i%37))))
	}
	small, large := corpusOf("small", chunks[:scanFrom-1]...), corpusOf("large", chunks...)
	e := &letters{}
	s := Settings{Mode: Vector, Analysis: lang.Stemmed, Embedder: e}
	var old *Index
	for n, c := range []*kb.Corpus{small, large, small} {
		x, err := Build(context.Background(), c, s, old)
		if err != nil {
			t.Fatal(err)
		}
		if (x.scan != nil) != (c == large) {
			t.Errorf("build %d: scan %v", n, x.scan)
		}
		if got := len(e.embedded()); got != []int{scanFrom - 1, 1, 0}[n] {
			t.Errorf("build %d embeds %d texts", n, got)
		}
		old = x
	}
}
