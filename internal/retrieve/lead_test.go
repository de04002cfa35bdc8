package retrieve

import (
	"fmt"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

func TestIsCode(t *testing.T) {
	for word, want := range map[string]bool{
		"kt17": true, "0x80070057": true, "r4": true, "4035551234": true, "2.4.7": false, "2026": true,
		"30": false, "999": false, "wifi": false, "退货": false, "": false, "7": false, "a": false,
	} {
		if isCode(word) != want {
			t.Errorf("%q: %v", word, !want)
		}
	}
}

// TestVectorShare: vectors step back for what only words know, and only if the corpus has it.
func TestVectorShare(t *testing.T) {
	chunks := []*kb.Chunk{chunkOf("kettle", "The kettle KT17 was recalled because of zirconium.")}
	for i := range 4000 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("x%04d", i), "A parcel arrives within three days."))
	}
	x := build(t, corpusOf("", chunks...), Lexical, &letters{}, nil)
	for text, want := range map[string]float64{
		"is my KT17 dangerous":       codeShare,
		"is my KT18 dangerous":       1, // nothing has it
		"zirconium in a parcel":      rareShare,
		"when does my parcel arrive": 1,
		"order 12345":                1,
	} {
		if got := x.vectorShare(lang.Informative(text, "en"), "en"); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	small := build(t, corpusOf("", chunks[:40]...), Lexical, &letters{}, nil)
	if got := small.vectorShare(lang.Informative("zirconium", "en"), "en"); got != 1 {
		t.Errorf("a rare word of a small corpus: %v", got)
	}
}

func TestReciprocal(t *testing.T) {
	got := sorted(reciprocal([]leg{
		{name: "vector", weight: 1, matches: matches("b .6 a .2"), full: true},
		{name: "lexical", weight: 3, matches: matches("a .8 c .4")},
	}))
	want := fmt.Sprintf("a %.4f c %.4f b %.4f", (61./62+3)/4, 3*61./62/4, 1./4)
	if show(got) != want {
		t.Errorf("%s, want %s", show(got), want)
	}
}
