package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cited/internal/embed/static"
	"cited/internal/simd"
)

// write puts files below a folder of their own.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t testing.TB, files map[string]string) *Corpus {
	t.Helper()
	c, err := Load(context.Background(), write(t, files), 2)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// spell makes the word of a number in a toy language: words of two languages share no letters.
func spell(n int, letters string) string {
	runes := []rune(letters)
	var b strings.Builder
	for range 5 {
		b.WriteRune(runes[n%len(runes)])
		n = n*7 + n/len(runes) + 3
	}
	b.WriteString(fmt.Sprint(n % 1000))
	return b.String()
}

const concepts = 200

// toy is a corpus of sentences of four to seven of 200 words and their word-by-word translations,
// in another order.
func toy(t testing.TB) *Corpus {
	r := rand.New(rand.NewPCG(1, 1))
	var groups, pairs strings.Builder
	for i := range 6000 {
		var en, xx []string
		for range 4 + r.IntN(4) {
			n := r.IntN(concepts)
			en, xx = append(en, spell(n, "abcdefghi")), append(xx, spell(n, "клмнопрст"))
		}
		r.Shuffle(len(xx), func(i, j int) { xx[i], xx[j] = xx[j], xx[i] })
		if i%3 == 0 {
			fmt.Fprintf(&pairs, "en\txx\t%s\t%s\n", strings.Join(en, " "), strings.Join(xx, " "))
		} else {
			fmt.Fprintf(&groups, "p\ten:%s\txx:%s\n", strings.Join(en, " "), strings.Join(xx, " "))
		}
	}
	return load(t, map[string]string{"groups/toy.tsv": groups.String(), "pairs/toy.en-xx.tsv": pairs.String()})
}

func toyOptions() Options {
	o := Default()
	o.Dims, o.OutDims, o.Rows, o.Pairs, o.HoldOut = 64, 0, 1500, 100*batchPairs, 20
	return o
}

