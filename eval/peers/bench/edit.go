package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
)

// edit saves one file again and again while a server serves the tree, and takes the time until
// the new text is found; another client asks steadily all the while. Then the server is killed,
// and what it finds after a new start was durable.
func edit(ctx context.Context, r *run) error {
	questions, err := r.questions(100)
	if err != nil {
		return err
	}
	lines := new(measure.Lines)
	results := make(map[string]edited)
	for _, side := range [...]string{"ours", "peer"} {
		tree, state := filepath.Join(r.temp, "edit-"+side), filepath.Join(r.temp, "edit-state-"+side)
		if err := r.writeTree(tree, r.size.editFiles); err != nil {
			return err
		}
		serve := func() (*serving, error) { return r.serveBinary(ctx, tree, state) }
		if side == "peer" {
			if _, _, err := runChild(ctx, job{Kind: "ingest", Side: "peer", Tree: tree, State: state}); err != nil {
				return err
			}
			serve = func() (*serving, error) {
				return serveChild(ctx, job{Kind: "serve", Side: "peer", Tree: tree, State: state})
			}
		}
		e, err := r.editWhile(ctx, serve, corpus.New(r.source, seed), tree, questions)
		if err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
		results[side] = e
		for _, took := range e.took {
			lines.Add(fmt.Sprintf("Edit/files=%d/side=%s", r.size.editFiles, side), 1, measure.Value{Figure: took * 1e6, Unit: "ns/op"})
		}
		lines.Add(fmt.Sprintf("EditRequests/files=%d/side=%s", r.size.editFiles, side), max(1, len(e.meanwhile)),
			measure.Value{Figure: measure.Quantile(e.quiet, .99) * 1e6, Unit: "quiet-p99-ns"}, measure.Value{Figure: measure.Quantile(e.meanwhile, .99) * 1e6, Unit: "meanwhile-p99-ns"})
	}
	r.editRows(results["ours"], results["peer"])
	return r.keep("edit", lines)
}

func (r *run) editRows(mine, theirs edited) {
	full := r.size.name == "full"
	what := fmt.Sprintf("one edited file of %s, saved → answered", thousands(r.size.editFiles))
	durable := fmt.Sprintf("%d of %d found after a kill; peer %d of %d", mine.durable, len(mine.took), theirs.durable, len(theirs.took))
	factor := func(e edited) float64 { return measure.Quantile(e.meanwhile, 1) / measure.Quantile(e.quiet, .99) }
	r.rows = append(r.rows,
		measure.Row{What: what + ", p50", Unit: "ms", Ours: measure.Quantile(mine.took, .5), Peer: measure.Quantile(theirs.took, .5), Goal: measure.Goal{Limit: 20}, Judge: full, Note: durable},
		measure.Row{What: what + ", p99", Unit: "ms", Ours: measure.Quantile(mine.took, .99), Peer: measure.Quantile(theirs.took, .99), Goal: measure.Goal{Limit: 100}, Judge: full},
		measure.Row{
			What: "slowest request meanwhile / usual p99", Ours: factor(mine), Peer: factor(theirs), Goal: measure.Goal{Limit: 2}, Judge: full,
			Note: fmt.Sprintf("usual p99 %s ms, slowest meanwhile %s ms", measure.Figure(measure.Quantile(mine.quiet, .99)), measure.Figure(measure.Quantile(mine.meanwhile, 1))),
		})
}

// edited is what editing took.
type edited struct {
	took             []float64 // milliseconds from the save to the answer, by edit
	quiet, meanwhile []float64 // milliseconds of other requests, before and between the edits
	durable          int       // edits that a server finds after the former was killed
}

// leastEdits are made however long they take.
const leastEdits = 5

// between is the pause of the steady client.
const between = 20 * time.Millisecond

