package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/kb"
)

// place is where a unit stands.
type place struct {
	chunk *kb.Chunk
	unit  int
}

func (c candidate) place() place { return place{c.chunk, c.unit} }

// picker collects the units of an answer.
type picker struct {
	all     []candidate
	open    bool // no kind of answer is asked for by name: a number, a time
	steps   bool // a procedure may be what is asked for
	taken   map[place]bool
	chosen  []candidate
	covered []float64      // by term of the question, over all that was chosen
	order   map[string]int // documents in the order in which they were first chosen
	count   int            // statements so far; the further items of a list do not count
}

// consider takes c if it adds to the answer.
func (p *picker) consider(c candidate, best float64) {
	if p.taken[c.place()] {
		return
	}
	if len(p.chosen) > 0 {
		share, cover := farShare, farCover
		switch {
		case p.chosen[0].chunk.Section() == c.chunk.Section():
			share, cover = minShare, 0
		case p.chosen[0].chunk.DocumentID != c.chunk.DocumentID && c.around < p.chosen[0].around+minFarGain:
			return // another article has to say more of the question, not the same of another matter
		}
		if p.otherProcedure(c) {
			return
		}
		wanted := p.steps && c.kind() == kb.Step // it adds what is asked for, though no new word
		if c.score < share*best || c.own < cover || !wanted && p.gain(c) < minGain || p.repeats(c) {
			return
		}
	}
	first := len(p.chosen) == 0
	p.take(c)
	p.complete(c)
	if first && p.open && c.kind() == kb.Sentence && (p.steps || c.own < wholeAnswer) {
		p.takeNext(c)
	}
}

// otherProcedure reports a step of another list than the one that was chosen: two procedures in
// one answer are none.
func (p *picker) otherProcedure(c candidate) bool {
	if c.kind() != kb.Step {
		return false
	}
	for _, o := range p.chosen {
		if o.kind() == kb.Step && (o.chunk != c.chunk || o.chunk.Units()[o.unit].Block != c.chunk.Units()[c.unit].Block) {
			return true
		}
	}
	return false
}

// gain is how much of the question c covers that was not covered yet, in [0,1].
func (p *picker) gain(c candidate) float64 {
	sum := 0.0
	for t, w := range c.weights {
		if t < len(p.covered) {
			sum += w * max(0, c.covered[t]-p.covered[t])
		}
	}
	return sum
}

func (p *picker) repeats(c candidate) bool {
	for _, o := range p.chosen {
		both := 0
		for w := range c.words {
			if o.words[w] {
				both++
			}
		}
		if union := len(c.words) + len(o.words) - both; union > 0 && float64(both) >= sameWords*float64(union) {
			return true
		}
	}
	return false
}

func (p *picker) take(c candidate) {
	if p.taken[c.place()] {
		return
	}
	if p.order == nil {
		p.order = make(map[string]int)
		p.covered = make([]float64, len(c.covered))
	}
	if _, ok := p.order[c.chunk.DocumentID]; !ok {
		p.order[c.chunk.DocumentID] = len(p.order)
	}
	p.taken[c.place()] = true
	p.chosen = append(p.chosen, c)
	p.count++
	for t := range p.covered {
		if t < len(c.covered) {
			p.covered[t] = max(p.covered[t], c.covered[t])
		}
	}
}

// complete adds what c needs around it to be understood.
func (p *picker) complete(c candidate) {
	switch {
	case c.kind() == kb.Step:
		p.takeLead(c)
		p.takeBlock(c)
	case c.kind() == kb.Item:
		p.takeLead(c)
	case c.kind() == kb.Sentence && (introduces(c.text()) || (p.steps || c.label()) && c.leads()):
		p.takeFollowing(c)
	case c.dangling:
		p.takeUnit(c.chunk, c.unit-1, c.chunk.Units()[c.unit].Block)
	}
}

