package ours

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cited/eval/peers/corpus"
	"cited/eval/peers/peer"
	"cited/internal/kb"
)

func generator(t *testing.T) *corpus.Generator {
	t.Helper()
	s, err := corpus.Read(filepath.Join("..", "corpus", "testdata", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	return corpus.New(s, 1)
}

// TestParse: a corpus has exactly as many chunks as asked, in their order, the same ones on any
// number of processors, and a larger one begins with a smaller one's articles.
func TestParse(t *testing.T) {
	g := generator(t)
	c := Parse(g, 500)
	if c.Len() != 500 || c.Articles == 0 || c.Bytes == 0 {
		t.Fatalf("%d chunks, %d articles, %d bytes", c.Len(), c.Articles, c.Bytes)
	}
	if !slices.IsSortedFunc(c.kb.Chunks, func(a, b *kb.Chunk) int { return strings.Compare(a.DocumentID, b.DocumentID) }) {
		t.Error("chunks are not in the order of their documents")
	}
	for _, k := range c.kb.Chunks {
		if c.Chunk(k.ID) != k || c.Document(k.ID) != k.DocumentID || c.kb.Document(k.DocumentID) == nil {
			t.Fatalf("%s is not found", k.ID)
		}
		if !strings.HasPrefix(k.DocumentID, k.Lang+"/") {
			t.Errorf("%s is in %q", k.ID, k.Lang)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again := Parse(g, 500); again.Checksum != c.Checksum {
		t.Error("another corpus on one processor")
	}
	sum := corpus.NewSum()
	for _, f := range g.Articles(0, c.Articles) {
		sum.Add(f)
	}
	if sum.String() != c.Checksum {
		t.Error("the checksum is not that of the articles")
	}
	if more := Parse(g, 900); more.Articles <= c.Articles || more.Checksum == c.Checksum {
		t.Error("a larger corpus is the same one")
	}
}

// TestGiven: with vectors at hand nothing is embedded, and the index is the same.
func TestGiven(t *testing.T) {
	ctx := context.Background()
	c := Parse(generator(t), 200)
	chunks := c.Chunks()
	vectors, err := peer.Embed(ctx, Embedder(), chunks)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(ctx, c, Hybrid, Embedder())
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(ctx, c, Hybrid, Given(failing{}, chunks, vectors, map[string][]float32{"退款": vectors[1]}))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []corpus.Question{{Text: "refund of the order", Lang: "en"}, {Text: "Erstattung", Lang: "de"}} {
		want, err := a.Search(ctx, q, 5)
		if err != nil || len(want) == 0 {
			t.Fatal(want, err)
		}
		b2, err := Build(ctx, c, Hybrid, Given(Embedder(), chunks, vectors, nil))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b2.Search(ctx, q, 5); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v, %v", q.Text, got, want, err)
		}
	}
	if got, err := b.Search(ctx, corpus.Question{Text: "退款", Lang: "zh"}, 5); err != nil || len(got) == 0 {
		t.Errorf("a question whose vector is given: %v, %v", got, err)
	}
}

// failing embeds nothing.
type failing struct{}

func (failing) Model() string { return "failing" }
func (failing) EmbedDocuments(context.Context, []string) ([][]float32, error) {
	return nil, io.ErrUnexpectedEOF
}
func (failing) EmbedQuery(context.Context, string) ([]float32, error) {
	return nil, io.ErrUnexpectedEOF
}

// TestLegs: the legs by themselves find the chunk that both sides have under the same id.
func TestLegs(t *testing.T) {
	ctx := context.Background()
	c := Parse(generator(t), 300)
	chunks := c.Chunks()
	vectors, err := peer.Embed(ctx, Embedder(), chunks)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := peer.NewMemory(Embedder())
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close() //nolint:errcheck // in memory
	if err := theirs.Add(ctx, chunks, vectors); err != nil {
		t.Fatal(err)
	}
	near, err := Vectors(ctx, c, vectors, Embedder())
	if err != nil {
		t.Fatal(err)
	}
	words := Words(c)
	for _, chunk := range chunks[:20] {
		q := corpus.Question{Text: chunk.Text, Lang: chunk.Lang}
		mine, err := near.Search(ctx, q, 1)
		if err != nil || len(mine) != 1 || mine[0].Score < .999 {
			t.Fatalf("%s: vectors: %v, %v", chunk.ID, mine, err)
		}
		v, err := Embedder().EmbedQuery(ctx, q.Text)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := theirs.Vectors(ctx, v, 1); err != nil || len(other) != 1 || other[0].Score < .999 {
			t.Errorf("%s: the peer's vectors: %v, %v", chunk.ID, other, err)
		}
		if found, err := words.Search(ctx, q, 1); err != nil || len(found) != 1 {
			t.Errorf("%s: words: %v, %v", chunk.ID, found, err)
		}
	}
}

// TestHandler: the server that bears the load answers searches, without limits.
func TestHandler(t *testing.T) {
	x, err := Build(context.Background(), Parse(generator(t), 100), Hybrid, Embedder())
	if err != nil {
		t.Fatal(err)
	}
	h, err := Handler(x)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 { // beyond any default rate
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/v1/search", strings.NewReader(`{"q":"refund","lang":"en"}`))
		req.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(w, req)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"rank":1`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

// TestIngest: a tree is read, started again, and found in.
func TestIngest(t *testing.T) {
	ctx := context.Background()
	root, state := t.TempDir(), t.TempDir()
	if _, _, err := generator(t).Write(root, 30); err != nil {
		t.Fatal(err)
	}
	_, c, err := Ingest(ctx, root, state)
	if err != nil || c.Articles != 30 || c.Len() == 0 || c.Bytes == 0 {
		t.Fatal(c, err)
	}
	x, again, err := Start(ctx, root, state)
	if err != nil || again.Len() != c.Len() {
		t.Fatal(again, err)
	}
	if found, err := x.Search(ctx, corpus.Question{Text: "refund", Lang: "en"}, 3); err != nil || len(found) == 0 {
		t.Errorf("%v, %v", found, err)
	}
	if _, _, err := Ingest(ctx, filepath.Join(root, "gone"), state); err == nil {
		t.Error("a tree that is not there is no error")
	}
}
