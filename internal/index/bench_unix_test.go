//go:build unix

package index

import (
	"syscall"
	"testing"
	"time"
)

// reportProcessor reports the processor time that work takes: on a machine that others use, too,
// the clock says little.
func reportProcessor(b *testing.B, work func()) {
	from := processorTime(b)
	work()
	b.ReportMetric(float64(processorTime(b)-from)/float64(b.N), "cpu-ns/op")
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
