package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
)

// loadGoals are the issue's, by chunks and clients: answers a second.
func loadGoals() map[[2]int]float64 {
	return map[[2]int]float64{{10_000, 8}: 6000, {10_000, 64}: 6000, {100_000, 8}: 700, {100_000, 64}: 1200}
}

// tailFactor is how many times the median the 99th percentile may be.
const tailFactor = 5

// load asks each side's server, a process of its own, as fast as it answers.
func load(ctx context.Context, r *run) error {
	lines := new(measure.Lines)
	questions, err := r.questions(200)
	if err != nil {
		return err
	}
	for _, n := range r.size.load {
		r.parse(n) // for its checksum
		results := make(map[string]map[int]loaded)
		for _, side := range [...]string{"ours", "peer"} {
			s, err := serveChild(ctx, job{Kind: "serve", Side: side, Source: filepath.Join(r.data, "dev", "kb"), Chunks: n})
			if err != nil {
				return err
			}
			results[side] = make(map[int]loaded)
			for _, clients := range r.size.clients {
				if results[side][clients], err = ask(ctx, s.address, clients, r.size.warmUp, r.size.loadTime, questions); err != nil {
					return err
				}
				results[side][clients].write(lines, fmt.Sprintf("Load/chunks=%d/clients=%d/side=%s", n, clients, side))
			}
			if err := s.stop(); err != nil {
				return err
			}
		}
		for _, clients := range r.size.clients {
			r.loadRows(n, clients, results["ours"][clients], results["peer"][clients])
		}
	}
	return r.keep("load", lines)
}

func (r *run) loadRows(n, clients int, mine, theirs loaded) {
	goal, judge := loadGoals()[[2]int{n, clients}]
	what := fmt.Sprintf("/v1/search, %s chunks, %d clients", thousands(n), clients)
	r.rows = append(r.rows,
		measure.Row{
			What: what, Unit: "/s", Ours: mine.rate, Peer: theirs.rate, Goal: measure.Goal{Limit: goal, More: true}, Judge: judge,
			Note: fmt.Sprintf("p50 %s ms, p99 %s ms; peer %s, %s", measure.Figure(mine.p50), measure.Figure(mine.p99), measure.Figure(theirs.p50), measure.Figure(theirs.p99)),
		},
		measure.Row{
			What: what + ": p99 / p50", Ours: mine.p99 / mine.p50, Peer: theirs.p99 / theirs.p50,
			Goal: measure.Goal{Limit: tailFactor}, Judge: judge,
		})
}

// loaded is what a server bore.
type loaded struct {
	n             int
	rate          float64 // answers a second
	p50, p99, max float64 // milliseconds
}

func (l loaded) write(lines *measure.Lines, name string) {
	lines.Add(name, max(1, l.n), measure.Value{Figure: l.rate, Unit: "answers/s"}, measure.Value{Figure: l.p50 * 1e6, Unit: "p50-ns"}, measure.Value{Figure: l.p99 * 1e6, Unit: "p99-ns"})
}

// ask lets clients ask without a pause for a time, after one of warming up that does not count.
// Answers that are under way at the end are waited for, and the rate is over the time until the
// last: slow servers are not flattered.
func ask(ctx context.Context, address string, clients int, warmUp, length time.Duration, questions []corpus.Question) (loaded, error) {
	requests, err := searches(address, questions)
	if err != nil {
		return loaded{}, err
	}
	begin := time.Now().Add(warmUp)
	end := begin.Add(length)
	took := make([][]float64, clients)
	errs := make([]error, clients)
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			c, err := dial(ctx, address)
			if err != nil {
				errs[n] = err
				return
			}
			defer c.close()
			for i := n; errs[n] == nil && time.Now().Before(end); i++ {
				start := time.Now()
				errs[n] = c.post(requests[i*7%len(requests)])
				if time.Now().After(begin) {
					took[n] = append(took[n], measure.Milliseconds(time.Since(start)))
				}
			}
		})
	}
	wg.Wait()
	var all []float64
	for n := range clients {
		if errs[n] != nil {
			return loaded{}, errs[n]
		}
		all = append(all, took[n]...)
	}
	over := time.Since(begin).Seconds()
	return loaded{n: len(all), rate: float64(len(all)) / over, p50: measure.Quantile(all, .5), p99: measure.Quantile(all, .99), max: measure.Quantile(all, 1)}, nil
}

// searches are whole requests to /v1/search, as they go over the wire.
func searches(address string, questions []corpus.Question) ([][]byte, error) {
	requests := make([][]byte, len(questions))
	for i, q := range questions {
		body, err := json.Marshal(map[string]any{"q": q.Text, "lang": q.Lang})
		if err != nil {
			return nil, err
		}
		requests[i] = fmt.Appendf(nil, "POST /v1/search HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			strings.TrimPrefix(address, "http://"), len(body), body)
	}
	return requests, nil
}

// client is one connection that is kept. The generator shares the cores with the server, and
// net/http's client takes three goroutines and two hand-overs an answer: here it is one of each.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	text bytes.Buffer
	stop func() bool
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // whoever reads from it returns
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), stop: stop}, nil
}

func (c *client) close() {
	c.stop()
	_ = c.conn.Close() // nothing is under way
}

// post sends one request and reads the answer to its end. An answer without a hit is an error, since
// every question has some.
func (c *client) post(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	c.text.Reset()
	_, err = c.text.ReadFrom(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	// Counted rather than decoded: decoding takes about as long as answering.
	if n := bytes.Count(c.text.Bytes(), []byte(`"snippet":`)); resp.StatusCode != http.StatusOK || n == 0 || n > hits {
		return fmt.Errorf("%s: %d hits: %s", resp.Status, n, c.text.Bytes()[:min(200, c.text.Len())])
	}
	return nil
}

// absent is a figure that was not measured.
func absent() float64 { return math.NaN() }
