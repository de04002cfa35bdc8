package verify

// least is the share of a statement's words that the evidence has to have, in [0,1]. It is low:
// a paraphrase may share few words with its source, and the guards catch what it must not change.
const least = 0.34

// Similarity measures how near two texts are in meaning, in [0,1]. verify owns it so that it
// need not know embedders; NoSimilarity is the one for none.
type Similarity interface {
	Similarity(a, b string) float64
}

// NoSimilarity knows nothing and changes nothing.
type NoSimilarity struct{}

// Similarity implements Similarity.
func (NoSimilarity) Similarity(string, string) float64 { return 0 }

// check decides whether the evidence bears out the statement. support is the share of the
// statement's words that the evidence has; reason is "" when it does. The guards come after the
// overlap, so that a reason names the fault and not one of its consequences.
func (v *Verifier) check(s, e *passage) (support float64, reason string) {
	if verbatim(s.text, e.text) {
		return 1, ""
	}
	a := align(s, e)
	support = overlap(s, e, a)
	if support < least {
		if v.similarity.Similarity(s.text, e.text) < near1 {
			return support, "too little of it is in the quote"
		}
	}
	for _, guard := range guards {
		if reason := guard(s, e, a); reason != "" {
			return support, reason
		}
	}
	return support, ""
}

// guards are what a statement must not change. Each returns the reason to refuse it, or "".
var guards = []func(s, e *passage, a alignment) string{
	factsReason, boundsReason, quantityReason, sidesReason, rangeReason, assignmentReason,
	namesReason, swapReason, contraryReason, prefixReason, copyReason, polarityReason,
	focusReason, pricedReason, additionReason,
}

// near1 is the similarity from which on the words themselves need not match.
const near1 = 0.8

// overlap is the share of the statement's weight that the evidence has. Facts count as words.
func overlap(s, e *passage, a alignment) float64 {
	total, found := 0.0, 0.0
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.weight > 0 && t.fact == 0 {
			total += t.weight
			found += t.weight * a.quality[i]
		}
	}
	for i := range s.facts {
		if f := &s.facts[i]; f.kind != rate {
			total++
			if equals, _ := s.candidates(e, f); len(equals) > 0 {
				found++
			}
		}
	}
	if total == 0 {
		return 0
	}
	return found / total
}
