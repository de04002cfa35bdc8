package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cited/internal/answer"
	"cited/internal/confidence"
	"cited/internal/devdata"
	"cited/internal/kb"
)

// BenchmarkAsk is one question through the whole pipeline over the shop's own help center.
func BenchmarkAsk(b *testing.B) {
	config := &Config{KB: filepath.Join("..", "..", "kb"), Mode: "hybrid", Analyzer: "stems", Embedder: "builtin", Thresholds: confidence.Default()}
	app, err := open(context.Background(), config, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	questions := []string{"How long do I have to return an item?", "Wie kann ich meine Bestellung stornieren?", "退款需要多长时间？", "배송은 얼마나 걸리나요?"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := app.service.Ask(context.Background(), answer.Question{Text: questions[i%len(questions)], Audience: kb.Public}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIndex is the command index over all dev knowledge bases: 9,192 files, from the first
// byte read to the snapshot that is durable. MB/s of Markdown, and MB per second of processor
// time, which other programs on the machine disturb less.
func BenchmarkIndex(b *testing.B) {
	config := &Config{KB: filepath.Join(devdata.Folder(b), "dev", "kb"), Mode: "hybrid", Analyzer: "stems", Embedder: "builtin", Thresholds: confidence.Default()}
	total := 0
	before := processorTime(b)
	for b.Loop() {
		config.Data = b.TempDir()
		app, err := newApp(config, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		report, err := app.index(context.Background(), nil)
		if err != nil {
			b.Fatal(err)
		}
		total += report.Bytes
	}
	b.ReportMetric(float64(total)/1e6/b.Elapsed().Seconds(), "MB/s")
	b.ReportMetric(float64(total)/1e6/(processorTime(b)-before).Seconds(), "MB/cpu-s")
}

// processorTime is what the process has used so far, the kernel's work for it included.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
