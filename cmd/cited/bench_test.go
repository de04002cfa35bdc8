package main

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"cited/internal/answer"
	"cited/internal/confidence"
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
