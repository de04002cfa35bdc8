package verify

import (
	"cited/internal/draft"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// coverage is the weight of the question's informative words that the quotes have, with their
// titles and headings, which say what a quote is about.
func (v *Verifier) coverage(q draft.Question, statements []Statement) float64 {
	terms := map[string]bool{}
	language := ""
	read := map[string]bool{}
	for _, s := range statements {
		for _, c := range s.Citations {
			language = c.Lang
			v.mark(terms, c.QuoteText, c.Lang)
			if !read[c.ChunkID] {
				read[c.ChunkID] = true
				v.mark(terms, c.Title, c.Lang)
				for _, h := range c.Headings {
					v.mark(terms, h, c.Lang)
				}
			}
		}
	}
	if len(terms) == 0 {
		return 0
	}
	if q.Lang != "" {
		language = q.Lang
	}
	found, total := 0.0, 0.0
	for _, w := range lang.Informative(bound(q.Text), language) {
		weight := v.weights.Weight(w, language)
		all := v.analyzer.WordTerms(nil, w, language)
		for _, t := range all {
			total += weight / float64(len(all))
			if terms[t] {
				found += weight / float64(len(all))
			}
		}
	}
	if total <= 0 {
		return 0
	}
	return min(1, max(0, found/total))
}

func (v *Verifier) mark(terms map[string]bool, text, code string) {
	for _, t := range v.analyzer.Terms(nil, text, code) {
		terms[t] = true
	}
}

// bound cuts a question to what the signals look at.
func bound(text string) string { return text[:min(len(text), 4*longestStatement)] }

// agreement is the overlap of the first hits of two searchers: the mean, over depths 1 to 5, of
// the share of hits that both have so high (rank-biased overlap without its tail: Webber, Moffat,
// Zobel, "A similarity measure for indefinite rankings", 2010). Where only one searcher found
// anything there is nothing to agree with, and it is a half.
func agreement(hits []retrieve.Hit) float64 {
	const depth = 5
	ranks := map[string]map[int]int{} // searcher → hit → rank
	for i, h := range hits {
		for _, o := range h.From {
			if ranks[o.Searcher] == nil {
				ranks[o.Searcher] = map[int]int{}
			}
			ranks[o.Searcher][i] = o.Rank
		}
	}
	if len(ranks) < 2 {
		return 0.5
	}
	sum := 0.0
	for d := 1; d <= depth; d++ {
		all, some := 0, 0
		for i := range hits {
			in := 0
			for _, r := range ranks {
				if rank, ok := r[i]; ok && rank <= d {
					in++
				}
			}
			if in == len(ranks) {
				all++
			}
			if in > 0 {
				some++
			}
		}
		if some > 0 {
			sum += float64(all) / float64(some)
		}
	}
	return sum / depth
}

// margin is the lead of the best document over the next one, as a share of the best one's score.
func margin(hits []retrieve.Hit) float64 {
	scores := map[string]float64{}
	for _, h := range hits {
		if h.Chunk != nil {
			scores[h.Chunk.DocumentID] = max(scores[h.Chunk.DocumentID], h.Score)
		}
	}
	best, next := 0.0, 0.0
	for _, s := range scores {
		if s > best {
			best, next = s, best
		} else if s > next {
			next = s
		}
	}
	if best <= 0 {
		return 0
	}
	return (best - next) / best
}
