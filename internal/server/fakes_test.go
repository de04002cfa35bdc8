package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"cited/internal/answer"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/review"
	"cited/internal/verify"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

const evil = `<script>alert("x")</script>`

// fakeAsker is useless but exact: its one statement repeats the question, its quote is evil.
// Words in the question choose what happens.
type fakeAsker struct {
	library *fakeLibrary
	started chan struct{} // "slow" and "stuck" send here; then "slow" waits for release, "stuck" for its context
	release chan struct{}
}

func (f *fakeAsker) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	switch {
	case !utf8.ValidString(q.Text):
		return answer.Answer{}, fmt.Errorf("answer: %w", answer.ErrQuestionNotUTF8)
	case strings.TrimSpace(q.Text) == "":
		return answer.Answer{}, fmt.Errorf("answer: %w", answer.ErrEmptyQuestion)
	case utf8.RuneCountInString(q.Text) > answer.MaxQuestion:
		return answer.Answer{}, fmt.Errorf("answer: %w", answer.ErrLongQuestion)
	case f.library.corpus == nil:
		return answer.Answer{}, fmt.Errorf("answer: %w", retrieve.ErrNotReady)
	case strings.Contains(q.Text, "break early"):
		return answer.Answer{}, errors.New("secret: the disk of 10.0.0.1 burns")
	case strings.Contains(q.Text, "panic early"):
		panic("secret panic")
	}
	if q.OnSources != nil && !strings.Contains(q.Text, "no hit") {
		q.OnSources([]answer.Source{{DocumentID: "en/returns", Section: "en/returns#refunds", Title: "Returns", Headings: []string{"Refunds"}, URL: "/help/en/returns#refunds", Lang: "en"}})
	}
	switch {
	case strings.Contains(q.Text, "break late"):
		return answer.Answer{}, errors.New("secret: the disk of 10.0.0.1 burns")
	case strings.Contains(q.Text, "panic late"):
		panic("secret panic")
	case strings.Contains(q.Text, "deadline"):
		<-ctx.Done()
		return answer.Answer{}, fmt.Errorf("store: interrupted")
	case strings.Contains(q.Text, "stuck"):
		f.started <- struct{}{}
		<-ctx.Done()
		return answer.Answer{}, ctx.Err()
	case strings.Contains(q.Text, "slow"):
		f.started <- struct{}{}
		<-f.release
	}
	return echoAnswer(q), nil
}

func echoAnswer(q answer.Question) answer.Answer {
	a := answer.Answer{
		ID: "a1", Object: "answer", Created: noon, Question: q.Text, Lang: "en", Decision: answer.Answered,
		Text: q.Text + " [1] [2]", Audience: q.Audience,
		Statements: []answer.Statement{{Text: q.Text, Kind: "sentence", Supported: true, Citations: []int{1, 2}}, {Text: "30 days.", Kind: "item", Supported: true, Citations: []int{2}}},
		Citations: []answer.Citation{
			{N: 1, DocumentID: "en/returns", Section: "en/returns#refunds", Title: evil, Headings: []string{evil}, URL: "/help/en/returns#refunds", Quote: "*" + evil, QuoteText: evil, End: 9, SourceHash: "sha256:00", Lang: "en", Score: 1},
			{N: 2, DocumentID: "en/x", Section: "en/x", Title: "X", Headings: []string{}, URL: "javascript:alert(1)", Quote: "30 days.", QuoteText: "30 days.", End: 8, SourceHash: "sha256:00", Lang: "en", Score: 1},
		},
		Confidence:  answer.Confidence{Score: 0.9, Signals: verify.Signals{verify.Support: 1}},
		Suggestions: []answer.Suggestion{{Title: evil, URL: "/help/en/returns"}}, Options: []answer.Option{},
		Drafter: "extractive", Degraded: []string{}, Corpus: "sha256:01", TimingsMS: map[string]float64{},
	}
	for word, d := range map[string]answer.Decision{"doubt": answer.InReview, "no hit": answer.Abstained} {
		if strings.Contains(q.Text, word) {
			a.Decision, a.Text, a.Statements, a.Citations = d, "", []answer.Statement{}, []answer.Citation{}
		}
	}
	if q.ConversationID != "" {
		a.ConversationID = &q.ConversationID
	}
	return a
}

// fakeSearcher finds one chunk as often as the limit allows, and takes every query for Bulgarian.
type fakeSearcher struct{ library *fakeLibrary }

func (f fakeSearcher) Retrieve(_ context.Context, q retrieve.Query) (retrieve.Result, error) {
	if q.Text == "break" {
		return retrieve.Result{}, errors.New("secret")
	}
	if f.library.corpus == nil {
		return retrieve.Result{}, retrieve.ErrNotReady
	}
	res := retrieve.Result{Lang: cmp.Or(q.Lang, "bg"), Corpus: "sha256:01", Degraded: []string{"vector: " + string(q.Audience) + q.Lang}}
	for i := range q.Limit {
		res.Hits = append(res.Hits, retrieve.Hit{
			Chunk:    &kb.Chunk{DocumentID: "en/returns", Anchor: "refunds", Title: evil, Plain: "About " + q.Text, Lang: "en"},
			Document: &kb.Document{ID: "en/returns"}, Rank: i + 1, Score: 0.5,
			From: []retrieve.Origin{{Searcher: "lexical", Rank: 1, Score: 2}},
		})
	}
	return res, nil
}

