package verify

import (
	"fmt"
	"strings"
	"unicode"

	"cited/internal/lang"
)

// nearCopy is the share of its words, in order, that a statement has in common with a sentence of
// the evidence, from which on it is taken for a copy: then each difference has to be explained.
const nearCopy = 0.72

// longest is how many tokens a statement or its evidence may have for the comparison in order,
// whose cost is their product.
const longest = 400

// verbatim reports whether the evidence has the statement word for word, from the beginning of a
// sentence to the end of one.
func verbatim(statement, evidence string) bool {
	statement, evidence = squeeze(statement), squeeze(evidence)
	at := strings.Index(evidence, statement)
	if at < 0 || statement == "" {
		return false
	}
	before := strings.TrimRightFunc(evidence[:at], unicode.IsSpace)
	return (before == "" || ends(before)) && (len(evidence) == at+len(statement) || ends(statement) || ends(evidence[:at+len(statement)+1]))
}

// ends reports whether text ends where a sentence, a cell or a line does.
func ends(text string) bool {
	for _, mark := range []string{".", "!", "?", "。", "！", "？", "؟", "|", "｜", ":", "：", "…", "\n", ";", "；", "؛"} {
		if strings.HasSuffix(text, mark) {
			return true
		}
	}
	return false
}

// squeeze makes all white space one, and keeps line ends as full stops do.
func squeeze(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

// copyReason looks at a statement that is nearly a sentence of the evidence, and returns the
// first difference that changes what it says: a denial on one side only, or a word without
// counterpart in place of another one.
func copyReason(s, e *passage, a alignment) string {
	if len(s.tokens) > longest {
		return ""
	}
	for start := 0; start < len(e.tokens); {
		end := start + 1
		n := e.sentence[e.tokens[start].clause]
		for end < len(e.tokens) && e.sentence[e.tokens[end].clause] == n {
			end++
		}
		if end-start <= longest {
			if reason := s.differs(e, a, start, end); reason != "" {
				return reason
			}
		}
		start = end
	}
	return ""
}

// differs compares the statement with the tokens [from,to) of the evidence in order.
func (p *passage) differs(e *passage, a alignment, from, to int) string {
	pairs := inOrder(p.tokens, e.tokens[from:to])
	sWords, eWords := words(p.tokens), words(e.tokens[from:to])
	if longer := max(sWords, eWords); longer == 0 || float64(len(pairs)) < nearCopy*float64(longer) {
		return ""
	}
	i, k := 0, from
	for _, pair := range append(pairs, [2]int{len(p.tokens), to - from}) {
		if reason := p.edit(e, a, i, pair[0], k, from+pair[1]); reason != "" {
			return reason
		}
		i, k = pair[0]+1, from+pair[1]+1
	}
	return ""
}

// edit looks at one place where the statement has the tokens [i,j) and the evidence [k,l).
func (p *passage) edit(e *passage, a alignment, i, j, k, l int) string {
	if i == j && k == l {
		return ""
	}
	if p.denied(i, j) != e.denied(k, l) {
		return "the statement and the quote differ in a negation"
	}
	dropped := false
	for ; k < l; k++ {
		dropped = dropped || e.tokens[k].symbol == 0 && e.tokens[k].weight > 0
	}
	for ; i < j; i++ {
		t := &p.tokens[i]
		if t.symbol == 0 && t.weight > 0 && t.fact == 0 && a.quality[i] < 0.7 && (dropped || !p.latinOrCased(t)) {
			return fmt.Sprintf("%q is not in the quote", p.text[t.start:t.end])
		}
	}
	return ""
}

// latinOrCased reports words whose script has capitals, so that names.go finds the names.
func (p *passage) latinOrCased(t *token) bool { return p.cased() && t.script == lang.Alphabetic }

// denied reports whether the tokens [from,to) deny, all taken together.
func (p *passage) denied(from, to int) bool {
	odd := false
	for i := from; i < to; i++ {
		switch p.tokens[i].polar {
		case senseNegator, senseWithout, senseNegative, senseFree:
			odd = !odd
		}
	}
	return odd
}

func words(tokens []token) int {
	n := 0
	for i := range tokens {
		if tokens[i].symbol == 0 {
			n++
		}
	}
	return n
}

// inOrder returns a longest common subsequence of the words of two texts, as pairs of positions.
func inOrder(a, b []token) [][2]int {
	n, m := len(a), len(b)
	length := make([]int16, (n+1)*(m+1))
	at := func(i, k int) *int16 { return &length[i*(m+1)+k] }
	same := func(i, k int) bool { return a[i].symbol == 0 && b[k].symbol == 0 && a[i].text == b[k].text }
	for i := n - 1; i >= 0; i-- {
		for k := m - 1; k >= 0; k-- {
			switch {
			case same(i, k):
				*at(i, k) = *at(i+1, k+1) + 1
			default:
				*at(i, k) = max(*at(i+1, k), *at(i, k+1))
			}
		}
	}
	var pairs [][2]int
	for i, k := 0, 0; i < n && k < m; {
		switch {
		case same(i, k):
			pairs = append(pairs, [2]int{i, k})
			i, k = i+1, k+1
		case *at(i+1, k) >= *at(i, k+1):
			i++
		default:
			k++
		}
	}
	return pairs
}
