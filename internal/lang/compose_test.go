package lang

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// checkComposed holds NFKC and nfc against the norm package.
func checkComposed(t *testing.T, text string) {
	t.Helper()
	if got, want := NFKC(text), norm.NFKC.String(text); got != want {
		t.Errorf("NFKC of %+q: %+q, want %+q", text, got, want)
	}
	if got, want := nfc(text), norm.NFC.String(text); got != want {
		t.Errorf("NFC of %+q: %+q, want %+q", text, got, want)
	}
}

// TestComposeEveryRune: each rune alone, between letters, before and after marks.
func TestComposeEveryRune(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		if r >= 0x3400 && r < 0xF900 && r%7 != 0 || r > 0x1FFFF && r%97 != 0 {
			continue // thousands of one kind
		}
		s := string(r)
		checkComposed(t, s)
		checkComposed(t, "a"+s+"\u0301b"+s+s+"é")
		checkComposed(t, "가"+s+"\u11A8中"+s+"，")
		if t.Failed() {
			return
		}
	}
}

// TestComposeRandom mixes what composes, what reorders and what is damaged.
func TestComposeRandom(t *testing.T) {
	parts := []string{
		"a", "e", "o", " ", "é", "e\u0301", "\u0301", "\u0323", "\u0307", "ﬁ", "½", "Å", "\u212B", "가", "\u1100", "\u1161", "\u11A8", "中", "，", "Ａ",
		"…", "\u3000", "\u05BC", "\u05D0", "\u0644", "\u064B", "ﷺ", "\u0B47", "\u0B3E", "か", "\u3099", "ｶ", "ﾞ", "\xff", "\xe4\xb8", "\u200D", "😀", "\u0344", "\u0958",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		text := ""
		for range 1 + r.IntN(12) {
			text += parts[r.IntN(len(parts))]
		}
		checkComposed(t, text)
		if t.Failed() {
			return
		}
	}
}

func FuzzCompose(f *testing.F) {
	for _, s := range []string{"", "Straße", "e\u0301\u0323", "申请退款，谢谢。", "\u1100\u1161\u11A8", "ｶﾞ", "\xff\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkComposed(t, s) })
}
