package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progress is a line on a terminal that says how far a long run is, how quick, and how long it
// takes yet. It is safe for concurrent use.
type progress struct {
	w    io.Writer // nil when nobody watches
	what string    // "reading "; may be ""
	now  func() time.Time

	mu    sync.Mutex
	start time.Time
	last  time.Time // when the line was written; start before
	far   int       // the most that was done
	width int       // of the line that stands there, 0 for none
}

// newProgress shows nothing where w is no terminal.
func newProgress(w io.Writer, what string, now func() time.Time) *progress {
	if !terminal(w) {
		w = nil
	}
	return startProgress(w, what, now)
}

func startProgress(w io.Writer, what string, now func() time.Time) *progress {
	p := &progress{w: w, what: what, now: now, start: now()}
	p.last = p.start
	return p
}

// terminal reports whether somebody watches w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progressPause is how long a line stands at least.
const progressPause = 100 * time.Millisecond

// step says that done of n are done, and so many bytes of them, 0 where these do not count. What
// arrives late, from another goroutine, is not shown.
func (p *progress) step(done, n int, bytes int64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if done <= p.far || now.Sub(p.last) < progressPause && (done < n || p.width == 0) {
		return
	}
	p.far, p.last = done, now
	elapsed := max(now.Sub(p.start), time.Millisecond)
	rate := fmt.Sprintf("%.0f/s", float64(done)/elapsed.Seconds())
	if bytes > 0 {
		rate = fmt.Sprintf("%.1f MB/s", float64(bytes)/1e6/elapsed.Seconds())
	}
	left := time.Duration(float64(elapsed) / float64(done) * float64(n-done)).Round(time.Second)
	line := fmt.Sprintf("%s%d of %d · %s · %v left", p.what, done, n, rate, left)
	shown := len([]rune(line))
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-shown)))
	p.width = shown
}

// done ends the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width > 0 {
		fmt.Fprintln(p.w)
		p.width = 0
	}
}
