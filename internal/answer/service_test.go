package answer

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"cited/internal/confidence"
	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// The fakes are useless but exact: they return what they hold and note what they were asked.
type fakeRetriever struct {
	result retrieve.Result
	err    error
	asked  retrieve.Query
}

func (f *fakeRetriever) Retrieve(_ context.Context, q retrieve.Query) (retrieve.Result, error) {
	f.asked = q
	return f.result, f.err
}

type fakeDrafter struct {
	draft draft.Draft
	err   error
}

func (f fakeDrafter) Draft(context.Context, draft.Question, []retrieve.Hit) (draft.Draft, error) {
	return f.draft, f.err
}

type fakeVerifier struct {
	statements []verify.Statement
	signals    verify.Signals
}

func (f fakeVerifier) Verify(draft.Question, draft.Draft, []retrieve.Hit) ([]verify.Statement, verify.Signals) {
	signals := verify.Signals{}
	for k, v := range f.signals {
		signals[k] = v
	}
	return f.statements, signals
}

type fakeRecorder struct {
	id   string
	err  error
	kept []Answer
}

func (f *fakeRecorder) Record(_ context.Context, a Answer) (string, error) {
	f.kept = append(f.kept, a)
	return f.id, f.err
}

var testDocument = &kb.Document{ID: "en/gift cards", Title: "Gift cards", Lang: "en", Source: "A gift card lasts two years. Ask us."}

func testHits(score float64) []retrieve.Hit {
	chunk := &kb.Chunk{ID: "en/gift cards#1", DocumentID: "en/gift cards", Title: "Gift cards", Headings: []string{"Validity"}, Anchor: "validity", Lang: "en"}
	return []retrieve.Hit{{Chunk: chunk, Document: testDocument, Rank: 1, Score: score}}
}

func testStatement(text string, kind kb.UnitKind, start, end int) verify.Statement {
	return verify.Statement{Text: text, Kind: kind, Supported: true, Citations: []verify.Citation{{
		ChunkID: "en/gift cards#1", DocumentID: "en/gift cards", Section: "en/gift cards#validity", Title: "Gift cards",
		Anchor: "validity", Start: start, End: end, Quote: testDocument.Source[start:end], Lang: "en",
	}}}
}

// testService is a service whose every part works.
func testService() (*Service, *fakeRetriever, *fakeRecorder) {
	r := &fakeRetriever{result: retrieve.Result{Hits: testHits(0.8), Corpus: "sha256:c", Lang: "en"}}
	kept := &fakeRecorder{}
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &Service{
		Retriever: r, Drafter: fakeDrafter{draft: draft.Draft{Drafter: "extractive"}},
		Verifier: fakeVerifier{
			statements: []verify.Statement{testStatement("A gift card lasts two years.", kb.Sentence, 0, 28)},
			signals:    verify.Signals{verify.Support: 1, verify.Coverage: 1, verify.Agreement: 1, verify.Margin: 1},
		},
		Thresholds: confidence.Thresholds{Upper: 0.5, Lower: 0.2}, Recorder: kept,
		Now:   func() time.Time { clock = clock.Add(time.Millisecond); return clock },
		NewID: func() string { return "ID" }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, r, kept
}

func TestAskAnswers(t *testing.T) {
	s, r, kept := testService()
	var sources []Source
	a, err := s.Ask(context.Background(), Question{Text: "How long is a gift card valid?", OnSources: func(got []Source) { sources = got }})
	if err != nil {
		t.Fatal(err)
	}
	if a.Decision != Answered || a.Text != "A gift card lasts two years. [1]" || a.ID != "ID" || a.Object != "answer" || a.Corpus != "sha256:c" {
		t.Errorf("answer %+v", a)
	}
	if c := a.Citations[0]; c.N != 1 || c.URL != "/help/en/gift%20cards#validity" || c.Quote != testDocument.Source[c.Start:c.End] {
		t.Errorf("citation %+v", c)
	}
	if len(sources) != 1 || sources[0].Section != "en/gift cards#validity" {
		t.Errorf("sources %+v", sources)
	}
	if a.Lang != "en" {
		t.Errorf("language %q, want the retriever's", a.Lang)
	}
	if r.asked.Lang != "" || r.asked.Audience.Covers(kb.Internal) {
		t.Errorf("searched with %+v", r.asked)
	}
	if len(kept.kept) != 1 || kept.kept[0].Decision != Answered {
		t.Errorf("kept %+v", kept.kept)
	}
	if a.TimingsMS["total"] <= 0 || a.Confidence.Signals[confidence.Relevance] != 0.8 {
		t.Errorf("timings %v, signals %v", a.TimingsMS, a.Confidence.Signals)
	}
}

func TestPolicy(t *testing.T) {
	weak := verify.Signals{verify.Support: 0.1}
	unsupported := []verify.Statement{{Text: "Gift cards never expire.", Reason: "negation"}}
	for _, c := range []struct {
		name   string
		change func(*Service, *fakeRetriever)
		want   Decision
	}{
		{"all is well", func(*Service, *fakeRetriever) {}, Answered},
		{"no hit", func(s *Service, r *fakeRetriever) {
			s.Verifier, r.result.Hits = fakeVerifier{}, nil
		}, Abstained},
		{"nothing near", func(s *Service, r *fakeRetriever) {
			v := s.Verifier.(fakeVerifier)
			v.signals = weak
			s.Verifier = v
			r.result.Hits = testHits(0.05)
		}, Abstained},
		{"nothing supported", func(s *Service, _ *fakeRetriever) {
			s.Verifier = fakeVerifier{statements: unsupported, signals: verify.Signals{}}
		}, Abstained},
		{"one word in passing", func(s *Service, r *fakeRetriever) {
			v := s.Verifier.(fakeVerifier)
			v.statements = []verify.Statement{{Text: "Bad weather.", Supported: true, Citations: []verify.Citation{{DocumentID: "d", QuoteText: "Bad cards", Lang: "en"}}}}
			s.Verifier = v
		}, Abstained},
		{"a statement without a citation", func(s *Service, r *fakeRetriever) {
			v := s.Verifier.(fakeVerifier)
			v.statements = []verify.Statement{{Text: "Trust me.", Supported: true}}
			s.Verifier = v
		}, Abstained},
		{"not sure", func(s *Service, r *fakeRetriever) {
			v := s.Verifier.(fakeVerifier)
			v.signals = weak
			s.Verifier = v
			r.result.Hits = testHits(0.4)
		}, InReview},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, r, kept := testService()
			c.change(s, r)
			a, err := s.Ask(context.Background(), Question{Text: "How long is a gift card valid?"})
			if err != nil {
				t.Fatal(err)
			}
			if a.Decision != c.want {
				t.Fatalf("decision %s, want %s", a.Decision, c.want)
			}
			if a.Decision != Answered && (a.Text != "" || len(a.Statements)+len(a.Citations) > 0) {
				t.Errorf("a %s answer shows its draft: %+v", a.Decision, a)
			}
			if a.Statements == nil || a.Citations == nil || a.Suggestions == nil || a.Options == nil || a.Degraded == nil {
				t.Errorf("a list is null: %+v", a)
			}
			if c.want == InReview && len(kept.kept[0].Draft) == 0 {
				t.Error("the reviewer has no draft")
			}
		})
	}
}

