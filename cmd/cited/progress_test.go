package main

import (
	"bytes"
	"io"
	"testing"
	"time"
)

// TestProgress: a rate, the time left, a line that never shows the rest of a longer one, and
// nothing for a run that is over before anybody looks.
func TestProgress(t *testing.T) {
	type step struct {
		after   time.Duration // the last step
		done, n int
		bytes   int64
	}
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"files": {
			[]step{{50 * time.Millisecond, 10, 9000, 100}, {950 * time.Millisecond, 3000, 9000, 12_500_000}, {time.Second, 6000, 9000, 26_000_000}, {time.Second, 9000, 9000, 39_000_000}},
			"\rreading 3000 of 9000 · 12.5 MB/s · 2s left\rreading 6000 of 9000 · 13.0 MB/s · 1s left\rreading 9000 of 9000 · 13.0 MB/s · 0s left\n",
		},
		"items":     {[]step{{2 * time.Second, 1, 4, 0}}, "\rreading 1 of 4 · 0/s · 6s left\n"},
		"too often": {[]step{{time.Second, 10, 100, 0}, {99 * time.Millisecond, 20, 100, 0}, {time.Millisecond, 30, 100, 0}}, "\rreading 10 of 100 · 10/s · 9s left\rreading 30 of 100 · 27/s · 3s left\n"},
		"shorter":   {[]step{{10 * time.Minute, 10, 100, 0}, {80 * time.Minute, 99, 100, 0}}, "\rreading 10 of 100 · 0/s · 1h30m0s left\rreading 99 of 100 · 0/s · 55s left    \n"},
		"late":      {[]step{{time.Second, 50, 100, 0}, {time.Second, 40, 100, 0}}, "\rreading 50 of 100 · 50/s · 1s left\n"},
		"the end":   {[]step{{time.Second, 99, 100, 0}, {time.Millisecond, 100, 100, 0}}, "\rreading 99 of 100 · 99/s · 0s left\rreading 100 of 100 · 100/s · 0s left\n"},
		"at once":   {[]step{{10 * time.Millisecond, 5, 5, 10}}, ""},
		"none":      {nil, ""},
	} {
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		var b bytes.Buffer
		p := startProgress(&b, "reading ", func() time.Time { return now })
		for _, s := range c.steps {
			now = now.Add(s.after)
			p.step(s.done, s.n, s.bytes)
		}
		p.done()
		if b.String() != c.want {
			t.Errorf("%s: %q\nwant %q", name, b.String(), c.want)
		}
	}
}

// TestProgressUnwatched: what is no terminal gets nothing.
func TestProgressUnwatched(t *testing.T) {
	var b bytes.Buffer
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, w := range []io.Writer{&b, nil} {
		p := newProgress(w, "", func() time.Time { return now })
		now = now.Add(time.Hour)
		p.step(1, 2, 0)
		p.done()
	}
	if b.Len() > 0 {
		t.Errorf("%q", b.String())
	}
}