func (r *run) editWhile(ctx context.Context, serve func() (*serving, error), g *corpus.Generator, tree string, questions []corpus.Question) (e edited, err error) {
	s, err := serve()
	if err != nil {
		return e, err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	steady := &steadyClient{address: s.address, questions: questions}
	var wg sync.WaitGroup
	wg.Go(func() { steady.run(running) })
	time.Sleep(r.size.quiet / 4)
	steady.take()
	time.Sleep(r.size.quiet)
	e.quiet = steady.take()
	for n, start := 0, time.Now(); n < r.size.edits && (n < leastEdits || time.Since(start) < r.size.editTime); n++ {
		took, err := saveAndAsk(ctx, s.address, g.Article(n*37%r.size.editFiles), tree, token(n))
		if err != nil {
			return e, errors.Join(err, s.kill())
		}
		e.took = append(e.took, measure.Milliseconds(took))
	}
	e.meanwhile = steady.take()
	cancel()
	wg.Wait()
	if err := errors.Join(steady.err, s.kill()); err != nil {
		return e, err
	}
	if s, err = serve(); err != nil {
		return e, err
	}
	for n := range e.took {
		ok, err := answers(ctx, s.address, token(n), g.Article(n*37%r.size.editFiles).Lang)
		if err != nil {
			return e, errors.Join(err, s.kill())
		}
		if ok {
			e.durable++
		}
	}
	return e, s.kill()
}

// token is a word that no other article has.
func token(n int) string { return fmt.Sprintf("zqedit%04dx", n) }

// patience is how long an edit may take.
const patience = 2 * time.Minute

// saveAndAsk saves an article with a new section, as editors do (write beside, rename), and
// returns the time until a search for its word finds it.
func saveAndAsk(ctx context.Context, address string, f corpus.File, tree, word string) (time.Duration, error) {
	name := filepath.Join(tree, filepath.FromSlash(f.Path))
	text := fmt.Sprintf("%s\n## %s\n\nThe code of this edit is %s.\n", f.Source, word, word)
	if err := os.WriteFile(name+".tmp", []byte(text), 0o644); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := os.Rename(name+".tmp", name); err != nil {
		return 0, err
	}
	for time.Since(start) < patience {
		ok, err := answers(ctx, address, word, f.Lang)
		if err != nil {
			return 0, err
		}
		if ok {
			return time.Since(start), nil
		}
		time.Sleep(time.Millisecond)
	}
	return 0, fmt.Errorf("%s: not answered %s after it was saved", f.Path, patience)
}

// answers reports whether one of the first hits for a word shows it.
func answers(ctx context.Context, address, word, lang string) (bool, error) {
	body, err := get(ctx, http.DefaultClient, address, corpus.Question{Text: word, Lang: lang})
	if err != nil {
		return false, err
	}
	var found struct{ Hits []json.RawMessage }
	if err := json.Unmarshal(body, &found); err != nil {
		return false, err
	}
	for _, h := range found.Hits {
		if strings.Contains(string(h), word) {
			return true, nil
		}
	}
	return false, nil
}

func get(ctx context.Context, client *http.Client, address string, q corpus.Question) ([]byte, error) {
	values := url.Values{"q": {q.Text}, "lang": {q.Lang}, "limit": {"10"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/v1/search?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body[:min(200, len(body))])
	}
	return body, err
}

// steadyClient asks one question after the other, with pauses, and notes how long each took.
type steadyClient struct {
	address   string
	questions []corpus.Question
	mu        sync.Mutex
	took      []float64
	err       error
}

func (c *steadyClient) run(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for i := 0; ctx.Err() == nil; i++ {
		start := time.Now()
		_, err := get(ctx, client, c.address, c.questions[i%len(c.questions)])
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.err = err
			return
		}
		c.mu.Lock()
		c.took = append(c.took, measure.Milliseconds(time.Since(start)))
		c.mu.Unlock()
		time.Sleep(between)
	}
}

// take returns the times since the last call.
func (c *steadyClient) take() []float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	took := c.took
	c.took = nil
	return took
}

// serveBinary starts cited over the tree and returns when it is ready.
func (r *run) serveBinary(ctx context.Context, tree, state string) (*serving, error) {
	cmd := exec.CommandContext(ctx, r.cited, ours.ServeArgs(tree, state)...)
	cmd.Stderr = io.Discard // its access log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w (make build makes the binary)", err)
	}
	kill := func() error {
		err := cmd.Process.Kill()
		_ = cmd.Wait() // it was killed: that is its only error
		return err
	}
	s := &serving{stop: kill, kill: kill}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "listening at "); ok {
			s.address = a
		}
		if strings.HasPrefix(lines.Text(), "ready") && s.address != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }() // until it ends
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s ended before it was ready", r.cited), lines.Err(), kill())
}
