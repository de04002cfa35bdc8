package answer

import (
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

// questionWords compares the words of a question with what was found for it: its stems (bigrams
// in scripts without spaces), stop words left out.
type questionWords struct {
	analyzer *lang.Analyzer
	stems    map[string]bool
}

func newQuestionWords(text, language string) questionWords {
	q := questionWords{analyzer: lang.NewAnalyzer(lang.Stemmed)}
	q.stems = q.stemsOf(text, language)
	return q
}

func (q questionWords) stemsOf(text, language string) map[string]bool {
	set := make(map[string]bool)
	var terms []string
	for _, w := range lang.Informative(text, language) {
		terms = q.analyzer.WordTerms(terms[:0], w, language)
		for _, t := range terms {
			set[t] = true
		}
	}
	return set
}

func (q questionWords) shared(set map[string]bool) int {
	n := 0
	for s := range q.stems {
		if set[s] {
			n++
		}
	}
	return n
}

// listed is how near the question comes to one that an editor listed in the front matter of a
// cited article, in [0,1]: Dice's coefficient of their words.
func (q questionWords) listed(statements []verify.Statement, hits []retrieve.Hit) float64 {
	cited := make(map[string]bool)
	for _, s := range statements {
		for _, c := range s.Citations {
			cited[c.DocumentID] = true
		}
	}
	seen := make(map[*kb.Document]bool)
	best := 0.0
	for _, h := range hits {
		if !cited[h.Document.ID] || seen[h.Document] {
			continue
		}
		seen[h.Document] = true
		for _, question := range h.Document.Questions {
			set := q.stemsOf(question, h.Document.Lang)
			best = max(best, 2*float64(q.shared(set))/float64(max(1, len(q.stems)+len(set))))
		}
	}
	return best
}

// evidence is 1 when the quotes, their titles and headings hold two words of the question, or
// all of a shorter one; a half when they hold one of several: «weather» alone, in a sentence on
// late parcels, does not make the shop know the weather. 0 when they hold none.
func (q questionWords) evidence(statements []verify.Statement) float64 {
	found := make(map[string]bool)
	read := make(map[string]bool)
	for _, s := range statements {
		for _, c := range s.Citations {
			for _, text := range append([]string{c.QuoteText, c.Title}, c.Headings...) {
				if read[text] {
					continue
				}
				read[text] = true
				for stem := range q.stemsOf(text, c.Lang) {
					found[stem] = true
				}
			}
		}
	}
	return min(1, float64(q.shared(found))/float64(max(1, min(2, len(q.stems)))))
}
