package index

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"cited/internal/kb"
	"cited/internal/simd"
)

// desk is a queue whose passes are run by hand.
type desk struct {
	t       *testing.T
	queue   *scanQueue
	started chan []*scanRequest
	finish  chan bool // false breaks the pass off
}

func newDesk(t *testing.T, passes int) *desk {
	k, err := simd.New("")
	if err != nil {
		t.Fatal(err)
	}
	q := newScanQueue(ScanOptions{Kernels: k, Passes: passes})
	return &desk{t: t, queue: q, started: make(chan []*scanRequest), finish: make(chan bool)}
}

func (d *desk) pass(batch []*scanRequest) {
	d.started <- batch
	if !<-d.finish {
		panic("broken")
	}
	for _, r := range batch {
		r.done = r.ctx.Err() == nil
	}
}

// ask sends a question, and returns it once it leads a pass or waits; its error comes on result.
func (d *desk) ask(ctx context.Context) (r *scanRequest, result chan error) {
	r, result = &scanRequest{ctx: ctx, turn: make(chan []*scanRequest, 1)}, make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				result <- errors.New("panic")
			}
		}()
		result <- d.queue.run(r, d.pass)
	}()
	synctest.Wait()
	return r, result
}

// expect waits for a pass that holds exactly these.
func (d *desk) expect(want ...*scanRequest) {
	d.t.Helper()
	if got := <-d.started; !slices.Equal(got, want) {
		d.t.Fatalf("a pass of %d questions, want %d", len(got), len(want))
	}
}

// TestScanQueue: the first question goes at once, and alone; those that come meanwhile share
// passes of four, in the order in which they came.
func TestScanQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 1)
		var requests []*scanRequest
		var results []chan error
		for range 7 {
			r, result := d.ask(t.Context())
			requests, results = append(requests, r), append(results, result)
		}
		for _, batch := range [][]*scanRequest{requests[:1], requests[1:5], requests[5:]} {
			d.expect(batch...)
			d.finish <- true
		}
		for i, result := range results {
			if err := <-result; err != nil || !requests[i].done {
				t.Errorf("question %d: %v", i, err)
			}
		}
		r, result := d.ask(t.Context()) // the queue is free again
		d.expect(r)
		d.finish <- true
		if err := <-result; err != nil || d.queue.running != 0 {
			t.Error(err)
		}
	})
}

func TestScanQueuePasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 2)
		first, one := d.ask(t.Context())
		second, two := d.ask(t.Context())
		third, three := d.ask(t.Context())
		starts := []*scanRequest{(<-d.started)[0], (<-d.started)[0]}
		if !slices.Contains(starts, first) || !slices.Contains(starts, second) {
			t.Error("two passes may run at a time")
		}
		d.finish <- true
		d.expect(third)
		d.finish <- true
		d.finish <- true
		if err := errors.Join(<-one, <-two, <-three); err != nil {
			t.Error(err)
		}
	})
}

// TestScanQueueCancelled: who gives up while waiting leaves at once; who gives up when a pass has
// taken it, as its leader or not, costs the others nothing.
func TestScanQueueCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 1)
		first, one := d.ask(t.Context())
		waiting, leave := context.WithCancel(t.Context())
		_, gone := d.ask(waiting)
		leading, stop := context.WithCancel(t.Context())
		leader, stopped := d.ask(leading)
		following, quit := context.WithCancel(t.Context())
		follower, quitted := d.ask(following)
		last, answered := d.ask(t.Context())
		leave()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		d.expect(first)
		d.finish <- true
		d.expect(leader, follower, last)
		stop()
		quit()
		d.finish <- true
		if err := errors.Join(<-one, <-answered); err != nil {
			t.Error(err)
		}
		for _, result := range []chan error{stopped, quitted} {
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

// TestScanQueueBroken: a pass that panics takes its leader down, and nobody else waits for ever.
func TestScanQueueBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 1)
		first, one := d.ask(t.Context())
		leader, two := d.ask(t.Context())
		follower, three := d.ask(t.Context())
		d.expect(first)
		d.finish <- true
		d.expect(leader, follower)
		later, four := d.ask(t.Context())
		d.finish <- false
		d.expect(later)
		d.finish <- true
		if err := errors.Join(<-one, <-four); err != nil {
			t.Error(err)
		}
		if err := <-two; err == nil || err.Error() != "panic" {
			t.Error(err)
		}
		if err := <-three; err == nil || !strings.Contains(err.Error(), "broke off") {
			t.Error(err)
		}
	})
}

// TestScanShared: questions that share passes find what each finds alone.
func TestScanShared(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	const dims = 48
	e := numbered{vectors: randomUnit(r, 64, dims)}
	for name, s := range allScans(t, e, randomUnit(r, 9000, dims), 3000) {
		alone := make([][]Match, len(e.vectors))
		query := func(i int) Query {
			return Query{Text: strconv.Itoa(i), Limit: 1 + i*3, Audience: []kb.Audience{kb.Public, kb.Internal}[i%2]}
		}
		for i := range alone {
			alone[i] = found(t, s, query(i))
		}
		var wg sync.WaitGroup
		for worker := range 16 {
			wg.Go(func() {
				for i := worker; i < len(alone); i += 16 {
					got, err := s.Search(t.Context(), query(i))
					if err != nil || !slices.Equal(got, alone[i]) {
						t.Errorf("%s, question %d: %v, %v, alone %v", name, i, got, err, alone[i])
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestScanCancelledWithin: the end of a context stops a pass between shares.
func TestScanCancelledWithin(t *testing.T) {
	s := newScan(t, pointer{vector: angle(0)}, slices.Repeat([][]float32{angle(1)}, 3*scanRun*scanRuns), 0, ScanOptions{Workers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &scanRequest{ctx: ctx, query: s.kernels.Query(angle(0)), want: 5, turn: make(chan []*scanRequest, 1)}
	s.pass([]*scanRequest{r})
	if r.done || len(r.found) > 0 {
		t.Error(r.done, r.found)
	}
}
