package server

import (
	"log/slog"
	"net/http"
	"testing"
)

// BenchmarkSearch is what HTTP, middleware and JSON add to a search: ten hits,
// found at no cost.
func BenchmarkSearch(b *testing.B) {
	library := &fakeLibrary{articles()}
	s, err := New(Options{
		Asker: &fakeAsker{library: library}, Searcher: fakeSearcher{library}, Highlighter: fakeSearcher{library}, Library: library, Answers: &fakeAnswers{},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	f := &fixture{Server: s}
	b.ReportAllocs()
	for b.Loop() {
		if w := f.post("/v1/search", `{"q":"how long do refunds take","lang":"en"}`); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
