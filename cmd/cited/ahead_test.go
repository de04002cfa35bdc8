package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"cited/internal/index"
	"cited/internal/kb"
)

// noted is an embedder that notes what it is asked for, and fails after so many batches.
type noted struct {
	index.Embedder
	mu     sync.Mutex
	texts  []string
	left   int
	failed chan struct{}
}

func (n *noted) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.left == 0 {
		close(n.failed)
		return nil, errors.New("gone")
	}
	n.left--
	n.texts = append(n.texts, texts...)
	return make([][]float32, len(texts)), nil
}

// TestAhead: every chunk is embedded once, in order, in whole batches; a failure ends it.
func TestAhead(t *testing.T) {
	e := &noted{left: 3, failed: make(chan struct{})}
	a := newAhead(e)
	var all []string
	done := make(chan struct{})
	go func() {
		a.run(context.Background())
		close(done)
	}()
	for i := range 4*aheadBatch + 1 {
		c := &kb.Chunk{Title: "T", Plain: fmt.Sprint("chunk ", i)}
		all = append(all, index.EmbedText(c))
		a.add([]*kb.Chunk{c})
	}
	<-e.failed
	<-done
	if !slices.Equal(e.texts, all[:3*aheadBatch]) {
		t.Errorf("%d texts were embedded, or others than the first %d", len(e.texts), 3*aheadBatch)
	}
}

// TestAheadEnds: whoever waits for chunks stops when the context ends.
func TestAheadEnds(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	a := newAhead(&noted{failed: make(chan struct{})})
	a.add([]*kb.Chunk{{Plain: "less than a batch"}})
	done := make(chan struct{})
	go func() {
		a.run(ctx)
		close(done)
	}()
	stop()
	<-done
}
