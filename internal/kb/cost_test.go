package kb

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestCost holds that no file of a hundred thousand bytes takes seconds: it is parsed in time, or
// skipped with a fault.
func TestCost(t *testing.T) {
	const size = 100_000
	of := func(s string) string { return strings.Repeat(s, size/len(s)) + "\n" }
	for _, c := range []struct {
		path, in, fault string
	}{
		{"a.md", of("- "), "nested too deeply"},
		{"a.md", of(">"), "nested too deeply"},
		{"a.md", of("> "), "nested too deeply"},
		{"a.md", of("1. "), "nested too deeply"},
		{"a.md", "# T\n\n" + of("[a]("), "too many brackets"},
		{"a.md", of("![a]("), "too many brackets"},
		{"a.md", of("[](<"), "too many brackets"},
		{"a.md", strings.Repeat(strings.Repeat("[a](", 4_000)+"\n\n", 10), "in one paragraph"},
		{"a.md", of("*a_"), "in one paragraph"},
		{"a.md", of("*a\n_"), "in one paragraph"},
		{"a.md", of(":::note\n"), ""},
		{"a.mdx", of("{"), ""},
		{"a.md", of("{{ "), ""},
		{"a.md", of("{{ x }} "), ""},
		{"a.md", of("{#a"), ""},
		{"a.md", of("{: "), ""},
		{"a.md", of("{{< "), ""},
		{"a.md", of("<script>"), ""},
		{"a.md", of("<script>\n"), ""},
		{"a.md", of("{% comment %}"), ""},
		{"a.md", of("{% raw %}"), ""},
		{"a.md", "---\ntitle: \"" + strings.TrimSpace(of("[a](")) + "\"\n---\nText.\n", ""},
		{"a.md", "```\n" + of("[[") + "```\n\nText.\n", ""},
		{"a.md", of("- a [b](c) *d*\n"), ""},
	} {
		name := strings.TrimSpace(c.in[:20])
		start := time.Now()
		d, faults := ParseDocument(c.path, []byte(c.in))
		if took := time.Since(start); took > time.Minute { // what is quadratic takes minutes; a bound for that, not a measure
			t.Errorf("%q: %s", name, took)
		}
		if skipped := d == nil; skipped != (c.fault != "") || skipped && (len(faults) != 1 || !faults[0].Fatal || !strings.Contains(faults[0].Message, c.fault)) {
			t.Errorf("%q: skipped %v, %v", name, d == nil, faults)
		}
	}
	for in, want := range map[string]int{"> - 1. a": 3, ">>> a": 3, "* * *": 2, "10) - > x": 3, "2026 was": 0, "text": 0, "": 0, "- ": 1, "   > ": 1} {
		if got := markers([]byte(in)); got != want {
			t.Errorf("%q: %d markers, want %d", in, got, want)
		}
	}
}

func TestParallelStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int64
	err := parallel(ctx, 1_000_000, func(int) {
		calls.Add(1)
		cancel()
	})
	if n := calls.Load(); !errors.Is(err, context.Canceled) || n > 1_000 {
		t.Errorf("%d files begun after the end: %v", n, err)
	}
}