func TestAskFaults(t *testing.T) {
	for _, c := range []struct {
		question string
		want     error
	}{
		{"", ErrEmptyQuestion}, {" \n\t", ErrEmptyQuestion}, {"caf\xe9", ErrQuestionNotUTF8},
		{strings.Repeat("x", 100_000), ErrLongQuestion}, {strings.Repeat("問", MaxQuestion), nil}, {strings.Repeat("問", MaxQuestion+1), ErrLongQuestion},
	} {
		s, _, _ := testService()
		if _, err := s.Ask(context.Background(), Question{Text: c.question}); !errors.Is(err, c.want) {
			t.Errorf("%.20q: %v, want %v", c.question, err, c.want)
		}
	}
}

func TestAskDegrades(t *testing.T) {
	s, r, kept := testService()
	r.result.Degraded = []string{"vector: the embedder did not answer in time"}
	s.Drafter = fakeDrafter{draft: draft.Draft{Drafter: "extractive", Degraded: []string{"generative: timed out"}}}
	kept.err = errors.New("disk full at a secret path")
	a, err := s.Ask(context.Background(), Question{Text: "How long is a gift card valid?"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"vector: the embedder did not answer in time", "generative: timed out", "store: this answer could not be kept"}
	if !reflect.DeepEqual(a.Degraded, want) || a.Decision != Answered {
		t.Errorf("%s, degraded %q, want %q", a.Decision, a.Degraded, want)
	}
}

// TestAskOutlivesTheAsker: who hangs up still gets an answer kept, for a person may have to look.
func TestAskOutlivesTheAsker(t *testing.T) {
	s, _, kept := testService()
	ctx, hangUp := context.WithCancel(context.Background())
	s.Recorder = recorderFunc(func(ctx context.Context, a Answer) (string, error) {
		hangUp()
		kept.kept = append(kept.kept, a)
		return "", ctx.Err()
	})
	a, err := s.Ask(ctx, Question{Text: "How long is a gift card valid?"})
	if err != nil || len(a.Degraded) > 0 || len(kept.kept) != 1 {
		t.Errorf("%v, degraded %q, kept %d", err, a.Degraded, len(kept.kept))
	}
}

type recorderFunc func(context.Context, Answer) (string, error)

func (f recorderFunc) Record(ctx context.Context, a Answer) (string, error) { return f(ctx, a) }

func TestAskReviewID(t *testing.T) {
	s, _, kept := testService()
	s.Thresholds.Upper = 1.5
	kept.id = "R1"
	a, err := s.Ask(context.Background(), Question{Text: "How long is a gift card valid?", ConversationID: "C1"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Decision != InReview || a.ReviewID == nil || *a.ReviewID != "R1" || a.ConversationID == nil || *a.ConversationID != "C1" {
		t.Errorf("answer %+v", a)
	}
}

// TestProse checks how statements become text, and that a range cited twice has one number.
func TestProse(t *testing.T) {
	s, _, _ := testService()
	s.Verifier = fakeVerifier{signals: verify.Signals{verify.Support: 1, verify.Coverage: 1, verify.Agreement: 1, verify.Margin: 1}, statements: []verify.Statement{
		testStatement("One.", kb.Sentence, 0, 5), testStatement("Two.", kb.Sentence, 5, 9), testStatement("Do this:", kb.Sentence, 0, 5),
		testStatement("First", kb.Step, 9, 12), {Text: "Wrong", Reason: "not in the quote"}, testStatement("Then", kb.Step, 12, 15), testStatement("Item", kb.Item, 0, 5), testStatement("End.", kb.Sentence, 15, 20),
	}}
	a, err := s.Ask(context.Background(), Question{Text: "How long is a gift card valid?"})
	if err != nil {
		t.Fatal(err)
	}
	want := "One. [1] Two. [2] Do this: [1]\n1. First [3]\n2. Then [4]\n- Item [1]\nEnd. [5]"
	if a.Text != want {
		t.Errorf("text\n%s\nwant\n%s", a.Text, want)
	}
}
