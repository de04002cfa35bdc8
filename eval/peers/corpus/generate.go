package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// File is one article: Markdown at a path relative to the corpus, slashes forward.
type File struct {
	Path   string
	Lang   string
	Source []byte
}

// Generator makes articles. Article i depends on the source, the seed and i alone, so that a
// larger corpus begins with a smaller one's articles. It is safe for concurrent use.
type Generator struct {
	source *Source
	seed   uint64
}

// New makes a generator over source.
func New(source *Source, seed uint64) *Generator { return &Generator{source, seed} }

// Sections an article has, at least and at most.
const minSections, maxSections = 3, 8

// shard is how many articles lie in one folder.
const shard = 1000

// Article makes article i: a title and 3 to 8 sections of one language, drawn from anywhere in
// the source, with other ids, numbers and names in it: see rename.
func (g *Generator) Article(i int) File {
	draw := stream(mix(g.seed ^ mix(uint64(i)+1)))
	l := g.language(&draw)
	words := &renamer{names: g.source.names, draw: stream(draw.next()), renamed: make(map[string]string)}
	var b strings.Builder
	b.WriteString("# ")
	words.write(&b, l.titles[draw.below(len(l.titles))])
	b.WriteString("\n")
	for range minSections + draw.below(maxSections-minSections+1) {
		s := l.sections[draw.below(len(l.sections))]
		b.WriteString("\n## ")
		words.write(&b, s.heading)
		b.WriteString("\n\n")
		words.write(&b, s.body)
		b.WriteString("\n")
	}
	return File{Path: fmt.Sprintf("%s/%04d/%07d.md", l.tag, i/shard, i), Lang: l.tag, Source: []byte(b.String())}
}

// language draws a language by its bytes.
func (g *Generator) language(draw *stream) *language {
	at := draw.below(g.source.bytes)
	for i := range g.source.languages {
		if at -= g.source.languages[i].bytes; at < 0 {
			return &g.source.languages[i]
		}
	}
	panic("corpus: the languages' bytes do not add up")
}

// Articles makes the articles [from,to), on all processors.
func (g *Generator) Articles(from, to int) []File {
	files := make([]File, to-from)
	parallel(len(files), func(i int) { files[i] = g.Article(from + i) })
	return files
}

// Write writes the first n articles below dir and returns the checksum and the bytes of what it
// wrote.
func (g *Generator) Write(dir string, n int) (checksum string, size int64, err error) {
	sum := NewSum()
	const batch = 4096
	for from := 0; from < n; from += batch {
		files := g.Articles(from, min(from+batch, n))
		for _, f := range files {
			name := filepath.Join(dir, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return "", 0, fmt.Errorf("corpus: write: %w", err)
			}
			if err := os.WriteFile(name, f.Source, 0o644); err != nil {
				return "", 0, fmt.Errorf("corpus: write: %w", err)
			}
			sum.Add(f)
			size += int64(len(f.Source))
		}
	}
	return sum.String(), size, nil
}

// Sum is the checksum of a corpus: SHA-256 over each article's path, a zero byte, its source and
// another one, in the order in which they were made.
type Sum struct{ h hashWriter }

type hashWriter interface {
	Write(p []byte) (int, error)
	Sum(b []byte) []byte
}

// NewSum begins a checksum.
func NewSum() *Sum { return &Sum{sha256.New()} }

// Add adds one article. A hash never fails.
func (s *Sum) Add(f File) {
	for _, part := range [...][]byte{[]byte(f.Path), {0}, f.Source, {0}} {
		_, _ = s.h.Write(part)
	}
}

// String is the checksum in hex.
func (s *Sum) String() string { return hex.EncodeToString(s.h.Sum(nil)) }

// stream is splitmix64 (G. Steele et al., "Fast Splittable Pseudorandom Number Generators",
// 2014). It is written out here because a corpus's checksum must not change with a Go release.
type stream uint64

func (s *stream) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	return mix(uint64(*s))
}

// below returns a number in [0,n); n > 0. Its bias is n/2⁶⁴.
func (s *stream) below(n int) int { return int(s.next() % uint64(n)) }

func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
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

// Languages returns the languages' tags, in order.
func (s *Source) Languages() []string {
	tags := make([]string, 0, len(s.languages))
	for _, l := range s.languages {
		tags = append(tags, l.tag)
	}
	sort.Strings(tags)
	return tags
}
