// Package verify decides, without a model, which statements of a draft the cited bytes bear out.
//
// A quote word for word is supported. Anything else is compared with its evidence in two steps
// (check.go): enough of its words have to be there, in any order and inflection (align.go), and
// then each guard has to find nothing: numbers, amounts and dates (fact.go, compare.go), limits,
// quantities and the sides of an event (phrase.go), what each number is for and what was added
// (assign.go), names (names.go), names and contraries in another's place (swap.go), edits of a near
// copy (copy.go), denials (polarity.go, pairing.go). Where a draft names a chunk and no range,
// evidence.go finds the smallest run of units that bears the statement out. What is known of
// languages is in data/.
package verify

import "cited/internal/kb"

// Citation is a range of an article that bears out a statement.
type Citation struct {
	ChunkID    string
	DocumentID string
	Section    string
	Title      string
	Headings   []string
	Anchor     string
	Quote      string // Source[Start:End] of the document, byte for byte
	QuoteText  string // the same as a reader sees it
	Start, End int    // byte offsets into the document's Source, end exclusive
	SourceHash string
	Lang       string
	Score      float64 // support of the statement by this quote, in [0,1]
}

// Statement is a statement after the check. Unsupported ones carry the reason and no citations.
type Statement struct {
	Text      string
	Kind      kb.UnitKind
	Supported bool
	Reason    string // why it is not supported: "number 14 is not in the quote"; "" when it is
	Citations []Citation
}

// Signals are what verification learnt, each in [0,1]. The map is open; Support, Coverage,
// Agreement and Margin are always there.
type Signals map[string]float64

// The signals that are always there.
const (
	Support   = "support"   // the weakest supported statement's support
	Coverage  = "coverage"  // share of the question's informative words in the quotes, idf-weighted
	Agreement = "agreement" // how far the lexical and the vector leg put the same chunks first
	Margin    = "margin"    // lead of the best document over the next
)
