package embed

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"cited/internal/modeltest"
)

const testKey = "sk-test-0123456789abcdef"

// newTestOpenAI asks a scripted endpoint; it never sleeps, and waits are half of their bound.
func newTestOpenAI(t *testing.T, o OpenAIOptions, script ...modeltest.Reply) *OpenAI {
	t.Helper()
	e, _ := newServedOpenAI(t, o, script...)
	return e
}

func newServedOpenAI(t *testing.T, o OpenAIOptions, script ...modeltest.Reply) (*OpenAI, *modeltest.Server) {
	t.Helper()
	s := modeltest.New(t, script...)
	o.BaseURL, o.Key = s.URL, testKey
	if o.Model == "" {
		o.Model = "test-model"
	}
	e, err := NewOpenAI(o)
	if err != nil {
		t.Fatal(err)
	}
	e.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	e.jitter = func(below time.Duration) time.Duration { return below / 2 }
	return e, s
}

var good = modeltest.Vectors(8)

// failureTests are the ways of an endpoint, and what comes of each.
var failureTests = []struct {
	name     string
	script   []modeltest.Reply
	requests int
	err      string // part of the error; "" for none
}{
	{"good", []modeltest.Reply{good}, 1, ""},
	{"wrong order", []modeltest.Reply{modeltest.Shuffled(8)}, 1, ""},
	{"401", []modeltest.Reply{modeltest.Leaky(401)}, 1, "401 Unauthorized"},
	{"403", []modeltest.Reply{modeltest.Leaky(403)}, 1, "403 Forbidden"},
	{"400", []modeltest.Reply{modeltest.Status(400, "too  long")}, 1, "400 Bad Request: too long"},
	{"404", []modeltest.Reply{modeltest.Status(404, "no such model")}, 1, "404 Not Found: no such model"},
	{"500 with key", []modeltest.Reply{modeltest.Leaky(500)}, 3, "given up after 3 attempts: the endpoint answered 500"},
	{"429 then good", []modeltest.Reply{modeltest.TooMany("1"), good}, 2, ""},
	{"429 for an hour", []modeltest.Reply{modeltest.TooMany("3600"), good}, 1, "no time to try again in 1h0m0s"},
	{"503 twice then good", []modeltest.Reply{modeltest.Status(503, ""), modeltest.Status(503, ""), good}, 3, ""},
	{"501", []modeltest.Reply{modeltest.Status(501, "")}, 1, "501"},
	{"cut off then good", []modeltest.Reply{modeltest.CutOff(), good}, 2, ""},
	{"refused then good", []modeltest.Reply{modeltest.Refuse(), good}, 2, ""},
	{"redirect", []modeltest.Reply{modeltest.Redirect("http://example.invalid/" + testKey)}, 1, "307"},
	{"garbage", []modeltest.Reply{modeltest.Garbage()}, 1, "invalid character"},
	{"page", []modeltest.Reply{modeltest.HTML()}, 1, "invalid character"},
	{"empty body", []modeltest.Reply{modeltest.Empty()}, 1, "EOF"},
	{"50 MB", []modeltest.Reply{modeltest.Big(50 << 20)}, 1, "more than 32 MB"},
	{"too few", []modeltest.Reply{modeltest.Fewer(8)}, 1, "1 vectors for 2 texts"},
	{"index twice", []modeltest.Reply{modeltest.Twice(8)}, 1, "index 0"},
	{"mixed dimensions", []modeltest.Reply{modeltest.Mixed(8)}, 1, "8 and 9 dimensions"},
	{"no dimensions", []modeltest.Reply{modeltest.Vectors(0)}, 1, "empty vector"},
	{"null", []modeltest.Reply{modeltest.Holding(8, nil)}, 1, "not finite"},
	{"overflow", []modeltest.Reply{modeltest.Holding(8, 1e300)}, 1, "cannot unmarshal number"},
	{"zero", []modeltest.Reply{modeltest.Zero(8)}, 1, "zero or not finite"},
}

