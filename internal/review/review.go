// Package review holds the answers that wait for a person before a shopper may see them, and
// what readers say about the answers that they got.
package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/internal/verify"
)

// ErrNotFound says that there is no such answer or review, or none that this reader may know of:
// the two are not told apart on purpose.
var ErrNotFound = errors.New("there is no such answer")

// State is where a review stands.
type State string

// Open reviews wait for a person.
const Open State = "open"

// Item is one answer that waits for a person. It is the stored form; what the API shows of it is
// the server's own type, so that the two may change apart.
type Item struct {
	ID          string              `json:"id"`
	AnswerID    string              `json:"answer_id"`
	State       State               `json:"state"`
	Created     time.Time           `json:"created"`
	Question    string              `json:"question"`
	Lang        string              `json:"lang"`
	Audience    kb.Audience         `json:"audience"`
	Draft       []Statement         `json:"draft"`
	Score       float64             `json:"score"`
	Signals     verify.Signals      `json:"signals"`
	Reasons     []string            `json:"reasons"` // why a person is asked: what was not supported, what was missing
	Suggestions []answer.Suggestion `json:"suggestions"`
	Drafter     string              `json:"drafter"`
	Corpus      string              `json:"corpus"`
}

// Statement is one drafted statement, supported or not. No person has looked at it yet.
type Statement struct {
	Text      string     `json:"text"`
	Kind      string     `json:"kind"` // sentence, item, step, row, code, heading
	Supported bool       `json:"supported"`
	Reason    string     `json:"reason,omitempty"` // why it is not supported
	Citations []Citation `json:"citations"`
}

// Citation is what the draft rests on: Quote == Source[Start:End] of the article whose hash is
// SourceHash, so that a later check can tell whether the article has changed since.
type Citation struct {
	DocumentID string   `json:"document_id"`
	Section    string   `json:"section"`
	Title      string   `json:"title"`
	Headings   []string `json:"headings"`
	Quote      string   `json:"quote"`
	QuoteText  string   `json:"quote_text"`
	Start      int      `json:"start"`
	End        int      `json:"end"`
	SourceHash string   `json:"source_hash"`
	Lang       string   `json:"lang"`
	Score      float64  `json:"score"`
}

// New makes the open item for an answer that is in review.
func New(id string, a answer.Answer) Item {
	item := Item{
		ID: id, AnswerID: a.ID, State: Open, Created: a.Created,
		Question: a.Question, Lang: a.Lang, Audience: a.Audience,
		Draft: make([]Statement, 0, len(a.Draft)), Reasons: []string{},
		Score: a.Confidence.Score, Signals: a.Confidence.Signals,
		Suggestions: a.Suggestions, Drafter: a.Drafter, Corpus: a.Corpus,
	}
	for _, s := range a.Draft {
		item.Draft = append(item.Draft, statement(s))
		if !s.Supported && s.Reason != "" {
			item.Reasons = append(item.Reasons, s.Reason)
		}
	}
	item.Reasons = append(item.Reasons, a.Degraded...)
	return item
}

func statement(s verify.Statement) Statement {
	out := Statement{
		Text: s.Text, Kind: s.Kind.String(), Supported: s.Supported, Reason: s.Reason,
		Citations: make([]Citation, 0, len(s.Citations)),
	}
	for _, c := range s.Citations {
		out.Citations = append(out.Citations, Citation{
			DocumentID: c.DocumentID, Section: c.Section, Title: c.Title, Headings: c.Headings,
			Quote: c.Quote, QuoteText: c.QuoteText, Start: c.Start, End: c.End,
			SourceHash: c.SourceHash, Lang: c.Lang, Score: c.Score,
		})
	}
	return out
}

// tags are what a reader may say is wrong with an answer.
var tags = []string{"incorrect", "not_what_i_asked", "outdated", "style_or_tone", "other"}

// MaxNotes is the longest note that feedback may carry, in characters (runes).
const MaxNotes = 2000

// Feedback is what a reader says about an answer.
type Feedback struct {
	Thumbs int // 1 up, 0 down
	Tags   []string
	Notes  string
}

// FeedbackError is a fault in feedback; its text is fit for the reader.
type FeedbackError struct {
	Field   string // thumbs, tags, notes
	Message string
}

// Error implements error.
func (e *FeedbackError) Error() string { return e.Field + ": " + e.Message }

// Validate returns a *FeedbackError for the first fault, nil when there is none.
func (f Feedback) Validate() error {
	if f.Thumbs != 0 && f.Thumbs != 1 {
		return &FeedbackError{"thumbs", "must be 1 (up) or 0 (down)"}
	}
	for i, t := range f.Tags {
		if !slices.Contains(tags, t) {
			return &FeedbackError{"tags", "must be of " + strings.Join(tags, ", ")}
		}
		if slices.Contains(f.Tags[:i], t) {
			return &FeedbackError{"tags", "has the same tag twice"}
		}
	}
	if !utf8.ValidString(f.Notes) {
		return &FeedbackError{"notes", "is not valid UTF-8"}
	}
	if utf8.RuneCountInString(f.Notes) > MaxNotes {
		return &FeedbackError{"notes", fmt.Sprintf("is longer than %d characters", MaxNotes)}
	}
	return nil
}