func TestLearnsDictionary(t *testing.T) {
	c := toy(t)
	var last Progress
	reports := 0
	packed, err := Run(context.Background(), c, toyOptions(), Hooks{Every: time.Nanosecond, Report: func(p Progress) { last = p; reports++ }})
	if err != nil {
		t.Fatal(err)
	}
	if last.Found == nil || len(last.Found.Langs) != 1 || last.Found.Langs[0].Lang != "xx" || last.Found.Mean < 0.9 || last.Found.Langs[0].Texts < 100 {
		t.Errorf("found %v", last.Found)
	}
	if last.Pairs != last.Of || last.Rate <= 0 || last.Loss <= 0 || last.Left != 0 || reports < 3 {
		t.Errorf("%d reports, the last one %+v", reports, last)
	}
	// The table knows the dictionary, too.
	file, err := packed.Encode()
	if err != nil {
		t.Fatal(err)
	}
	e, err := static.Open(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	var words [][]float32
	for n := range concepts {
		words = append(words, embed(t, e, spell(n, "abcdefghi")))
	}
	for n := range concepts {
		v := embed(t, e, spell(n, "клмнопрст"))
		if nearest(v, words) == n {
			right++
		}
	}
	if right < concepts*9/10 {
		t.Errorf("%d of %d words find their translations", right, concepts)
	}
}

func embed(t testing.TB, e *static.Embedder, text string) []float32 {
	t.Helper()
	v, err := e.EmbedQuery(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func nearest(v []float32, among [][]float32) int {
	best, most := -1, math.Inf(-1)
	for i, w := range among {
		if s := cosine(v, w); s > most {
			best, most = i, s
		}
	}
	return best
}

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestSameTable: the table depends on neither threads nor interruptions, but on the seed.
func TestSameTable(t *testing.T) {
	c := toy(t)
	o := toyOptions()
	o.Pairs = 40 * batchPairs
	table := func(o Options, h Hooks) []byte {
		t.Helper()
		p, err := Run(context.Background(), c, o, h)
		if err != nil {
			t.Fatal(err)
		}
		file, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	want := table(o, Hooks{})
	threads := o
	threads.Threads = 3
	if !bytes.Equal(table(threads, Hooks{}), want) {
		t.Error("three threads make another table")
	}
	seed := o
	seed.Seed = 2
	if bytes.Equal(table(seed, Hooks{}), want) {
		t.Error("another seed makes the same table")
	}

	checkpoint := filepath.Join(t.TempDir(), "state")
	ctx, stop := context.WithCancel(context.Background())
	_, err := Run(ctx, c, o, Hooks{Checkpoint: checkpoint, Every: time.Nanosecond, Report: func(Progress) { stop() }})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped after 8192 of") {
		t.Fatalf("stopped: %v", err)
	}
	if !bytes.Equal(table(o, Hooks{Checkpoint: checkpoint, Resume: true}), want) {
		t.Error("a resumed training makes another table")
	}

	other := o
	other.Rate *= 2
	if _, err := Run(context.Background(), c, other, Hooks{Checkpoint: checkpoint, Resume: true}); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("resumed with other settings: %v", err)
	}
	less := load(t, map[string]string{"groups/a.tsv": "p\ten:one two three\txx:un deux trois\n"})
	if _, err := Run(context.Background(), less, o, Hooks{Checkpoint: checkpoint, Resume: true}); err == nil || !strings.Contains(err.Error(), "other texts") {
		t.Errorf("resumed with other texts: %v", err)
	}
	if err := os.WriteFile(checkpoint, []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), c, o, Hooks{Checkpoint: checkpoint, Resume: true}); err == nil || !strings.Contains(err.Error(), checkpoint) {
		t.Errorf("resumed from nothing: %v", err)
	}
}

// TestCheckpointFails: where there is no room, the training goes on and says so.
func TestCheckpointFails(t *testing.T) {
	o := toyOptions()
	o.Pairs = 40 * batchPairs
	path := filepath.Join(t.TempDir(), "none", "state")
	var notes []string
	_, err := Run(context.Background(), toy(t), o, Hooks{Checkpoint: path, KeepEvery: time.Nanosecond, Report: func(p Progress) {
		if p.Note != "" {
			notes = append(notes, p.Note)
		}
	}})
	if err != nil || len(notes) < 2 || !strings.Contains(notes[0], path) {
		t.Errorf("%v, %q", err, notes)
	}
}

// TestReadsAsEmbedder: training reads texts as the embedder does, whole words, cut ones, n-grams.
func TestReadsAsEmbedder(t *testing.T) {
	var b strings.Builder
	lines := []string{
		"p\tko:반품 상품을 배송\ten:returns of goods and shipping", "p\tko:상품 환불은 주문 반품\ten:refund of orders and goods", "p\tko:배송 주문 환불\ten:shipping the refund order",
		"p\tar:الكتاب والكتاب كتاب\tde:Bücher und Buchhandlung", "p\tzh:退货期为三十天\tja:返品は三十日", "q1\ten:how to return goods\ten:return goods in 30 days",
	}
	for range 4 {
		for _, l := range lines {
			fmt.Fprintln(&b, l)
		}
	}
	c := load(t, map[string]string{"groups/a.tsv": b.String()})
	for _, affixes := range []static.Affixes{0, static.Particles | static.Proclitics, static.Particles | static.Proclitics | static.StemFirst} {
		o := toyOptions()
		o.Levels, o.Affixes, o.Rows, o.Pairs, o.HoldOut = 255, affixes, 700, batchPairs, 0
		m, err := fit(context.Background(), c, o, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		p := m.Pack()
		file, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		e, err := static.Open(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		g, bag, v := bagger{sampler: m.sampler}, bag{}, make([]float32, o.Dims)
		s := &c.sources[0]
		cols := strings.Split(strings.Join(lines, "\t"), "\t")
		cols = slices.DeleteFunc(cols, func(s string) bool { return !strings.Contains(s, ":") })
		for i, column := range cols {
			_, body, _ := strings.Cut(column, ":")
			g.plain(&bag, s, s.texts[i])
			m.embed(v, &bag)
			if got := cosine(v, embed(t, e, body)); got < 0.99 { // scales are stored to 2 %
				t.Errorf("affixes %d, %q: %v", affixes, body, got)
			}
		}
	}
}

func TestLoad(t *testing.T) {
	good := "p\ten:one two\tde:eins zwei\n"
	for name, tt := range map[string]struct {
		file, text string
		broken     int
		says       string
	}{
		"good":           {"groups/a.tsv", good, 0, ""},
		"Windows":        {"groups/a.tsv", "p\ten:one two\tde:eins zwei\r\n", 0, ""},
		"no last break":  {"groups/a.tsv", "p\ten:one two\tde:eins zwei", 0, ""},
		"kind":           {"groups/a.tsv", good + "x\ten:one\tde:eins\n", 1, "a.tsv:2: begins with \"x\": want p or qN"},
		"no language":    {"groups/a.tsv", good + "p\ten:one\tTwo: three\n", 1, "does not begin with a language"},
		"no colon":       {"groups/a.tsv", good + "p\ten:one\tzwei\n", 1, "does not begin with a language"},
		"all questions":  {"groups/a.tsv", good + "q2\ten:one\tde:eins\n", 1, "number of questions"},
		"no question":    {"groups/a.tsv", good + "q0\ten:one\tde:eins\n", 1, "number of questions"},
		"one text":       {"groups/a.tsv", good + "p\ten:one\n", 1, "1 texts"},
		"bytes":          {"groups/a.tsv", good + "p\ten:\xff\tde:eins\n", 1, "not UTF-8"},
		"too long":       {"groups/a.tsv", "p\ten:" + strings.Repeat("x ", maxLine) + "\tde:eins\n" + good, 1, "a.tsv:1: longer than"},
		"three columns":  {"pairs/a.en-de.tsv", "en\tde\tone\teins\nen\tde\tone\n", 1, "a.en-de.tsv:2: 3 columns, want 4"},
		"lexicon":        {"lexicon/a.tsv", "en\tde\tone\teins\n", 0, ""},
		"without a word": {"groups/a.tsv", good + "p\ten:…\tde:!\n", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := load(t, map[string]string{tt.file: tt.text})
			if c.Broken != tt.broken || len(c.Faults) != tt.broken || tt.broken > 0 && !strings.Contains(c.Faults[0].String(), tt.says) {
				t.Errorf("%d broken lines: %v", c.Broken, c.Faults)
			}
			if len(c.sources) != 1 || len(c.sources[0].groups) != 1 || c.sources[0].groups[0].n != 2 {
				t.Errorf("sources %+v", c.sources)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		for _, files := range []map[string]string{{"a.tsv": good}, {"groups/a.tsv": "x\n"}} {
			if _, err := Load(context.Background(), write(t, files), 1); err == nil {
				t.Error("no error")
			}
		}
	})
	t.Run("many faults", func(t *testing.T) {
		c := load(t, map[string]string{"groups/a.tsv": good + strings.Repeat("x\n", 50)})
		if c.Broken != 50 || len(c.Faults) != maxFaults {
			t.Errorf("%d broken lines, %d named", c.Broken, len(c.Faults))
		}
	})
	t.Run("repeated", func(t *testing.T) {
		var b strings.Builder
		for i := range 300 {
			fmt.Fprintf(&b, "p\ten:number %d\tfr:en\tde:Zahl %d\n", i, i)
		}
		c := load(t, map[string]string{"groups/a.tsv": b.String()})
		if g := c.sources[0].groups; len(g) != 300 || g[0].n != 2 || g[299].n != 2 {
			t.Errorf("%d groups, the first of %d texts", len(g), g[0].n)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		stop()
		if _, err := Load(ctx, write(t, map[string]string{"groups/a.tsv": good}), 1); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestHoldOut: a text that is held out is held out in every file.
func TestHoldOut(t *testing.T) {
	var groups, pairs strings.Builder
	for i := range 500 {
		fmt.Fprintf(&groups, "p\ten:the number %d\tde:die Zahl %d\n", i, i)
		fmt.Fprintf(&pairs, "en\tfr\tthe number %d\tle nombre %d\n", i, i)
	}
	c := load(t, map[string]string{"groups/a.tsv": groups.String(), "pairs/b.en-fr.tsv": pairs.String()})
	heldTexts := make(map[uint64]bool)
	n := 0
	for i := range c.sources {
		_, held := divide(&c.sources[i], 10)
		n += len(held)
		for _, g := range held {
			for _, text := range c.sources[i].texts[g.from:][:g.n] {
				if text.hash%10 == 0 {
					heldTexts[text.hash] = true
				}
			}
		}
	}
	if n < 50 || n > 400 {
		t.Errorf("%d of 1,000 groups are held out", n)
	}
	for i := range c.sources {
		kept, _ := divide(&c.sources[i], 10)
		for _, g := range kept {
			for _, text := range c.sources[i].texts[g.from:][:g.n] {
				if heldTexts[text.hash] {
					t.Fatal("a held-out text is trained on")
				}
			}
		}
	}
}

func TestOptions(t *testing.T) {
	for name, spoil := range map[string]func(o *Options){
		"dimensions": func(o *Options) { o.Dims = 100 }, "dimensions of the table": func(o *Options) { o.OutDims = 300 }, "rows": func(o *Options) { o.Rows = 0 },
		"levels": func(o *Options) { o.Levels = 5 }, "pairs": func(o *Options) { o.Pairs = 0 }, "threads": func(o *Options) { o.Threads = 0 },
		"rate": func(o *Options) { o.Rate = math.NaN() }, "window": func(o *Options) { o.Window = 0 }, "drop": func(o *Options) { o.Drop = 1 },
	} {
		o := Default()
		spoil(&o)
		if _, err := Run(context.Background(), nil, o, Hooks{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkBatch takes steps over the toy with a table of the size that is shipped.
func BenchmarkBatch(b *testing.B) {
	c := toy(b)
	k, err := simd.New("")
	if err != nil {
		b.Fatal(err)
	}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint("threads=", threads), func(b *testing.B) {
			o := toyOptions()
			o.Dims, o.Threads = 256, threads
			m := newModel(c, o, k)
			batch := newBatch(m)
			step := int64(0)
			for b.Loop() {
				batch.run(step)
				step++
			}
			b.ReportMetric(float64(b.N)*batchPairs/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}
