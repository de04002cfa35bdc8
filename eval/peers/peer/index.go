// Package peer is the pipeline that a Go developer would write today: goldmark for the sections,
// chromem-go for vectors, bleve for words, reciprocal rank fusion for both, and the persistence
// that the two bring along. It is written as well as their documentation allows: one collection
// of vectors of unit length, one field a language with that language's analyzer and BM25, scores
// and ids alone fetched from either, texts by id for the hits alone.
package peer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/config" // registers the languages' analyzers
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"github.com/philippgille/chromem-go"
)

// Chunk is one unit of retrieval.
type Chunk struct {
	ID       string
	Document string // id of the document that it is part of
	Lang     string // BCP-47 primary tag
	Text     string // title, headings and text: what is embedded and indexed
}

// Embedder makes vectors of unit length, all of one dimension.
type Embedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// Match is one chunk that a leg, or both fused, found. Scores of different legs do not compare.
type Match struct {
	ID    string
	Score float64
}

// Index is both stores over the same chunks. Searching is safe for concurrent use, and so is
// adding.
type Index struct {
	embedder Embedder
	vectors  *chromem.Collection
	words    bleve.Index
	fields   map[string]bool // by language: it has a field of its own
	closing  sync.Once       // bleve panics when it is closed twice
	closed   error
}

// languages are those that get a field of their own: the ones that bleve has an analyzer for.
// Texts in others go to the field of the standard analyzer.
var languages = [...]string{"ar", "ckb", "da", "de", "en", "es", "fa", "fi", "fr", "hi", "hr", "hu", "it", "ja", "ko", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "zh"}

// otherField is the field of texts in languages without an analyzer.
const otherField = "text"

// collection is the name of the collection of vectors.
const collection = "chunks"

