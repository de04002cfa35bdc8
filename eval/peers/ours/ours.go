// Package ours is the adapter between the measurements and cited: all that they touch of it is
// named in here, so that a new index, a new snapshot or a new start is one file's change.
package ours

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/peer"
	"cited/internal/answer"
	"cited/internal/embed"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/review"
	"cited/internal/server"
)

// Dims is the length of the vectors of all measurements that do not run the binary.
const Dims = 256

// Embedder is the built-in embedder at Dims; both sides get its vectors.
func Embedder() index.Embedder { return embed.NewHashedDims(Dims) }

// ProductEmbedder is the built-in embedder as the product ships it: quality is measured with it.
func ProductEmbedder() index.Embedder { return embed.NewHashed() }

// Corpus is a generated knowledge base.
type Corpus struct {
	kb       *kb.Corpus
	Checksum string // of its articles
	Bytes    int64  // of their Markdown
	Articles int
}

// Parse generates articles until they have n chunks, and keeps exactly n. The checksum is that of
// all articles, the last one whole.
func Parse(g *corpus.Generator, n int) *Corpus {
	c := &Corpus{kb: &kb.Corpus{}}
	sum := corpus.NewSum()
	const batch = 1024
	for len(c.kb.Chunks) < n {
		files := g.Articles(c.Articles, c.Articles+batch)
		documents := make([]*kb.Document, len(files))
		parallel(len(files), func(i int) { documents[i], _ = kb.ParseDocument(files[i].Path, files[i].Source) })
		for i, d := range documents {
			if len(c.kb.Chunks) >= n {
				break
			}
			c.Articles++
			sum.Add(files[i])
			c.Bytes += int64(len(files[i].Source))
			if d == nil { // a draw that is no article, such as one of unbalanced markup
				continue
			}
			c.kb.Documents = append(c.kb.Documents, d)
			c.kb.Chunks = append(c.kb.Chunks, d.Chunks()...)
		}
	}
	c.kb.Chunks = c.kb.Chunks[:n]
	slices.SortFunc(c.kb.Documents, func(a, b *kb.Document) int { return cmp.Compare(a.ID, b.ID) })
	// Stable: within a document chunks stay in reading order.
	slices.SortStableFunc(c.kb.Chunks, func(a, b *kb.Chunk) int { return cmp.Compare(a.DocumentID, b.DocumentID) })
	c.Checksum = sum.String()
	c.kb.Hash = "sha256:" + c.Checksum
	return c
}

// Load reads a BEIR corpus.jsonl or a folder of Markdown.
func Load(ctx context.Context, path string) (*Corpus, error) {
	c, err := kb.Load(ctx, path, time.Now())
	if err != nil {
		return nil, err
	}
	return &Corpus{kb: c}, nil
}

// Join returns the corpus of both, for measuring words in a crowd.
func (c *Corpus) Join(o *Corpus) *Corpus {
	j := &kb.Corpus{
		Documents: slices.Concat(c.kb.Documents, o.kb.Documents), Chunks: slices.Concat(c.kb.Chunks, o.kb.Chunks),
		Hash: "sha256:" + c.Checksum + o.Checksum,
	}
	slices.SortFunc(j.Documents, func(a, b *kb.Document) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(j.Chunks, func(a, b *kb.Chunk) int { return cmp.Compare(a.DocumentID, b.DocumentID) })
	return &Corpus{kb: j, Checksum: o.Checksum, Bytes: c.Bytes + o.Bytes}
}

// Only returns the corpus of the documents with these ids.
func (c *Corpus) Only(ids map[string]bool) *Corpus {
	return &Corpus{kb: c.kb.Only(ids), Checksum: c.Checksum}
}

// Len is the number of chunks.
func (c *Corpus) Len() int { return len(c.kb.Chunks) }

// Chunk returns the chunk with an id, nil where there is none.
func (c *Corpus) Chunk(id string) *kb.Chunk { return c.kb.Chunk(id) }

// Document returns the document of a chunk's id; "" where there is none.
func (c *Corpus) Document(chunk string) string {
	if k := c.kb.Chunk(chunk); k != nil {
		return k.DocumentID
	}
	return ""
}

// Chunks returns the chunks for the peer: the same units, ids and texts, so that the stores alone
// differ.
func (c *Corpus) Chunks() []peer.Chunk {
	chunks := make([]peer.Chunk, len(c.kb.Chunks))
	for i, k := range c.kb.Chunks {
		chunks[i] = peer.Chunk{ID: k.ID, Document: k.DocumentID, Lang: k.Lang, Text: index.EmbedText(k)}
	}
	return chunks
}

// given is an embedder that knows the vectors of some texts already.
type given struct {
	index.Embedder
	documents, queries map[string][]float32
}

func (g given) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, t := range texts {
		if vectors[i] = g.documents[t]; vectors[i] == nil {
			return g.Embedder.EmbedDocuments(ctx, texts)
		}
	}
	return vectors, nil
}

func (g given) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if v := g.queries[text]; v != nil {
		return v, nil
	}
	return g.Embedder.EmbedQuery(ctx, text)
}

// Given returns e with the vectors of texts at hand: building then measures the index, and a
// search whose question is among queries measures the store.
func Given(e index.Embedder, texts []peer.Chunk, vectors [][]float32, queries map[string][]float32) index.Embedder {
	g := given{Embedder: e, documents: make(map[string][]float32, len(texts)), queries: queries}
	for i, t := range texts {
		g.documents[t.Text] = vectors[i]
	}
	return g
}