// takeUnit takes the unit i of chunk if it belongs to block and was a candidate.
func (p *picker) takeUnit(chunk *kb.Chunk, i, block int) {
	if i < 0 || i >= len(chunk.Units()) || chunk.Units()[i].Block != block {
		return
	}
	if c, ok := p.candidate(chunk, i); ok {
		p.take(c)
	}
}

// candidate returns the candidate that is the unit i of chunk.
func (p *picker) candidate(chunk *kb.Chunk, i int) (candidate, bool) {
	for _, c := range p.all {
		if c.chunk == chunk && c.unit == i {
			return c, true
		}
	}
	return candidate{}, false
}

// takeLead takes the line that introduces c's list. Before steps that is the sentence above, even
// without a colon: «Download the assistant. 1. When it opens …».
func (p *picker) takeLead(c candidate) {
	first := c.unit
	for first > 0 && c.chunk.Units()[first-1].Block == c.chunk.Units()[c.unit].Block {
		first--
	}
	if first == 0 {
		return
	}
	lead := c.chunk.Units()[first-1]
	if lead.Kind == kb.Sentence && (c.kind() == kb.Step || introduces(c.chunk.Plain[lead.Start:lead.End])) {
		p.takeUnit(c.chunk, first-1, lead.Block)
	}
}

// wholeAnswer is how much of the question a sentence covers that is likely to answer it alone.
const wholeAnswer = 0.7

// maxNext is how many sentences are read on, where one may not be the whole answer.
const maxNext = 2

// takeNext reads on from c in its section: where an article says what a matter is, the next
// sentence says what to do.
func (p *picker) takeNext(c candidate) {
	for i := c.unit + 1; i < len(c.chunk.Units()) && i <= c.unit+maxNext; i++ {
		next, ok := p.candidate(c.chunk, i)
		if !ok || next.kind() != kb.Sentence || next.idle {
			return
		}
		p.take(next)
		if next.leads() || introduces(next.text()) {
			p.takeFollowing(next)
			return
		}
	}
}

// takeBlock takes all steps of c's list, if there are few enough to be read. They count as one
// statement: half a procedure is no answer.
func (p *picker) takeBlock(c candidate) {
	block := c.chunk.Units()[c.unit].Block
	first, last := c.unit, c.unit
	for first > 0 && c.chunk.Units()[first-1].Block == block {
		first--
	}
	for last+1 < len(c.chunk.Units()) && c.chunk.Units()[last+1].Block == block {
		last++
	}
	if last-first >= maxItems {
		first, last = c.unit, min(c.unit+maxItems-1, last)
	}
	count := p.count
	for i := first; i <= last; i++ {
		p.takeUnit(c.chunk, i, block)
	}
	p.count = count
}

// takeFollowing takes the list that c introduces.
func (p *picker) takeFollowing(c candidate) {
	count := p.count
	for i := c.unit + 1; i < len(c.chunk.Units()) && i <= c.unit+maxItems; i++ {
		u := c.chunk.Units()[i]
		if u.Kind != kb.Item && u.Kind != kb.Step || u.Block != c.chunk.Units()[c.unit+1].Block {
			break
		}
		if next, ok := p.candidate(c.chunk, i); !ok || p.otherProcedure(next) {
			break
		}
		p.takeUnit(c.chunk, i, u.Block)
	}
	p.count = count
}

// leads reports a sentence right before a procedure. In many languages no colon says so.
func (c candidate) leads() bool {
	next := c.unit + 1
	return next < len(c.chunk.Units()) && c.chunk.Units()[next].Kind == kb.Step
}

// label reports a line that is no sentence: a heading in all but name.
func (c candidate) label() bool {
	text := strings.TrimRight(strings.TrimSpace(c.text()), "\"'”’»)）」")
	if text == "" || c.kind() != kb.Sentence {
		return false
	}
	end, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(end) && utf8.RuneCountInString(text) <= maxLabel
}

// maxLabel is the length of a label in characters, at most.
const maxLabel = 90

// introduces reports a line that a list completes.
func introduces(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}
