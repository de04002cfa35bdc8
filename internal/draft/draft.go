// Package draft turns hits into a draft answer: Extractive picks sentences and needs no model,
// Generative asks an OpenAI-compatible one. Nothing in a draft is trusted; verify decides.
package draft

import (
	"context"

	"cited/internal/kb"
	"cited/internal/retrieve"
)

// Cite points at the evidence of a statement: a chunk, and in it the plain range that was
// quoted. Start == End == 0 leaves the range to verify.
type Cite struct {
	ChunkID    string
	Start, End int // byte offsets into the chunk's Plain, end exclusive
}

// Statement is one sentence, step or row of a draft, in plain text.
type Statement struct {
	Text  string
	Kind  kb.UnitKind // Step and Item keep their list in the answer's text
	Cites []Cite
}

// Draft is an answer that nobody has checked yet.
type Draft struct {
	Statements []Statement
	Drafter    string   // "extractive", "generative"
	Degraded   []string // why a better drafter was not used; nil when it was
}

// Question is what a drafter answers.
type Question struct {
	Text string
	Lang string // the language that the answer should be in; "" when unknown
}

// Drafter writes a draft from hits. It returns an empty draft, not an error, when the hits do
// not answer the question.
type Drafter interface {
	Draft(ctx context.Context, q Question, hits []retrieve.Hit) (Draft, error)
}
