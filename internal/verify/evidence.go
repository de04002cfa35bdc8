package verify

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"cited/internal/kb"
)

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// tries is how many runs of units are checked in full for one statement; the rest is only counted.
const tries = 5

// widest is how many adjacent units make one quote.
const widest = 3

// search finds the pieces that bear the statement out: one piece by itself, the smallest first;
// one with the header or the lead-in that it needs; or several together, since a statement may
// merge two sentences.
func (v *Verifier) search(out Statement, text string, ranged []piece, open []*source) Statement {
	code := language(ranged, open)
	s := v.read(text, code)
	var found []piece
	support := 1.0
	for _, p := range ranged {
		score, reason := v.try(s, code, p)
		if reason == "" && p.header() {
			reason = "the header of a table says nothing by itself"
		}
		if reason == "" {
			found, support = append(found, p), min(support, score)
		} else if out.Reason == "" {
			out.Reason = reason
		}
	}
	if len(found) > 0 && found[0] == ranged[0] {
		return out.with(support, found...).clean()
	}
	if out.Reason == "" {
		out.Reason = "too little of it is in what it cites"
	}
	first := true
	candidates := append([]piece(nil), ranged...)
	for _, src := range open {
		best := v.windows(s, src)
		for _, p := range best {
			for _, pieces := range [][]piece{{p}, p.introduced()} {
				if len(pieces) == 0 {
					continue
				}
				if len(ranged) > 0 && !overlapsAny(ranged[0], pieces) {
					pieces = append([]piece{ranged[0]}, pieces...)
				}
				score, reason := v.try(s, code, pieces...)
				if reason == "" {
					return out.with(score, pieces...).clean()
				}
				if first && len(ranged) == 0 {
					out.Reason, first = reason, false
				}
			}
		}
		candidates = append(candidates, best...)
	}
	return v.union(out, s, code, candidates, ranged[:min(1, len(ranged))])
}

// clean drops the reason of a try that came before the one that succeeded.
func (s Statement) clean() Statement {
	if s.Supported {
		s.Reason = ""
	}
	return s
}

// language is that of the first cited chunk: the lexicon has to be the evidence's.
func language(ranged []piece, open []*source) string {
	for _, p := range ranged {
		open = append(open, p.source)
	}
	for _, src := range open {
		if src.chunk.Lang != "" {
			return src.chunk.Lang
		}
		if src.document.Lang != "" {
			return src.document.Lang
		}
	}
	return ""
}

// try checks the statement against the pieces, taken together.
func (v *Verifier) try(s *passage, code string, pieces ...piece) (float64, string) {
	texts := make([]string, len(pieces))
	n := 0
	for i, p := range pieces {
		texts[i] = strings.ToValidUTF8(p.text(), "")
		n += len(texts[i])
	}
	if n > longestEvidence {
		return 0, "the quote is too long to be checked"
	}
	return v.check(s, v.read(strings.Join(texts, "\n"), code))
}

// union adds piece after piece, each the one with the most of what is still missing, until they
// bear the statement out together. It begins with first, the range that the statement was taken
// from, where there is one: the others only explain it.
func (v *Verifier) union(out Statement, s *passage, code string, candidates, first []piece) Statement {
	const most = 3
	if len(candidates) < 2 {
		return out
	}
	covered := make([]bool, len(s.tokens))
	chosen := slices.Clone(first)
	for _, p := range chosen {
		if v.gain(s, p, covered, true) == 0 {
			return out
		}
	}
	for len(chosen) < most {
		best, gain := -1, 0.0
		for i, p := range candidates {
			if overlapsAny(p, chosen) {
				continue
			}
			if g := v.gain(s, p, covered, false); g > gain {
				best, gain = i, g
			}
		}
		if best < 0 {
			break
		}
		v.gain(s, candidates[best], covered, true)
		chosen = append(chosen, candidates[best])
		if len(chosen) > 1 {
			if score, reason := v.try(s, code, chosen...); reason == "" {
				return out.with(score, chosen...).clean()
			}
		}
	}
	return out
}

