package main

import (
	"context"
	"io"
	"sync"

	"cited/internal/index"
	"cited/internal/kb"
)

// parse reads the knowledge base as far as old has not got it. With a remote embedder, whose
// vectors are cached, it asks for those of what is parsed while the rest still is.
func (a *app) parse(ctx context.Context, old *kb.Corpus, watch io.Writer) (*kb.Corpus, error) {
	bar := newProgress(watch, "reading ", a.now)
	defer bar.done()
	seen := kb.Observer{Step: bar.step}
	now := a.now()
	if a.config.Embedder == "openai" && a.config.Mode != "lexical" {
		e := newAhead(a.build.Embedder)
		seen.Parsed = func(d *kb.Document) {
			if d.Live(now) {
				e.add(d.Chunks())
			}
		}
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		running.Go(func() { e.run(ctx) })
		defer func() { // what it has not got is for whoever needs the vectors, who reports failures
			stop()
			running.Wait()
		}()
	}
	return kb.LoadObserved(ctx, a.config.KB, now, old, seen)
}

// aheadBatch is how many chunks are embedded at a time while parsing goes on: a few requests, which
// are all that is lost when it ends.
const aheadBatch = 384

// ahead has chunks embedded by an embedder that caches, so that whoever asks for their vectors
// later has them at once. What waits is chunks that are kept anyway.
type ahead struct {
	embedder index.Embedder
	more     chan struct{} // of room for one: something was added
	mu       sync.Mutex
	waiting  []*kb.Chunk
}

func newAhead(e index.Embedder) *ahead { return &ahead{embedder: e, more: make(chan struct{}, 1)} }

// add never waits.
func (a *ahead) add(chunks []*kb.Chunk) {
	a.mu.Lock()
	a.waiting = append(a.waiting, chunks...)
	a.mu.Unlock()
	select {
	case a.more <- struct{}{}:
	default:
	}
}

// next is a whole batch, which is worth waiting for, or nothing.
func (a *ahead) next() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.waiting) < aheadBatch {
		return nil
	}
	texts := make([]string, aheadBatch)
	for i, c := range a.waiting[:aheadBatch] {
		texts[i] = index.EmbedText(c)
	}
	a.waiting = a.waiting[aheadBatch:]
	return texts
}

// run embeds what is added until ctx ends or the embedder fails.
func (a *ahead) run(ctx context.Context) {
	for ctx.Err() == nil {
		texts := a.next()
		if texts == nil {
			select {
			case <-a.more:
			case <-ctx.Done():
			}
			continue
		}
		if _, err := a.embedder.EmbedDocuments(ctx, texts); err != nil {
			return
		}
	}
}
