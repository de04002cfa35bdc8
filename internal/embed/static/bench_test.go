package static

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cited/internal/devdata"
)

// bigTable is of the size that is shipped, with rows for the words of the texts.
func bigTable(b *testing.B, texts ...string) []byte {
	const rows, dims = 240_000, 192
	p := testTable(b, 1, 8, Particles|Proclitics, texts...)
	p.Dims = dims
	r := rand.New(rand.NewPCG(1, 1))
	for len(p.Keys) < rows+1000 {
		p.Keys = append(p.Keys, Key(r.Uint32()))
	}
	slices.Sort(p.Keys)
	p.Keys = slices.Compact(p.Keys)
	p.Scales = make([]float32, len(p.Keys))
	for i := range p.Scales {
		p.Scales[i] = 0.1 + r.Float32()
	}
	p.Codes = make([]uint8, len(p.Keys)*dims)
	for i := range p.Codes {
		p.Codes[i] = uint8(r.IntN(8))
	}
	file, err := p.Encode()
	if err != nil {
		b.Fatal(err)
	}
	return file
}

func BenchmarkOpen(b *testing.B) {
	file := bigTable(b, testTexts...)
	b.ReportMetric(float64(len(file)), "bytes")
	for b.Loop() {
		if _, err := Open(file, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(file)), "bytes")
}

func BenchmarkFolder(b *testing.B) {
	for b.Loop() {
		newFolder()
	}
}

// BenchmarkEmbed embeds texts of which most words are known, and as many that are not.
func BenchmarkEmbed(b *testing.B) {
	texts := map[string]string{
		"en": "Can I return the shoes that I bought three weeks ago?", "de": "Wie lange kann ich bestellte Schuhe zurückgeben?",
		"ko": "삼 주 전에 산 신발을 반품할 수 있나요?", "zh": "我可以退回三周前买的鞋子吗？", "ar": "هل يمكنني إرجاع الحذاء الذي اشتريته قبل ثلاثة أسابيع؟",
	}
	var known []string
	for _, text := range texts {
		known = append(known, text)
	}
	e, err := Open(bigTable(b, known...), nil)
	if err != nil {
		b.Fatal(err)
	}
	for lang, text := range texts {
		long := []string{strings.Repeat(text+" ", 1700/len(text))}
		unknown := strings.Map(func(r rune) rune {
			if r == 'e' || r == 'n' {
				return 'q'
			}
			return r
		}, text)
		b.Run("question/"+lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = e.EmbedQuery(context.Background(), text)
			}
		})
		b.Run("unknown/"+lang, func(b *testing.B) {
			for b.Loop() {
				_, _ = e.EmbedQuery(context.Background(), unknown)
			}
		})
		b.Run("text/"+lang, func(b *testing.B) {
			b.SetBytes(int64(len(long[0])))
			for b.Loop() {
				_, _ = e.EmbedDocuments(context.Background(), long)
			}
		})
	}
}

// BenchmarkTable measures the table in the file $CITED_TABLE on real questions and paragraphs.
func BenchmarkTable(b *testing.B) {
	path := os.Getenv("CITED_TABLE")
	if path == "" {
		b.Skip("$CITED_TABLE names no table")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	e, err := Open(file, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			_, _ = Open(file, nil)
		}
	})
	for _, l := range []string{"ar", "de", "en", "es", "ru", "tr", "zh"} {
		dir := filepath.Join(devdata.Folder(b), "dev", "beir", "xquad", l)
		questions, paragraphs := readTexts(b, filepath.Join(dir, "queries.jsonl")), readTexts(b, filepath.Join(dir, "corpus.jsonl"))
		b.Run("question/"+l, func(b *testing.B) {
			i := 0
			for b.Loop() {
				_, _ = e.EmbedQuery(context.Background(), questions[i%len(questions)])
				i++
			}
		})
		size := 0
		for _, p := range paragraphs {
			size += len(p)
		}
		b.Run("text/"+l, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() { // one at a time: on one thread
				for i := range paragraphs {
					_, _ = e.EmbedDocuments(context.Background(), paragraphs[i:i+1])
				}
			}
		})
	}
}

// readTexts reads the field «text» of each line.
func readTexts(b *testing.B, path string) (texts []string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); ; {
		var line struct{ Text string }
		if err := d.Decode(&line); err == io.EOF {
			return texts
		} else if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, line.Text)
	}
}
