// Package answer takes one question through the pipeline (retrieve, draft, verify, confidence)
// and applies the policy that decides what the asker gets.
package answer

import (
	"time"

	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// Decision is what the asker gets.
type Decision string

// Decisions, in the order in which the policy tries them.
const (
	Handoff   Decision = "handoff"   // a person takes over at once
	Abstained Decision = "abstained" // nothing in the corpus bears an answer
	Clarify   Decision = "clarify"   // different articles answer different readings
	Answered  Decision = "answered"  // verified, and above the threshold
	InReview  Decision = "in_review" // evidence, but below the threshold: a person looks first
)

// Answer is one answered question, in the shape that commands and HTTP print. Text, Statements
// and Citations are empty unless Decision is Answered.
type Answer struct {
	ID             string             `json:"id"`
	Object         string             `json:"object"` // always "answer"
	Created        time.Time          `json:"created"`
	Question       string             `json:"question"`
	Lang           string             `json:"lang"` // the answer's language
	Decision       Decision           `json:"decision"`
	Text           string             `json:"text"` // plain, with [n] for Citations[n-1]
	Statements     []Statement        `json:"statements"`
	Citations      []Citation         `json:"citations"`
	Confidence     Confidence         `json:"confidence"`
	Risk           *Risk              `json:"risk"` // nil until calibrated
	Suggestions    []Suggestion       `json:"suggestions"`
	Options        []Option           `json:"options"`
	ReviewID       *string            `json:"review_id"`
	ConversationID *string            `json:"conversation_id"`
	Drafter        string             `json:"drafter"`
	Degraded       []string           `json:"degraded"`
	Corpus         string             `json:"corpus"`
	TimingsMS      map[string]float64 `json:"timings_ms"`

	// What follows is for the store and the reviewer, never for the asker.
	Audience kb.Audience        `json:"-"` // of the asker; readers below it never see the answer
	Draft    []verify.Statement `json:"-"` // everything drafted, supported or not
	Hits     []retrieve.Hit     `json:"-"`
}

// Statement is one verified statement; Citations holds the numbers of its Citations.
type Statement struct {
	Text      string `json:"text"`
	Kind      string `json:"kind"`      // sentence, step, item, row, code
	Supported bool   `json:"supported"` // always true here: what is not supported is not in here
	Citations []int  `json:"citations"`
}

// Citation is a quote that proves a statement: Quote == Source[Start:End] of the article's file.
type Citation struct {
	N          int      `json:"n"` // from 1
	DocumentID string   `json:"document_id"`
	Section    string   `json:"section"`
	Title      string   `json:"title"`
	Headings   []string `json:"headings"`
	URL        string   `json:"url"`
	Quote      string   `json:"quote"`
	QuoteText  string   `json:"quote_text"`
	Start      int      `json:"start"` // byte offset, inclusive
	End        int      `json:"end"`   // byte offset, exclusive
	SourceHash string   `json:"source_hash"`
	Lang       string   `json:"lang"`
	Score      float64  `json:"score"`
}

// Confidence is how sure the answer is, in [0,1], and the signals that it came from.
type Confidence struct {
	Score   float64        `json:"score"`
	Signals verify.Signals `json:"signals"`
}

// Risk states the error rate that the threshold was calibrated for, on N labelled answers.
type Risk struct {
	Alpha     float64 `json:"alpha"`
	Threshold float64 `json:"threshold"`
	N         int     `json:"n"`
}

// Suggestion is a section near the question, for a person to read.
type Suggestion struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Option is one reading of an ambiguous question.
type Option struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Section string `json:"section"`
}
