package measure

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// Lines collects results in the format of Go's benchmarks (https://go.dev/design/14313-benchmark-format),
// which benchstat reads: one line a batch. Both sides of a measurement differ in /side= alone, so
// that «benchstat -col /side FILE» sets them side by side.
type Lines struct{ b strings.Builder }

// Value is one figure of a line with its unit.
type Value struct {
	Figure float64
	Unit   string
}

// Add adds one line. name is the part after Benchmark, with its keys: Hybrid/chunks=10000/side=ours.
func (l *Lines) Add(name string, n int, values ...Value) {
	fmt.Fprintf(&l.b, "Benchmark%s %d", name, n)
	for _, v := range values {
		fmt.Fprintf(&l.b, " %s %s", number(v.Figure), v.Unit)
	}
	l.b.WriteByte('\n')
}

// number keeps seven digits and never an exponent.
func number(v float64) string {
	s := fmt.Sprintf("%.6f", v)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// AddBatches adds a line a batch with wall and processor time an operation.
func (l *Lines) AddBatches(name string, batches []Batch) {
	for _, b := range batches {
		l.Add(name, b.N, Value{float64(b.Wall.Nanoseconds()), "ns/op"}, Value{float64(b.CPU.Nanoseconds()), "cpu-ns/op"})
	}
}

// Write writes the lines below the configuration that benchstat compares by, and notes, which
// it prints.
func (l *Lines) Write(w io.Writer, now time.Time, notes ...[2]string) error {
	_, err := fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: cited/eval/peers\nmachine: %s\nday: %s\n", runtime.GOOS, runtime.GOARCH, Machine(), now.UTC().Format(time.DateOnly))
	for _, n := range notes {
		if err == nil {
			_, err = fmt.Fprintf(w, "%s: %s\n", n[0], n[1])
		}
	}
	if err == nil {
		_, err = io.WriteString(w, "\n"+l.b.String())
	}
	if err != nil {
		return fmt.Errorf("measure: write results: %w", err)
	}
	return nil
}
