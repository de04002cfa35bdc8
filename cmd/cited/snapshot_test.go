package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cited/internal/confidence"
)

// TestServeKeepsSnapshot: an edit is in the snapshot when the server ends; the next one starts
// from it, and sees what was edited while nobody served.
func TestServeKeepsSnapshot(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"returns.md": fmt.Sprintf(returnsArticle, 30), "pay.md": "# Paying\n\nYou can pay with a card.\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("first", func(t *testing.T) {
		s := startServe(t, nil, "--kb", folder, "--data", data)
		s.kb = folder
		s.write("returns.md", fmt.Sprintf(returnsArticle, 21))
		s.log.await(t, "reloaded")
		if a := s.ask("Within how many days can an item be returned?"); !strings.Contains(a.Text, "21 days") {
			t.Errorf("after the edit: %q", a.Text)
		}
	})
	c := &Config{KB: folder, Data: data, Mode: "hybrid", Analyzer: "stems", Embedder: "builtin", Thresholds: confidence.Default()}
	app, err := newApp(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	x, shot, err := app.fromSnapshot(context.Background())
	if err != nil || x == nil {
		t.Fatal(x, err)
	}
	defer shot.Close() //nolint:errcheck // a test's file
	if d := x.Corpus().Document("returns"); d == nil || !strings.Contains(d.Source, "21 days") || len(x.Corpus().Documents) != 2 {
		t.Errorf("the snapshot holds %+v", d)
	}
	if err := os.WriteFile(filepath.Join(folder, "returns.md"), fmt.Appendf(nil, returnsArticle, 45), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "pay.md")); err != nil {
		t.Fatal(err)
	}
	t.Run("second", func(t *testing.T) {
		s := startServe(t, nil, "--kb", folder, "--data", data)
		s.log.await(t, "reloaded")
		if a := s.ask("Within how many days can an item be returned?"); !strings.Contains(a.Text, "45 days") {
			t.Errorf("after the start: %q", a.Text)
		}
		if body, _ := s.get("/v1/search?q=pay+with+a+card"); strings.Contains(string(body), `"pay"`) {
			t.Errorf("an article that is gone is found: %s", body)
		}
	})
}

// TestServeTwice: of two servers on one state folder one keeps the snapshot; both answer.
func TestServeTwice(t *testing.T) {
	data := t.TempDir()
	first := startServe(t, map[string]string{"returns.md": fmt.Sprintf(returnsArticle, 30)}, "--data", data)
	second := startServe(t, nil, "--kb", first.kb, "--data", data)
	second.log.await(t, "another process keeps the snapshot")
	first.write("returns.md", fmt.Sprintf(returnsArticle, 21))
	first.log.await(t, "reloaded")
	second.log.await(t, "reloaded")
	for _, s := range []*served{first, second} {
		if a := s.ask("Within how many days can an item be returned?"); !strings.Contains(a.Text, "21 days") {
			t.Errorf("after the edit: %q", a.Text)
		}
	}
}
