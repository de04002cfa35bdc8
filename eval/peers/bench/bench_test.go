package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
)

// TestMain lets the test binary be the child that the command starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		if err := command(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// data is a small development folder: the made-up knowledge base and questions to it.
func data(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "dev", "kb", "arduino-help-center"), os.DirFS(filepath.Join("..", "corpus", "testdata", "kb", "shop"))); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		path := filepath.Join(root, "dev", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("kbqa/shop/en/titles/queries.jsonl", `{"_id":"1","text":"When is the refund paid?"}`)
	write("kbqa/shop/de/titles/queries.jsonl", `{"_id":"1","text":"Wann wird die Erstattung gezahlt?"}`)
	write(judgedSet+"/corpus.jsonl", `{"_id":"p1","title":"","text":"The Normans gave their name to Normandy, a region in France."}`+"\n"+`{"_id":"p2","title":"","text":"Steam engines drive pistons."}`)
	write(judgedSet+"/queries.jsonl", `{"_id":"1","text":"Where is Normandy?"}`+"\n"+`{"_id":"2","text":"What drives pistons?"}`)
	write(judgedSet+"/qrels.tsv", "query-id\tcorpus-id\tscore\n1\tp1\t1\n2\tp2\t1\n")
	return root
}

func smallRun(t *testing.T) *run {
	t.Helper()
	root := data(t)
	source, err := corpus.Read(filepath.Join(root, "dev", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	return &run{
		data: root, out: t.TempDir(), temp: t.TempDir(), log: io.Discard, source: source, points: make(map[string][][2]float64),
		size: size{
			name: "small", batches: 2, hybrid: []int{60}, each: 2, eachPeer: 2, paragraphs: 40, vectors: 40,
			load: []int{40}, clients: []int{2}, loadTime: 50 * time.Millisecond, state: 40, million: 400,
		},
	}
}

// TestFamilies runs every family but edit, which needs the binary, on very little: each leaves
// its rows with figures of both sides, its raw lines, and the checksums of its corpora.
func TestFamilies(t *testing.T) {
	want := map[string]int{"hybrid": 2, "paragraphs": 2, "vector": 1, "load": 2, "ingest": 1, "state": 2, "million": 2}
	r := smallRun(t)
	var chosen []family
	for _, f := range families() {
		if f.name != "edit" {
			chosen = append(chosen, f)
		}
	}
	var out bytes.Buffer
	if err := r.all(context.Background(), chosen, "small", &out); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, n := range want {
		rows += n
	}
	if len(r.rows) != rows {
		t.Errorf("%d rows, want %d:\n%s", len(r.rows), rows, out.String())
	}
	for _, row := range r.rows {
		if !(row.Ours > 0) || !(row.Peer > 0) && !strings.Contains(row.What, "400") {
			t.Errorf("%s: ours %v, peer %v", row.What, row.Ours, row.Peer)
		}
		if !strings.Contains(out.String(), row.What) {
			t.Errorf("%s is not in the table", row.What)
		}
	}
	for _, name := range []string{"hybrid", "lexical", "paragraphs", "vector", "load", "ingest", "state", "million"} {
		text, err := os.ReadFile(filepath.Join(r.out, name+"-small.txt"))
		if err != nil || !strings.Contains(string(text), "\nBenchmark") || !strings.Contains(string(text), "side=ours") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if len(r.sums) == 0 || !strings.Contains(out.String(), r.sums[0][4]) {
		t.Errorf("the table has no checksums: %v", r.sums)
	}
	if svg, err := os.ReadFile(filepath.Join(r.out, "growth-small.svg")); err != nil || !strings.Contains(string(svg), "query time") {
		t.Errorf("no plot: %v", err)
	}
}

func TestCommandErrors(t *testing.T) {
	root := data(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-size", "huge", "-data", root}, "neither quick nor full"},
		{[]string{"-rows", "nothing", "-data", root}, "none of hybrid"},
		{[]string{"-data", ""}, "name the folder"},
		{[]string{"-data", t.TempDir()}, "corpus: read"},
		{[]string{"child", "not JSON"}, "own use"},
		{[]string{"child", `{"Kind":"sing","Side":"ours"}`}, "no job"},
	} {
		if err := command(context.Background(), tt.args, strings.NewReader(""), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.args, err, tt.want)
		}
	}
}

// TestAsk: the load generator counts answers, not requests, and a fault ends it.
func TestAsk(t *testing.T) {
	var served atomic.Int64
	status, body := http.StatusOK, `{"hits":[{"snippet":"…"}]}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Q, Lang string }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Q == "" || r.URL.Path != "/v1/search" {
			t.Errorf("%+v, %v", q, err)
		}
		served.Add(1)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a caller that has gone is counted there
	}))
	defer s.Close()
	questions := []corpus.Question{{Text: "refund", Lang: "en"}, {Text: "退款", Lang: "zh"}}
	got, err := ask(context.Background(), s.URL, 3, 0, 50*time.Millisecond, questions)
	if err != nil || int64(got.n) != served.Load() || !(got.rate > 0) || got.p50 > got.p99 || got.p99 > got.max {
		t.Errorf("%+v of %d, %v", got, served.Load(), err)
	}
	body = `{"hits":[]}`
	if _, err := ask(context.Background(), s.URL, 2, 0, 50*time.Millisecond, questions); err == nil || !strings.Contains(err.Error(), "0 hits") {
		t.Errorf("%v", err)
	}
	status = http.StatusTooManyRequests
	if _, err := ask(context.Background(), s.URL, 2, 0, 50*time.Millisecond, questions); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("%v", err)
	}
}

// TestSaveAndAsk: the time of an edit ends with the answer that shows it, not with one that only
// repeats the question.
func TestSaveAndAsk(t *testing.T) {
	tree := t.TempDir()
	f := corpus.File{Path: "en/a.md", Lang: "en", Source: []byte("# A\n")}
	if err := os.MkdirAll(filepath.Join(tree, "en"), 0o755); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile(filepath.Join(tree, "en", "a.md"))
		if err != nil {
			t.Error(err)
		}
		snippet := "A"
		if asked.Add(1) > 3 {
			snippet = string(text)
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"query": r.URL.Query().Get("q"), "hits": []any{map[string]string{"snippet": snippet}}}); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	took, err := saveAndAsk(context.Background(), s.URL, f, tree, token(7))
	if err != nil || took <= 0 || asked.Load() != 4 {
		t.Errorf("%s, asked %d times, %v", took, asked.Load(), err)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{7: "7", 999: "999", 1000: "1,000", 175_000: "175,000", 1_000_000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestLanguage(t *testing.T) {
	for part, want := range map[string]string{"en": "en", "zh-hans": "zh", "pcm": "pcm", "arduino-help-center": "", "Store": "", ".": "", "0001": ""} {
		if got := language(part); got != want {
			t.Errorf("%q: %q, want %q", part, got, want)
		}
	}
}

func TestPointOnce(t *testing.T) {
	r := &run{points: make(map[string][][2]float64)}
	r.point("p", "ours", 10, 1)
	r.pointOnce("p", "ours", 10, 2)
	r.pointOnce("p", "ours", 100, 3)
	r.point("p", "ours", 1000, measure.Median([]int(nil), func(int) float64 { return 0 }))
	if got := fmt.Sprint(r.points["p\x00ours"]); got != "[[10 1] [100 3]]" {
		t.Error(got)
	}
}

func TestVectorGoal(t *testing.T) {
	for _, tt := range []struct {
		simd []string
		want float64
	}{{[]string{"avx2", "fma", "avx512f"}, 55}, {[]string{"avx2"}, 20}, {[]string{"asimd"}, 5}, {nil, 5}} {
		if got, words := vectorGoal(tt.simd); got != tt.want || !strings.Contains(words, fmt.Sprint(tt.want)) {
			t.Errorf("%v: %v %q", tt.simd, got, words)
		}
	}
}
