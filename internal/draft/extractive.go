package draft

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// Weights says how much a word of the question tells the chunks of a language apart, ≥ 0. The
// index knows; the interface keeps it out of here.
type Weights interface {
	Weight(word lang.Word, language string) float64
}

// Extractive drafts with the articles' own sentences, list items and table rows. It needs no
// model and every statement is a quote. It is safe for concurrent use.
type Extractive struct {
	weights  Weights
	analyzer *lang.Analyzer
	cues     map[string]cues
}

// NewExtractive returns the drafter; weights are those of the knowledge base in use.
func NewExtractive(weights Weights) *Extractive {
	return &Extractive{weights: weights, analyzer: lang.NewAnalyzer(lang.Stemmed), cues: parseCues()}
}

// How an answer is put together, chosen on DATA/dev and on the shop's own articles.
const (
	maxHits                     = 8    // hits that are read
	maxPicked                   = 4    // a list that belongs together may add items up to maxItems
	maxItems                    = 8    // items of one list
	minShare                    = 0.50 // a further unit of the same section scores at least so much of the best one
	farShare                    = 0.75 // and one of another section so much
	farCover                    = 0.5  // and holds so much of the question itself
	minFarGain                  = 0.05 // and one of another article so much more of it
	minGain                     = 0.04 // and covers so much of the question that was not covered yet
	ownWeight, aroundWeight     = 0.45, 0.26
	relativeWeight, earlyWeight = 0.40, 0.10
	leadWeight                  = 0.05 // what the first sentences of an article gain: the rule before its exceptions
	fitWeight                   = 0.17 // what a unit of the kind that the question wants gains
	sameLanguage                = 0.03 // what a unit in the question's language gains
	askedWeight                 = 0.20 // what the beginning of a section that asks the question gains
	sameWords                   = 0.7  // Jaccard similarity from which on two units say the same
)

// Draft picks the units that cover the question's words best and adds what makes them readable:
// the rest of a list of steps, the line that introduces a list, the sentence before «It …». The
// result is in reading order, article by article. It is empty when no unit has a word of the
// question.
func (e *Extractive) Draft(ctx context.Context, q Question, hits []retrieve.Hit) (Draft, error) {
	d := Draft{Drafter: "extractive"}
	if err := ctx.Err(); err != nil {
		return d, err
	}
	question := e.question(q)
	var all []candidate
	for _, h := range e.read(question, hits) {
		all = append(all, e.candidates(question, h)...)
	}
	chosen := choose(all, question)
	for _, c := range chosen {
		d.Statements = append(d.Statements, c.statement())
	}
	return d, nil
}

// candidate is one unit of one hit.
type candidate struct {
	chunk    *kb.Chunk
	unit     int
	score    float64
	own      float64   // share of the question that the unit itself covers, in [0,1]
	around   float64   // and so much it covers together with its headings
	covered  []float64 // by term of the question: how well the unit covers it, in [0,1]
	weights  []float64 // of the terms, adding up to 1
	words    map[string]bool
	idle     bool // says nothing of the matter: a link, a question, a reference to another article
	dangling bool // begins with a word that points back: «It», «Diese»
}

func (c candidate) kind() kb.UnitKind { return c.chunk.Units()[c.unit].Kind }
func (c candidate) text() string {
	u := c.chunk.Units()[c.unit]
	return c.chunk.Plain[u.Start:u.End]
}

// read is the unit as it is read: a row with the header above its cells.
func (c candidate) read() string {
	if u := c.chunk.Units()[c.unit]; u.Kind == kb.Row && u.Header >= 0 {
		head := c.chunk.Units()[u.Header]
		return c.chunk.Plain[head.Start:head.End] + "\n" + c.text()
	}
	return c.text()
}

// section is what all units of a passage share.
type section struct {
	reading
	terms   []term    // of the question, as words of the section's language
	context []float64 // by term: how well title and headings cover it, in [0,1]
	named   float64   // share of the question that they cover, in [0,1]
	asked   float64   // how far the section's heading asks the question, in [0,1]
	part    part
	cues    cues
}

