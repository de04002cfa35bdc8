package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"path/filepath"
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
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	bodies := make([][]byte, len(questions))
	for i, q := range questions {
		body, err := json.Marshal(map[string]any{"q": q.Text, "lang": q.Lang})
		if err != nil {
			return loaded{}, err
		}
		bodies[i] = body
	}
	begin := time.Now().Add(warmUp)
	end := begin.Add(length)
	took := make([][]float64, clients)
	errs := make([]error, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; errs[c] == nil && time.Now().Before(end); i++ {
				start := time.Now()
				errs[c] = post(ctx, client, address, bodies[i*7%len(bodies)])
				if time.Now().After(begin) {
					took[c] = append(took[c], measure.Milliseconds(time.Since(start)))
				}
			}
		})
	}
	wg.Wait()
	var all []float64
	for c := range clients {
		if errs[c] != nil {
			return loaded{}, errs[c]
		}
		all = append(all, took[c]...)
	}
	over := time.Since(begin).Seconds()
	return loaded{n: len(all), rate: float64(len(all)) / over, p50: measure.Quantile(all, .5), p99: measure.Quantile(all, .99), max: measure.Quantile(all, 1)}, nil
}

func post(ctx context.Context, client *http.Client, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/v1/search", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, text[:min(200, len(text))])
	}
	return nil
}

// absent is a figure that was not measured.
func absent() float64 { return math.NaN() }
