package answer

import (
	"maps"
	"strings"
	"unicode/utf8"

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
	q := questionWords{analyzer: lang.NewAnalyzer(lang.Stemmed), stems: make(map[string]bool)}
	q.addStems(q.stems, text, language)
	return q
}

// addStems adds the stems of text to set.
func (q questionWords) addStems(set map[string]bool, text, language string) {
	var terms []string
	for _, w := range lang.Informative(text, language) {
		terms = q.analyzer.WordTerms(terms[:0], w, language)
		for _, t := range terms {
			set[t] = true
		}
	}
}

func (q questionWords) shared(set map[string]bool) int {
	n := 0
	for s := range q.stems {
		if set[s] || compound(s, set) {
			n++
		}
	}
	return n
}

// compound reports whether a longer word of set is made with stem: «versand» in «versandkosten».
func compound(stem string, set map[string]bool) bool {
	if utf8.RuneCountInString(stem) < 5 {
		return false
	}
	for s := range set {
		if len(s) > len(stem) && strings.Contains(s, stem) {
			return true
		}
	}
	return false
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
			set := make(map[string]bool)
			q.addStems(set, question, h.Document.Lang)
			best = max(best, 2*float64(q.shared(set))/float64(max(1, len(q.stems)+len(set))))
		}
	}
	return best
}

// evidence is 1 when what is cited holds two words of the question, or its only one in a title
// or heading; less when it holds one of several, or the only one in passing: «weather» in a
// sentence on late parcels does not make the shop know the weather. 0 when it holds none.
func (q questionWords) evidence(statements []verify.Statement) float64 {
	quotes, headings := make(map[string]bool), make(map[string]bool)
	read := make(map[string]bool) // chunks: the steps of one procedure share their headings
	for _, s := range statements {
		for _, c := range s.Citations {
			q.addStems(quotes, c.QuoteText, c.Lang)
			if read[c.ChunkID] {
				continue
			}
			read[c.ChunkID] = true
			q.addStems(headings, c.Title, c.Lang)
			for _, h := range c.Headings {
				q.addStems(headings, h, c.Lang)
			}
		}
	}
	named := q.shared(headings)
	maps.Copy(quotes, headings)
	all := q.shared(quotes)
	if len(q.stems) == 1 {
		return float64(all+named) / 2
	}
	return min(1, float64(all)/2)
}
