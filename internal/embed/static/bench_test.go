package static

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
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