// Highlighter marks the words of what it finds.
func (f fakeSearcher) Highlighter(q retrieve.Query, languages ...string) *retrieve.Highlighter {
	found, _ := kb.ParseDocument("en/returns.md", []byte("# Returns\n\nAbout the refund.\n"))
	return index.NewLexical(kb.NewCorpus([]*kb.Document{found}, kb.Rest{}, noon), lang.Stemmed).Highlighter(q, languages...)
}

// fakeAnswers keeps one answer, "a1", and the feedback as text.
type fakeAnswers struct {
	mu   sync.Mutex
	said []string
}

func (f *fakeAnswers) Answer(_ context.Context, id string, reader kb.Audience) ([]byte, error) {
	if id != "a1" || reader != kb.Public {
		return nil, fmt.Errorf("store: answer: %w", review.ErrNotFound)
	}
	return []byte(`{"id":"a1"}`), nil
}

func (f *fakeAnswers) Feedback(_ context.Context, id string, _ kb.Audience, fb review.Feedback) error {
	if err := fb.Validate(); err != nil {
		return fmt.Errorf("store: feedback: %w", err)
	}
	if id != "a1" {
		return fmt.Errorf("store: feedback: %w", review.ErrNotFound)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, fmt.Sprint(fb))
	return nil
}

// fakeLibrary holds a corpus that a test may swap.
type fakeLibrary struct{ corpus *kb.Corpus }

func (f *fakeLibrary) Corpus() *kb.Corpus { return f.corpus }

// articles are the documents of the tests, by id in order.
func articles() *kb.Corpus {
	return &kb.Corpus{Hash: "sha256:01", Documents: []*kb.Document{
		{ID: "de/rueckgabe", Path: "de/rueckgabe.md", Title: "Rückgabe", Lang: "de", Hash: "sha256:11", Source: "# Rückgabe\n\n30 Tage."},
		{ID: "en/a b?c", Path: "en/a b?c.md", Title: "Odd name", Lang: "en", Source: "Odd."},
		{ID: "en/draft", Path: "en/draft.md", Title: "Draft", Lang: "en", Draft: true, Source: "Secret draft."},
		{ID: "en/future", Path: "en/future.md", Title: "Future", Lang: "en", ValidFrom: noon.Add(time.Hour), Source: "Secret future."},
		{ID: "en/internal/fraud", Path: "en/internal/fraud.md", Title: "Fraud", Lang: "en", Audience: kb.Internal, Source: "Secret fraud."},
		{ID: "en/returns", Path: "en/returns.md", Title: "Returns " + evil, Lang: "en", Hash: "sha256:12", URL: "/support/returns/", Aliases: []string{"/old/returns"},
			Updated: noon, Source: "Thirty days.\n\n## Refunds\n\n[to the German one](../de/rueckgabe.md#wann), [away](https://example.com/x.md)"},
		{ID: "en/unlisted", Path: "en/unlisted.md", Title: "Unlisted", Lang: "en", Unlisted: true, Source: "By link only."},
	}}
}

// fixture is a server with fakes, its log and what it may be asked to change.
type fixture struct {
	*Server
	log     *syncBuffer
	asker   *fakeAsker
	answers *fakeAnswers
	library *fakeLibrary
	tick    chan time.Time
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newFixture(t *testing.T, change func(*Options)) *fixture {
	t.Helper()
	library := &fakeLibrary{articles()}
	f := &fixture{
		log: &syncBuffer{}, answers: &fakeAnswers{}, library: library, tick: make(chan time.Time),
		asker: &fakeAsker{library: library, started: make(chan struct{}), release: make(chan struct{})},
	}
	o := Options{
		Asker: f.asker, Searcher: fakeSearcher{library}, Highlighter: fakeSearcher{library}, Library: f.library, Answers: f.answers, Version: "test",
		Limits: Limits{Body: 200_000, Timeout: 10 * time.Second, Drain: 10 * time.Second},
		Log:    slog.New(slog.NewTextHandler(f.log, nil)), Now: func() time.Time { return noon }, NewID: func() string { return "req-0001" },
		Ticker: func(time.Duration) (<-chan time.Time, func()) { return f.tick, func() {} },
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.Server = s
	return f
}

// call makes a request; headers are "Name: value".
func (f *fixture) call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

const asJSON = "Content-Type: application/json"

func (f *fixture) post(target, body string, headers ...string) *httptest.ResponseRecorder {
	return f.call(http.MethodPost, target, body, append([]string{asJSON}, headers...)...)
}