func (e *Extractive) section(q question, r reading) section {
	s := section{reading: r, cues: e.cues[r.Chunk.Lang], terms: q.terms(e, r.Chunk.Lang)}
	s.context = e.context(r.Hit, s.terms)
	for t, term := range s.terms {
		s.named += term.weight * s.context[t]
	}
	s.asked = e.asked(s.terms, r.Chunk)
	s.part = sectionPart(r.Chunk, s.cues)
	return s
}

// candidates scores the units of one passage.
func (e *Extractive) candidates(q question, r reading) []candidate {
	s := e.section(q, r)
	var out []candidate
	for i, u := range r.Chunk.Units() {
		if u.Kind == kb.Heading || u.Kind == kb.Row && u.Header < 0 {
			continue
		}
		out = append(out, e.candidate(q, &s, i, len(out)))
	}
	return out
}

// candidate scores the unit i of a section, the position-th that may be quoted. A unit is worth
// what it says of the question itself (own), what it says together with its title and headings
// (around), its passage's nearness, and its kind. Where the headings name the question's subject,
// the beginning of the section is likelier to answer than a sentence that happens to repeat its
// words.
func (e *Extractive) candidate(q question, s *section, i, position int) candidate {
	c := candidate{chunk: s.Chunk, unit: i, covered: make([]float64, len(s.terms)), weights: make([]float64, len(s.terms))}
	words := lang.Words(c.read(), s.Chunk.Lang)
	c.words = e.wordSet(words, s.Chunk.Lang)
	for t, term := range s.terms {
		c.weights[t] = term.weight
		c.covered[t] = term.match(c.words)
		c.own += term.weight * c.covered[t]
		c.around += term.weight * max(c.covered[t], s.context[t])
	}
	c.idle = s.part == aside || asks(c.text()) || refers(c.text(), s.cues.referrals, s.Chunk.Lang) || c.isLink(s.Document)
	fit := q.fit(c, words, s.cues)
	switch {
	case c.kind() == kb.Step && (q.steps || q.topic):
		c.own = (c.own + s.named) / 2 // a step is about its procedure, whatever it names by the way
	case s.part == remedy && s.repairs:
		c.own = max(c.own, s.named) // the title said what does not work
	case fit == 1 && !q.open() && !q.number:
		c.own = max(c.own, (c.own+s.named)/2) // «24 months» under «Gift cards › Validity» says how long
	}
	if c.around == 0 { // no answer by itself, but it may complete one
		return c
	}
	c.dangling = len(words) > 0 && s.cues.pointers[words[0].Text]
	early := 1 / float64(1+position)
	c.score = ownWeight*c.own + aroundWeight*c.around + relativeWeight*s.relative + fitWeight*c.around*fit +
		early*(earlyWeight*(0.2+s.named)+askedWeight*s.asked*s.asked)
	c.score *= e.doubt(c, s, fit)
	if q.lang != "" && s.Chunk.Lang == q.lang {
		c.score += sameLanguage
	}
	if len(s.Chunk.Headings) == 0 && position < 2 && len(s.Document.Chunks()) > 1 {
		c.score += leadWeight
	}
	return c
}

// What a unit's score keeps when it is likely to be no answer, chosen on DATA/dev.
const (
	symptomShare = 0.6 // says what does not work, where another section says what to do
	unfitShare   = 0.7 // has nothing of the kind that the question wants
	echoShare    = 0.6 // says the question again, or is a heading in all but name
	idleShare    = 0.4
	codeShare    = 0.6
)

// doubt is what c's score keeps, in (0,1].
func (e *Extractive) doubt(c candidate, s *section, fit float64) float64 {
	share := 1.0
	if s.part == symptom && s.repairs {
		share *= symptomShare
	}
	if fit == 0 {
		share *= unfitShare
	}
	if e.echoes(c, s.terms) || c.label() && !c.leads() {
		share *= echoShare
	}
	if c.idle {
		share *= idleShare
	}
	if c.kind() == kb.Code {
		share *= codeShare
	}
	return share
}

// newWords is how many words that the question lacks a unit needs to say something.
const newWords = 2

