package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

// inOrder runs work for 0…n-1 on all processors and hands the results to emit in order. It shows
// progress on a terminal. The first error ends it.
func inOrder(ctx context.Context, n int, progress io.Writer, work func(ctx context.Context, i int) (any, error), emit func(any) error) error {
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	slots := make([]chan any, n) // one result each
	for i := range slots {
		slots[i] = make(chan any, 1)
	}
	ahead := make(chan struct{}, 64*workers) // bounds what waits to be emitted
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := range n {
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range workers {
		group.Go(func() error {
			for i := range next {
				result, err := work(ctx, i)
				if err != nil {
					return err
				}
				slots[i] <- result
			}
			return nil
		})
	}
	group.Go(func() error {
		bar := newProgress(progress, n)
		defer bar.done()
		for i := range slots {
			select {
			case result := <-slots[i]:
				if err := emit(result); err != nil {
					return err
				}
				<-ahead
				bar.step(i + 1)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// progress is a line on a terminal that says how far a long run is.
type progress struct {
	w     io.Writer // nil when nobody watches
	n     int
	start time.Time
	last  time.Time
}

func newProgress(w io.Writer, n int) *progress {
	p := &progress{n: n, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.w = w
		}
	}
	return p
}

func (p *progress) step(done int) {
	if p.w == nil || done < p.n && time.Since(p.last) < 100*time.Millisecond {
		return
	}
	p.last = time.Now()
	elapsed := p.last.Sub(p.start)
	left := time.Duration(float64(elapsed) / float64(done) * float64(p.n-done)).Round(time.Second)
	fmt.Fprintf(p.w, "\r%d of %d · %.0f/s · %v left ", done, p.n, float64(done)/max(elapsed.Seconds(), 1e-3), left)
}

func (p *progress) done() {
	if p.w != nil {
		fmt.Fprintln(p.w)
	}
}
