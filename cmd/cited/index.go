package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"cited/internal/kb"
	"cited/internal/retrieve"
)

// manifestName is the file in --data that remembers what was indexed last of a knowledge base:
// article → hash.
func manifestName(kb string) string {
	if abs, err := filepath.Abs(kb); err == nil {
		kb = abs
	}
	sum := sha256.Sum256([]byte(kb))
	return fmt.Sprintf("manifest-%x.json", sum[:6])
}

// indexReport is what index prints.
type indexReport struct {
	Documents int            `json:"documents"`
	Chunks    int            `json:"chunks"`
	Bytes     int            `json:"bytes"` // of Markdown
	Languages map[string]int `json:"languages"`
	Added     []string       `json:"added"`
	Changed   []string       `json:"changed"`
	Removed   []string       `json:"removed"`
	Faults    int            `json:"faults"`
	ParseMS   float64        `json:"parse_ms"`
	WordsMS   float64        `json:"words_ms"`
	VectorsMS float64        `json:"vectors_ms"`
	Corpus    string         `json:"corpus"`
}

func indexCommand(ctx context.Context, args []string, std streams) error {
	var c Config
	set := c.flagSet("index", "[flags]", "Reads and indexes the knowledge base and says what changed since the last time, how long it took and how large it is. The built-in index is quicker made than read, so only a remote embedder's vectors are kept, in --data.", std.err)
	c.retrievalFlags(set)
	set.BoolVar(&c.JSON, "json", false, "print JSON")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{"index: takes no arguments; name the folder with --kb"}
	}
	build, err := settings(&c, slog.New(slog.NewTextHandler(std.err, nil)))
	if err != nil {
		return err
	}
	defer relaxGC()()
	start := time.Now()
	corpus, err := kb.Load(ctx, c.KB, start)
	if err != nil {
		return err
	}
	report := reportOn(corpus)
	report.ParseMS = ms(time.Since(start))
	for _, f := range corpus.Faults {
		fmt.Fprintln(std.err, f)
	}
	if err := report.measure(ctx, corpus, build); err != nil {
		return err
	}
	if err := report.compare(corpus, filepath.Join(c.Data, manifestName(c.KB))); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(std.out, report)
	}
	report.print(std.out)
	return nil
}

// relaxGC lets the heap grow further before it is collected, until the returned function is
// called: building makes much garbage beside little that stays, and soon ends.
func relaxGC() (restore func()) {
	const percent = 400
	before := debug.SetGCPercent(percent)
	if before > percent { // the environment asked for more
		debug.SetGCPercent(before)
	}
	return func() { debug.SetGCPercent(before) }
}

func reportOn(corpus *kb.Corpus) *indexReport {
	r := &indexReport{Documents: len(corpus.Documents), Chunks: len(corpus.Chunks), Languages: make(map[string]int), Faults: len(corpus.Faults), Corpus: corpus.Hash}
	for _, d := range corpus.Documents {
		r.Bytes += len(d.Source)
		r.Languages[d.Lang]++
	}
	return r
}

// measure builds the index once without vectors and once with, to say what each costs.
func (r *indexReport) measure(ctx context.Context, corpus *kb.Corpus, build retrieve.Settings) error {
	for _, part := range []struct {
		mode retrieve.Mode
		took *float64
	}{{retrieve.Lexical, &r.WordsMS}, {retrieve.Vector, &r.VectorsMS}} {
		if build.Mode != retrieve.Hybrid && build.Mode != part.mode {
			continue
		}
		start := time.Now()
		only := build
		only.Mode = part.mode
		if _, err := retrieve.Build(ctx, corpus, only, nil); err != nil {
			return err
		}
		*part.took = ms(time.Since(start))
	}
	return nil
}

// compare says what changed since the manifest at path was written, and writes a new one.
func (r *indexReport) compare(corpus *kb.Corpus, path string) error {
	r.Added, r.Changed, r.Removed = []string{}, []string{}, []string{}
	before := make(map[string]string)
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("--data: read the manifest: %w", err)
	default:
		if err := json.Unmarshal(raw, &before); err != nil {
			before = nil // a manifest that cannot be read is as good as none: everything counts as added
		}
	}
	now := make(map[string]string)
	for _, d := range corpus.Documents {
		now[d.Path] = d.Hash
		switch old, ok := before[d.Path]; {
		case !ok:
			r.Added = append(r.Added, d.Path)
		case old != d.Hash:
			r.Changed = append(r.Changed, d.Path)
		}
	}
	for path := range before {
		if now[path] == "" {
			r.Removed = append(r.Removed, path)
		}
	}
	slices.Sort(r.Removed)
	raw, err = json.Marshal(now)
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return writeFile(path, raw)
}

// writeFile replaces path as a whole: readers see the old content or the new one.
func writeFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("--data: write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func ms(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

func (r *indexReport) print(w io.Writer) {
	megabytes := float64(r.Bytes) / 1e6
	fmt.Fprintf(w, "%d articles, %d chunks, %.2f MB of Markdown, corpus %s\n", r.Documents, r.Chunks, megabytes, r.Corpus)
	languages := make([]string, 0, len(r.Languages))
	for l := range r.Languages {
		languages = append(languages, l)
	}
	slices.Sort(languages)
	for _, l := range languages {
		fmt.Fprintf(w, "  %s: %d articles\n", l, r.Languages[l])
	}
	fmt.Fprintf(w, "added %d, changed %d, removed %d, faults %d\n", len(r.Added), len(r.Changed), len(r.Removed), r.Faults)
	for _, list := range []struct {
		mark  string
		paths []string
	}{{"~", r.Changed}, {"-", r.Removed}} {
		for _, p := range list.paths {
			fmt.Fprintf(w, "  %s %s\n", list.mark, p)
		}
	}
	withoutVectors := (r.ParseMS + r.WordsMS) / 1000
	fmt.Fprintf(w, "parsing %.0f ms, words %.0f ms, vectors %.0f ms: %.1f MB/s without vectors, %.1f MB/s with\n",
		r.ParseMS, r.WordsMS, r.VectorsMS, megabytes/withoutVectors, megabytes/(withoutVectors+r.VectorsMS/1000))
}
