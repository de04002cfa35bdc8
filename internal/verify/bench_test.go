package verify

import (
	"testing"

	"cited/internal/draft"
)

// BenchmarkGenerative verifies an answer of four statements without ranges.
func BenchmarkGenerative(b *testing.B) {
	hits := load(b, article)
	v := New(NoSimilarity{}, EqualWeights{})
	d := draft.Draft{}
	for _, text := range []string{
		"Unworn shoes can be returned for free within 30 days.", "You cannot return gift cards.",
		"Take the parcel to any DHL shop before 18:00.", "The refund takes 5 business days to arrive.",
	} {
		d.Statements = append(d.Statements, draft.Statement{Text: text, Cites: cites(hits)})
	}
	q := draft.Question{Text: "How can I return shoes?", Lang: "en"}
	for b.Loop() {
		v.Verify(q, d, hits)
	}
}

// BenchmarkExtractive verifies an answer of four quotes.
func BenchmarkExtractive(b *testing.B) {
	hits := load(b, article)
	v := New(NoSimilarity{}, EqualWeights{})
	d := draft.Draft{}
	for _, h := range hits {
		for _, u := range h.Chunk.Units() {
			if len(d.Statements) < 4 {
				d.Statements = append(d.Statements, draft.Statement{Text: h.Chunk.Plain[u.Start:u.End], Cites: []draft.Cite{{ChunkID: h.Chunk.ID, Start: u.Start, End: u.End}}})
			}
		}
	}
	q := draft.Question{Text: "How can I return shoes?", Lang: "en"}
	for b.Loop() {
		v.Verify(q, d, hits)
	}
}

// BenchmarkLongest verifies the longest statement that is compared, in Chinese.
func BenchmarkLongest(b *testing.B) {
	v := New(NoSimilarity{}, EqualWeights{})
	items := loadItems(b, developed, "zh")
	statement, evidence := "", ""
	for _, it := range items {
		if len(statement)+len(it.Statement) < longestStatement {
			statement += it.Statement
		}
		if len(evidence)+len(it.Source) < longestEvidence {
			evidence += it.Source
		}
	}
	for b.Loop() {
		v.check(v.read(statement, "zh"), v.read(evidence, "zh"))
	}
}
