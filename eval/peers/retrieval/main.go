// Command retrieval measures quality on every judged set: one table a language with our modes
// and the peer side by side, and questions of one kind pooled over the languages, with a paired
// bootstrap of the hybrid ranking against the better of its legs. See ../README.md.
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
	"strings"
	"syscall"
	"time"

	"cited/eval/peers/ours"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "retrieval:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("retrieval", flag.ContinueOnError)
	flags.SetOutput(log)
	data := flags.String("data", os.Getenv("CITED_DATA"), "`folder` that holds dev/")
	only := flags.String("sets", "", "`text` that the names of the sets hold; all when empty")
	results := flags.String("out", "results", "`folder` of the results")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" {
		return errors.New("-data: name the folder that holds dev/ (../shared/data/unpack prints it)")
	}
	sets, err := findSets(filepath.Join(*data, "dev"))
	if err != nil {
		return err
	}
	start := time.Now()
	var t tables
	for _, s := range sets {
		if !strings.Contains(s.name, *only) {
			continue
		}
		r, err := rankAll(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		t.add(s, r)
		fmt.Fprintf(log, "%s %s\n", time.Since(start).Round(time.Second), s.name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s · every question of every set · nDCG@10 recall@1/recall@10\n", ours.ProductEmbedder().Model())
	if err := t.write(&b); err != nil {
		return err
	}
	if _, err := io.WriteString(out, b.String()); err != nil || *only != "" {
		return err
	}
	if err := os.MkdirAll(*results, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*results, "retrieval.md"), []byte(b.String()), 0o644)
}
