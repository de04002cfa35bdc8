package lang

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// identBin is the fitted model, made by `go run ./internal/lang/fit`. It is read in place.
//
//	"LID1", then per group (Latin, Cyrillic, Han):
//	  classes   uint8, then per class its tag: length uint8, bytes
//	  bits      uint8: 2^bits rows
//	  scale     float32 little-endian: a weight is scale · int8
//	  biases    float32 per class
//	  weights   int8, rows × classes, row by row
//
//go:embed identify.bin
var identBin string

// identParams is one group's part of the model.
type identParams struct {
	langs   []string
	mask    uint32
	scale   float32
	bias    []float32
	weights string
}

// identMost is the most languages that one group can have, so that scores need no allocation.
const identMost = 32

// identFitted is the whole model.
type identFitted [identGroups]identParams

// identModel reads the headers, once; the weights stay where they are.
var identModel = sync.OnceValue(func() *identFitted {
	model, err := identDecode(identBin)
	if err != nil {
		panic(err) // the embedded file is part of the program: a fault in it is a fault in the build
	}
	return model
})

// identDecode reads the format that is described at identBin.
func identDecode(bin string) (*identFitted, error) {
	rest, ok := strings.CutPrefix(bin, "LID1")
	if !ok {
		return nil, fmt.Errorf("lang: identify.bin: not a LID1 file")
	}
	short := false
	take := func(n int) string {
		if n > len(rest) {
			short = true
			return strings.Repeat("\x00", min(n, 16))
		}
		var head string
		head, rest = rest[:n], rest[n:]
		return head
	}
	float := func() float32 {
		return math.Float32frombits(binary.LittleEndian.Uint32([]byte(take(4))))
	}
	var model identFitted
	for g := range model {
		p := &model[g]
		for range int(take(1)[0]) {
			p.langs = append(p.langs, take(int(take(1)[0])))
		}
		bits := int(take(1)[0])
		if bits > 24 || len(p.langs) > identMost {
			return nil, fmt.Errorf("lang: identify.bin: group %d has %d languages, 2^%d rows", g, len(p.langs), bits)
		}
		p.mask = 1<<bits - 1
		p.scale = float()
		for range p.langs {
			p.bias = append(p.bias, float())
		}
		p.weights = take(len(p.langs) << bits)
		if short {
			return nil, fmt.Errorf("lang: identify.bin: cut off in group %d", g)
		}
	}
	return &model, nil
}

// best returns the most probable language of a group for the words in t, and its probability.
func (m *identFitted) best(group int, t *identTally, expected []string) (string, float64) {
	p := &m[group]
	var scores [identMost]float32
	sums := scores[:len(p.langs)]
	var hashes [(identLongest + 3) * identGram]uint32
	for word, weight := range t.each(group) {
		var counts [identMost]int32
		features := identFeatures(hashes[:0], group, word)
		p.count(&counts, features)
		share := p.scale * identShare(len(features)) * weight
		for c := range sums {
			sums[c] += share * float32(counts[c])
		}
	}
	best := 0
	for c := range sums {
		sums[c] += p.bias[c]
		if slices.Contains(expected, p.langs[c]) {
			sums[c] += identExpected
		}
		switch {
		case p.langs[c] == "ja":
			sums[c] -= identKanaless(t.letters[identHan])
		case p.langs[c] == "en" && t.onlyNames(group):
			sums[c] += identNamesEnglish
		}
		if sums[c] > sums[best] {
			best = c
		}
	}
	total := 0.0
	for _, s := range sums {
		total += math.Exp(float64(s - sums[best]))
	}
	return p.langs[best], 1 / total
}

// count adds up the rows of the features. Eight weights are added at once: as bytes from 0 to 255
// in the 16-bit lanes of two words, which 257 rows cannot fill; a word has fewer features.
func (p *identParams) count(counts *[identMost]int32, features []uint32) {
	const even, flip = 0x00FF00FF00FF00FF, 0x8080808080808080 // a weight w is the byte w+128
	n := len(p.langs)
	c := 0
	for ; c+8 <= n; c += 8 {
		var low, high uint64
		for _, h := range features {
			at := int(h&p.mask)*n + c
			b := p.weights[at : at+8]
			row := (uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
				uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56) ^ flip
			low += row & even
			high += row >> 8 & even
		}
		for i := 0; i < 8; i += 2 {
			counts[c+i] = int32(uint16(low>>(8*i))) - 128*int32(len(features))
			counts[c+i+1] = int32(uint16(high>>(8*i))) - 128*int32(len(features))
		}
	}
	for ; c < n; c++ {
		sum := int32(0)
		for _, h := range features {
			sum += int32(int8(p.weights[int(h&p.mask)*n+c]))
		}
		counts[c] = sum
	}
}

// identExpected is added to an expected language's log odds: e to its power is how much likelier
// such a text is than one in any other language.
const identExpected = 3

// identNamesEnglish is added to English's log odds for a few capitalised words and nothing else:
// "AirPods Pro 2" is a search for a product, not Czech for "AirPods for 2".
const identNamesEnglish = 2

// identKanaless is how much less likely, in log odds against Chinese, Japanese is when n Han
// characters come without any kana: about 0.9 for each one past the second, as counted in the
// training texts. It keeps traditional Chinese, which shares many forms with Japanese, Chinese.
func identKanaless(n int) float32 { return 0.9 * float32(min(max(n-2, 0), 7)) }

// identSupported is sorted and must not be changed.
var identSupported = sync.OnceValue(func() []string {
	langs := []string{"ar", "be", "fa", "mk", "sr", "ur", "vi"} // decided by letters, see decide
	for _, only := range identOnly {
		if only != "" {
			langs = append(langs, only)
		}
	}
	for _, p := range identModel() {
		langs = append(langs, p.langs...)
	}
	slices.Sort(langs)
	return slices.Compact(langs)
})
