package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
	"cited/eval/peers/peer"
	"cited/internal/lang"
)

// job is what a child process is to do: what is measured as a process (memory, start, serving)
// must not share one with what measures it. It goes to the child as JSON, an argument.
type job struct {
	Kind   string // serve, ingest or start
	Side   string // ours or peer
	Source string // serve: what the corpus is drawn from
	Chunks int    // serve
	Tree   string // ingest, start, and serve of an edited tree
	State  string // where what was ingested is kept
	Ask    corpus.Question
}

// report is what a child says, as one line of JSON.
type report struct {
	Address string // serve: where it listens
	Seconds float64
	Files   int
	Bytes   int64
	Chunks  int
	Lost    int            // chunks that are not there when the peer's state is opened again
	Before  measure.Memory // ingest
	After   measure.Memory
	Found   int // start: hits of the question
}

// child does one job and reports. A server ends when in does.
func child(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	var j job
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &j) != nil {
		return errors.New("child: for the command's own use")
	}
	say := func(r report) error { return json.NewEncoder(out).Encode(r) }
	switch j.Kind + " " + j.Side {
	case "serve ours", "serve peer":
		return j.serve(ctx, in, say)
	case "ingest ours":
		return j.ingestOurs(ctx, say)
	case "ingest peer":
		return j.ingestPeer(ctx, say)
	case "start ours", "start peer":
		return j.start(ctx, say)
	}
	return fmt.Errorf("child: no job %q", j.Kind)
}

// start runs a child and returns what it says, and the wall time from before it was started to
// after it ended.
func runChild(ctx context.Context, j job) (report, time.Duration, error) {
	start := time.Now()
	cmd, err := childCommand(ctx, j)
	if err != nil {
		return report{}, 0, err
	}
	out, err := cmd.Output()
	wall := time.Since(start)
	var r report
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		return r, wall, fmt.Errorf("child %s %s: %w", j.Kind, j.Side, err)
	}
	return r, wall, nil
}

func childCommand(ctx context.Context, j job) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	arg, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "child", string(arg))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// serving is a child that serves.
type serving struct {
	address string
	stop    func() error
	kill    func() error
}

// serveChild starts a child that serves, and returns when it does.
func serveChild(ctx context.Context, j job) (*serving, error) {
	cmd, err := childCommand(ctx, j)
	if err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	kill := func() error {
		err := cmd.Process.Kill()
		_ = cmd.Wait() // it was killed: that is its only error
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	var r report
	if err == nil {
		err = json.Unmarshal([]byte(line), &r)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("child serve %s: %w", j.Side, err), kill())
	}
	return &serving{address: r.Address, stop: func() error { return errors.Join(in.Close(), cmd.Wait()) }, kill: kill}, nil
}

func (j job) serve(ctx context.Context, in io.Reader, say func(report) error) error {
	var handler http.Handler
	var err error
	switch {
	case j.Tree != "":
		handler, err = j.editable(ctx)
	case j.Side == "ours":
		handler, err = j.oursHandler(ctx)
	default:
		handler, err = j.peerHandler(ctx)
	}
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	runtime.GC()
	if err := say(report{Address: "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, in) // its end is the sign to stop
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (j job) parse() (*ours.Corpus, error) {
	source, err := corpus.Read(j.Source)
	if err != nil {
		return nil, err
	}
	return ours.Parse(corpus.New(source, seed), j.Chunks), nil
}

func (j job) oursHandler(ctx context.Context) (http.Handler, error) {
	c, err := j.parse()
	if err != nil {
		return nil, err
	}
	x, err := ours.Build(ctx, c, ours.Hybrid, ours.Embedder())
	if err != nil {
		return nil, err
	}
	return ours.Handler(x)
}

func (j job) peerHandler(ctx context.Context) (http.Handler, error) {
	c, err := j.parse()
	if err != nil {
		return nil, err
	}
	chunks := c.Chunks()
	vectors, err := peer.Embed(ctx, ours.Embedder(), chunks)
	if err != nil {
		return nil, err
	}
	x, err := peer.NewMemory(ours.Embedder())
	if err != nil {
		return nil, err
	}
	return peer.Handler(x), x.Add(ctx, chunks, vectors)
}

// ingestOurs reads the tree, and says what that took and how much memory stays.
func (j job) ingestOurs(ctx context.Context, say func(report) error) error {
	before, err := measure.Resident()
	if err != nil {
		return err
	}
	start := time.Now()
	x, c, err := ours.Ingest(ctx, j.Tree, j.State)
	if err != nil {
		return err
	}
	took := time.Since(start)
	after, err := settled()
	runtime.KeepAlive(x)
	if err != nil {
		return err
	}
	return say(report{Seconds: took.Seconds(), Files: c.Articles, Bytes: c.Bytes, Chunks: c.Len(), Before: before, After: after})
}

// ingestPeer is the same for the peer. It opens its state again and counts what is missing.
func (j job) ingestPeer(ctx context.Context, say func(report) error) error {
	before, err := measure.Resident()
	if err != nil {
		return err
	}
	start := time.Now()
	x, err := peer.Create(j.State, ours.Embedder())
	if err != nil {
		return err
	}
	in, err := x.Ingest(ctx, j.Tree, language)
	if err != nil {
		return err
	}
	took := time.Since(start)
	held, _, err := x.Count()
	if err != nil {
		return err
	}
	after, err := settled()
	if err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return err
	}
	again, err := peer.Open(j.State, ours.Embedder())
	if err != nil {
		return err
	}
	kept, _, err := again.Count()
	if err := errors.Join(err, again.Close()); err != nil {
		return err
	}
	return say(report{Seconds: took.Seconds(), Files: in.Files, Bytes: in.Bytes, Chunks: held, Lost: held - kept, Before: before, After: after})
}

// settled is what is resident when the garbage is gone and given back.
func settled() (measure.Memory, error) {
	debug.FreeOSMemory()
	return measure.Resident()
}

// language is the language that a folder names; "" for another folder.
func language(part string) string {
	if l := lang.Base(part); l != "" && len(l) <= 3 && strings.ToLower(part) == part {
		return l
	}
	return ""
}

// start opens what was ingested and answers one question.
func (j job) start(ctx context.Context, say func(report) error) error {
	if j.Side == "ours" {
		x, c, err := ours.Start(ctx, j.Tree, j.State)
		if err != nil {
			return err
		}
		ids, err := x.Search(ctx, j.Ask, hits)
		if err != nil {
			return err
		}
		return say(report{Chunks: c.Len(), Found: len(ids)})
	}
	x, err := peer.Open(j.State, ours.Embedder())
	if err != nil {
		return err
	}
	found, err := x.Search(ctx, j.Ask.Text, j.Ask.Lang, hits)
	if err != nil {
		return err
	}
	n, _, err := x.Count()
	if err := errors.Join(err, x.Close()); err != nil {
		return err
	}
	return say(report{Chunks: n, Found: len(found)})
}

// perChunk is the memory of a chunk in bytes.
func perChunk(before, after int64, chunks int) float64 {
	if chunks == 0 {
		return math.NaN()
	}
	return float64(after-before) / float64(chunks)
}
