package verify

import (
	"strings"
	"unicode/utf8"

	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// Weights tells how much a word of a question counts, ≥ 0. verify owns it so that it need not
// know indexes; EqualWeights is the one for none.
type Weights interface {
	Weight(word lang.Word, language string) float64
}

// EqualWeights lets each word count the same.
type EqualWeights struct{}

// Weight implements Weights.
func (EqualWeights) Weight(lang.Word, string) float64 { return 1 }

// Verifier checks drafts. It is safe for concurrent use.
type Verifier struct {
	similarity Similarity
	weights    Weights
	analyzer   *lang.Analyzer
}

// New returns a Verifier. The arguments may be NoSimilarity{} and EqualWeights{}, never nil.
func New(similarity Similarity, weights Weights) *Verifier {
	return &Verifier{similarity: similarity, weights: weights, analyzer: lang.NewAnalyzer(lang.Stemmed)}
}

// Bounds on what is compared, in bytes. Statements are sentences, steps and rows; a longer one is
// only taken word for word. They keep the time for one statement within some milliseconds; one packed with numbers, up to a fifth of a second.
const (
	longestStatement = 2000
	longestEvidence  = 6000
)

// Verify checks each statement of d against the chunks that it cites, and returns all of them,
// supported or not, in the draft's order, with what it learnt.
func (v *Verifier) Verify(q draft.Question, d draft.Draft, hits []retrieve.Hit) ([]Statement, Signals) {
	statements := make([]Statement, 0, len(d.Statements))
	chunks := map[string]*source{}
	for i := range hits {
		if h := &hits[i]; h.Chunk != nil && h.Document != nil && chunks[h.Chunk.ID] == nil {
			chunks[h.Chunk.ID] = &source{chunk: h.Chunk, document: h.Document}
		}
	}
	support := 1.0
	any := false
	for _, s := range d.Statements {
		checked := v.statement(s, chunks)
		statements = append(statements, checked)
		if checked.Supported {
			any = true
			for _, c := range checked.Citations {
				support = min(support, c.Score)
			}
		}
	}
	if !any {
		support = 0
	}
	return statements, Signals{
		Support:   support,
		Coverage:  v.coverage(q, statements),
		Agreement: agreement(hits),
		Margin:    margin(hits),
	}
}

// source is a chunk that may be cited. Its passage is read when it is first searched.
type source struct {
	chunk    *kb.Chunk
	document *kb.Document
	passage  *passage
	units    []int // by token of the passage: its unit, -1 for none
}

// piece is a range of a chunk's plain text.
type piece struct {
	*source
	start, end int
}

func (p piece) text() string { return p.chunk.Plain[p.start:p.end] }

// statement checks one statement.
func (v *Verifier) statement(s draft.Statement, chunks map[string]*source) Statement {
	out := Statement{Text: s.Text, Kind: s.Kind}
	text := strings.Join(strings.Fields(s.Text), " ")
	if !strings.ContainsFunc(text, isWordRune) {
		out.Reason = "it says nothing"
		return out
	}
	var ranged []piece
	var open []*source
	for _, c := range s.Cites {
		src := chunks[c.ChunkID]
		if src == nil {
			continue
		}
		if p, ok := src.cut(c.Start, c.End); ok {
			ranged = append(ranged, p)
		} else {
			open = append(open, src)
		}
	}
	if len(ranged)+len(open) == 0 {
		out.Reason = "it cites nothing that was found"
		return out
	}
	for _, p := range ranged { // what the extractive drafter writes
		if p.text() == s.Text || strings.Join(strings.Fields(p.text()), " ") == text {
			return out.with(1, p)
		}
	}
	if !utf8.ValidString(text) {
		out.Reason = "it is not valid text"
		return out
	}
	if len(text) > longestStatement {
		out.Reason = "it is too long to be checked, and no quote of what it cites"
		return out
	}
	return v.search(out, text, ranged, open)
}

// cut is the plain range [start,end), widened to whole characters; false when it is none.
func (src *source) cut(start, end int) (piece, bool) {
	plain := src.chunk.Plain
	if start < 0 || end > len(plain) || start >= end {
		return piece{}, false
	}
	for start > 0 && !utf8.RuneStart(plain[start]) {
		start--
	}
	for end < len(plain) && !utf8.RuneStart(plain[end]) {
		end++
	}
	return piece{src, start, end}, true
}

// with returns the statement as supported by the pieces. Pieces that no byte of the article shows
// are no citation; a statement left without one is not supported.
func (s Statement) with(support float64, pieces ...piece) Statement {
	for _, p := range pieces {
		c, ok := p.citation(support)
		if ok {
			s.Citations = append(s.Citations, c)
		}
	}
	s.Supported = len(s.Citations) > 0
	if !s.Supported {
		s.Reason = "the quote is not in the article"
	}
	return s
}

// citation is the piece as it stands in the article.
func (p piece) citation(support float64) (Citation, bool) {
	start, end := p.chunk.SourceRange(p.start, p.end)
	if start < 0 || end > len(p.document.Source) || start >= end {
		return Citation{}, false
	}
	language := p.chunk.Lang
	if language == "" {
		language = p.document.Lang
	}
	return Citation{
		ChunkID: p.chunk.ID, DocumentID: p.chunk.DocumentID, Section: p.chunk.Section(),
		Title: p.chunk.Title, Headings: p.chunk.Headings, Anchor: p.chunk.Anchor,
		Quote: p.document.Source[start:end], QuoteText: p.text(), Start: start, End: end,
		SourceHash: p.document.Hash, Lang: language, Score: support,
	}, true
}
