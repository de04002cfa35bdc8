package embed

import (
	"context"
	"math"
	"strings"
	"testing"
)

func TestHashedNearness(t *testing.T) {
	h := NewHashed()
	near := func(a, b string) float64 {
		return cosine(h.embed(make([]float32, h.dims), a), h.embed(make([]float32, h.dims), b))
	}
	t.Run("the same", func(t *testing.T) {
		for _, pair := range [][2]string{
			{"Refund", "REFUND"},
			{"café", "cafe\u0301"},
			{"café", "cafe"},
			{"Straße", "STRASSE"},
			{"ﬁle １２", "file 12"},
			{"don't", "don’t"},
			{"soft\u00adly", "softly"},
			{"إرجاع", "ارجاع"},
			{"مُنْتَج", "منتج"},
			{"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"},
			{"Й", "и"},
			{"a, b; c!", "c b a"},
			{"ﾌﾘｰ", "フリー"},
		} {
			if got := near(pair[0], pair[1]); got < 1-1e-6 {
				t.Errorf("%q and %q: %v", pair[0], pair[1], got)
			}
		}
	})
	t.Run("nearer than", func(t *testing.T) {
		for _, tt := range [][3]string{ // the first is nearer to the second than to the third
			{"refund", "refunds", "shipping"},
			{"guarrantee", "guarantee", "delivery"},
			{"Rückgabefrist", "Frist für die Rückgabe", "Versandkosten"},
			{"връщането", "връщане", "доставка"},
			{"환불은", "환불을", "배송을"},
			{"退货期限", "退货的期限", "送货地址"},
			{"الإرجاع", "إرجاع", "الشحن"},
		} {
			if a, b := near(tt[0], tt[1]), near(tt[0], tt[2]); a < b+0.1 {
				t.Errorf("%q: %q %.2f, %q %.2f", tt[0], tt[1], a, tt[2], b)
			}
		}
	})
	t.Run("numbers count in full", func(t *testing.T) {
		if a, b := near("30 days", "30 items"), near("of days", "of items"); a <= b {
			t.Errorf("%v, %v", a, b)
		}
	})
	t.Run("no words", func(t *testing.T) {
		if a := near("", "…"); math.Abs(a) > 0.3 {
			t.Errorf("different empty texts are near: %v", a)
		}
	})
}

// TestHashedGolden pins the vectors: when this fails, Model must change, or cached and
// snapshotted vectors would mix.
func TestHashedGolden(t *testing.T) {
	h := NewHashed()
	for text, want := range map[string]uint64{
		"":                  0xfea843e67cc480f8,
		"Returns are free.": 0x5e21b401536a5c4a,
		"退货期为30天。반품은 30일 Rückgabe": 0x4e82bcd538f95588,
	} {
		hash := uint64(fnvOffset)
		for _, x := range h.embed(make([]float32, h.dims), text) {
			hash = mix(hash ^ uint64(math.Round(float64(x)*1e4))) // the last bits may differ between processors
		}
		if hash != want {
			t.Errorf("%q: %#x", text, hash)
		}
	}
}

func TestHashedScratchIsClean(t *testing.T) {
	h := NewHashed()
	want := h.embed(make([]float32, h.dims), "short text")
	var long strings.Builder
	for i := range 40_000 { // enough distinct words to grow the table beyond what is kept
		long.WriteString(strings.Repeat(string(rune('a'+i%26)), 1+i%7))
		long.WriteRune(rune(0x400 + i%200))
		long.WriteRune(rune(0x3b1 + i/200%20))
		long.WriteRune(rune(0x561 + i/4000))
		long.WriteByte(' ')
	}
	if v := h.embed(make([]float32, h.dims), long.String()); math.Abs(length(v)-1) > 1e-5 {
		t.Error(length(v))
	}
	if !equal(want, h.embed(make([]float32, h.dims), "short text")) {
		t.Error("a long text changed the next one's vector")
	}
}

func FuzzHashed(f *testing.F) {
	for _, s := range []string{"", "a", "Returns are free for 30 days.", "반품은 30일", "退货", "\xff\x00", "e\u0301\u0301", "ةى", "🙂🙂", strings.Repeat("x", 200)} {
		f.Add(s)
	}
	h, other := NewHashed(), NewHashed()
	f.Fuzz(func(t *testing.T, text string) {
		v := h.embed(make([]float32, h.dims), text)
		if len(v) != DefaultDims {
			t.Fatalf("%d dimensions", len(v))
		}
		if n := length(v); !(math.Abs(n-1) <= 1e-5) { // NaN fails too
			t.Fatalf("norm %v", n)
		}
		if !equal(v, h.embed(make([]float32, h.dims), text)) || !equal(v, other.embed(make([]float32, other.dims), text)) {
			t.Fatal("not deterministic")
		}
	})
}

func BenchmarkHashed(b *testing.B) {
	for name, sentence := range map[string]string{
		"en": "You can return most items within thirty days of delivery, in their original packaging, for a full refund. ",
		"de": "Die meisten Artikel können innerhalb von dreißig Tagen nach der Lieferung zurückgegeben werden. ",
		"ko": "대부분의 상품은 배송일로부터 삼십 일 이내에 원래 포장 상태로 반품할 수 있습니다. ",
		"zh": "大多数商品可在送达后三十天内以原包装退回，并获得全额退款。",
	} {
		var text strings.Builder
		for i := 0; text.Len() < 1700; i++ { // a chunk, with some variety
			text.WriteString(sentence)
			text.WriteString(strings.Repeat("q", i) + "uestion ")
		}
		b.Run(name, func(b *testing.B) {
			h := NewHashed()
			texts := []string{text.String()}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = h.EmbedDocuments(context.Background(), texts)
			}
		})
	}
}
