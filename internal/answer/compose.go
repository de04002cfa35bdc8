package answer

import (
	"fmt"
	"strings"

	"cited/internal/draft"
	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// suggestionLimit is how many nearest sections go with an answer.
const suggestionLimit = 3

// sources are the distinct sections of hits, best first.
func sources(hits []retrieve.Hit) []Source {
	out := make([]Source, 0, len(hits))
	seen := make(map[string]bool)
	for _, h := range hits {
		if section := h.Chunk.Section(); !seen[section] {
			seen[section] = true
			out = append(out, Source{
				DocumentID: h.Chunk.DocumentID, Section: section, Title: h.Chunk.Title, Headings: orEmpty(h.Chunk.Headings),
				URL: h.Document.SectionURL(h.Chunk.Anchor), Lang: h.Chunk.Lang,
			})
		}
	}
	return out
}

// compose puts the supported statements into an answer that nobody has decided on yet.
func compose(q Question, language string, found retrieve.Result, drafted draft.Draft, statements []verify.Statement) Answer {
	a := Answer{
		Object: "answer", Question: q.Text, Lang: language, Statements: []Statement{}, Citations: []Citation{},
		Suggestions: []Suggestion{}, Options: []Option{}, Drafter: drafted.Drafter,
		Degraded: append(append([]string{}, found.Degraded...), drafted.Degraded...),
		Corpus:   found.Corpus, Audience: q.Audience, Draft: statements, Hits: found.Hits,
	}
	if q.ConversationID != "" {
		a.ConversationID = &q.ConversationID
	}
	documents := make(map[string]*kb.Document)
	for _, h := range found.Hits {
		documents[h.Document.ID] = h.Document
	}
	numbers := make(map[string]int)
	var text prose
	for _, s := range statements {
		if !s.Supported || len(s.Citations) == 0 {
			continue
		}
		var cited []int
		for _, c := range s.Citations {
			cited = append(cited, a.cite(c, documents[c.DocumentID], numbers))
		}
		a.Statements = append(a.Statements, Statement{Text: s.Text, Kind: s.Kind.String(), Supported: true, Citations: cited})
		text.add(s, cited)
	}
	a.Text = text.b.String()
	for _, s := range sources(found.Hits) {
		if len(a.Suggestions) == suggestionLimit {
			break
		}
		a.Suggestions = append(a.Suggestions, Suggestion{Title: strings.Join(append([]string{s.Title}, s.Headings...), " › "), URL: s.URL})
	}
	return a
}

// cite returns the number of a citation, a new one when the range is cited for the first time.
func (a *Answer) cite(c verify.Citation, d *kb.Document, numbers map[string]int) int {
	key := fmt.Sprintf("%s:%d:%d", c.DocumentID, c.Start, c.End)
	if n, ok := numbers[key]; ok {
		return n
	}
	n := len(a.Citations) + 1
	numbers[key] = n
	if d == nil {
		d = &kb.Document{ID: c.DocumentID}
	}
	a.Citations = append(a.Citations, Citation{
		N: n, DocumentID: c.DocumentID, Section: c.Section, Title: c.Title, Headings: orEmpty(c.Headings), URL: d.SectionURL(c.Anchor),
		Quote: c.Quote, QuoteText: c.QuoteText, Start: c.Start, End: c.End, SourceHash: c.SourceHash, Lang: c.Lang, Score: c.Score,
	})
	return n
}

// finish sets the language of an answered question, and empties what no other gets: the draft
// stays for the reviewer.
func (a *Answer) finish() {
	if a.Decision == Answered {
		if a.Drafter == "extractive" && a.Citations[0].Lang != "" {
			a.Lang = a.Citations[0].Lang // quotes stay in their article's language
		}
		return
	}
	a.Text, a.Statements, a.Citations = "", []Statement{}, []Citation{}
}

// prose writes statements as plain text: sentences in a line, steps, items and rows in lines of
// their own, each with the numbers of its citations.
type prose struct {
	b    strings.Builder
	step int
	line bool // the text ends in a line of its own
}

func (p *prose) add(s verify.Statement, cited []int) {
	mark := ""
	switch s.Kind {
	case kb.Step:
		p.step++
		mark = fmt.Sprintf("%d. ", p.step)
	case kb.Item, kb.Row:
		mark = "- "
	case kb.Sentence, kb.Code, kb.Heading:
	}
	if s.Kind != kb.Step {
		p.step = 0
	}
	if p.b.Len() > 0 {
		if mark != "" || p.line {
			p.b.WriteByte('\n')
		} else {
			p.b.WriteByte(' ')
		}
	}
	p.line = mark != ""
	p.b.WriteString(mark)
	p.b.WriteString(s.Text)
	for _, n := range cited {
		fmt.Fprintf(&p.b, " [%d]", n)
	}
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
