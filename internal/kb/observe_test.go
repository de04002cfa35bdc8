package kb

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestLoadObserved: each file is a step, whether it is parsed, taken over or broken; only what is
// parsed anew is handed out.
func TestLoadObserved(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.md", "# A\n\nOne.\n")
	write("b.md", "# B\n\nTwo.\n")
	write("c.md", "broken \xff\n")
	load := func(old *Corpus) (steps map[int]bool, total int, bytes int64, parsed map[string]bool, c *Corpus) {
		t.Helper()
		var mu sync.Mutex
		steps, parsed = map[int]bool{}, map[string]bool{}
		c, err := LoadObserved(context.Background(), dir, time.Now(), old, Observer{
			Step: func(done, n int, b int64) {
				mu.Lock()
				defer mu.Unlock()
				steps[done], total, bytes = true, n, max(bytes, b)
			},
			Parsed: func(d *Document) {
				mu.Lock()
				defer mu.Unlock()
				parsed[d.ID] = true
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return steps, total, bytes, parsed, c
	}
	steps, total, bytes, parsed, c := load(nil)
	if len(steps) != 3 || !steps[3] || total != 3 || bytes != 20 || len(parsed) != 2 || !parsed["a"] || !parsed["b"] {
		t.Errorf("steps %v of %d, %d bytes, parsed %v", steps, total, bytes, parsed)
	}
	write("b.md", "# B\n\nThree.\n")
	steps, total, bytes, parsed, _ = load(c)
	if len(steps) != 3 || total != 3 || bytes != 22 || len(parsed) != 1 || !parsed["b"] {
		t.Errorf("again: steps %v of %d, %d bytes, parsed %v", steps, total, bytes, parsed)
	}
}
