package static

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"cited/internal/simd"
)

var update = flag.Bool("update", false, "write the golden files")

// testTable is a small table: rows for the words of some texts and for some n-grams, with codes
// that depend on the key alone.
func testTable(t testing.TB, dims, levels int, affixes Affixes, texts ...string) *Packed {
	t.Helper()
	p := &Packed{Dims: dims, Affixes: affixes}
	for i := range levels {
		p.Codebook = append(p.Codebook, int8((2*i-levels+1)*127/(levels-1)))
	}
	s := NewSplitter()
	for _, text := range texts {
		s.Words(text, func(word []rune, _ bool) { p.Keys = append(p.Keys, WordKey(word)) })
	}
	p.Keys = append(p.Keys, GramKeys(nil, []rune("refund"))...)
	p.Keys = append(p.Keys, AffixKeys(affixes)...)
	slices.Sort(p.Keys)
	p.Keys = slices.Compact(p.Keys)
	for _, k := range p.Keys {
		r := rand.New(rand.NewPCG(uint64(k), 1))
		p.Scales = append(p.Scales, 0.5+r.Float32())
		for range dims {
			p.Codes = append(p.Codes, uint8(r.IntN(levels)))
		}
	}
	return p
}

var testTexts = []string{
	"Returns are free for 30 days.", "반품 상품 배송", "退货期为30天", "الطلب كتاب", "Lieferung", "返品",
}

func open(t testing.TB, p *Packed) *Embedder {
	t.Helper()
	file, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func vectorOf(t testing.TB, e *Embedder, text string) []float32 {
	t.Helper()
	v, err := e.EmbedQuery(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func length(v []float32) float64 { return math.Sqrt(cosine(v, v)) }

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestRoundTrip reads back what was written, for every number of levels.
func TestRoundTrip(t *testing.T) {
	for _, n := range levels {
		for _, dims := range []int{1, 5, 63, 64, 192} {
			p := testTable(t, dims, n, Particles, testTexts...)
			file, err := p.Encode()
			if err != nil {
				t.Fatal(err)
			}
			got, err := decode(file)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.keys, p.Keys) || got.dims != dims || got.affixes != Particles {
				t.Fatalf("%d levels, %d dimensions: other keys", n, dims)
			}
			for r := range p.Keys {
				if s := float64(got.scales[r] / p.Scales[r]); math.Abs(s-1) > 0.01 {
					t.Errorf("row %d: scale %v, was %v", r, got.scales[r], p.Scales[r])
				}
				for d := range dims {
					if c := got.codes[r*got.stride+d]; c != p.Codebook[p.Codes[r*dims+d]] {
						t.Fatalf("%d levels, %d dimensions: code (%d,%d) is %d, want %d", n, dims, r, d, c, p.Codebook[p.Codes[r*dims+d]])
					}
				}
				for d := dims; d < got.stride; d++ {
					if got.codes[r*got.stride+d] != 0 {
						t.Fatalf("%d levels, %d dimensions: padding of row %d is not zero", n, dims, r)
					}
				}
			}
		}
	}
}

// TestGolden pins format, keys and vectors: a table that was trained once must read the same for ever.
func TestGolden(t *testing.T) {
	p := testTable(t, 24, 8, Particles|Proclitics, testTexts...)
	file, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "table.bin")
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, file, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(file, want) {
		t.Error("the file of a table has changed: give it another version")
	}
	e, err := Open(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New64a()
	for _, text := range append([]string{"", "반품은 30일", "refnd", "وكتابهم", "🙂"}, testTexts...) {
		for _, x := range vectorOf(t, e, text) {
			h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(x)))
		}
	}
	if got := h.Sum64(); got != goldenVectors {
		t.Errorf("vectors have changed: %#x", got)
	}
}

const goldenVectors = 0x53fad8b13a09677a

