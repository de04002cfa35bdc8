package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"time"

	"cited/internal/answer"
	"cited/internal/draft"
	"cited/internal/embed"
	"cited/internal/embed/static"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/simd"
	"cited/internal/verify"
)

// app is the pipeline, built once for all subcommands.
type app struct {
	config  *Config
	log     *slog.Logger
	now     func() time.Time
	build   retrieve.Settings
	live    *retrieve.Live
	service *answer.Service
}

// open loads the knowledge base and builds the pipeline over it. Faults of the content go to
// warn; the rest of the knowledge base is served.
func open(ctx context.Context, c *Config, warn io.Writer) (*app, error) {
	a, err := newApp(c, slog.New(slog.NewTextHandler(warn, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	x, shot, err := a.fromSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	if shot != nil {
		defer shot.Close() //nolint:errcheck // only read
	}
	if err := a.load(ctx, x); err != nil {
		return nil, err
	}
	for _, f := range a.live.Corpus().Faults {
		fmt.Fprintln(warn, f)
	}
	return a, nil
}

// newApp builds the pipeline without a knowledge base.
func newApp(c *Config, log *slog.Logger) (*app, error) {
	build, err := settings(c, log)
	if err != nil {
		return nil, err
	}
	a := &app{config: c, build: build, live: new(retrieve.Live), log: log, now: time.Now}
	drafter, err := newDrafter(c, a.live, a.log)
	if err != nil {
		return nil, err
	}
	a.service = &answer.Service{
		Retriever: a.live, Drafter: drafter, Verifier: verify.New(verify.NoSimilarity{}, a.live), Thresholds: c.Thresholds,
		Recorder: answer.Discard{}, Now: time.Now, NewID: rand.Text, Log: a.log,
	}
	return a, nil
}

// serve indexes corpus and swaps it in.
func (a *app) serve(ctx context.Context, corpus *kb.Corpus) error {
	x, err := retrieve.Build(ctx, corpus, a.build, a.live.Index())
	if err != nil {
		return err
	}
	if err := x.Missing(); err != nil {
		a.log.Warn("no vectors: words answer alone", "err", err)
	}
	a.live.Swap(x)
	return nil
}

// newDrafter returns the extractive drafter, behind a chat model where one is configured.
func newDrafter(c *Config, weights draft.Weights, log *slog.Logger) (draft.Drafter, error) {
	extractive := draft.NewExtractive(weights)
	if c.ChatModel == "" {
		return extractive, nil
	}
	budget := c.ChatBudget
	if budget == 0 {
		budget = math.MaxInt64 // no bound of ours: the request's own holds
	}
	chat, err := draft.NewOpenAI(draft.OpenAIOptions{BaseURL: c.ChatURL, Key: c.chatKey, Model: c.ChatModel, Timeout: budget})
	if err != nil {
		return nil, err
	}
	return draft.Fallback{Name: "generative", Primary: draft.NewGenerative(chat, draft.GenerativeOptions{}), Secondary: extractive, Log: log}, nil
}

// settings turns the configuration into an index's settings.
func settings(c *Config, log *slog.Logger) (retrieve.Settings, error) {
	mode, err := retrieve.ParseMode(c.Mode)
	if err != nil {
		return retrieve.Settings{}, err
	}
	analysis, err := lang.ParseAnalysis(c.Analyzer)
	if err != nil {
		return retrieve.Settings{}, err
	}
	store, err := retrieve.ParseStore(c.Vectors)
	if err != nil {
		return retrieve.Settings{}, err
	}
	kernels, err := simd.New(c.simd)
	if err != nil {
		return retrieve.Settings{}, err
	}
	fusion, err := retrieve.ParseFusion(c.Fusion)
	if err != nil {
		return retrieve.Settings{}, err
	}
	embedder, err := newEmbedder(c, kernels, log)
	if err != nil {
		return retrieve.Settings{}, err
	}
	s := retrieve.Settings{Mode: mode, Fusion: fusion, Analysis: analysis, Embedder: embedder, Vectors: store, Scan: index.ScanOptions{Kernels: kernels}}
	if c.Embedder == "openai" {
		s.Budget = c.EmbedBudget
	}
	return s, nil
}

// newEmbedder returns the built-in embedder, one of a table in a file, or a remote one with its
// vectors cached in --data.
func newEmbedder(c *Config, kernels *simd.Kernels, log *slog.Logger) (index.Embedder, error) {
	switch c.Embedder {
	case "", "builtin":
		return embed.NewHashed(), nil
	case "openai":
		remote, err := embed.NewOpenAI(embed.OpenAIOptions{BaseURL: c.EmbedURL, Key: c.embedKey, Model: c.EmbedModel, Dimensions: c.EmbedDims})
		if err != nil {
			return nil, err
		}
		return embed.NewCached(remote, c.Data, func(err error) { log.Warn("vectors are not kept", "err", err) }), nil
	}
	file, err := os.ReadFile(c.Embedder)
	if err != nil {
		return nil, fmt.Errorf("--embedder: %w", err)
	}
	table, err := static.Open(file, kernels)
	if err != nil {
		return nil, fmt.Errorf("--embedder %s: %w", c.Embedder, err)
	}
	return table, nil
}