// NewMemory makes an index in memory, without a disk behind it: the fastest that the peer gets.
func NewMemory(embedder Embedder) (*Index, error) {
	words, err := bleve.NewUsing("", schema(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("peer: bleve: %w", err)
	}
	return newIndex(chromem.NewDB(), words, embedder)
}

// Create makes an index below dir that every Add is durable in: chromem-go writes a file a chunk,
// bleve answers when its segment is on disk.
func Create(dir string, embedder Embedder) (*Index, error) {
	words, err := bleve.NewUsing(filepath.Join(dir, "words"), schema(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("peer: bleve: %w", err)
	}
	db, err := chromem.NewPersistentDB(filepath.Join(dir, "vectors"), false)
	if err != nil {
		return nil, fmt.Errorf("peer: chromem: %w", err)
	}
	return newIndex(db, words, embedder)
}

// Open opens what Create made.
func Open(dir string, embedder Embedder) (*Index, error) {
	words, err := bleve.Open(filepath.Join(dir, "words"))
	if err != nil {
		return nil, fmt.Errorf("peer: bleve: %w", err)
	}
	db, err := chromem.NewPersistentDB(filepath.Join(dir, "vectors"), false)
	if err != nil {
		return nil, fmt.Errorf("peer: chromem: %w", err)
	}
	return newIndex(db, words, embedder)
}

func newIndex(db *chromem.DB, words bleve.Index, embedder Embedder) (*Index, error) {
	noText := func(context.Context, string) ([]float32, error) {
		return nil, errors.New("peer: vectors are made before they are added")
	}
	vectors, err := db.GetOrCreateCollection(collection, nil, noText)
	if err != nil {
		return nil, fmt.Errorf("peer: chromem: %w", err)
	}
	x := &Index{embedder: embedder, vectors: vectors, words: words, fields: make(map[string]bool)}
	for _, l := range languages {
		x.fields[l] = true
	}
	return x, nil
}

// schema maps each language to a field with its analyzer. Nothing is stored: texts are in the
// collection of vectors already.
func schema() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.ScoringModel = bleveindex.BM25Scoring
	m.DefaultMapping = bleve.NewDocumentStaticMapping()
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	add := func(name, analyzer string) {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = analyzer
		f.Store, f.IncludeInAll, f.IncludeTermVectors, f.DocValues = false, false, false, false
		m.DefaultMapping.AddFieldMappingsAt(name, f)
	}
	add(otherField, "standard")
	for _, l := range languages {
		add(fieldOf(l), analyzerOf(l))
	}
	return m
}

func fieldOf(language string) string { return otherField + "_" + language }

// analyzerOf names bleve's analyzer of a language.
func analyzerOf(language string) string {
	switch language {
	case "zh", "ja", "ko":
		return "cjk"
	}
	return language
}

// field is where texts of a language are.
func (x *Index) field(language string) string {
	if x.fields[language] {
		return fieldOf(language)
	}
	return otherField
}

// Embed returns the chunks' vectors, made on all processors.
func Embed(ctx context.Context, e Embedder, chunks []Chunk) ([][]float32, error) {
	vectors := make([][]float32, len(chunks))
	parts := runtime.GOMAXPROCS(0)
	failed := make(chan error, parts)
	for p := range parts {
		go func() {
			from, to := p*len(chunks)/parts, (p+1)*len(chunks)/parts
			texts := make([]string, 0, to-from)
			for _, c := range chunks[from:to] {
				texts = append(texts, c.Text)
			}
			made, err := e.EmbedDocuments(ctx, texts)
			copy(vectors[from:to], made)
			failed <- err
		}()
	}
	var err error
	for range parts {
		err = errors.Join(err, <-failed)
	}
	return vectors, err
}

// batch is how many chunks bleve takes at once. Larger batches make fewer segments, and
// searching takes a time for each.
const batch = 2000

// Add adds chunks with their vectors.
func (x *Index) Add(ctx context.Context, chunks []Chunk, vectors [][]float32) error {
	if len(chunks) == 0 {
		return nil
	}
	documents := make([]chromem.Document, len(chunks))
	for i, c := range chunks {
		documents[i] = chromem.Document{ID: c.ID, Content: c.Text, Embedding: vectors[i]}
	}
	if err := x.vectors.AddDocuments(ctx, documents, runtime.GOMAXPROCS(0)); err != nil {
		return fmt.Errorf("peer: chromem: %w", err)
	}
	for part := range slices.Chunk(chunks, batch) {
		b := x.words.NewBatch()
		for _, c := range part {
			if err := b.Index(c.ID, map[string]any{x.field(c.Lang): c.Text}); err != nil {
				return fmt.Errorf("peer: bleve: %s: %w", c.ID, err)
			}
		}
		if err := x.words.Batch(b); err != nil {
			return fmt.Errorf("peer: bleve: %w", err)
		}
	}
	return nil
}

// Replace takes the chunks with the old ids out and puts chunks in, as an edited file does.
func (x *Index) Replace(ctx context.Context, old []string, chunks []Chunk, vectors [][]float32) error {
	b := x.words.NewBatch()
	for _, id := range old {
		b.Delete(id)
	}
	for _, c := range chunks {
		if err := b.Index(c.ID, map[string]any{x.field(c.Lang): c.Text}); err != nil {
			return fmt.Errorf("peer: bleve: %s: %w", c.ID, err)
		}
	}
	if err := x.words.Batch(b); err != nil {
		return fmt.Errorf("peer: bleve: %w", err)
	}
	if len(old) > 0 {
		if err := x.vectors.Delete(ctx, nil, nil, old...); err != nil {
			return fmt.Errorf("peer: chromem: %w", err)
		}
	}
	documents := make([]chromem.Document, len(chunks))
	for i, c := range chunks {
		documents[i] = chromem.Document{ID: c.ID, Content: c.Text, Embedding: vectors[i]}
	}
	if len(documents) == 0 {
		return nil
	}
	return x.vectors.AddDocuments(ctx, documents, runtime.GOMAXPROCS(0))
}

// Words returns the n chunks with the highest BM25 scores in the language.
func (x *Index) Words(ctx context.Context, text, language string, n int) ([]Match, error) {
	match := bleve.NewMatchQuery(text)
	match.SetField(x.field(language))
	return x.ask(ctx, match, n)
}

func (x *Index) ask(ctx context.Context, q query.Query, n int) ([]Match, error) {
	result, err := x.words.SearchInContext(ctx, bleve.NewSearchRequestOptions(q, n, 0, false))
	if err != nil {
		return nil, fmt.Errorf("peer: bleve: %w", err)
	}
	matches := make([]Match, len(result.Hits))
	for i, h := range result.Hits {
		matches[i] = Match{h.ID, h.Score}
	}
	return matches, nil
}

// Vectors returns the n chunks that are nearest to vector, which has unit length.
func (x *Index) Vectors(ctx context.Context, vector []float32, n int) ([]Match, error) {
	n = min(n, x.vectors.Count())
	if n == 0 {
		return nil, nil
	}
	results, err := x.vectors.QueryEmbedding(ctx, vector, n, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("peer: chromem: %w", err)
	}
	matches := make([]Match, len(results))
	for i, r := range results {
		matches[i] = Match{r.ID, float64(r.Similarity)}
	}
	return matches, nil
}

// depth is how many matches each leg contributes to the fusion.
const depth = 100

// Search returns the n best chunks by reciprocal rank fusion of both legs.
func (x *Index) Search(ctx context.Context, text, language string, n int) ([]Match, error) {
	words, err := x.Words(ctx, text, language, max(depth, n))
	if err != nil {
		return nil, err
	}
	vector, err := x.embedder.EmbedQuery(ctx, text)
	if err != nil {
		return nil, err
	}
	near, err := x.Vectors(ctx, vector, max(depth, n))
	if err != nil {
		return nil, err
	}
	fused := Fuse(words, near)
	return fused[:min(n, len(fused))], nil
}

// rankConstant is the k of reciprocal rank fusion.
const rankConstant = 60

// Fuse is reciprocal rank fusion (G. Cormack et al., 2009): each leg gives a chunk 1/(60+rank).
// Ties go by id.
func Fuse(legs ...[]Match) []Match {
	scores := make(map[string]float64)
	for _, leg := range legs {
		for i, m := range leg {
			scores[m.ID] += 1 / float64(rankConstant+i+1)
		}
	}
	fused := make([]Match, 0, len(scores))
	for id, score := range scores {
		fused = append(fused, Match{id, score})
	}
	slices.SortFunc(fused, func(a, b Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return fused
}

// Text returns the text of a chunk.
func (x *Index) Text(ctx context.Context, id string) (string, error) {
	d, err := x.vectors.GetByID(ctx, id)
	if err != nil {
		return "", fmt.Errorf("peer: chromem: %w", err)
	}
	return d.Content, nil
}

// Count returns how many chunks each store holds.
func (x *Index) Count() (vectors int, words uint64, err error) {
	words, err = x.words.DocCount()
	return x.vectors.Count(), words, err
}

// Close closes the files, once.
func (x *Index) Close() error {
	x.closing.Do(func() { x.closed = x.words.Close() })
	return x.closed
}
