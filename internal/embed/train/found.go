package train

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Found says how often held-out texts are found by their translations: for each language, the
// share of texts whose translation into the pivot's language (English) is the nearest of up to
// 1,000 in that language.
type Found struct {
	Mean  float64 // over languages
	Langs []FoundLang
}

// FoundLang is the figure of one language.
type FoundLang struct {
	Lang  string
	Top1  float64 // in [0,1]
	Texts int     // that were looked for
	Among int
}

func (f *Found) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.3f", f.Mean)
	for _, l := range f.Langs {
		fmt.Fprintf(&b, " %s %.2f", l.Lang, l.Top1)
	}
	return b.String()
}

const (
	lookedFor  = 400  // texts of a language, at most
	candidates = 1000 // that each is looked for among
	leastWords = 4    // of a text: shorter ones have more than one translation
)

// heldOut are the texts that are kept for measuring.
type heldOut struct {
	langs []heldLang
	pool  []placed // texts in the pivot's language, each once
}

// heldLang are the texts of one language with their translations, places in the pool.
type heldLang struct {
	lang  string
	texts []placed
	right []int
}

// placed is a text and where its words are.
type placed struct {
	source *source
	text   text
}

func newHeldOut(m *model) *heldOut {
	h := &heldOut{}
	c := m.corpus
	if m.options.HoldOut == 0 || m.sampler.pivot < 0 {
		return h
	}
	at := make(map[uint64]int) // of a text in the pool
	seen := make(map[uint64]bool)
	byLang := make([]heldLang, len(c.langs))
	for i := range c.sources {
		s := &c.sources[i]
		_, held := divide(s, m.options.HoldOut)
		for _, g := range held {
			if g.questions > 0 {
				continue
			}
			h.add(byLang, s, s.texts[g.from:][:g.n], uint8(m.sampler.pivot), at, seen)
		}
	}
	known := m.seen(at, seen)
	for i, l := range byLang {
		l.unseen(h.pool, known)
		if l.lang = c.langs[i]; len(l.texts) >= 10 {
			order := make([]int, len(l.texts)) // any of them, but always the same
			for n := range order {
				order[n] = n
			}
			slices.SortFunc(order, func(a, b int) int { return cmp.Compare(mix(l.texts[a].text.hash), mix(l.texts[b].text.hash)) })
			kept := heldLang{lang: l.lang}
			for _, n := range order[:min(lookedFor, len(order))] {
				kept.texts, kept.right = append(kept.texts, l.texts[n]), append(kept.right, l.right[n])
			}
			h.langs = append(h.langs, kept)
		}
	}
	slices.SortFunc(h.langs, func(a, b heldLang) int { return strings.Compare(a.lang, b.lang) })
	return h
}

// seen are those of the held-out texts that are also trained on, in groups of other translations.
func (m *model) seen(pool map[uint64]int, others map[uint64]bool) map[uint64]bool {
	known := make(map[uint64]bool)
	for _, d := range m.sampler.sources {
		for _, g := range d.groups {
			for _, t := range d.texts[g.from:][:g.n] {
				if _, held := pool[t.hash]; held || others[t.hash] {
					known[t.hash] = true
				}
			}
		}
	}
	return known
}

// unseen leaves the texts that nothing is known of: what was trained on would be found too easily.
func (l *heldLang) unseen(pool []placed, known map[uint64]bool) {
	n := 0
	for i, t := range l.texts {
		if !known[t.text.hash] && !known[pool[l.right[i]].text.hash] {
			l.texts[n], l.right[n] = t, l.right[i]
			n++
		}
	}
	l.texts, l.right = l.texts[:n], l.right[:n]
}

// add adds the texts of one group that has one in the pivot's language.
func (h *heldOut) add(byLang []heldLang, s *source, texts []text, pivot uint8, at map[uint64]int, seen map[uint64]bool) {
	for _, p := range texts {
		if p.lang != pivot || p.n < leastWords {
			continue
		}
		place, ok := at[p.hash]
		if !ok {
			place = len(h.pool)
			at[p.hash] = place
			h.pool = append(h.pool, placed{s, p})
		}
		for _, t := range texts {
			if t.lang != pivot && t.n >= leastWords && !seen[t.hash] {
				seen[t.hash] = true
				l := &byLang[t.lang]
				l.texts, l.right = append(l.texts, placed{s, t}), append(l.right, place)
			}
		}
		return
	}
}

// found measures; nil where nothing is held out.
func (m *model) found() *Found {
	if len(m.test.langs) == 0 {
		return nil
	}
	dims := m.options.Dims
	vectors := func(texts []placed) []float32 {
		flat := make([]float32, len(texts)*dims)
		parallel(m.options.Threads, (len(texts)+chunkPairs-1)/chunkPairs, func(chunk int) {
			g, b := bagger{sampler: m.sampler}, bag{}
			for i := chunk * chunkPairs; i < min(len(texts), (chunk+1)*chunkPairs); i++ {
				g.plain(&b, texts[i].source, texts[i].text)
				m.embed(flat[i*dims:][:dims], &b)
			}
		})
		return flat
	}
	pool := vectors(m.test.pool)
	f := &Found{Langs: make([]FoundLang, len(m.test.langs))}
	for i, l := range m.test.langs {
		f.Langs[i] = m.look(l, vectors(l.texts), pool)
		f.Mean += f.Langs[i].Top1 / float64(len(f.Langs))
	}
	return f
}

// look counts the texts of a language that are nearest to their translations.
func (m *model) look(l heldLang, texts, pool []float32) FoundLang {
	dims := m.options.Dims
	among, listed := []int{}, make(map[int]bool)
	for _, at := range l.right {
		if !listed[at] {
			listed[at] = true
			among = append(among, at)
		}
	}
	for at := 0; at < len(m.test.pool) && len(among) < candidates; at++ {
		if !listed[at] {
			among = append(among, at)
		}
	}
	hits := make([]int, len(l.texts))
	parallel(m.options.Threads, len(l.texts), func(i int) {
		best, most := -1, math.Inf(-1)
		for _, at := range among {
			if s := m.kernels.Dot(texts[i*dims:][:dims], pool[at*dims:][:dims]); s > most {
				best, most = at, s
			}
		}
		if best == l.right[i] {
			hits[i] = 1
		}
	})
	n := 0
	for _, h := range hits {
		n += h
	}
	return FoundLang{Lang: l.lang, Top1: float64(n) / float64(len(l.texts)), Texts: len(l.texts), Among: len(among)}
}
