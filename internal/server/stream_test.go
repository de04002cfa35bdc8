package server

import (
	"bufio"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update rewrites it. Got:\n%s", name, got)
	}
}

func TestStream(t *testing.T) {
	f := newFixture(t, nil)
	for _, w := range []*httptest.ResponseRecorder{
		f.post("/v1/answers", `{"question":"How?","stream":true}`),
		f.post("/v1/answers", `{"question":"How?"}`, "Accept: text/event-stream"),
	} {
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		golden(t, "answer.sse", w.Body.String())
	}
	golden(t, "abstained.sse", f.post("/v1/answers", `{"question":"no hit","stream":true}`).Body.String())
	golden(t, "error.sse", f.post("/v1/answers", `{"question":"break late","stream":true}`).Body.String())
	golden(t, "panic.sse", f.post("/v1/answers", `{"question":"panic late","stream":true}`).Body.String())
}

// TestStreamFaults: what is found before the first event is an error like any other.
func TestStreamFaults(t *testing.T) {
	f := newFixture(t, nil)
	for question, status := range map[string]int{"": 400, "break early": 500, "panic early": 500} {
		w := f.post("/v1/answers", `{"question":"`+question+`","stream":true}`)
		if w.Code != status || w.Header().Get("Content-Type") != jsonType {
			t.Errorf("%q: %d %s", question, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

// TestStreamPings reads a stream over a real connection: sources come at once, pings while the
// answer is being made, and nothing after the answer.
func TestStreamPings(t *testing.T) {
	f := newFixture(t, nil)
	ts := httptest.NewServer(f)
	defer ts.Close()
	res, err := http.Post(ts.URL+"/v1/answers", "application/json", strings.NewReader(`{"question":"slow","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	in := bufio.NewScanner(res.Body)
	next := func() string {
		for in.Scan() {
			if in.Text() != "" && !strings.HasPrefix(in.Text(), "data: ") {
				return in.Text()
			}
		}
		return "end"
	}
	<-f.asker.started
	if got := next(); got != "event: sources" {
		t.Errorf("first %q", got)
	}
	for range 2 {
		f.tick <- time.Time{}
		if got := next(); got != ": ping" {
			t.Errorf("then %q", got)
		}
	}
	f.asker.release <- struct{}{}
	for _, want := range []string{"event: statement", "event: statement", "event: answer", "end"} {
		if got := next(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
