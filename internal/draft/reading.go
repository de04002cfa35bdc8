package draft

import (
	"cmp"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// reading is a hit as it is read for an answer.
type reading struct {
	retrieve.Hit
	relative float64 // how near the question, beside the best passage, in [0,1]
	repairs  bool    // its article is about the question, and has a section that says what to do
}

// Shares of a passage's nearness: its own score, and that of its article.
const (
	chunkShare   = 0.5
	articleShare = 0.5
)

// titledWeight is what an article gains whose title, or a question that its editor listed, asks
// the question, beside a score of 1 for the best hit.
const titledWeight = 0.3

// exactTitled is how far a title or a listed question has to ask the question before other
// articles are not read at all.
const exactTitled = 0.9

// repairTitled is how far a title has to ask the question before the article's remedy is the answer.
const repairTitled = 0.5

// article is one document of the hits.
type article struct {
	worth   float64 // its best hit and what its title says, ≥ 0
	titled  float64 // how far its title, or a question that its editor listed, asks the question
	repairs bool
}

// read says which passages are read, those of the best article first: the sentence is looked for
// in the article that is about the question, not in whichever sentence repeats its words.
func (e *Extractive) read(q question, hits []retrieve.Hit) []reading {
	if len(hits) == 0 || hits[0].Score <= 0 {
		return nil
	}
	best := hits[0].Score
	articles := make(map[*kb.Document]article)
	top, exact := 0.0, false
	for _, h := range hits[:min(maxHits, len(hits))] {
		if _, ok := articles[h.Document]; ok {
			continue
		}
		titled := e.titled(q, h.Document)
		a := article{worth: h.Score/best + titledWeight*titled, titled: titled, repairs: titled >= repairTitled && q.open() && e.repairs(h.Document)}
		articles[h.Document] = a
		top, exact = max(top, a.worth), exact || titled >= exactTitled
	}
	var out []reading
	for _, h := range hits {
		if a, ok := articles[h.Document]; ok && (!exact || a.titled >= exactTitled) {
			out = append(out, reading{Hit: h, relative: chunkShare*h.Score/best + articleShare*a.worth/top, repairs: a.repairs})
		}
	}
	slices.SortStableFunc(out, func(a, b reading) int {
		return cmp.Compare(articles[b.Document].worth, articles[a.Document].worth)
	})
	return out
}

// repairs reports whether d has a section that says what to do when something does not work.
func (e *Extractive) repairs(d *kb.Document) bool {
	return slices.ContainsFunc(d.Chunks(), func(c *kb.Chunk) bool { return sectionPart(c, e.cues[c.Lang]) == remedy })
}

// titled is how far the document's title, or the nearest of its listed questions, asks q, in [0,1].
func (e *Extractive) titled(q question, d *kb.Document) float64 {
	terms := q.terms(e, d.Lang)
	best := e.asks(terms, d.Title, d.Lang)
	for _, listed := range d.Questions {
		best = max(best, e.asks(terms, listed, d.Lang))
	}
	return best
}

// asked is how far the passage's section asks the question: its own heading, alone or with the
// title, and the title where no heading came yet.
func (e *Extractive) asked(terms []term, c *kb.Chunk) float64 {
	if len(c.Headings) == 0 {
		return e.asks(terms, c.Title, c.Lang)
	}
	heading := c.Headings[len(c.Headings)-1]
	return max(e.asks(terms, heading, c.Lang), e.asks(terms, c.Title+"\n"+heading, c.Lang))
}

// asks is how far text and the question say the same, in [0,1]: the harmonic mean of the shares
// of their words, by weight, that the other has.
func (e *Extractive) asks(terms []term, text, language string) float64 {
	words := lang.Informative(text, language)
	set := e.wordSet(words, language)
	recall := 0.0
	for _, t := range terms {
		recall += t.weight * t.match(set)
	}
	if recall == 0 {
		return 0
	}
	total, shared := 0.0, 0.0
	for _, w := range words {
		weight := e.weights.Weight(w, language)
		total += weight
		own := e.wordSet([]lang.Word{w}, language)
		for _, t := range terms {
			if t.match(own) > 0 {
				shared += weight
				break
			}
		}
	}
	if total == 0 {
		return 0
	}
	precision := shared / total
	return 2 * precision * recall / (precision + recall)
}

// part is what a section is in its article.
type part uint8

// Parts of an article that its headings tell.
const (
	body    part = iota
	symptom      // what does not work: «Issue»
	remedy       // what to do then: «Solution»
	aside        // what is there besides: «Related reading»
)

// sectionPart reads the section's headings, the innermost first.
func sectionPart(chunk *kb.Chunk, c cues) part {
	for _, heading := range slices.Backward(chunk.Headings) {
		folded := " " + strings.ToLower(heading)
		switch {
		case containsPhrase(folded, c.asides, chunk.Lang):
			return aside
		case containsPhrase(folded, c.remedies, chunk.Lang):
			return remedy
		case containsPhrase(folded, c.symptoms, chunk.Lang):
			return symptom
		}
	}
	return body
}
