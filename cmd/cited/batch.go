package main

import (
	"context"
	"io"
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
		bar := newProgress(progress, "", time.Now)
		defer bar.done()
		for i := range slots {
			select {
			case result := <-slots[i]:
				if err := emit(result); err != nil {
					return err
				}
				<-ahead
				bar.step(i+1, n, 0)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}
