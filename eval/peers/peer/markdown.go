package peer

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// maxWords is the size of a chunk, in words; CJK text counts a word for two characters.
const maxWords = 250

// Split cuts a Markdown file into chunks: sections, cut between blocks where they are long. path
// is the document's id, language its language.
func Split(path, language string, source []byte) []Chunk {
	source = withoutFrontMatter(source)
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	s := splitter{path: path, lang: language}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		block := plain(n, source)
		if h, ok := n.(*ast.Heading); ok {
			s.flush()
			s.heading(h.Level, block)
			continue
		}
		if w := words(block); s.words > 0 && s.words+w > maxWords {
			s.flush()
		}
		s.body.WriteString(block)
		s.body.WriteByte('\n')
		s.words += words(block)
	}
	s.flush()
	return s.chunks
}

type splitter struct {
	path, lang string
	headings   []string // by level - 1; the first is the title
	body       strings.Builder
	words      int
	chunks     []Chunk
}

func (s *splitter) heading(level int, title string) {
	for len(s.headings) < level {
		s.headings = append(s.headings, "")
	}
	s.headings = append(s.headings[:level-1], title)
}

func (s *splitter) flush() {
	if body := strings.TrimSpace(s.body.String()); body != "" {
		s.chunks = append(s.chunks, Chunk{
			ID: s.path + "#" + strconv.Itoa(len(s.chunks)), Document: s.path, Lang: s.lang,
			Text: strings.Join(s.headings, "\n") + "\n" + body,
		})
	}
	s.body.Reset()
	s.words = 0
}

// plain is the text of a block.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	// The walker returns no error.
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			lines := n.Lines()
			for i := range lines.Len() {
				segment := lines.At(i)
				b.Write(segment.Value(source))
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

func words(s string) int {
	n := len(strings.Fields(s))
	wide := 0
	for _, r := range s {
		if r >= 0x2e80 {
			wide++
		}
	}
	return n + wide/2
}

func withoutFrontMatter(source []byte) []byte {
	rest, ok := strings.CutPrefix(string(source), "---\n")
	if !ok {
		return source
	}
	if _, body, ok := strings.Cut(rest, "\n---\n"); ok {
		return []byte(body)
	}
	return source
}

// Ingested is what one reading of a tree took in.
type Ingested struct {
	Files  int
	Bytes  int64
	Chunks map[string][]string // ids of each file's chunks, by path
}

// filesAtOnce bounds what is parsed and embedded before it is written.
const filesAtOnce = 512

// Ingest reads the Markdown below root into x, parsing and embedding on all processors. A file's
// language is the last folder on its path that is a language's tag by the function tag.
func (x *Index) Ingest(ctx context.Context, root string, tag func(part string) string) (Ingested, error) {
	in := Ingested{Chunks: make(map[string][]string)}
	var paths []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(p) == ".md" {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		return in, fmt.Errorf("peer: ingest: %w", err)
	}
	for from := 0; from < len(paths); from += filesAtOnce {
		part := paths[from:min(from+filesAtOnce, len(paths))]
		parsed := make([][]Chunk, len(part))
		sizes := make([]int64, len(part))
		errs := make([]error, len(part))
		var wg sync.WaitGroup
		for i, p := range part {
			wg.Go(func() { parsed[i], sizes[i], errs[i] = x.Read(root, p, tag) })
		}
		wg.Wait()
		var chunks []Chunk
		for i := range part {
			if errs[i] != nil {
				return in, errs[i]
			}
			in.Files++
			in.Bytes += sizes[i]
			chunks = append(chunks, parsed[i]...)
			for _, c := range parsed[i] {
				in.Chunks[part[i]] = append(in.Chunks[part[i]], c.ID)
			}
		}
		vectors, err := Embed(ctx, x.embedder, chunks)
		if err != nil {
			return in, fmt.Errorf("peer: ingest: %w", err)
		}
		if err := x.Add(ctx, chunks, vectors); err != nil {
			return in, err
		}
	}
	return in, nil
}

// Read reads and cuts one file below root.
func (x *Index) Read(root, path string, tag func(part string) string) ([]Chunk, int64, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("peer: ingest: %w", err)
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return nil, 0, fmt.Errorf("peer: ingest: %w", err)
	}
	rel = filepath.ToSlash(rel)
	language := ""
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(rel)), "/") {
		if t := tag(part); t != "" {
			language = t
		}
	}
	return Split(rel, language, source), int64(len(source)), nil
}

// Update reads one file again: its old chunks go, its new ones are durable on return.
func (x *Index) Update(ctx context.Context, root, path string, old []string, tag func(part string) string) ([]string, error) {
	chunks, _, err := x.Read(root, path, tag)
	if err != nil {
		return nil, err
	}
	vectors, err := Embed(ctx, x.embedder, chunks)
	if err != nil {
		return nil, fmt.Errorf("peer: update: %w", err)
	}
	ids := make([]string, 0, len(chunks))
	for _, c := range chunks {
		ids = append(ids, c.ID)
	}
	return ids, x.Replace(ctx, old, chunks, vectors)
}
