package kb

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cited/internal/devdata"
)

// BenchmarkLoad loads the German catalogue of 1,490 files, reading included: MB/s of Markdown,
// and MB per second of processor time, which other programs on the machine disturb less.
func BenchmarkLoad(b *testing.B) {
	tree := filepath.Join(devdata.Folder(b), "dev", "kb", "ms-alchemy", "de")
	total := int64(0)
	before := cpuSeconds()
	for b.Loop() {
		c, err := Load(context.Background(), tree, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		n := int64(0)
		for _, d := range c.Documents {
			n += int64(len(d.Source))
		}
		total += n
		b.SetBytes(n)
	}
	b.ReportMetric(float64(total)/1e6/(cpuSeconds()-before), "MB/cpu-s")
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
