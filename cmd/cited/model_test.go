package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cited/internal/answer"
	"cited/internal/modeltest"
)

// askCommand runs ask --json over a small knowledge base and returns the answer.
func askCommand(t *testing.T, args ...string) answer.Answer {
	t.Helper()
	shop, err := filepath.Abs(filepath.Join("..", "..", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	args = append([]string{"ask", "--kb", shop, "--data", t.TempDir(), "--json"}, args...)
	args = append(args, "How long do I have to return an item?")
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errOut); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	var a answer.Answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestChatEndpoints holds the promise that an answer is never worse for a broken model: whatever
// the endpoint does, the question is answered from the article, and the answer says why.
func TestChatEndpoints(t *testing.T) {
	t.Setenv("CITED_CHAT_KEY", "sk-secret-key")
	for _, c := range []struct {
		name     string
		reply    modeltest.Reply
		degraded string // "" when the model's answer is used
	}{
		{"good", modeltest.Says(`{"statements":[{"text":"You have 30 days from delivery to return most items sold by Fennwick.","passages":[1]}]}`), ""},
		{"unsupported number", modeltest.Says(`{"statements":[{"text":"You have 90 days from delivery to return most items sold by Fennwick.","passages":[1]}]}`), ""},
		{"no such chunk", modeltest.Says(`{"statements":[{"text":"You have 30 days.","passages":[99]}]}`), "generative: "},
		{"401", modeltest.Leaky(401), "generative: "},
		{"429", modeltest.TooMany("1"), "generative: "},
		{"500", modeltest.Status(500, "boom"), "generative: "},
		{"garbage", modeltest.Garbage(), "generative: "},
		{"nothing", modeltest.Empty(), "generative: "},
		{"a page", modeltest.HTML(), "generative: "},
		{"cut off", modeltest.CutOff(), "generative: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := modeltest.New(t, c.reply)
			a := askCommand(t, "--chat-url", server.URL, "--chat-model", "m")
			if c.degraded == "" && len(a.Degraded) > 0 || c.degraded != "" && !slices.ContainsFunc(a.Degraded, func(d string) bool { return strings.HasPrefix(d, c.degraded) }) {
				t.Errorf("degraded %q, want %q", a.Degraded, c.degraded)
			}
			if strings.Contains(a.Text, "90 days") {
				t.Errorf("an unsupported number went out: %q", a.Text)
			}
			if c.degraded != "" && (a.Decision != answer.Answered || !strings.Contains(a.Text, "30 days") || a.Drafter != "extractive") {
				t.Errorf("%s by %s: %q", a.Decision, a.Drafter, a.Text)
			}
			if c.name == "good" && (a.Decision != answer.Answered || a.Drafter != "generative") {
				t.Errorf("%s by %s: %q", a.Decision, a.Drafter, a.Text)
			}
			if c.name == "unsupported number" && a.Decision == answer.Answered {
				t.Errorf("answered with %q", a.Text)
			}
			raw, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte("sk-secret-key")) {
				t.Error("the key is in the answer")
			}
		})
	}
}

// TestEmbeddingEndpoints: words answer alone when the embedder does not, and the answer says so.
func TestEmbeddingEndpoints(t *testing.T) {
	for _, c := range []struct {
		name     string
		reply    modeltest.Reply
		degraded bool
	}{
		{"good", modeltest.Vectors(32), false},
		{"401", modeltest.Status(401, "no"), true},
		{"too few vectors", modeltest.Fewer(32), true},
		{"mixed dimensions", modeltest.Mixed(32), true},
		{"garbage", modeltest.Garbage(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := modeltest.New(t, c.reply)
			a := askCommand(t, "--embedder", "openai", "--embed-url", server.URL, "--embed-model", "m", "--embed-budget", "0")
			if got := slices.ContainsFunc(a.Degraded, func(d string) bool { return strings.HasPrefix(d, "vector: ") }); got != c.degraded {
				t.Errorf("degraded %q", a.Degraded)
			}
			if !strings.Contains(a.Text, "30 days") {
				t.Errorf("%s: %q", a.Decision, a.Text)
			}
		})
	}
}
