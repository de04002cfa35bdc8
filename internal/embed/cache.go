package embed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"sync"
)

// cacheBatch is how many missing texts are embedded before what came is written down, so that a
// failure half-way through a large knowledge base loses little.
const cacheBatch = 384

// Stats counts texts, not calls.
type Stats struct {
	Hits   uint64 // answered from the cache, or equal to another text of the same call
	Misses uint64 // handed to the embedder
}

// Cached keeps the vectors of documents by the content of their texts: in memory and in one
// append-only file per model. It is made for embedders that cost time or money; Hashed is
// faster than any disk and is not to be wrapped. Questions pass through.
//
// The file is a cache, nothing more: when it is damaged, what is damaged is dropped; when it
// cannot be written, Cached goes on without and says so once. Its vectors stay in memory for as
// long as Cached lives, those of texts that are gone too. Safe for concurrent use.
type Cached struct {
	inner Embedder
	path  string
	warn  func(error)
	open  func(path string) (appendFile, error)

	writing sync.Mutex // held while the file is written; taken before mu
	failing bool       // guarded by writing: the last write failed and was reported

	mu      sync.Mutex
	dims    int                 // 0 until known
	vectors map[cacheKey][]byte // encoded, as in the file
	stats   Stats
}

// cacheKey is the SHA-256 of a text.
type cacheKey = [sha256.Size]byte

// NewCached wraps inner with a cache in dir, which it makes when it is missing. It never fails:
// whatever is wrong with the file goes to warn (which must be safe for concurrent use), and the
// cache begins with what could be read, or empty. No file is made before the first vector.
func NewCached(inner Embedder, dir string, warn func(error)) *Cached {
	sum := sha256.Sum256([]byte(inner.Model()))
	c := &Cached{
		inner:   inner,
		path:    filepath.Join(dir, fmt.Sprintf("vectors-%x.bin", sum[:8])),
		warn:    func(err error) { warn(fmt.Errorf("embed: cache: %w", err)) },
		open:    openAppend,
		vectors: map[cacheKey][]byte{},
	}
	if err := c.load(); err != nil {
		c.warn(err)
	}
	return c
}

// Model is the wrapped embedder's.
func (c *Cached) Model() string { return c.inner.Model() }

// EmbedQuery passes the question to the wrapped embedder.
func (c *Cached) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	return c.inner.EmbedQuery(ctx, text)
}

// Stats returns the counts since NewCached.
func (c *Cached) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// EmbedDocuments returns one vector a text, in order, and asks the wrapped embedder for the
// texts that it has not seen, each once. Its errors are the wrapped embedder's; what came before
// the error is kept.
func (c *Cached) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	keys := make([]cacheKey, len(texts))
	for i, t := range texts {
		keys[i] = sha256.Sum256([]byte(t))
	}
	for try := 0; ; try++ {
		vectors, err := c.fill(ctx, texts, keys)
		if !errors.Is(err, errOtherDims) || try > 0 {
			return vectors, err
		}
		c.forget()
	}
}

// errOtherDims is a vector whose dimension is not that of the cached ones: somebody changed the
// model behind the name.
var errOtherDims = errors.New("embed: cache: the model's dimension has changed")

// fill answers from the cache, after embedding what is missing.
func (c *Cached) fill(ctx context.Context, texts []string, keys []cacheKey) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	missing := c.lookUp(keys, vectors)
	for len(missing) > 0 {
		part := missing[:min(len(missing), cacheBatch)]
		missing = missing[len(part):]
		ask := make([]string, len(part))
		for i, at := range part {
			ask[i] = texts[at]
		}
		got, err := c.inner.EmbedDocuments(ctx, ask)
		if err != nil {
			return nil, err
		}
		if len(got) != len(ask) {
			return nil, fmt.Errorf("embed: cache: %d vectors for %d texts", len(got), len(ask))
		}
		if err := c.keep(part, keys, got); err != nil {
			return nil, err
		}
		for i, at := range part {
			vectors[at] = got[i]
		}
	}
	first := make(map[cacheKey][]float32)
	for i, v := range vectors { // texts that occur twice were asked for once
		if v != nil {
			first[keys[i]] = v
			continue
		}
		vectors[i] = append([]float32(nil), first[keys[i]]...)
	}
	return vectors, nil
}

// lookUp decodes the known vectors into vectors and returns where the first of each unknown
// text stands.
func (c *Cached) lookUp(keys []cacheKey, vectors [][]float32) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []int
	asked := map[cacheKey]bool{}
	for i, k := range keys {
		if enc, ok := c.vectors[k]; ok {
			vectors[i] = decode(enc)
		} else if !asked[k] {
			asked[k] = true
			missing = append(missing, i)
		}
	}
	c.stats.Misses += uint64(len(missing))
	c.stats.Hits += uint64(len(keys) - len(missing))
	return missing
}

// keep remembers new vectors and appends them to the file in one write. Only a wrong dimension
// is an error; a file that cannot be written is reported and done without.
func (c *Cached) keep(at []int, keys []cacheKey, got [][]float32) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	records, err := c.remember(at, keys, got)
	if err != nil || len(records) == 0 {
		return err
	}
	err = c.write(records)
	if err != nil && !c.failing {
		c.warn(fmt.Errorf("going on without the file: %w", err))
	}
	c.failing = err != nil
	return nil
}

// remember puts the vectors into memory and returns the records of those that were not there.
func (c *Cached) remember(at []int, keys []cacheKey, got [][]float32) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range got {
		if c.dims == 0 {
			c.dims = len(v)
		}
		if len(v) != c.dims || len(v) == 0 {
			return nil, errOtherDims
		}
	}
	records := make([]byte, 0, len(got)*recordSize(c.dims)) // never grows: c.vectors points into it
	for i, v := range got {
		k := keys[at[i]]
		if _, known := c.vectors[k]; known {
			continue
		}
		from := len(records)
		records = append(records, k[:]...)
		for _, x := range v {
			records = binary.LittleEndian.AppendUint32(records, math.Float32bits(x))
		}
		c.vectors[k] = records[from+sha256.Size : len(records) : len(records)]
		records = binary.LittleEndian.AppendUint32(records, crc32.ChecksumIEEE(records[from:]))
	}
	return records, nil
}

// forget empties the cache, memory and file, after the dimension has changed.
func (c *Cached) forget() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	c.dims, c.vectors = 0, map[cacheKey][]byte{}
	c.mu.Unlock()
	c.warn(fmt.Errorf("%s: vectors of another dimension: begun anew", filepath.Base(c.path)))
	if err := os.Remove(c.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		c.warn(err)
	}
}

func decode(enc []byte) []float32 {
	v := make([]float32, len(enc)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(enc[4*i:]))
	}
	return v
}
