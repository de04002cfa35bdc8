package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"cited/internal/kb"
	"cited/internal/server"
	"cited/internal/store/sqlite"
)

// storeName is the database in --data.
const storeName = "cited.db"

func serve(ctx context.Context, args []string, std streams) error {
	var c Config
	var proxies string
	limits := server.DefaultLimits()
	set := c.flagSet("serve", "[flags]", "Serves the help center and the API over the knowledge base, and reloads it when a file changes.", std.err)
	c.retrievalFlags(set)
	c.answerFlags(set)
	set.StringVar(&c.Addr, "addr", env("CITED_ADDR", "127.0.0.1:8080"), "`address` to listen at")
	set.Float64Var(&c.RateLimit, "rate", limits.Rate, "requests a `second` and address; 0 for no bound")
	set.Int64Var(&c.MaxBody, "max-body", limits.Body, "`bytes` of a request; 0 for no bound")
	set.DurationVar(&c.MaxTime, "max-time", limits.Timeout, "`time` that a request may take; 0 for no bound")
	set.StringVar(&proxies, "trusted-proxies", "", "address `ranges` whose X-Forwarded-For counts, divided by commas (10.0.0.0/8,…)")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{"serve: takes no arguments; name the folder with --kb"}
	}
	limits.Rate, limits.Body, limits.Timeout = c.RateLimit, c.MaxBody, c.MaxTime
	if limits.TrustedProxies, err = parsePrefixes(proxies); err != nil {
		return err
	}
	return c.serve(ctx, limits, std)
}

func parsePrefixes(list string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, usageError{fmt.Sprintf("--trusted-proxies: %q is not an address range such as 10.0.0.0/8", part)}
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}

// serve listens before it reads the knowledge base, so that a taken port is known at once; until
// that is read, requests get 503.
func (c *Config) serve(ctx context.Context, limits server.Limits, std streams) error {
	log := slog.New(slog.NewTextHandler(std.err, nil))
	app, err := newApp(c, log)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, filepath.Join(c.Data, storeName), sqlite.Options{})
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	defer closeStore(store, log)
	app.service.Recorder = store
	handler, err := server.New(server.Options{
		Asker: app.service, Searcher: app.live, Highlighter: app.live, Library: app.live, Answers: store,
		Limits: limits, Version: buildVersion(), Log: log,
	})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	fmt.Fprintf(std.out, "listening at http://%s\n", listener.Addr())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return handler.Run(ctx, listener) })
	group.Go(func() error { return app.run(ctx, "http://"+listener.Addr().String(), std.out) })
	return group.Wait()
}

// run serves the knowledge base, says that it is ready, and keeps it up to date. What a snapshot
// holds is served before the files are looked at.
func (a *app) run(ctx context.Context, address string, out io.Writer) error {
	files := a.watchFiles(a.config.KB)
	defer files.close(a)
	x, shot, err := a.fromSnapshot(ctx)
	if err != nil {
		return err
	}
	k := a.newKeeper(x, shot)
	defer k.release()
	if x != nil {
		a.live.Swap(x)
		a.report(x.Corpus().Faults, nil)
		printReady(out, address, x.Corpus())
		a.reload(ctx, edits{all: true})
	} else {
		if err := a.load(ctx, nil); err != nil {
			return err
		}
		a.report(a.live.Corpus().Faults, nil)
		printReady(out, address, a.live.Corpus())
	}
	k.keep()
	return a.watch(ctx, files, k)
}

func closeStore(store io.Closer, log *slog.Logger) {
	if err := store.Close(); err != nil {
		log.Error("closing the store", "err", err)
	}
}

// printReady says what to open and what to ask.
func printReady(w io.Writer, address string, corpus *kb.Corpus) {
	fmt.Fprintf(w, "ready: %d articles, %d chunks\n\n  open  %s\n", len(corpus.Documents), len(corpus.Chunks), address)
	asked := make(map[string]bool)
	for _, d := range corpus.Documents {
		if d.Audience == kb.Public && len(d.Questions) > 0 && !asked[d.Lang] && len(asked) < 6 {
			asked[d.Lang] = true
			fmt.Fprintf(w, "  ask   %s\n", d.Questions[0])
		}
	}
	fmt.Fprintf(w, "  or    curl -s %s/v1/answers -H 'Content-Type: application/json' -d '{\"question\":\"…\"}'\n\n", address)
}
