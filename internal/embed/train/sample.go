package train

import (
	"math"

	"cited/internal/embed/static"
)

// sampler draws pairs. It never changes once made.
type sampler struct {
	options Options
	words   *words
	vocab   *vocabulary
	cutter  *static.Cutter
	sources []drawn
	total   float64   // of the sources' weights
	lang    []float64 // weight of a language's texts
	pivot   int       // number of the pivot's language, -1 for none
}

// drawn is a source with the groups that are trained on.
type drawn struct {
	*source
	groups []group
	weight float64
}

func newSampler(c *Corpus, o Options, v *vocabulary) *sampler {
	s := &sampler{options: o, words: c.words, vocab: v, cutter: static.NewCutter(o.Affixes), pivot: -1, lang: make([]float64, len(c.langs))}
	for i := range c.sources {
		kept, _ := divide(&c.sources[i], o.HoldOut)
		s.sources = append(s.sources, drawn{source: &c.sources[i], groups: kept})
		for _, t := range c.sources[i].texts {
			s.lang[t.lang]++
		}
	}
	s.weigh()
	for i, l := range c.langs {
		s.lang[i] = math.Pow(max(1, s.lang[i]), -o.Scarce)
		if l == pivot {
			s.pivot = i
		}
	}
	return s
}

// weigh gives a family of sources the number of its groups, to Power, and divides that among its
// files in the same manner.
func (s *sampler) weigh() {
	groups, parts := make(map[string]float64), make(map[string]float64)
	for _, d := range s.sources {
		groups[d.family] += float64(len(d.groups))
		parts[d.family] += math.Pow(float64(len(d.groups)), s.options.Power)
	}
	for i := range s.sources {
		d := &s.sources[i]
		if len(d.groups) == 0 {
			continue
		}
		factor := 1.0
		for _, name := range []string{d.family, d.name} {
			if f, ok := s.options.Weights[name]; ok {
				factor = f
			}
		}
		d.weight = factor * math.Pow(groups[d.family], s.options.Power) * math.Pow(float64(len(d.groups)), s.options.Power) / parts[d.family]
		s.total += d.weight
	}
}

// divide parts the groups of a source into those to train on and those to measure with: a group is
// held out when the hash of one of its texts says so, so that a text that stands in several files
// is held out in all of them.
func divide(s *source, holdOut int) (kept, held []group) {
	if holdOut == 0 {
		return s.groups, nil
	}
	for _, g := range s.groups {
		hold := false
		for _, t := range s.texts[g.from:][:g.n] {
			hold = hold || t.hash%uint64(holdOut) == 0
		}
		if hold {
			held = append(held, g)
		} else {
			kept = append(kept, g)
		}
	}
	return kept, held
}

// source draws a source by weight.
func (s *sampler) source(r *random) *drawn {
	x := r.float() * s.total
	last := 0
	for i := range s.sources {
		if w := s.sources[i].weight; w > 0 {
			last = i
			if x < w {
				break
			}
			x -= w
		}
	}
	return &s.sources[last]
}

// pair draws two texts of a group of d.
func (s *sampler) pair(r *random, d *drawn) (id int, a, b text) {
	id = r.below(len(d.groups))
	g := d.groups[id]
	texts := d.texts[g.from:][:g.n]
	if g.questions > 0 {
		asked, answers := texts[:g.questions], texts[g.questions:]
		a = asked[s.draw(r, asked, -1)]
		if r.float() < s.options.Same {
			if at := ofLang(r, answers, int(a.lang)); at >= 0 {
				return id, a, answers[at]
			}
		}
		return id, a, answers[s.draw(r, answers, -1)]
	}
	at := -1
	if s.options.Pivot > 0 && r.float() < s.options.Pivot {
		at = ofLang(r, texts, s.pivot)
	}
	if at < 0 {
		at = s.draw(r, texts, -1)
	}
	return id, texts[s.draw(r, texts, at)], texts[at]
}

// draw draws one of texts by the weights of their languages, not the one at but.
func (s *sampler) draw(r *random, texts []text, but int) int {
	sum := 0.0
	for i, t := range texts {
		if i != but {
			sum += s.lang[t.lang]
		}
	}
	x, last := r.float()*sum, 0
	for i, t := range texts {
		if i == but {
			continue
		}
		last = i
		if x -= s.lang[t.lang]; x < 0 {
			break
		}
	}
	return last
}