// TestDamaged: whatever is done to a file is an error that says so.
func TestDamaged(t *testing.T) {
	file, err := testTable(t, 24, 8, 0, testTexts...).Encode()
	if err != nil {
		t.Fatal(err)
	}
	summed := func(f []byte) []byte { // with a checksum that fits
		return binary.LittleEndian.AppendUint32(f[:len(f)-4], crc32.Checksum(f[:len(f)-4], castagnoli))
	}
	put := func(at int, x uint32) []byte {
		f := slices.Clone(file)
		binary.LittleEndian.PutUint32(f[at:], x)
		return summed(f)
	}
	for name, tt := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":         {nil, "does not begin"},
		"text":            {[]byte(strings.Repeat("hello ", 100)), "does not begin"},
		"version":         {put(12, 2), "version 2"},
		"byte order":      {put(8, 0x04030201), "other order"},
		"order":           {put(8, 7), "header is damaged"},
		"dimensions":      {put(16, 25), "its header says"},
		"many dimensions": {put(16, MaxDims+1), "dimensions"},
		"many rows":       {put(20, 1<<31), "rows"},
		"levels":          {put(24, 9), "levels"},
		"affixes":         {put(28, 1<<30), "later version"},
		"Rice":            {put(32, 40), "levels"},
		"keys":            {put(32, 31), "key of row"},
		"scale":           {put(40, math.Float32bits(float32(math.NaN()))), "scales"},
		"ratio":           {put(44, math.Float32bits(1e30)), "scales"},
		"codebook":        {put(48, 0x0000007f), "ascend"},
		"appended":        {append(slices.Clone(file), 0), "appended"},
	} {
		_, err := Open(tt.file, nil)
		if !errors.Is(err, ErrTable) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(file) {
		if _, err := Open(file[:n], nil); !errors.Is(err, ErrTable) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		flipped := slices.Clone(file)
		flipped[n] ^= 1 << (n % 8)
		if _, err := Open(flipped, nil); !errors.Is(err, ErrTable) {
			t.Fatalf("byte %d changed: %v", n, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, spoil := range map[string]func(p *Packed){
		"no rows":        func(p *Packed) { p.Keys = nil },
		"no dimensions":  func(p *Packed) { p.Dims = 0 },
		"levels":         func(p *Packed) { p.Codebook = p.Codebook[:5] },
		"codebook order": func(p *Packed) { p.Codebook[0] = 100 },
		"codes":          func(p *Packed) { p.Codes = p.Codes[1:] },
		"code":           func(p *Packed) { p.Codes[3] = 8 },
		"key order":      func(p *Packed) { p.Keys[1] = p.Keys[0] },
		"scale":          func(p *Packed) { p.Scales[0] = float32(math.Inf(1)) },
		"affixes":        func(p *Packed) { p.Affixes = 1 << 20 },
	} {
		p := testTable(t, 8, 8, 0, testTexts...)
		spoil(p)
		if _, err := p.Encode(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestPaths: every processor gives the same bits.
func TestPaths(t *testing.T) {
	file, err := testTable(t, 100, 16, 0, testTexts...).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float32
	texts := append([]string{strings.Repeat("Returns are free ", 2000)}, testTexts...)
	for _, path := range simd.Paths() {
		k, err := simd.New(string(path))
		if err != nil {
			t.Fatal(err)
		}
		e, err := Open(file, k)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.EmbedDocuments(context.Background(), texts)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		for i := range texts {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s: %.20q differs", path, texts[i])
			}
		}
	}
}

// TestUnits: what words are read as.
func TestUnits(t *testing.T) {
	e := open(t, testTable(t, 64, 8, Particles|Proclitics, testTexts...))
	plain := open(t, testTable(t, 64, 8, 0, testTexts...))
	for _, tt := range []struct {
		a, b string
		most float64 // 1 for the same, else what the cosine stays below
		with *Embedder
	}{
		{"Returns", "RETURNS", 1, e},
		{"free", "fréé", 1, e},
		{"free", "ｆｒｅｅ", 1, e},
		{"free", "f\u200bree", 1, e},
		{"الطلب", "الطَّلَب", 1, e},
		{"30일", "30 일", 1, e},
		{"반품은", "반품", 0.999, e},      // a stem and a particle
		{"30 days", "٣٠ days", 1, e}, // digits of other scripts
		{"refunds", "refund", 0.999, e},
	} {
		if got := cosine(vectorOf(t, tt.with, tt.a), vectorOf(t, tt.with, tt.b)); (tt.most == 1) != (got > 1-1e-6) {
			t.Errorf("%q and %q: %v", tt.a, tt.b, got)
		}
	}
	// With affixes, an inflected word keeps its stem's row; without, it is unknown.
	for _, tt := range [][2]string{{"반품은", "반품"}, {"상품에서", "상품"}, {"وكتابهم", "كتاب"}} {
		with, without := cosine(vectorOf(t, e, tt[0]), vectorOf(t, e, tt[1])), cosine(vectorOf(t, plain, tt[0]), vectorOf(t, plain, tt[1]))
		if with < 0.2 || without > 0.7*with {
			t.Errorf("%q: with affixes %.2f, without %.2f", tt[0], with, without)
		}
	}
	if cosine(vectorOf(t, e, "xqzw one"), vectorOf(t, e, "xqzw")) < 0.5 {
		t.Error("texts of unknown words do not share them")
	}
}

func TestWeights(t *testing.T) {
	e := open(t, testTable(t, 64, 8, 0, testTexts...))
	texts := []string{"free returns", "free days", "free"}
	w := e.Weigh(len(texts), func(i int) string { return texts[i] })
	heavy, err := e.Weighted(w)
	if err != nil {
		t.Fatal(err)
	}
	near := func(e *Embedder) float64 {
		return cosine(vectorOf(t, e, "free days"), vectorOf(t, e, "days"))
	}
	if near(heavy) <= near(e) {
		t.Errorf("a word of every text weighs as much as before: %v, %v", near(e), near(heavy))
	}
	again, err := e.Weighted(w)
	if err != nil || again.Model() != heavy.Model() || heavy.Model() == e.Model() || !slices.Equal(vectorOf(t, again, "free days"), vectorOf(t, heavy, "free days")) {
		t.Errorf("%s, %s, %s: %v", e.Model(), heavy.Model(), again.Model(), err)
	}
	if _, err := e.Weighted(w[1:]); err == nil {
		t.Error("weights of another table are taken")
	}
	if other := e.Weigh(1, func(int) string { return "days" }); slices.Equal(other, w) {
		t.Error("weights do not depend on the texts")
	}
	for i, x := range w {
		if x == 0 {
			t.Fatalf("row %d weighs nothing", i)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	e := open(t, testTable(t, 64, 8, Particles, testTexts...))
	for _, text := range []string{"Returns are free for 30 days", "반품은 30일", "für refundable Lieferungen", "退货期为30天"} {
		least := math.Inf(1)
		for range 50 { // the race detector makes pools forget
			least = min(least, testing.AllocsPerRun(1, func() { vectorOf(t, e, text) }))
		}
		if least != 1 {
			t.Errorf("%q: %v allocations, want the result alone", text, least)
		}
	}
}

func FuzzEmbed(f *testing.F) {
	for _, s := range []string{"", "a", "Returns are free", "반품은 30일", "退货", "\xff\x00", "e\u0301\u0301", "ةى", "🙂🙂", "\xed\xa0\x80", strings.Repeat("x", 200), strings.Repeat("\u0301", 100)} {
		f.Add(s)
	}
	e := open(f, testTable(f, 24, 8, Particles|Proclitics|StemFirst, testTexts...))
	other := open(f, testTable(f, 24, 8, Particles|Proclitics|StemFirst, testTexts...))
	f.Fuzz(func(t *testing.T, text string) {
		v := vectorOf(t, e, text)
		if n := length(v); len(v) != 24 || !(math.Abs(n-1) <= 1e-5) { // NaN fails too
			t.Fatalf("%d dimensions, norm %v", len(v), n)
		}
		if !slices.Equal(v, vectorOf(t, e, text)) || !slices.Equal(v, vectorOf(t, other, text)) {
			t.Fatal("not deterministic")
		}
	})
}

// FuzzOpen: any bytes are a table or an error, never a panic, and a table embeds.
func FuzzOpen(f *testing.F) {
	for _, n := range levels {
		file, err := testTable(f, 24, n, 0, "a b c").Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 4 { // or the checksum would stop nearly all
			file = binary.LittleEndian.AppendUint32(file[:len(file)-4:len(file)-4], crc32.Checksum(file[:len(file)-4], castagnoli))
		}
		e, err := Open(file, nil)
		if err != nil {
			if !errors.Is(err, ErrTable) {
				t.Fatal(err)
			}
			return
		}
		if v := vectorOf(t, e, "a b c refund"); !(math.Abs(length(v)-1) <= 1e-5) {
			t.Fatal(length(v))
		}
	})
}

// FuzzWords: what is read without NFKC reads as with it.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"für die Rückgabe", "반품은 30일", "e\u0301a\u0301", "ｆｕｌｌ，width。 ﾌﾘｰ", "²™½… ﬁ", "\u1112\u1161\u11ab", "ةى\u064b", "a\xffb\xed\xa0\x80", "가\u11a8", "は\u3099", "Ω\u212b", "ＡＢ\u0301"} {
		f.Add(s)
	}
	fold := newFolder()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > maxRun/4 {
			return // cut into runs
		}
		text = strings.ToValidUTF8(text, "\ufffd")
		var words, want []string
		newSplitter(fold).Words(text, func(w []rune, _ bool) {
			if len(w) == 0 || len(w) > maxWord+1 {
				t.Fatalf("a word of %d characters", len(w))
			}
			words = append(words, string(w))
		})
		w := walk{s: newSplitter(fold), f: func(word []rune, _ bool) { want = append(want, string(word)) }}
		for _, r := range norm.NFKC.String(text) {
			w.add(r)
		}
		w.flush()
		if !slices.Equal(words, want) {
			t.Fatalf("%q: %q, want %q", text, words, want)
		}
	})
}

// TestLongTexts ends soon and keeps no memory: what is bounded is the work a character.
func TestLongTexts(t *testing.T) {
	e := open(t, testTable(t, 24, 8, 0, testTexts...))
	for name, text := range map[string]string{
		"one letter": strings.Repeat("a", 10<<20), "marks": strings.Repeat("\u0301", 1<<20), "one known word": strings.Repeat("free ", 2<<20),
		"bytes": strings.Repeat("\xed\xa0\x80", 1<<20), "Han": strings.Repeat("退", 1<<20),
	} {
		if v := vectorOf(t, e, text); math.Abs(length(v)-1) > 1e-5 {
			t.Errorf("%s: %v", name, length(v))
		}
	}
	a, b := vectorOf(t, e, strings.Repeat("free ", 2<<20)), vectorOf(t, e, "free")
	if cosine(a, b) < 1-1e-6 {
		t.Errorf("a word twice two million times is another: %v", cosine(a, b))
	}
}
