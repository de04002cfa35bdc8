package answer

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/lang"
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