// echoes reports a unit that says the question's words and hardly anything else: a title of a
// link, a symptom repeated.
func (e *Extractive) echoes(c candidate, terms []term) bool {
	fresh := 0
	for _, w := range lang.Informative(c.read(), c.chunk.Lang) {
		for _, form := range e.analyzer.WordTerms(nil, w, c.chunk.Lang) {
			if !slices.ContainsFunc(terms, func(t term) bool { return slices.Contains(t.forms, form) }) {
				fresh++
			}
		}
		if fresh >= newWords {
			return false
		}
	}
	return true
}

// isLink reports a unit that is a link and nothing else: it names where an answer is.
func (c candidate) isLink(d *kb.Document) bool {
	u := c.chunk.Units()[c.unit]
	from, to := c.chunk.SourceRange(u.Start, u.End)
	if d == nil || from >= to || to > len(d.Source) {
		return false
	}
	raw := strings.TrimRight(strings.TrimSpace(d.Source[from:to]), ".。!")
	return strings.HasPrefix(raw, "[") && strings.HasSuffix(raw, ")") && strings.Count(raw, "](") == 1
}

// asks reports a sentence that is a question itself.
func asks(text string) bool {
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
}

// refers reports a sentence that sends the reader elsewhere or announces what the article says,
// instead of saying it.
func refers(text string, referrals []string, language string) bool {
	return len(referrals) > 0 && containsPhrase(" "+strings.ToLower(text), referrals, language)
}

// context is how well the hit's title and headings cover each term: what they say, its units
// need not repeat.
func (e *Extractive) context(h retrieve.Hit, terms []term) []float64 {
	text := h.Chunk.Title + "\n" + strings.Join(h.Chunk.Headings, "\n")
	set := e.wordSet(lang.Words(text, h.Chunk.Lang), h.Chunk.Lang)
	covered := make([]float64, len(terms))
	for t := range terms {
		covered[t] = terms[t].match(set)
	}
	return covered
}

func (e *Extractive) wordSet(words []lang.Word, language string) map[string]bool {
	set := make(map[string]bool, len(words))
	var terms []string
	for _, w := range words {
		terms = e.analyzer.WordTerms(terms[:0], w, language)
		for _, t := range terms {
			set[t] = true
		}
	}
	return set
}

// choose picks from the candidates and orders the result.
func choose(all []candidate, q question) []candidate {
	ranked := slices.Clone(all)
	slices.SortStableFunc(ranked, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	p := picker{all: all, open: q.open(), steps: q.steps || q.topic, taken: make(map[place]bool)}
	for _, c := range ranked {
		if p.count >= maxPicked || c.score == 0 {
			break
		}
		p.consider(c, ranked[0].score)
	}
	var out []candidate
	for _, c := range all {
		if p.taken[c.place()] {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return p.order[a.chunk.DocumentID] - p.order[b.chunk.DocumentID] })
	return out
}

// statement turns a candidate into a statement that quotes it.
func (c candidate) statement() Statement {
	u := c.chunk.Units()[c.unit]
	cite := Cite{ChunkID: c.chunk.ID, Start: u.Start, End: u.End}
	if u.Kind != kb.Row || u.Header < 0 {
		return Statement{Text: strings.Join(strings.Fields(c.text()), " "), Kind: u.Kind, Cites: []Cite{cite}}
	}
	head := c.chunk.Units()[u.Header]
	return Statement{
		Text:  rowText(c.chunk.Plain[head.Start:head.End], c.text()),
		Kind:  kb.Row,
		Cites: []Cite{cite, {ChunkID: c.chunk.ID, Start: head.Start, End: head.End}},
	}
}

// cellBorder divides the cells of a row in a chunk's Plain.
const cellBorder = " | "

// rowText reads a table row aloud: the first cell names what the row is about, each other cell
// follows its column's header.
func rowText(header, row string) string {
	heads, cells := strings.Split(header, cellBorder), strings.Split(row, cellBorder)
	var b strings.Builder
	b.WriteString(strings.TrimSpace(cells[0]))
	divider := " – "
	for i, cell := range cells[1:] {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		b.WriteString(divider)
		divider = "; "
		if i+1 < len(heads) && strings.TrimSpace(heads[i+1]) != "" {
			b.WriteString(strings.TrimSpace(heads[i+1]))
			b.WriteString(": ")
		}
		b.WriteString(cell)
	}
	return b.String()
}
