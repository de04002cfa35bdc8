package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cited/internal/lang"
)

const (
	rate  = 0.6  // first step of AdaGrad, falling to a tenth
	decay = 2e-6 // L2
)

// model is a multinomial logistic regression over hashed features.
type model struct {
	group   int
	langs   []string
	mask    uint32
	weights []float32 // row by row
	squares []float32 // AdaGrad's sums of squared gradients
	bias    []float32
}

func newModel(g int) *model {
	rows := 1 << groups[g].bits
	n := len(groups[g].langs)
	return &model{
		group: g, langs: groups[g].langs, mask: uint32(rows - 1),
		weights: make([]float32, rows*n), squares: make([]float32, rows*n), bias: make([]float32, n),
	}
}

// scores sets p to the probabilities of the languages.
func (m *model) scores(p []float32, features []lang.Feature) {
	copy(p, m.bias)
	n := len(p)
	for _, f := range features {
		row := m.weights[int(f.Hash&m.mask)*n:][:n]
		for c := range p {
			p[c] += f.Weight * row[c]
		}
	}
	top := p[0]
	for _, s := range p {
		top = max(top, s)
	}
	sum := float32(0)
	for c := range p {
		p[c] = float32(math.Exp(float64(p[c] - top)))
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// step moves the weights towards class y (AdaGrad: Duchi, Hazan & Singer 2011).
func (m *model) step(p []float32, features []lang.Feature, y int, rate float32) {
	p[y]--
	n := len(p)
	for c := range p {
		m.bias[c] -= 0.01 * rate * p[c]
	}
	for _, f := range features {
		at := int(f.Hash&m.mask) * n
		row, squares := m.weights[at:at+n], m.squares[at:at+n]
		for c := range p {
			g := p[c]*f.Weight + decay*row[c]
			squares[c] += g * g
			row[c] -= rate * g / (float32(math.Sqrt(float64(squares[c]))) + 0.05)
		}
	}
}

// train runs epochs over samples drawn from s, each language as often as s.order has it.
func (m *model) train(s *sampler, epochs int, log io.Writer) {
	rng := rand.New(rand.NewPCG(seed, uint64(m.group)+7))
	p := make([]float32, len(m.langs))
	var features []lang.Feature
	total := epochs * groups[m.group].perClass * len(s.order) / 10
	right, loss := 0, 0.0
	for i := range total {
		y := s.order[rng.IntN(len(s.order))]
		features = lang.Features(features[:0], s.draw(rng, y), m.group)
		if len(features) == 0 {
			continue
		}
		m.scores(p, features)
		loss -= math.Log(float64(p[y]) + 1e-9)
		if p[y] > 0.5 {
			right++
		}
		m.step(p, features, y, rate*(1-0.9*float32(i)/float32(total)))
		if done := i + 1; done%(total/epochs) == 0 {
			n := float64(total / epochs)
			fmt.Fprintf(log, "group %d: %d samples, accuracy %.4f, loss %.4f\n", m.group, done, float64(right)/n, loss/n)
			right, loss = 0, 0
		}
	}
}

// sampler draws short questions from the texts of a group's languages.
type sampler struct {
	group int
	langs []string
	texts [][]string
	names []string
	seeds [][]string // of languages without texts
	order []int      // classes, as often as they are to be drawn
}

func newSampler(g int, c *corpus) *sampler {
	s := &sampler{group: g, langs: groups[g].langs, names: c.names}
	for y, tag := range s.langs {
		s.texts = append(s.texts, c.byLang[tag])
		s.seeds = append(s.seeds, strings.FieldsFunc(seeds[tag], func(r rune) bool {
			return r == '|' || unicode.IsSpace(r)
		}))
		share := 10
		if tag == "en" {
			share = 13 // names and terms are English when nothing says otherwise
		}
		if seeds[tag] != "" {
			share = 3 // a guess from so little must have more to show for itself
		}
		for range share {
			s.order = append(s.order, y)
		}
	}
	return s
}

// clean leaves out texts that the model, fitted on all of them, finds plainly in another language
// of the group: untranslated and mislabelled ones. It returns how many, by language.
func (s *sampler) clean(m *model) map[string]int {
	dropped := map[string]int{}
	p := make([]float32, len(s.langs))
	var features []lang.Feature
	for y, texts := range s.texts {
		kept := texts[:0:0]
		for _, text := range texts {
			features = lang.Features(features[:0], text, s.group)
			m.scores(p, features)
			if len(features) > 0 && p[y] < 0.02 {
				dropped[s.langs[y]]++
				continue
			}
			kept = append(kept, text)
		}
		s.texts[y] = kept
	}
	return dropped
}

// draw makes one sample of a language: a text or a few words of one, sometimes among English
// names, sometimes written in haste.
func (s *sampler) draw(rng *rand.Rand, y int) string {
	var text string
	if len(s.seeds[y]) > 0 {
		text = seeded(rng, s.seeds[y])
	} else {
		text = s.texts[y][rng.IntN(len(s.texts[y]))]
	}
	if s.group == 2 {
		return stretch(rng, text)
	}
	words := strings.Fields(text)
	n := 1 + rng.IntN(12)
	if rng.IntN(3) == 0 {
		n = 1 + rng.IntN(3)
	}
	if len(words) > n && (len(words) > 15 || rng.IntN(3) > 0) {
		at := rng.IntN(len(words) - n + 1)
		words = words[at : at+n]
	}
	if s.group == 0 && rng.IntN(4) == 0 && len(words) > 1 && len(s.seeds[y]) == 0 {
		at := rng.IntN(len(words) + 1)
		words = append(append(append([]string{}, words[:at]...), s.names[rng.IntN(len(s.names))]), words[at:]...)
	}
	text = strings.Join(words, " ")
	if s.group == 0 && rng.IntN(6) == 0 {
		text = plain(rng, text)
	}
	if rng.IntN(12) == 0 {
		text = typo(rng, text)
	}
	return text
}

// stretch returns up to 12 characters of a text in Han and kana.
func stretch(rng *rand.Rand, text string) string {
	runes := []rune(text)
	if n := 2 + rng.IntN(11); len(runes) > n {
		at := rng.IntN(len(runes) - n + 1)
		runes = runes[at : at+n]
	}
	return string(runes)
}

// plain drops the marks on letters, as on a keyboard that lacks them: "ae" or "a" for "ä".
func plain(rng *rand.Rand, text string) string {
	if rng.IntN(2) == 0 {
		text = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue").Replace(text)
	}
	text = strings.NewReplacer("ß", "ss", "ł", "l", "Ł", "L", "ı", "i", "İ", "I", "œ", "oe").Replace(text)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

// typo drops, doubles or swaps a letter.
func typo(rng *rand.Rand, text string) string {
	runes := []rune(text)
	if len(runes) < 4 {
		return text
	}
	at := 1 + rng.IntN(len(runes)-2)
	switch rng.IntN(3) {
	case 0:
		runes = append(runes[:at], runes[at+1:]...)
	case 1:
		runes = append(runes[:at+1], runes[at:]...)
	default:
		runes[at], runes[at+1] = runes[at+1], runes[at]
	}
	return string(runes)
}
