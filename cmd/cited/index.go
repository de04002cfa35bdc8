package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/snapshot"
)

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
	Size      int64          `json:"size"` // of the snapshot in bytes
	ParseMS   float64        `json:"parse_ms"`
	IndexMS   float64        `json:"index_ms"` // words and vectors
	WriteMS   float64        `json:"write_ms"` // until the snapshot is durable
	Corpus    string         `json:"corpus"`
}

func indexCommand(ctx context.Context, args []string, std streams) error {
	var c Config
	set := c.flagSet("index", "[flags]", "Reads and indexes the knowledge base and says what changed since the last time, how long it took and how large it is. It is kept in --data, so that other commands start from it and read only what changed.", std.err)
	c.retrievalFlags(set)
	set.BoolVar(&c.JSON, "json", false, "print JSON")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{"index: takes no arguments; name the folder with --kb"}
	}
	app, err := newApp(&c, slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	report, err := app.index(ctx, std.err)
	if err != nil {
		return err
	}
	for _, f := range app.live.Corpus().Faults {
		fmt.Fprintln(std.err, f)
	}
	if c.JSON {
		return writeJSON(std.out, report)
	}
	report.print(std.out)
	return nil
}

// index brings the snapshot up to date and says what that took. It shows its progress where watch
// is a terminal.
func (a *app) index(ctx context.Context, watch io.Writer) (*indexReport, error) {
	defer relaxGC()()
	old, shot, err := a.fromSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	if shot != nil {
		defer shot.Close() //nolint:errcheck // only read
	}
	former := new(kb.Corpus)
	if old != nil {
		former = old.Corpus()
	}
	start := time.Now()
	corpus, err := a.parse(ctx, former, watch)
	if err != nil {
		return nil, err
	}
	report := reportOn(corpus)
	report.compare(former, corpus)
	report.ParseMS = since(&start)
	build := a.build
	bar := newProgress(watch, "embedding ", a.now)
	build.Step = func(done, n int) { bar.step(done, n, 0) }
	report.Size, err = a.write(func(path string) error {
		built := func(x *retrieve.Index) {
			bar.done()
			report.IndexMS = since(&start)
			a.live.Swap(x)
		}
		return update(ctx, path, corpus, build, old, shot, built)
	})
	bar.done()
	if err != nil {
		return nil, err
	}
	report.WriteMS = since(&start)
	return report, nil
}

// update indexes corpus and brings the snapshot at path, from which shot and old were opened (nil for
// none), up to it.
func update(ctx context.Context, path string, corpus *kb.Corpus, s retrieve.Settings, old *retrieve.Index, shot *retrieve.Snapshot, built func(*retrieve.Index)) error {
	if old == nil {
		x, err := retrieve.BuildSnapshot(ctx, path, corpus, s, built)
		if x != nil && err != nil { // it was built, but not written
			return fmt.Errorf("--data: %w", err)
		}
		return err
	}
	x, err := retrieve.Build(ctx, corpus, s, old)
	if err != nil {
		return err
	}
	built(x)
	if len(x.Corpus().Difference(old.Corpus())) == 0 && !x.Stale() && !shot.Stale() {
		return nil
	}
	if x, err = x.Fresh(ctx); err != nil {
		return err
	}
	if err := retrieve.WriteSnapshot(path, x); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	return nil
}

// write has the snapshot written, unless another process does, and returns its size in bytes.
func (a *app) write(update func(path string) error) (size int64, err error) {
	path := a.config.snapshotPath()
	if err := os.MkdirAll(a.config.Data, 0o700); err != nil {
		return 0, fmt.Errorf("--data: %w", err)
	}
	lock, ok, err := snapshot.Lock(path)
	if err != nil {
		return 0, fmt.Errorf("--data: %w", err)
	}
	if !ok {
		a.log.Warn("another process keeps the snapshot up to date", "snapshot", path)
		return sizeOf(path)
	}
	defer lock.Close() //nolint:errcheck // only locked
	if err := update(path); err != nil {
		return 0, err
	}
	return sizeOf(path)
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("--data: %w", err)
	}
	return info.Size(), nil
}

// since returns the milliseconds since *start and sets it to now.
func since(start *time.Time) float64 {
	now := time.Now()
	took := now.Sub(*start)
	*start = now
	return float64(took.Round(10*time.Microsecond)) / float64(time.Millisecond)
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

// compare says what changed between two corpora.
func (r *indexReport) compare(old, corpus *kb.Corpus) {
	r.Added, r.Changed, r.Removed = []string{}, []string{}, []string{}
	for _, id := range corpus.Difference(old) {
		before, now := old.Document(id), corpus.Document(id)
		switch {
		case before == nil:
			r.Added = append(r.Added, now.Path)
		case now == nil:
			r.Removed = append(r.Removed, before.Path)
		case before.Hash != now.Hash:
			r.Changed = append(r.Changed, now.Path)
		}
	}
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
	took := r.ParseMS + r.IndexMS + r.WriteMS
	fmt.Fprintf(w, "reading %.0f ms, indexing %.0f ms, writing %.0f ms: %.1f MB/s; the snapshot has %.1f MB\n",
		r.ParseMS, r.IndexMS, r.WriteMS, 1000*megabytes/took, float64(r.Size)/1e6)
}