func overlapsAny(p piece, chosen []piece) bool {
	for _, c := range chosen {
		if p.source == c.source && p.start < c.end && c.start < p.end {
			return true
		}
	}
	return false
}

// gain is the weight of the statement's words that p has and that are not covered yet; mark
// covers them.
func (v *Verifier) gain(s *passage, p piece, covered []bool, mark bool) float64 {
	v.open(p.source)
	a := align(s, p.passage)
	total := 0.0
	for i, at := range a.at {
		w := s.content(i) * a.quality[i]
		if w == 0 || covered[i] {
			continue
		}
		for _, k := range at {
			if t := &p.passage.tokens[k]; t.start >= p.start && t.end <= p.end {
				total += w
				covered[i] = mark
				break
			}
		}
	}
	return total
}

// open reads the chunk's plain text once and says which unit each token is in.
func (v *Verifier) open(src *source) {
	if src.passage != nil {
		return
	}
	code := src.chunk.Lang
	if code == "" {
		code = src.document.Lang
	}
	src.passage = v.read(src.chunk.Plain, code)
	src.units = make([]int, len(src.passage.tokens))
	u := 0
	for i := range src.passage.tokens {
		t := &src.passage.tokens[i]
		for u < len(src.chunk.Units()) && src.chunk.Units()[u].End <= t.start {
			u++
		}
		src.units[i] = -1
		if u < len(src.chunk.Units()) && src.chunk.Units()[u].Start <= t.start {
			src.units[i] = u
		}
	}
}

// windows returns the runs of one to three adjacent units that share most with the statement, the
// best first. A longer run has to share more.
func (v *Verifier) windows(s *passage, src *source) []piece {
	v.open(src)
	units := src.chunk.Units()
	a := align(s, src.passage)
	share := make([][]float64, len(units)) // by unit: the weight of each token of the statement
	for i, at := range a.at {
		w := s.content(i) * a.quality[i]
		if w == 0 {
			continue
		}
		for _, k := range at {
			if u := src.units[k]; u >= 0 {
				if share[u] == nil {
					share[u] = make([]float64, len(s.tokens))
				}
				share[u][i] = w
			}
		}
	}
	type window struct {
		piece
		score float64
	}
	var all []window
	for first := range units {
		sum := make([]float64, len(s.tokens))
		for last := first; last < len(units) && last < first+widest; last++ {
			if units[last].Kind == kb.Heading {
				break
			}
			total := 0.0
			for i := range sum {
				if share[last] != nil {
					sum[i] = max(sum[i], share[last][i])
				}
				total += sum[i]
			}
			if total > 0 && share[last] != nil && share[first] != nil && !(piece{src, units[first].Start, units[last].End}).header() {
				all = append(all, window{piece{src, units[first].Start, units[last].End}, total - 0.6*float64(last-first)})
			}
		}
	}
	sort.SliceStable(all, func(i, k int) bool { return all[i].score > all[k].score })
	var best []piece
	for _, w := range all[:min(tries, len(all))] {
		best = append(best, w.piece)
	}
	return best
}

// header reports a piece that lies within the header row of a table.
func (p piece) header() bool {
	for _, u := range p.chunk.Units() {
		if u.Start <= p.start && p.end <= u.End {
			return u.Kind == kb.Row && u.Header < 0
		}
	}
	return false
}

// introduced returns the piece with what introduces it: a row with its table's header, a list
// item with the sentence before the list. It is nil where nothing does.
func (p piece) introduced() []piece {
	units := p.chunk.Units()
	for i, u := range units {
		if u.Start != p.start {
			continue
		}
		switch {
		case u.Kind == kb.Row && u.Header >= 0 && u.Header < len(units) && u.Header != i:
			h := units[u.Header]
			return []piece{{p.source, h.Start, h.End}, p}
		case u.Kind == kb.Item || u.Kind == kb.Step:
			for k := i - 1; k >= 0; k-- {
				if units[k].Block != u.Block {
					if units[k].Kind != kb.Sentence {
						return nil
					}
					return []piece{{p.source, units[k].Start, units[k].End}, p}
				}
			}
		}
		return nil
	}
	return nil
}