func TestOpenAIFailures(t *testing.T) {
	for _, tt := range failureTests {
		t.Run(tt.name, func(t *testing.T) {
			e, s := newServedOpenAI(t, OpenAIOptions{Attempts: 3}, tt.script...)
			texts := []string{"one", "two"}
			vectors, err := e.EmbedDocuments(context.Background(), texts)
			if n := len(s.Requests()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if got := s.Requests()[0].Authorization; got != "Bearer "+testKey {
				t.Errorf("Authorization %q", got)
			}
			if s.Sent() > 45<<20 {
				t.Errorf("%d bytes were taken", s.Sent())
			}
			if tt.err != "" {
				checkError(t, err, tt.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, text := range texts {
				if want := modeltest.Vector(text, 8); !unit(want) || math.Abs(cosine(vectors[i], want)-1) > 1e-5 {
					t.Errorf("%q got another's vector", text)
				}
			}
		})
	}
}

// checkError wants an error of this package that says want and holds no part of the key.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "embed: ") {
		t.Errorf("error %v, want embed: … %q", err, want)
	}
	if err != nil && shares(err.Error(), testKey) {
		t.Errorf("the key is in %q", err)
	}
}

func TestOpenAIWaits(t *testing.T) {
	var waits []time.Duration
	e, _ := newServedOpenAI(t, OpenAIOptions{Attempts: 9},
		modeltest.Status(500, ""), modeltest.TooMany("7"), modeltest.TooMany(""), modeltest.Status(500, ""),
		modeltest.Status(500, ""), modeltest.Status(500, ""), modeltest.Status(500, ""), modeltest.Vectors(4))
	e.sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	if _, err := e.EmbedQuery(context.Background(), "x"); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{250 * time.Millisecond, 7 * time.Second, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second}
	if len(waits) != len(want) {
		t.Fatalf("waited %v", waits)
	}
	for i := range want {
		if waits[i] != want[i] {
			t.Errorf("wait %d is %v, want %v", i, waits[i], want[i])
		}
	}
}

func TestOpenAIBudget(t *testing.T) {
	t.Run("no time for another attempt", func(t *testing.T) {
		e, s := newServedOpenAI(t, OpenAIOptions{}, modeltest.TooMany("30"))
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_, err := e.EmbedQuery(ctx, "x")
		checkError(t, err, "no time to try again in 30s")
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
	for name, reply := range map[string]modeltest.Reply{"hangs": modeltest.Hang(), "stalls": modeltest.Stall()} {
		t.Run(name, func(t *testing.T) {
			e := newTestOpenAI(t, OpenAIOptions{}, reply)
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			_, err := e.EmbedQuery(ctx, "x")
			checkError(t, err, "embed: query: ")
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v is not the context's", err)
			}
		})
		t.Run(name+" once", func(t *testing.T) {
			e, s := newServedOpenAI(t, OpenAIOptions{AttemptTimeout: 150 * time.Millisecond}, reply, modeltest.Vectors(4))
			_, err := e.EmbedQuery(context.Background(), "x")
			if n := len(s.Requests()); err != nil || n < 2 {
				t.Errorf("%d requests, %v", n, err)
			}
		})
	}
	t.Run("cancelled while waiting", func(t *testing.T) {
		e := newTestOpenAI(t, OpenAIOptions{}, modeltest.Status(500, ""))
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		e.sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return sleep(ctx, time.Hour) }
		_, err := e.EmbedQuery(ctx, "x")
		checkError(t, err, "500")
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestOpenAIDimensions(t *testing.T) {
	t.Run("other than before", func(t *testing.T) {
		e := newTestOpenAI(t, OpenAIOptions{}, modeltest.Vectors(8), modeltest.Vectors(9))
		if _, err := e.EmbedQuery(context.Background(), "x"); err != nil {
			t.Fatal(err)
		}
		_, err := e.EmbedQuery(context.Background(), "x")
		checkError(t, err, "9 dimensions, not 8 as before")
	})
	t.Run("other than asked for", func(t *testing.T) {
		e, s := newServedOpenAI(t, OpenAIOptions{Dimensions: 4}, modeltest.Vectors(8))
		_, err := e.EmbedQuery(context.Background(), "x")
		checkError(t, err, "8 dimensions, not 4")
		if body := string(s.Requests()[0].Body); !strings.Contains(body, `"dimensions":4`) {
			t.Error(body)
		}
	})
}

func TestOpenAIBatches(t *testing.T) {
	e, s := newServedOpenAI(t, OpenAIOptions{BatchTexts: 2, BatchBytes: 10, Parallel: 1, DocumentPrefix: "d:", QueryPrefix: "q:"}, modeltest.Vectors(4))
	texts := []string{"a", "b", "c", "eight888", "e", strings.Repeat("ü", maxTextBytes), " "}
	if _, err := e.EmbedDocuments(context.Background(), texts); err != nil {
		t.Fatal(err)
	}
	if _, err := e.EmbedQuery(context.Background(), "a"); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"d:a", "d:b"}, {"d:c"}, {"d:eight888"}, {"d:e"}, {"d:" + strings.Repeat("ü", maxTextBytes/2)}, {"d:."}, {"q:a"}}
	got := s.Requests()
	if len(got) != len(want) {
		t.Fatalf("%d requests, want %d", len(got), len(want))
	}
	for i, r := range got {
		if strings.Join(r.Texts(), "|") != strings.Join(want[i], "|") {
			t.Errorf("request %d holds %.60q", i, r.Texts())
		}
	}
}

func TestOpenAIStopsAllBatches(t *testing.T) {
	e, s := newServedOpenAI(t, OpenAIOptions{BatchTexts: 1, Parallel: 1}, modeltest.Vectors(4), modeltest.Status(400, "no"))
	_, err := e.EmbedDocuments(context.Background(), make([]string, 50))
	checkError(t, err, "400")
	if n := len(s.Requests()); n > 3 {
		t.Errorf("%d requests after a failure", n)
	}
}

func TestNewOpenAI(t *testing.T) {
	for name, o := range map[string]OpenAIOptions{
		"no model":     {},
		"dimensions":   {Model: "m", Dimensions: -1},
		"scheme":       {Model: "m", BaseURL: "ftp://u:" + testKey + "@h"},
		"no host":      {Model: "m", BaseURL: "localhost:8080"},
		"unparsable":   {Model: "m", BaseURL: "http://" + testKey + "\x00"},
		"key of lines": {Model: "m", Key: "sk-test-\n0123456789abcdef"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewOpenAI(o)
			checkError(t, err, "openai: ")
		})
	}
	names := map[string]bool{}
	for _, o := range []OpenAIOptions{
		{Model: "a"}, {Model: "b"}, {Model: "a", Dimensions: 4}, {Model: "a", BaseURL: "http://h/v1"}, {Model: "a", QueryPrefix: "q"},
		{Model: "a", DocumentPrefix: "q"},
	} {
		e, err := NewOpenAI(o)
		if err != nil || names[e.Model()] {
			t.Errorf("%+v: name given twice, or %v", o, err)
			continue
		}
		names[e.Model()] = true
	}
	a, _ := NewOpenAI(OpenAIOptions{Model: "a", BaseURL: "http://h/v1/", Key: "one"})
	b, _ := NewOpenAI(OpenAIOptions{Model: "a", BaseURL: "http://h/v1", Key: "two"})
	if a.Model() != b.Model() {
		t.Errorf("%s and %s", a.Model(), b.Model())
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		header, value string
		want          time.Duration
	}{
		{"Retry-After", "", 0},
		{"Retry-After", "3", 3 * time.Second},
		{"Retry-After", "0.5", 500 * time.Millisecond},
		{"Retry-After", "-3", 0},
		{"Retry-After", "NaN", 0},
		{"Retry-After", "1e300", 24 * time.Hour},
		{"Retry-After", "soon", 0},
		{"Retry-After", now.Add(9 * time.Second).Format(http.TimeFormat), 9 * time.Second},
		{"Retry-After", now.Add(-time.Hour).Format(http.TimeFormat), 0},
		{"Retry-After-Ms", "20", 20 * time.Millisecond},
	} {
		if got := retryAfter(http.Header{tt.header: {tt.value}}, now); got != tt.want {
			t.Errorf("%s: %s gives %v, want %v", tt.header, tt.value, got, tt.want)
		}
	}
}

func TestJitterAndSleep(t *testing.T) {
	for range 100 {
		if j := jitter(time.Second); j < 0 || j >= time.Second {
			t.Fatal(j)
		}
	}
	if err := sleep(context.Background(), 0); err != nil {
		t.Error(err)
	}
}
