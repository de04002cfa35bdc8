package verify

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"cited/internal/draft"
	"cited/internal/kb"
)

// FuzzVerify checks any statement against any article: nothing panics, the same input gives the
// same result, each quote is its range of the source, each unit of the article supports itself,
// and each number of a supported statement is in its quotes.
func FuzzVerify(f *testing.F) {
	f.Add(article, "Unworn shoes can be returned within 30 days.", 0, 0)
	f.Add("# T\n\n- 4,95 € für **zwei** Wochen\n- 오후 5~9시 3천5백 원\n", "4 Euro 95", 3, 9)
	f.Add("خلال 30 يومًا و31 مارس", "يومين ٣٠", -1, 400)
	f.Add("每周二17点到21点, 八折, 百分之三十", "«周二» \xff 不", 2, 1)
	for _, code := range fixtureLangs {
		for _, it := range loadItems(f, developed, code)[:4] {
			f.Add(it.Source, it.Statement, 0, 0)
		}
	}
	f.Fuzz(func(t *testing.T, source, text string, start, end int) {
		if len(source) > 4000 || len(text) > 4000 || !utf8.ValidString(source) {
			return
		}
		if _, faults := kb.ParseDocument("returns.md", []byte(source)); len(faults) > 0 {
			return // kb's tests look at these
		}
		hits := load(t, source)
		v := New(NoSimilarity{}, EqualWeights{})
		d := draft.Draft{}
		for _, h := range hits {
			d.Statements = append(d.Statements,
				draft.Statement{Text: text, Cites: []draft.Cite{{ChunkID: h.Chunk.ID}}},
				draft.Statement{Text: text, Cites: []draft.Cite{{ChunkID: h.Chunk.ID, Start: start, End: end}}})
		}
		generated := len(d.Statements)
		for _, h := range hits {
			for _, u := range h.Chunk.Units() {
				d.Statements = append(d.Statements, draft.Statement{Text: h.Chunk.Plain[u.Start:u.End], Cites: []draft.Cite{{ChunkID: h.Chunk.ID, Start: u.Start, End: u.End}}})
			}
		}
		got, signals := v.Verify(draft.Question{Text: text}, d, hits)
		again, signals2 := v.Verify(draft.Question{Text: text}, d, hits)
		if !reflect.DeepEqual(got, again) || !reflect.DeepEqual(signals, signals2) {
			t.Fatal("two runs differ")
		}
		checkInvariants(t, got, hits)
		for i, s := range got {
			if i >= generated && !s.Supported && s.Reason != "it says nothing" && s.Reason != "the quote is not in the article" {
				t.Errorf("unit %q refused: %s", s.Text, s.Reason)
			}
			if s.Supported {
				checkNumbers(t, v, s)
			}
		}
		for name, x := range signals {
			if !(x >= 0 && x <= 1) {
				t.Errorf("signal %s is %v", name, x)
			}
		}
	})
}

func checkNumbers(t *testing.T, v *Verifier, s Statement) {
	t.Helper()
	quotes := ""
	for _, c := range s.Citations {
		quotes += c.QuoteText + "\n"
	}
	p, e := v.read(s.Text, s.Citations[0].Lang), v.read(quotes, s.Citations[0].Lang)
	for i := range p.facts {
		f := &p.facts[i]
		if equals, _ := p.candidates(e, f); len(equals) == 0 && !f.lax(p) {
			t.Errorf("supported %q, but %q is not in %q", s.Text, f.text, quotes)
		}
	}
}
