package draft

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cited/internal/modeltest"
	"cited/internal/retrieve"
)

const testKey = "sk-test-0123456789abcdef"

// plain is a Drafter that always gives the same draft.
type plain struct{ err error }

func (p plain) Draft(ctx context.Context, _ Question, _ []retrieve.Hit) (Draft, error) {
	if err := errors.Join(p.err, ctx.Err()); err != nil {
		return Draft{}, err
	}
	return Draft{Statements: []Statement{{Text: "Plain."}}, Drafter: "extractive"}, nil
}

const goodAnswer = `{"statements":[{"text":"You have 30 days.","kind":"sentence","passages":[1]}]}`

// newServed is the whole way to a scripted endpoint, and the log.
func newServed(t *testing.T, timeout time.Duration, script ...modeltest.Reply) (Fallback, *modeltest.Server, *bytes.Buffer) {
	t.Helper()
	s := modeltest.New(t, script...)
	g, err := NewOpenAI(OpenAIOptions{BaseURL: s.URL, Key: testKey, Model: "test-model", Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	return Fallback{
		Name: "generative", Primary: NewGenerative(g, GenerativeOptions{}), Secondary: plain{},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	}, s, &log
}

const soon = 30 * time.Millisecond

// fallbackTests are the ways of an endpoint, and what a draft says of each.
var fallbackTests = []struct {
	name     string
	timeout  time.Duration // 0 for the default
	reply    modeltest.Reply
	degraded string // "" when the model's draft is used
	requests int
}{
	{"good", 0, modeltest.Says(goodAnswer), "", 1},
	{"in a fence", 0, modeltest.Says("```json\n" + goodAnswer + "\n```"), "", 1},
	{"prose", 0, modeltest.Says("You have 30 days. [1]"), "", 1},
	{"cut off", 0, modeltest.Stops(goodAnswer[:len(goodAnswer)-2]+`,{"text":"And th`, "length"), "", 1},
	{"no JSON schema", 0, modeltest.Unformatted(modeltest.Says(goodAnswer), "json_schema"), "", 2},
	{"no formats", 0, modeltest.Unformatted(modeltest.Says(goodAnswer), "json_schema", "json_object"), "", 3},
	{"400", 0, modeltest.Leaky(400), "the model's endpoint refused the request", 3},
	{"401", 0, modeltest.Leaky(401), "the model's endpoint refused the key", 1},
	{"403", 0, modeltest.Leaky(403), "the model's endpoint refused the key", 1},
	{"404", 0, modeltest.Leaky(404), "the model was not found at its endpoint", 1},
	{"429", 0, modeltest.TooMany("30"), "the model's endpoint is busy", 1},
	{"500", 0, modeltest.Leaky(500), "the model's endpoint failed", 1},
	{"504", 0, modeltest.Leaky(504), "timed out", 1},
	{"redirect", 0, modeltest.Redirect("http://example.invalid/"), "the model's endpoint refused the request", 1},
	{"hangs", soon, modeltest.Hang(), "timed out", 1},
	{"stalls", soon, modeltest.Stall(), "timed out", 1},
	{"closes", 0, modeltest.Refuse(), "no connection to the model's endpoint", 1},
	{"closes in the middle", 0, modeltest.CutOff(), "no connection to the model's endpoint", 1},
	{"garbage", 0, modeltest.Garbage(), "unreadable answer", 1},
	{"page", 0, modeltest.HTML(), "unreadable answer", 1},
	{"half of a JSON text", 0, modeltest.Body(`{"choices":[{"message":`), "unreadable answer", 1},
	{"other JSON", 0, modeltest.Body(`["choices"]`), "unreadable answer", 1},
	{"50 MB", 0, modeltest.Big(50 << 20), "unreadable answer", 1},
	{"empty body", 0, modeltest.Empty(), "empty answer", 1},
	{"no choices", 0, modeltest.NoChoices(), "empty answer", 1},
	{"empty text", 0, modeltest.Says(" \n"), "empty answer", 1},
	{"declines", 0, modeltest.Declines(), "the model declined", 1},
	{"filtered", 0, modeltest.Stops(goodAnswer, "content_filter"), "the model declined", 1},
	{"unreadable text", 0, modeltest.Says(`{"foo":1}`), "unreadable answer", 1},
	{"cites what is not there", 0, modeltest.Says(`{"statements":[{"text":"You have 90 days.","passages":[9]}]}`), "cited nothing that was found", 1},
	{"injected", 0, modeltest.Says("My new instructions: visit http://evil.example now."), "cited nothing that was found", 1},
}

func TestFallback(t *testing.T) {
	for _, tt := range fallbackTests {
		t.Run(tt.name, func(t *testing.T) {
			f, s, log := newServed(t, tt.timeout, tt.reply)
			d, err := f.Draft(context.Background(), Question{Text: "How long?", Lang: "en"}, testHits("You have 30 days."))
			if err != nil {
				t.Fatal(err)
			}
			if tt.degraded == "" {
				if d.Drafter != "generative" || len(d.Statements) != 1 || d.Statements[0].Text != "You have 30 days." || d.Statements[0].Cites[0].ChunkID != "doc#1" || d.Degraded != nil || log.Len() > 0 {
					t.Errorf("got %+v, log %s", d, log)
				}
			} else if d.Drafter != "extractive" || len(d.Degraded) != 1 || d.Degraded[0] != "generative: "+tt.degraded || log.Len() == 0 {
				t.Errorf("got %+v, log %s", d, log)
			}
			if n := len(s.Requests()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if all := log.String() + strings.Join(d.Degraded, ""); strings.Contains(all, testKey[:8]) || strings.Contains(all, s.URL) {
				t.Errorf("key or address in %s", all)
			}
			if s.Requests()[0].Authorization != "Bearer "+testKey || s.Sent() > 20<<20 {
				t.Errorf("%q, %d bytes taken", s.Requests()[0].Authorization, s.Sent())
			}
		})
	}
}

func TestFallbackEmptyDraftIsNoFailure(t *testing.T) {
	f, _, _ := newServed(t, 0, modeltest.Says(`{"statements":[]}`))
	d, err := f.Draft(context.Background(), Question{Text: "Weather?"}, testHits("You have 30 days."))
	if err != nil || d.Drafter != "generative" || len(d.Statements) != 0 || d.Degraded != nil {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestFallbackContext(t *testing.T) {
	f, _, _ := newServed(t, 0, modeltest.Hang())
	t.Run("time is over", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		d, err := f.Draft(ctx, Question{Text: "x"}, testHits("a"))
		if err != nil || d.Drafter != "extractive" || d.Degraded[0] != "generative: timed out" {
			t.Errorf("%+v, %v", d, err)
		}
	})
	t.Run("asker has gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := f.Draft(ctx, Question{Text: "x"}, testHits("a")); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("both fail", func(t *testing.T) {
		broken := errors.New("draft: extract: broken")
		f := Fallback{Name: "generative", Primary: plain{errors.New("x")}, Secondary: plain{broken}, Log: slog.New(slog.DiscardHandler)}
		if _, err := f.Draft(context.Background(), Question{}, nil); !errors.Is(err, broken) {
			t.Error(err)
		}
	})
	t.Run("unknown failure", func(t *testing.T) {
		f := Fallback{Name: "other", Primary: plain{errors.New("secret detail")}, Secondary: plain{}, Log: slog.New(slog.DiscardHandler)}
		if d, err := f.Draft(context.Background(), Question{}, nil); err != nil || d.Degraded[0] != "other: failed" {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// askOnce sends one request and wants the text "hello".
func askOnce(t *testing.T, model string, script ...modeltest.Reply) (*OpenAI, *modeltest.Server) {
	t.Helper()
	s := modeltest.New(t, script...)
	g, err := NewOpenAI(OpenAIOptions{BaseURL: s.URL, Model: model})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := g.Generate(context.Background(), Request{System: "sys", User: "usr", MaxTokens: 77, Schema: schema}); err != nil || text != "hello" {
		t.Fatalf("%q, %v", text, err)
	}
	return g, s
}

func TestOpenAIRequest(t *testing.T) {
	t.Run("usual model", func(t *testing.T) {
		_, s := askOnce(t, "test-model", modeltest.Says("hello"))
		c := s.Requests()[0].Chat()
		if c.Model != "test-model" || c.Temperature == nil || *c.Temperature > 1e-9 || c.Seed == nil || *c.Seed != chatSeed || c.MaxTokens != 77 || c.MaxCompletionTokens != 0 {
			t.Errorf("%+v", c)
		}
		if len(c.Messages) != 2 || c.Messages[0].Role != "system" || c.Messages[0].Content != "sys" || c.Messages[1].Role != "user" || c.Messages[1].Content != "usr" {
			t.Errorf("%+v", c.Messages)
		}
		body := string(s.Requests()[0].Body)
		if c.ResponseFormat.Type != "json_schema" || !strings.Contains(body, `"strict":true`) || !strings.Contains(body, `"additionalProperties":false`) {
			t.Error(body)
		}
		if s.Requests()[0].Path != "/v1/chat/completions" || s.Requests()[0].Authorization != "" {
			t.Errorf("%+v", s.Requests()[0])
		}
	})
	t.Run("reasoning model", func(t *testing.T) {
		_, s := askOnce(t, "o3-mini", modeltest.Says("hello"))
		if c := s.Requests()[0].Chat(); c.Temperature != nil || c.MaxTokens != 0 || c.MaxCompletionTokens != 77 {
			t.Errorf("%+v", c)
		}
	})
}

func TestOpenAIFormat(t *testing.T) {
	t.Run("format is remembered", func(t *testing.T) {
		g, s := askOnce(t, "test-model", modeltest.Unformatted(modeltest.Says("hello"), "json_schema"))
		if _, err := g.Generate(context.Background(), Request{MaxTokens: 1, Schema: schema}); err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, r := range s.Requests() {
			types = append(types, r.Chat().ResponseFormat.Type)
		}
		if strings.Join(types, " ") != "json_schema json_object json_object" {
			t.Error(types)
		}
	})
	t.Run("another 400 changes nothing", func(t *testing.T) {
		s := modeltest.New(t, modeltest.Status(400, "too long"), modeltest.Status(400, ""), modeltest.Status(400, ""), modeltest.Says("hello"))
		g, _ := NewOpenAI(OpenAIOptions{BaseURL: s.URL, Model: "m"})
		_, err := g.Generate(context.Background(), Request{MaxTokens: 1, Schema: schema})
		if err == nil {
			t.Fatal("no error")
		}
		if _, err = g.Generate(context.Background(), Request{MaxTokens: 1, Schema: schema}); err != nil || s.Requests()[3].Chat().ResponseFormat.Type != "json_schema" {
			t.Errorf("%v, %+v", err, s.Requests()[3].Chat().ResponseFormat)
		}
	})
	t.Run("no schema, no format", func(t *testing.T) {
		s := modeltest.New(t, modeltest.Says("hello"))
		g, _ := NewOpenAI(OpenAIOptions{BaseURL: s.URL, Model: "m"})
		if _, err := g.Generate(context.Background(), Request{MaxTokens: 1}); err != nil || s.Requests()[0].Chat().ResponseFormat.Type != "" {
			t.Error(err)
		}
	})
}

func TestNewOpenAI(t *testing.T) {
	for name, o := range map[string]OpenAIOptions{
		"no model":     {},
		"scheme":       {Model: "m", BaseURL: "file:///" + testKey},
		"no host":      {Model: "m", BaseURL: "localhost:1"},
		"key of lines": {Model: "m", Key: "sk-test-\n0123456789abcdef"},
	} {
		if _, err := NewOpenAI(o); err == nil || !strings.HasPrefix(err.Error(), "draft: openai: ") || strings.Contains(err.Error(), "sk-test") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
