package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve runs a fixture on a port of its own. stop ends it as a signal would.
func serve(t *testing.T, f *fixture) (base string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx, ln) }()
	return "http://" + ln.Addr().String(), cancel, done
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
	base, stop, ended := serve(t, f)
	got := ask(base, "slow")
	<-f.asker.started
	stop()
	select {
	case err := <-ended:
		t.Fatalf("ended with a request in flight: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	f.asker.release <- struct{}{}
	if s := <-got; !strings.HasPrefix(s, "200 OK") || !strings.Contains(s, `"decision":"answered"`) {
		t.Errorf("the request in flight got %s", s)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if res, err := http.Get(base + "/healthz"); err == nil {
		res.Body.Close()
		t.Error("it still answers")
	}
}

func TestRunCutsOffWhatDoesNotEnd(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Limits.Drain = 50 * time.Millisecond })
	base, stop, ended := serve(t, f)
	got := ask(base, "deadline") // waits for its context
	for !strings.Contains(f.log.String(), "/healthz") {
		res, err := http.Get(base + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	time.Sleep(20 * time.Millisecond)
	stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "server: shutdown") {
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
