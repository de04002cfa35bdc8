package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"

	"cited/internal/answer"
	"cited/internal/confidence"
	"cited/internal/draft"
	"cited/internal/embed"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// app is the pipeline, built once for all subcommands.
type app struct {
	config  *Config
	log     *slog.Logger
	build   retrieve.Settings
	live    *retrieve.Live
	service *answer.Service
}

// open loads the knowledge base and builds the pipeline over it. Faults of the content go to
// warn; the rest of the knowledge base is served.
func open(ctx context.Context, c *Config, warn io.Writer) (*app, error) {
	a, err := newApp(c, warn)
	if err != nil {
		return nil, err
	}
	corpus, err := kb.Load(ctx, c.KB, time.Now())
	if err != nil {
		return nil, err
	}
	for _, f := range corpus.Faults {
		fmt.Fprintln(warn, f)
	}
	return a, a.serve(ctx, corpus)
}

// newApp builds the pipeline without a knowledge base.
func newApp(c *Config, warn io.Writer) (*app, error) {
	build, err := settings(c, warn)
	if err != nil {
		return nil, err
	}
	a := &app{config: c, build: build, live: new(retrieve.Live), log: slog.New(slog.NewTextHandler(warn, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	drafter, err := newDrafter(c, a.live, a.log)
	if err != nil {
		return nil, err
	}
	a.service = &answer.Service{
		Retriever: a.live, Drafter: drafter, Verifier: verify.New(verify.NoSimilarity{}, a.live), Thresholds: thresholds(c),
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
	if x.Missing() != "" {
		a.log.Warn("no vectors: words answer alone", "err", x.Missing())
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
	chat, err := draft.NewOpenAI(draft.OpenAIOptions{BaseURL: c.ChatURL, Key: c.chatKey, Model: c.ChatModel, Timeout: c.ChatBudget})
	if err != nil {
		return nil, err
	}
	return draft.Fallback{Name: "generative", Primary: draft.NewGenerative(chat, draft.GenerativeOptions{}), Secondary: extractive, Log: log}, nil
}

func thresholds(c *Config) confidence.Thresholds {
	t := confidence.Default()
	if c.Upper > 0 {
		t.Upper = c.Upper
	}
	if c.Lower > 0 {
		t.Lower = c.Lower
	}
	return t
}

// settings turns the configuration into an index's settings.
func settings(c *Config, warn io.Writer) (retrieve.Settings, error) {
	mode, err := retrieve.ParseMode(c.Mode)
	if err != nil {
		return retrieve.Settings{}, err
	}
	analysis, err := lang.ParseAnalysis(c.Analyzer)
	if err != nil {
		return retrieve.Settings{}, err
	}
	embedder, err := newEmbedder(c, warn)
	if err != nil {
		return retrieve.Settings{}, err
	}
	s := retrieve.Settings{Mode: mode, Analysis: analysis, Embedder: embedder}
	if c.Embedder == "openai" {
		s.Budget = c.EmbedBudget
	}
	return s, nil
}

// newEmbedder returns the built-in embedder, or a remote one with its vectors cached in --data.
func newEmbedder(c *Config, warn io.Writer) (index.Embedder, error) {
	if c.Embedder != "openai" {
		return embed.NewHashed(), nil
	}
	remote, err := embed.NewOpenAI(embed.OpenAIOptions{BaseURL: c.EmbedURL, Key: c.embedKey, Model: c.EmbedModel, Dimensions: c.EmbedDims})
	if err != nil {
		return nil, err
	}
	return embed.NewCached(remote, c.Data, func(err error) { fmt.Fprintf(warn, "cited: %v\n", err) }), nil
}
