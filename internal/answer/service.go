package answer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"cited/internal/confidence"
	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// Question is what somebody asks.
type Question struct {
	Text           string
	Lang           string // a hint; "" lets the text decide
	Audience       kb.Audience
	ConversationID string // "" when there is none
	// OnSources, where set, is called once with the sections that the answer may cite, before
	// anything is drafted.
	OnSources func([]Source)
}

// Source is a section that an answer may cite.
type Source struct {
	DocumentID string   `json:"document_id"`
	Section    string   `json:"section"`
	Title      string   `json:"title"`
	Headings   []string `json:"headings"`
	URL        string   `json:"url"`
	Lang       string   `json:"lang"`
}

// MaxQuestion is the longest question that is taken, in characters (runes).
const MaxQuestion = 2000

// Faults of a question. The text of each is fit for the asker.
var (
	ErrEmptyQuestion   = errors.New("the question is empty")
	ErrLongQuestion    = fmt.Errorf("the question is longer than %d characters", MaxQuestion)
	ErrQuestionNotUTF8 = errors.New("the question is not valid UTF-8")
)

// Retriever finds the hits of a question.
type Retriever interface {
	Retrieve(ctx context.Context, q retrieve.Query) (retrieve.Result, error)
}

// Verifier checks a draft against the bytes that it cites.
type Verifier interface {
	Verify(question draft.Question, d draft.Draft, hits []retrieve.Hit) ([]verify.Statement, verify.Signals)
}

// Recorder keeps answers, and those in review where people look. It returns the review's id, ""
// when the answer needs none.
type Recorder interface {
	Record(ctx context.Context, a Answer) (reviewID string, err error)
}

// Discard is the Recorder that keeps nothing.
type Discard struct{}

// Record implements Recorder.
func (Discard) Record(context.Context, Answer) (string, error) { return "", nil }

// Service answers questions. All fields are needed; none changes while it serves.
type Service struct {
	Retriever  Retriever
	Drafter    draft.Drafter
	Verifier   Verifier
	Thresholds confidence.Thresholds
	Recorder   Recorder
	Now        func() time.Time
	NewID      func() string // at least 128 random bits
	Log        *slog.Logger
}

// hitLimit is how many sections are read for one answer.
const hitLimit = 10

// Ask takes a question through the pipeline. Faults of the question are ErrEmptyQuestion,
// ErrLongQuestion and ErrQuestionNotUTF8; everything else that goes wrong costs quality and is
// named in Degraded, but for a context that ends and a knowledge base that is not there.
func (s *Service) Ask(ctx context.Context, q Question) (Answer, error) {
	clock := newStopwatch(s.Now)
	if err := q.accept(); err != nil {
		return Answer{}, err
	}

	found, err := s.Retriever.Retrieve(ctx, retrieve.Query{Text: q.Text, Lang: q.Lang, Audience: q.Audience, Limit: hitLimit})
	if err != nil {
		return Answer{}, fmt.Errorf("answer: %w", err)
	}
	if found.Cause != nil {
		s.Log.WarnContext(ctx, "searched without a part", "missing", found.Degraded, "err", found.Cause)
	}
	clock.lap("retrieve")
	language := found.Lang
	asked := draft.Question{Text: q.Text, Lang: language}
	if q.OnSources != nil {
		q.OnSources(sources(found.Hits))
	}
	read := reading(found.Hits)
	drafted, err := s.Drafter.Draft(ctx, asked, read)
	if err != nil {
		return Answer{}, fmt.Errorf("answer: %w", err)
	}
	clock.lap("draft")
	statements, checked := s.Verifier.Verify(asked, drafted, read)
	signals := make(verify.Signals)
	maps.Copy(signals, checked)
	signals[confidence.Relevance] = relevance(found.Hits)
	words := newQuestionWords(q.Text, language)
	signals[confidence.Listed] = words.listed(statements, found.Hits)
	signals[confidence.Evidence] = words.evidence(statements)
	clock.lap("verify")

	a := compose(q, language, found, drafted, statements)
	a.ID, a.Created = s.NewID(), clock.start.UTC()
	a.Confidence = Confidence{Score: confidence.Score(signals), Signals: signals}
	a.Decision = decide(a, s.Thresholds)
	a.finish()
	a.TimingsMS = clock.total()
	return s.record(ctx, a), nil
}

// accept checks the question.
func (q *Question) accept() error {
	switch {
	case !utf8.ValidString(q.Text):
		return ErrQuestionNotUTF8
	case strings.TrimSpace(q.Text) == "":
		return ErrEmptyQuestion
	case utf8.RuneCountInString(q.Text) > MaxQuestion:
		return ErrLongQuestion
	}
	return nil
}

// decide is the policy; the first rule that holds wins.
func decide(a Answer, t confidence.Thresholds) Decision {
	switch {
	case len(a.Statements) == 0 || a.Confidence.Score < t.Lower:
		return Abstained
	case a.Confidence.Signals[confidence.Evidence] < 1 && a.Confidence.Signals[confidence.Listed] < 1:
		return Abstained // one word in common is no evidence
	case a.Confidence.Score >= t.Upper:
		return Answered
	}
	return InReview
}

// recordTime bounds how long an answer waits to be kept.
const recordTime = 5 * time.Second

// record keeps the answer, also when the asker has gone: a person may have to look at it. A
// store that fails costs the record, not the answer.
func (s *Service) record(ctx context.Context, a Answer) Answer {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	id, err := s.Recorder.Record(ctx, a)
	if err != nil {
		s.Log.ErrorContext(ctx, "answer not kept", "answer", a.ID, "err", err)
		a.Degraded = append(a.Degraded, "store: this answer could not be kept")
		return a
	}
	if id != "" {
		a.ReviewID = &id
	}
	return a
}

func relevance(hits []retrieve.Hit) float64 {
	if len(hits) == 0 {
		return 0
	}
	return hits[0].Score
}

// stopwatch measures the stages.
type stopwatch struct {
	now         func() time.Time
	start, last time.Time
	laps        map[string]float64
}

func newStopwatch(now func() time.Time) *stopwatch {
	t := now()
	return &stopwatch{now: now, start: t, last: t, laps: make(map[string]float64)}
}

func (w *stopwatch) lap(name string) {
	t := w.now()
	w.laps[name] = milliseconds(t.Sub(w.last))
	w.last = t
}

func (w *stopwatch) total() map[string]float64 {
	w.laps["total"] = milliseconds(w.now().Sub(w.start))
	return w.laps
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
