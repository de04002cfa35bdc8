package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cited/internal/answer"
	"cited/internal/confidence"
	"cited/internal/kb"
)

// served is a running serve command over a folder that the test may edit.
type served struct {
	t       *testing.T
	kb, url string
	log     *lineWriter
	stop    context.CancelFunc
	done    chan int
}

// lineWriter hands out the lines written to it.
type lineWriter struct {
	mu    sync.Mutex
	rest  []byte
	lines chan string
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		i := bytes.IndexByte(w.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		w.lines <- string(w.rest[:i])
		w.rest = w.rest[i+1:]
	}
}

// await reads lines up to one that holds want.
func (w *lineWriter) await(t *testing.T, want string) string {
	t.Helper()
	for {
		select {
		case line := <-w.lines:
			if strings.Contains(line, want) {
				return line
			}
		case <-time.After(30 * time.Second): // a bound for a broken server, not a wait
			t.Fatalf("no line with %q", want)
		}
	}
}

func startServe(t *testing.T, files map[string]string, args ...string) *served {
	t.Helper()
	s := &served{t: t, kb: t.TempDir(), log: &lineWriter{lines: make(chan string, 1000)}, done: make(chan int, 1)}
	for name, text := range files {
		s.write(name, text)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	out := &lineWriter{lines: make(chan string, 1000)}
	args = append([]string{"serve", "--kb", s.kb, "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rate", "0"}, args...)
	go func() { s.done <- run(ctx, args, strings.NewReader(""), out, s.log) }()
	t.Cleanup(func() {
		stop()
		if code := <-s.done; code != exitOK {
			t.Errorf("serve ended with %d", code)
		}
	})
	s.url = strings.TrimPrefix(out.await(t, "listening at "), "listening at ")
	out.await(t, "ready: ")
	return s
}

func (s *served) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.kb, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) ask(question string) answer.Answer {
	s.t.Helper()
	body, status := s.post("/v1/answers", fmt.Sprintf(`{"question":%q}`, question))
	if status != http.StatusOK {
		s.t.Fatalf("status %d: %s", status, body)
	}
	var a answer.Answer
	if err := json.Unmarshal(body, &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *served) post(path, body string) ([]byte, int) {
	s.t.Helper()
	resp, err := http.Post(s.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return readAll(s.t, resp)
}

func (s *served) get(path string) ([]byte, int) {
	s.t.Helper()
	resp, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	return readAll(s.t, resp)
}

func readAll(t *testing.T, resp *http.Response) ([]byte, int) {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body, resp.StatusCode
}

const returnsArticle = "# Returns\n\nAn item can be returned within %d days of delivery.\n"

// TestServe edits, adds, breaks and removes articles while the server answers, and asks for the
// same bytes again.
func TestServe(t *testing.T) {
	s := startServe(t, map[string]string{
		"returns.md":           fmt.Sprintf(returnsArticle, 30),
		"delivery.md":          "# Delivery\n\nStandard delivery takes three working days.\n",
		"internal/goodwill.md": "# Goodwill\n\nAn agent may grant a goodwill refund of 40 pounds.\n",
	})
	const question = "Within how many days can an item be returned?"
	if a := s.ask(question); a.Decision != answer.Answered || !strings.Contains(a.Text, "30 days") {
		t.Fatalf("before the edit: %s %q", a.Decision, a.Text)
	}
	if a := s.ask("What goodwill refund may an agent grant?"); a.Decision == answer.Answered || strings.Contains(fmt.Sprint(a), "oodwill refund of") {
		t.Errorf("the public got an internal article: %+v", a)
	}

	s.write("returns.md", fmt.Sprintf(returnsArticle, 14))
	s.log.await(t, "reloaded")
	a := s.ask(question)
	if a.Decision != answer.Answered || !strings.Contains(a.Text, "14 days") {
		t.Fatalf("after the edit: %s %q", a.Decision, a.Text)
	}
	posted, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if stored, status := s.get("/v1/answers/" + a.ID); status != http.StatusOK || !sameJSON(t, stored, posted) {
		t.Errorf("stored answer: %d %s, want %s", status, stored, posted)
	}

	s.write("returns.md", "---\ntitle: [broken\n---\n\nAn item can be returned within 99 days.\n")
	s.log.await(t, "reloaded")
	if a := s.ask(question); strings.Contains(fmt.Sprint(a), "99 days") || a.Decision == answer.Answered {
		t.Errorf("a broken article was answered from: %s %q", a.Decision, a.Text)
	}

	s.write("new/gift-cards.md", "# Gift cards\n\nA gift card is valid for two years.\n")
	s.log.await(t, "reloaded")
	if a := s.ask("How long is a gift card valid?"); !strings.Contains(a.Text, "two years") {
		t.Errorf("after adding an article in a new folder: %s %q", a.Decision, a.Text)
	}
	if err := os.Remove(filepath.Join(s.kb, "delivery.md")); err != nil {
		t.Fatal(err)
	}
	s.log.await(t, "reloaded")
	if a := s.ask("How long does standard delivery take?"); a.Decision == answer.Answered {
		t.Errorf("after removing the article: %s %q", a.Decision, a.Text)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// TestServeStream reads the events of an answer: sources first, then statements, then the whole.
func TestServeStream(t *testing.T) {
	s := startServe(t, map[string]string{"returns.md": fmt.Sprintf(returnsArticle, 30)})
	resp, err := http.Post(s.url+"/v1/answers", "application/json", strings.NewReader(`{"question":"Within how many days can an item be returned?","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var events []string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			events = append(events, name)
		}
	}
	if got, want := strings.Join(events, " "), "sources statement answer"; got != want {
		t.Errorf("events %q, want %q", got, want)
	}
}

// TestReloadNeverDropsRequests asks from several clients while an article changes again and
// again: every answer is the old one or the new one, none is lost.
func TestReloadNeverDropsRequests(t *testing.T) {
	s := startServe(t, map[string]string{"returns.md": fmt.Sprintf(returnsArticle, 30)})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				resp, err := http.Post(s.url+"/v1/answers", "application/json", strings.NewReader(`{"question":"Within how many days can an item be returned?"}`))
				if err != nil {
					t.Error(err)
					return
				}
				var a answer.Answer
				if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || resp.StatusCode != http.StatusOK || a.Decision != answer.Answered {
					t.Errorf("status %d, decision %s, %v", resp.StatusCode, a.Decision, err)
				}
				resp.Body.Close()
			}
		})
	}
	for days := 31; days < 36; days++ {
		s.write("returns.md", fmt.Sprintf(returnsArticle, days))
		s.log.await(t, "reloaded")
	}
	close(stop)
	wg.Wait()
	if a := s.ask("Within how many days can an item be returned?"); !strings.Contains(a.Text, "35 days") {
		t.Errorf("the last edit is not answered: %q", a.Text)
	}
}

// TestServeReportsFaults: a new broken file changes nothing that is served, and is named.
func TestServeReportsFaults(t *testing.T) {
	s := startServe(t, map[string]string{"returns.md": fmt.Sprintf(returnsArticle, 30)})
	s.write("broken.md", "---\ntitle: [broken\n---\n\nText.\n")
	if line := s.log.await(t, "broken.md:"); !strings.Contains(line, "fault") {
		t.Error(line)
	}
}

// TestServeThroughSymlink: a folder behind a link is watched like any other.
func TestServeThroughSymlink(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "kb")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "returns.md")
	if err := os.WriteFile(path, fmt.Appendf(nil, returnsArticle, 30), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServe(t, nil, "--kb", link)
	if err := os.WriteFile(path, fmt.Appendf(nil, returnsArticle, 21), 0o600); err != nil {
		t.Fatal(err)
	}
	s.log.await(t, "reloaded")
	if a := s.ask("Within how many days can an item be returned?"); !strings.Contains(a.Text, "21 days") {
		t.Errorf("after the edit: %s %q", a.Decision, a.Text)
	}
}

// TestReloadFollowsTheCalendar: an article that expires while another begins, with as many chunks
// as before and not a byte changed.
func TestReloadFollowsTheCalendar(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"old.md": "---\nexpiryDate: 2026-03-01\n---\n# Prices\n\nExpress delivery of a parcel costs 5 euros.\n",
		"new.md": "---\npublishDate: 2026-03-01\n---\n# Prices\n\nExpress delivery of a parcel costs 7 euros.\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &Config{KB: folder, Mode: "hybrid", Analyzer: "stems", Embedder: "builtin", Thresholds: confidence.Default()}
	app, err := newApp(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	app.now = func() time.Time { return now }
	corpus, err := kb.Load(t.Context(), folder, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.serve(t.Context(), corpus); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		now  time.Time
		want string
	}{{now, "5 euros"}, {now.AddDate(0, 2, 0), "7 euros"}} {
		now = step.now
		app.reload(t.Context(), edits{all: true})
		a, err := app.service.Ask(t.Context(), answer.Question{Text: "What does express delivery of a parcel cost?"})
		if err != nil || !strings.Contains(a.Text, step.want) {
			t.Errorf("%s: %s %q %v, want %s", step.now.Format(time.DateOnly), a.Decision, a.Text, err, step.want)
		}
	}
	if err := os.RemoveAll(folder); err != nil { // a reload that fails must not keep what expired
		t.Fatal(err)
	}
	now = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	app.reload(t.Context(), edits{all: true})
	if a, err := app.service.Ask(t.Context(), answer.Question{Text: "What does express delivery of a parcel cost?"}); err != nil || strings.Contains(a.Text, "7 euros") {
		t.Errorf("without the folder: %s %q %v", a.Decision, a.Text, err)
	}
	if until := untilChange(corpus, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)); until != 28*24*time.Hour {
		t.Errorf("the next change is %v away", until)
	}
}
