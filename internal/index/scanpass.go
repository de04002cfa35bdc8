package index

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"cited/internal/simd"
)

// scanRequest is a question on its way through a pass.
type scanRequest struct {
	ctx    context.Context
	query  *simd.Query
	public bool
	want   int                 // candidates
	found  []scanRow           // what the pass found, in no order; their parts are the Scan's
	done   bool                // a pass has answered
	turn   chan []*scanRequest // one slot: the batch to run, or nil once a pass has answered
}

// scanQueue lets questions share passes. Reading the matrix is what a pass costs, and four
// questions cost little more than one, so those that arrive while passes run wait and go together
// on the next one. Nobody waits for company: a question that finds no pass running starts one at
// once, on its own goroutine. When a pass ends, the first of those that wait runs the next.
type scanQueue struct {
	passes  int // at a time
	workers int // goroutines a pass
	buffers sync.Pool

	mu      sync.Mutex
	running int
	waiting []*scanRequest
}

// newScanQueue decides what the options leave open. Memory is the limit: one core draws most of
// what two get, so a second goroutine does not pay for itself, and half the cores' passes fill the
// bus (on two cores and 100,000 × 256, eight clients got .47 ms a question with one pass at a time
// and .80 ms with two, since more of them shared a pass). The portable path computes more than it
// reads, and uses a second core.
func newScanQueue(o ScanOptions) *scanQueue {
	q := &scanQueue{passes: o.Passes, workers: o.Workers}
	if q.passes <= 0 {
		q.passes = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if q.workers <= 0 {
		q.workers = 1
		if o.Kernels.Path() == simd.Portable {
			q.workers = min(2, runtime.GOMAXPROCS(0))
		}
	}
	q.buffers.New = func() any { return new(scanBuffers) }
	return q
}

// run has r answered by a pass, and returns the error of r's context when that ended. What r's
// goroutine runs may be a pass for others.
func (q *scanQueue) run(r *scanRequest, pass func(batch []*scanRequest)) error {
	q.mu.Lock()
	if q.running < q.passes {
		q.running++
		q.mu.Unlock()
		q.lead([]*scanRequest{r}, pass)
		return r.err()
	}
	q.waiting = append(q.waiting, r)
	q.mu.Unlock()
	var batch []*scanRequest
	select {
	case batch = <-r.turn:
	case <-r.ctx.Done():
		if q.leave(r) {
			return r.ctx.Err()
		}
		batch = <-r.turn // a pass has taken r: it is about to end, or r has to run it for the others
	}
	if batch != nil {
		q.lead(batch, pass)
	}
	return r.err()
}

// err is nil when a pass has answered r.
func (r *scanRequest) err() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if !r.done {
		return errors.New("index: the pass that this question shared broke off")
	}
	return nil
}

// leave takes r out of those that wait, if a pass has not taken it yet.
func (q *scanQueue) leave(r *scanRequest) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.waiting, r)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	return at >= 0
}

// lead runs a pass for batch, whose first request is the caller's, tells the others, and hands
// over to those that wait: also when the pass panics, since they would wait for ever.
func (q *scanQueue) lead(batch []*scanRequest, pass func(batch []*scanRequest)) {
	defer func() {
		for _, r := range batch[1:] {
			r.turn <- nil
		}
		q.mu.Lock()
		n := min(len(q.waiting), simd.Width)
		next := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		if n == 0 {
			q.running--
		}
		q.mu.Unlock()
		if n > 0 {
			next[0].turn <- next
		}
	}()
	pass(batch)
}

// scanRun is how many rows are scored at a time: their scores stay in the first-level cache.
const scanRun = 512

// scanRuns is how many runs a worker takes at a time.
const scanRuns = 8

// scanBuffers hold the scores of one run.
type scanBuffers struct{ scores [simd.Width][scanRun]float32 }

// pass answers the requests of a batch whose contexts have not ended.
func (s *Scan) pass(batch []*scanRequest) {
	batch = slices.DeleteFunc(slices.Clone(batch), func(r *scanRequest) bool { return r.ctx.Err() != nil })
	if len(batch) == 0 {
		return
	}
	shares := s.shares()
	workers := min(s.queue.workers, len(shares))
	var next atomic.Int64
	var wg sync.WaitGroup
	found := make([][]scanBest, workers)
	for w := range found {
		found[w] = make([]scanBest, len(batch))
		if w > 0 {
			wg.Go(func() { s.work(batch, found[w], shares, &next) })
		}
	}
	s.work(batch, found[0], shares, &next)
	wg.Wait()
	for i, r := range batch {
		best := &found[0][i]
		for _, other := range found[1:] {
			for _, c := range other[i].items {
				if c.score >= best.bar.score {
					best.offer(c)
				}
			}
		}
		best.cut()
		r.found, r.done = best.items, r.ctx.Err() == nil
	}
}

// scanShare is a run of rows of one part, as a worker takes it.
type scanShare struct{ part, from, to int }

func (s *Scan) shares() []scanShare {
	var shares []scanShare
	for n, p := range s.parts {
		for from := 0; from < len(p.ids); from += scanRuns * scanRun {
			shares = append(shares, scanShare{n, from, min(from+scanRuns*scanRun, len(p.ids))})
		}
	}
	return shares
}

// work scores shares until none is left, or nobody waits for the result any more.
func (s *Scan) work(batch []*scanRequest, best []scanBest, shares []scanShare, next *atomic.Int64) {
	buffers := s.queue.buffers.Get().(*scanBuffers)
	defer s.queue.buffers.Put(buffers)
	dst, queries := make([][]float32, len(batch)), make([]*simd.Query, len(batch))
	for i, r := range batch {
		dst[i], queries[i], best[i] = buffers.scores[i][:], r.query, newScanBest(s.parts, r.want)
	}
	for {
		n := int(next.Add(1)) - 1
		if n >= len(shares) || !slices.ContainsFunc(batch, func(r *scanRequest) bool { return r.ctx.Err() == nil }) {
			return
		}
		share := shares[n]
		for from := share.from; from < share.to; from += scanRun {
			to := min(from+scanRun, share.to)
			s.kernels.Scores(dst, s.parts[share.part].segment.matrix, from, to, queries)
			for i, r := range batch {
				best[i].take(s.kernels, dst[i], to-from, share.part, from, r.public)
			}
		}
	}
}
