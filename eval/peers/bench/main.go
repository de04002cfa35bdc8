// Command bench measures cited and the pipeline that one would otherwise write on the same work,
// in one run, and prints one table. See ../README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is one call of the command.
type run struct {
	data   string // the folder that holds dev/
	cited  string // the binary
	out    string // the folder of results
	temp   string // removed at the end
	size   size
	log    io.Writer
	source *corpus.Source
	rows   []measure.Row
	sums   [][]string              // name, chunks, articles, megabytes, checksum
	points map[string][][2]float64 // by name of a series of the growth plot
}

// family is one or more rows of the table that share their work.
type family struct {
	name    string
	about   string
	measure func(ctx context.Context, r *run) error
}

func families() []family {
	return []family{
		{"hybrid", "a hybrid query, warm, on one core; words and vectors alone", hybrid},
		{"paragraphs", "words alone on 20,000 paragraphs, with nDCG@10", paragraphs},
		{"vector", "vectors alone, 100,000 × 256", vector},
		{"load", "answers a second over HTTP at 8 and 64 clients", load},
		{"ingest", "all development knowledge bases, durable", ingest},
		{"state", "memory after ingest, start from what is persisted", state},
		{"edit", "one edited file while serving", edit},
		{"million", "a million chunks: query and build; the growth plot", million},
	}
}

func command(ctx context.Context, args []string, in io.Reader, out, log io.Writer) error {
	if len(args) > 0 && args[0] == "child" {
		return child(ctx, args[1:], in, out)
	}
	r := &run{log: log, points: make(map[string][][2]float64)}
	var names, sizeName string
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(log)
	set.StringVar(&r.data, "data", os.Getenv("CITED_DATA"), "`folder` that holds dev/")
	set.StringVar(&r.cited, "cited", filepath.Join("..", "..", "bin", "cited"), "the binary of cited")
	set.StringVar(&r.out, "out", "results", "`folder` of the results")
	set.StringVar(&sizeName, "size", "full", "quick or full")
	set.StringVar(&names, "rows", "", "families of rows, divided by commas: "+strings.Join(familyNames(), ", ")+"; all when empty")
	if err := set.Parse(args); err != nil {
		return err
	}
	var ok bool
	if r.size, ok = sizes()[sizeName]; !ok {
		return fmt.Errorf("-size: %q is neither quick nor full", sizeName)
	}
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	if r.data == "" {
		return errors.New("-data: name the folder that holds dev/ (../shared/data/unpack prints it)")
	}
	if r.source, err = corpus.Read(filepath.Join(r.data, "dev", "kb")); err != nil {
		return err
	}
	if r.temp, err = os.MkdirTemp("", "cited-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.temp) //nolint:errcheck // what stays is the system's to clean
	return r.all(ctx, chosen, sizeName, out)
}

func familyNames() []string {
	var names []string
	for _, f := range families() {
		names = append(names, f.name)
	}
	return names
}

func choose(names string) ([]family, error) {
	if names == "" {
		return families(), nil
	}
	var chosen []family
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(families(), func(f family) bool { return f.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("-rows: %q is none of %s", name, strings.Join(familyNames(), ", "))
		}
		chosen = append(chosen, families()[i])
	}
	return chosen, nil
}

// all measures the families and writes the table into the results after each, so that a run that
// is cut short leaves what it has; at the end it prints it.
func (r *run) all(ctx context.Context, chosen []family, sizeName string, out io.Writer) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	name := "table.md"
	if len(chosen) < len(families()) || sizeName != "full" {
		name = "table-" + sizeName + ".md"
	}
	var table string
	for _, f := range chosen {
		start := time.Now()
		r.say("%s: %s …", f.name, f.about)
		if err := f.measure(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		r.say("%s took %s", f.name, time.Since(start).Round(time.Second))
		var err error
		if table, err = r.table(sizeName); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.out, name), []byte(table), 0o644); err != nil {
			return err
		}
	}
	if err := r.plot(); err != nil {
		return err
	}
	_, err := io.WriteString(out, table)
	return err
}

// table is what was measured so far, below the machine, above the corpora.
func (r *run) table(sizeName string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s · %s · %s\n\n", measure.Machine(), ours.Version(), sizeName, time.Now().UTC().Format(time.DateOnly))
	if err := measure.WriteRows(&b, r.rows); err != nil {
		return "", err
	}
	if len(r.sums) == 0 {
		return b.String(), nil
	}
	b.WriteString("\n")
	err := measure.WriteTable(&b, append([][]string{{"corpus", "chunks", "articles", "MB", "SHA-256"}}, r.sums...))
	return b.String(), err
}

func (r *run) say(format string, args ...any) { fmt.Fprintf(r.log, format+"\n", args...) }

// keep writes the raw lines of a family.
func (r *run) keep(name string, lines *measure.Lines) error {
	if r.size.name != "full" {
		name += "-" + r.size.name
	}
	f, err := os.Create(filepath.Join(r.out, name+".txt"))
	if err != nil {
		return err
	}
	notes := [][2]string{{"ours", ours.Version()}, {"peer", peerVersion}}
	for _, s := range r.sums {
		notes = append(notes, [2]string{"corpus-" + s[0], s[len(s)-1]})
	}
	return errors.Join(lines.Write(f, time.Now(), notes...), f.Close())
}

// peerVersion names what the peer is made of.
const peerVersion = "chromem-go v0.7.0 + bleve v2.6.1 (BM25, analyzers of the languages) + RRF (k 60)"

// seed is that of all corpora and questions.
const seed = 1

// parse makes the corpus of n chunks and notes its checksum.
func (r *run) parse(n int) *ours.Corpus {
	c := ours.Parse(corpus.New(r.source, seed), n)
	r.note(fmt.Sprintf("chunks-%d", n), fmt.Sprint(c.Len()), c.Articles, c.Bytes, c.Checksum)
	return c
}

func (r *run) note(name, chunks string, articles int, bytes int64, checksum string) {
	line := []string{name, chunks, fmt.Sprint(articles), measure.Figure(float64(bytes) / 1e6), checksum}
	if !slices.ContainsFunc(r.sums, func(l []string) bool { return slices.Equal(l, line) }) {
		r.sums = append(r.sums, line)
	}
}

// questions draws n questions in the corpus's languages.
func (r *run) questions(n int) ([]corpus.Question, error) {
	return r.source.Questions(filepath.Join(r.data, "dev"), seed, n)
}