// Mode names what answers.
type Mode = retrieve.Mode

// The modes.
const (
	Hybrid  = retrieve.Hybrid
	Lexical = retrieve.Lexical
	Vector  = retrieve.Vector
)

// Index is what the product searches.
type Index struct{ x *retrieve.Index }

// Build indexes c as the server does after loading.
func Build(ctx context.Context, c *Corpus, mode Mode, e index.Embedder) (*Index, error) {
	x, err := retrieve.Build(ctx, c.kb, retrieve.Settings{Mode: mode, Analysis: lang.Stemmed, Embedder: e}, nil)
	if err != nil {
		return nil, err
	}
	return &Index{x}, x.Missing()
}

// Search returns the ids of the hits, best first: one whole question of the product, duplicates
// merged.
func (x *Index) Search(ctx context.Context, q corpus.Question, n int) ([]string, error) {
	result, err := x.x.Retrieve(ctx, retrieve.Query{Text: q.Text, Lang: q.Lang, Limit: n})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(result.Hits))
	for i, h := range result.Hits {
		ids[i] = h.Chunk.ID
	}
	return ids, nil
}

// Rank returns the ranking with duplicates in it, as quality is measured.
func (x *Index) Rank(ctx context.Context, q retrieve.Query) (retrieve.Result, error) {
	return x.x.Rank(ctx, q)
}

// Leg is one index by itself.
type Leg struct{ s retrieve.Searcher }

// Words builds the lexical index alone.
func Words(c *Corpus) Leg { return Leg{index.NewLexical(c.kb, lang.Stemmed)} }

// Vectors builds the vector index alone, the one that the product takes at this size.
func Vectors(ctx context.Context, c *Corpus, vectors [][]float32, e index.Embedder) (Leg, error) {
	v, err := index.NewScan(ctx, e, c.kb.Chunks, vectors, index.ScanOptions{})
	return Leg{v}, err
}

// Search returns the n best chunks of one index, best first.
func (l Leg) Search(ctx context.Context, q corpus.Question, n int) ([]peer.Match, error) {
	found, err := l.s.Search(ctx, retrieve.Query{Text: q.Text, Lang: q.Lang, Limit: n})
	if err != nil {
		return nil, err
	}
	matches := make([]peer.Match, len(found))
	for i, m := range found {
		matches[i] = peer.Match{ID: m.ChunkID, Score: m.Score}
	}
	return matches, nil
}

// Handler is the product's HTTP server over x, its limits off.
func Handler(x *Index) (http.Handler, error) {
	live := new(retrieve.Live)
	live.Swap(x.x)
	return server.New(server.Options{Asker: searchOnly{}, Searcher: live, Highlighter: live, Library: live, Answers: searchOnly{}, Version: "bench"})
}

// searchOnly stands where the load on /v1/search never comes.
type searchOnly struct{}

var errSearchOnly = errors.New("ours: this server is for /v1/search alone")

func (searchOnly) Ask(context.Context, answer.Question) (answer.Answer, error) {
	return answer.Answer{}, errSearchOnly
}

func (searchOnly) Answer(context.Context, string, kb.Audience) ([]byte, error) {
	return nil, errSearchOnly
}

func (searchOnly) Feedback(context.Context, string, kb.Audience, review.Feedback) error {
	return errSearchOnly
}

func settings() retrieve.Settings {
	return retrieve.Settings{Mode: Hybrid, Analysis: lang.Stemmed, Embedder: Embedder()}
}

func snapshotIn(state string) string { return filepath.Join(state, "snapshot") }

// Ingest reads the tree of Markdown below root until it can be searched and is durable in the
// folder state, and serves it from there as the server does.
func Ingest(ctx context.Context, root, state string) (*Index, *Corpus, error) {
	before := debug.SetGCPercent(400) // as the command does while it indexes
	err := ingest(ctx, root, state)
	debug.SetGCPercent(before)
	if err != nil {
		return nil, nil, err
	}
	return Start(ctx, root, state)
}

func ingest(ctx context.Context, root, state string) error {
	c, err := kb.Load(ctx, root, time.Now())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		return err
	}
	if _, err := retrieve.BuildSnapshot(ctx, snapshotIn(state), c, settings(), nil); err != nil {
		return err
	}
	return nil
}

// Start opens what Ingest left in state. Like the server it answers before it looks whether files
// changed meanwhile.
func Start(ctx context.Context, root, state string) (*Index, *Corpus, error) {
	_ = root
	x, shot, err := retrieve.OpenSnapshot(ctx, snapshotIn(state), settings(), time.Now())
	if err != nil {
		return nil, nil, err
	}
	loaded := &Corpus{kb: x.Corpus(), Articles: len(x.Corpus().Documents)}
	for _, d := range loaded.kb.Documents {
		loaded.Bytes += int64(len(d.Source))
	}
	return &Index{x}, loaded, shot.Close()
}

// SnapshotNote says in the table what Start measures.
const SnapshotNote = "every byte of the snapshot is checked"

// ServeArgs are the arguments that make the binary serve the tree at a free port, its limits off.
func ServeArgs(root, state string) []string {
	return []string{"serve", "--kb", root, "--data", state, "--addr", "127.0.0.1:0", "--rate", "0", "--max-time", "0"}
}

// parallel calls work(0) … work(n-1) on as many goroutines as there are processors.
func parallel(n int, work func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}

// Version says what was measured.
func Version() string { return fmt.Sprintf("cited, embedder %s", Embedder().Model()) }