// ofLang draws one of the texts in a language; -1 where there is none.
func ofLang(r *random, texts []text, lang int) int {
	n, at := 0, -1
	for i, t := range texts {
		if int(t.lang) == lang {
			n++
			if r.below(n) == 0 {
				at = i
			}
		}
	}
	return at
}

// bag is a text as it is summed up: rows of the table and their weights.
type bag struct {
	rows    []uint32
	weights []float32
}

func (b *bag) reset() { b.rows, b.weights = b.rows[:0], b.weights[:0] }

func (b *bag) add(rows []uint32, weight float32) {
	for _, r := range rows {
		b.rows, b.weights = append(b.rows, r), append(b.weights, weight)
	}
}

// bagger makes bags. It keeps buffers: it is not for concurrent use.
type bagger struct {
	*sampler
	units units
	word  []rune
}

// plain is a text as the embedder reads it.
func (g *bagger) plain(b *bag, d *source, t text) {
	b.reset()
	for _, w := range d.tokens[t.from:][:t.n] {
		g.read(b, w)
	}
}

// read adds a word as the embedder reads it: whole, else stem and affixes, else n-grams.
func (g *bagger) read(b *bag, w uint32) {
	v := g.vocab
	cut, grams := v.pieces[v.at[2*w]:v.at[2*w+1]], v.pieces[v.at[2*w+1]:v.at[2*w+2]]
	whole := v.whole[w]
	stemFirst := g.options.Affixes&static.StemFirst != 0 && !g.words.gram[w]
	switch {
	case whole != none && !(stemFirst && len(cut) > 0):
		b.rows, b.weights = append(b.rows, whole), append(b.weights, 1)
	case len(cut) > 0:
		b.add(cut, 1)
	default:
		b.add(grams, static.GramWeight(len(grams)))
	}
}

// varied is a window of a text with words left out and words read as their pieces, so that pieces
// learn to stand for words.
func (g *bagger) varied(b *bag, r *random, d *source, t text) {
	b.reset()
	tokens := g.window(r, d, t)
	for _, w := range tokens {
		if len(tokens) > 4 && r.float() < g.options.Drop {
			continue
		}
		if r.float() >= g.options.Pieces {
			g.read(b, w)
			continue
		}
		v := g.vocab
		cut, grams := v.pieces[v.at[2*w]:v.at[2*w+1]], v.pieces[v.at[2*w+1]:v.at[2*w+2]]
		switch {
		case len(cut) > 0 && (len(grams) == 0 || r.next()&1 == 0):
			b.add(cut, 1)
		case len(grams) > 0:
			b.add(grams, static.GramWeight(len(grams)))
		default:
			g.read(b, w)
		}
	}
}

// window is what is read of a text: its beginning half of the time, else any part.
func (g *bagger) window(r *random, d *source, t text) []uint32 {
	tokens := d.tokens[t.from:][:t.n]
	n := g.options.Window
	if len(tokens) <= n {
		return tokens
	}
	if r.next()&1 == 0 {
		return tokens[:n]
	}
	return tokens[r.below(len(tokens)-n+1):][:n]
}

// mistyped is a text whose words have slips of the hand, one word in four.
func (g *bagger) mistyped(b *bag, r *random, d *source, t text) {
	b.reset()
	for _, w := range g.window(r, d, t) {
		if g.words.gram[w] || r.float() >= 0.25 {
			g.read(b, w)
			continue
		}
		g.word = append(g.word[:0], []rune(g.words.text(int(w)))...)
		if len(g.word) < 4 {
			g.read(b, w)
			continue
		}
		g.word = slip(r, g.word)
		g.units.of(g.vocab.finder, g.cutter, g.word, false)
		switch u := &g.units; {
		case u.whole != none:
			b.rows, b.weights = append(b.rows, u.whole), append(b.weights, 1)
		case len(u.cut) > 0:
			b.add(u.cut, 1)
		default:
			b.add(u.grams, static.GramWeight(len(u.grams)))
		}
	}
}

// slip swaps two neighbours, leaves out, doubles or replaces a letter.
func slip(r *random, word []rune) []rune {
	at := r.below(len(word) - 1)
	switch r.below(4) {
	case 0:
		word[at], word[at+1] = word[at+1], word[at]
	case 1:
		word = append(word[:at], word[at+1:]...)
	case 2:
		word = append(word[:at+1], word[at:]...)
	default:
		word[at] = word[r.below(len(word))]
	}
	return word
}
