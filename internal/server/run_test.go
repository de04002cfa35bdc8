package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// closing is a listener that tells when it is closed: a shutdown has begun.
type closing struct {
	net.Listener
	once   sync.Once
	closed chan struct{}
}

func (c *closing) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// running is a fixture that serves on a port of its own. stop ends it as a signal would.
type running struct {
	base    string
	stop    context.CancelFunc
	closing <-chan struct{}
	ended   <-chan error
}

func serve(t *testing.T, f *fixture) running {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	watched := &closing{Listener: ln, closed: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx, watched) }()
	return running{"http://" + ln.Addr().String(), cancel, watched.closed, ended}
}

// ask sends a question in the background and hands over what came back.
func ask(base, question string) <-chan string {
	out := make(chan string, 1)
	go func() {
		res, err := http.Post(base+"/v1/answers", "application/json", strings.NewReader(`{"question":"`+question+`"}`))
		if err != nil {
			out <- "error: " + err.Error()
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			out <- "error: " + err.Error()
			return
		}
		out <- res.Status + string(body)
	}()
	return out
}

func TestRunDrains(t *testing.T) {
	f := newFixture(t, nil)
	run := serve(t, f)
	got := ask(run.base, "slow")
	<-f.asker.started
	run.stop()
	<-run.closing
	select {
	case err := <-run.ended:
		t.Fatalf("ended with a request in flight: %v", err)
	default:
	}
	f.asker.release <- struct{}{}
	if err := <-run.ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if !strings.Contains(f.log.String(), "path=/v1/answers status=200") {
		t.Error("it ended before the request did")
	}
	if s := <-got; !strings.HasPrefix(s, "200 OK") || !strings.Contains(s, `"decision":"answered"`) {
		t.Errorf("the request in flight got %s", s)
	}
	if res, err := http.Get(run.base + "/healthz"); err == nil {
		res.Body.Close()
		t.Error("it still answers")
	}
}

func TestRunCutsOffWhatDoesNotEnd(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Limits.Drain = time.Millisecond })
	run := serve(t, f)
	got := ask(run.base, "stuck")
	<-f.asker.started
	run.stop()
	if err := <-run.ended; err == nil || !strings.Contains(err.Error(), "server: shutdown") {
		t.Errorf("Run: %v", err)
	}
	if s := <-got; !strings.HasPrefix(s, "error: ") && !strings.HasPrefix(s, "503 ") {
		t.Errorf("got %s", s)
	}
}

func TestRunOnClosedListener(t *testing.T) {
	f := newFixture(t, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := f.Run(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "server: serve") {
		t.Errorf("Run: %v", err)
	}
}

// TestBodyThatNeverComes: a request that promises a body and does not send it is answered all the
// same where the body does not matter, and its connection is not kept.
func TestBodyThatNeverComes(t *testing.T) {
	base := strings.TrimPrefix(serve(t, newFixture(t, nil)).base, "http://")
	for _, request := range []string{
		"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
		"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n",
		"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", base)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || !resp.Close {
			t.Errorf("%.20q: %+v, %v", request, resp, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}
