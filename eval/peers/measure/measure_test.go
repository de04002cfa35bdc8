package measure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

// TestWriteRows: what was asked, what came out, how many times the peer, and whether it is met.
func TestWriteRows(t *testing.T) {
	nan := math.NaN()
	rows := []Row{
		{What: "query, 10,000 chunks", Unit: "ms", Ours: .125, Peer: 5, Goal: Goal{Limit: .2, Factor: 25}, Judge: true},
		{What: "query, too slow", Unit: "ms", Ours: .25, Peer: 50, Goal: Goal{Limit: .2, Factor: 25}, Judge: true},
		{What: "query, too close", Unit: "ms", Ours: .1, Peer: 1, Goal: Goal{Limit: .2, Factor: 25}, Judge: true},
		{What: "rate", Unit: "MB/s", Ours: 20, Peer: 1, Goal: Goal{Limit: 20, Factor: 15, More: true}, Judge: true, Note: "26 MB → disk"},
		{What: "rate, too low", Unit: "MB/s", Ours: 19, Peer: 1, Goal: Goal{Limit: 20, Factor: 15, More: true}, Judge: true},
		{What: "without a peer", Unit: "ms", Ours: 140, Peer: nan, Goal: Goal{Limit: 150}, Judge: true},
		{What: "without the peer that was asked for", Unit: "ms", Ours: 1, Peer: nan, Goal: Goal{Factor: 2}, Judge: true},
		{What: "no goal", Unit: "ms", Ours: 1234.5, Peer: 12.345},
		{What: "goal in words", Ours: .9, Peer: .89, Goal: Goal{Factor: 1, More: true, Words: "≥ the peer"}, Judge: true},
	}
	var b strings.Builder
	if err := WriteRows(&b, rows); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.md", b.String())
	if err := WriteRows(full{}, rows); err == nil {
		t.Error("a full disk is no error")
	}
	if err := WriteTable(io.Discard, nil); err != nil {
		t.Error(err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestQuantile(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3, 1, 2}, .5, 2},
		{[]float64{4, 1, 3, 2}, .5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 0, 1},
		{[]float64{5, 4, 3, 2, 1}, 1, 5},
		{[]float64{0, 100}, .99, 99},
		{[]float64{7}, .99, 7},
	} {
		if got := Quantile(tt.values, tt.q); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v of %v: %v, want %v", tt.q, tt.values, got, tt.want)
		}
	}
	if got := Quantile(nil, .5); !math.IsNaN(got) {
		t.Errorf("of nothing: %v", got)
	}
	if got := Slope([2]float64{10, 3}, [2]float64{1000, 300}); math.Abs(got-1) > 1e-12 {
		t.Errorf("a linear slope is %v", got)
	}
}

// TestInterleave: all sides run in turn, the first round does not count, operations go on
// counting, and the number of processors is what it was.
func TestInterleave(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	var order []string
	var last [2]int
	side := func(at int, name string, each int) Side {
		return Side{Name: name, Each: each, Run: func(i int) error {
			if runtime.GOMAXPROCS(0) != 1 {
				t.Error("not on one processor")
			}
			last[at] = i
			order = append(order, name)
			return nil
		}}
	}
	got, err := Interleave(2, 1, side(0, "a", 2), side(1, "b", 1))
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(order, ""); s != "aabaabaab" || last != [2]int{5, 2} {
		t.Errorf("%s, last %v", s, last)
	}
	if len(got["a"]) != 2 || got["a"][0].N != 2 || len(got["b"]) != 2 {
		t.Errorf("%+v", got)
	}
	if runtime.GOMAXPROCS(0) != procs {
		t.Error("the number of processors was not given back")
	}
	if _, err := Interleave(1, 1, Side{Name: "a", Each: 1, Run: func(int) error { return io.ErrUnexpectedEOF }}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}

// TestCPU: work uses processor time.
func TestCPU(t *testing.T) {
	before, err := CPU()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range 30_000_000 {
		sum += math.Sqrt(float64(i))
	}
	after, err := CPU()
	if err != nil || after <= before || sum == 0 {
		t.Errorf("%s, then %s, %v", before, after, err)
	}
}

func TestResident(t *testing.T) {
	before, err := Resident()
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	block := bytes.Repeat([]byte{1}, 64<<20)
	after, err := Resident()
	if err != nil || after.Resident-before.Resident < 48<<20 || after.Anonymous-before.Anonymous < 48<<20 || after.Anonymous > after.Resident {
		t.Errorf("%+v, then %+v, %v", before, after, err)
	}
	runtime.KeepAlive(block)
}

// TestLines holds to the format that benchstat reads.
func TestLines(t *testing.T) {
	var l Lines
	l.AddBatches("Hybrid/chunks=10000/side=ours", []Batch{{N: 50, Wall: 1500 * time.Nanosecond, CPU: time.Microsecond}})
	l.Add("Memory/side=peer", 1, Value{.0000012, "x"}, Value{1e9, "B/chunk"})
	var b strings.Builder
	if err := l.Write(&b, time.Date(2026, 7, 1, 23, 0, 0, 0, time.UTC), [2]string{"corpus-a", "abc"}); err != nil {
		t.Fatal(err)
	}
	head, lines, _ := strings.Cut(b.String(), "\n\n")
	if want := "BenchmarkHybrid/chunks=10000/side=ours 50 1500 ns/op 1000 cpu-ns/op\nBenchmarkMemory/side=peer 1 0.000001 x 1000000000 B/chunk\n"; lines != want {
		t.Errorf("%q, want %q", lines, want)
	}
	if !strings.Contains(head, "pkg: cited/eval/peers\n") || !strings.Contains(head, "day: 2026-07-01\ncorpus-a: abc") {
		t.Errorf("%q", head)
	}
	if err := l.Write(full{}, time.Time{}); err == nil {
		t.Error("a full disk is no error")
	}
}

// TestWriteSVG: the plot is well-formed, escapes names, and shows every point inside of itself.
func TestWriteSVG(t *testing.T) {
	panels := []Panel{
		{Title: "time <ms>", Series: []Series{{"ours", [][2]float64{{1e4, .2}, {1e5, 1.5}, {1e6, 15}}}, {"peer & co", [][2]float64{{1e4, 5}, {1e5, 100}}}}},
		{Title: "empty"},
	}
	var b strings.Builder
	if err := WriteSVG(&b, panels); err != nil {
		t.Fatal(err)
	}
	golden(t, "plot.svg", b.String())
	decoder := xml.NewDecoder(strings.NewReader(b.String()))
	circles := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			circles++
		}
	}
	if circles != 5 {
		t.Errorf("%d points, want 5", circles)
	}
	if err := WriteSVG(full{}, panels); err == nil {
		t.Error("a full disk is no error")
	}
}

func TestMachine(t *testing.T) {
	if m := Machine(); !strings.Contains(m, runtime.Version()) || !strings.Contains(m, "cores") || strings.Contains(m, "\n") {
		t.Errorf("%q", m)
	}
}
