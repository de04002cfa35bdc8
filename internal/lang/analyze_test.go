package lang

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestParseAnalysis(t *testing.T) {
	for name, want := range map[string]Analysis{"stems": Stemmed, "words": Plain, "grams": Grams} {
		if got, err := ParseAnalysis(name); err != nil || got != want {
			t.Errorf("ParseAnalysis(%s) = %v, %v", name, got, err)
		}
	}
	if _, err := ParseAnalysis("Stems"); err == nil || !strings.Contains(err.Error(), "grams") {
		t.Errorf("an unknown name gives the error %v", err)
	}
}

func TestTerms(t *testing.T) {
	for _, test := range []struct {
		analysis   Analysis
		lang, text string
		want       string
	}{
		{Stemmed, "en", "Returning returned items, A-1034", "return return item a 1034"},
		{Stemmed, "de", "Größen der Schuhe", "gross der schuh"},
		{Stemmed, "ko", "환불을 3일", "환불 3 일"},
		{Stemmed, "zh", "退货政策 云", "退货 货政 政策 云"},
		{Stemmed, "", "Café", "cafe"},
		{Plain, "en", "Returning items", "returning items"},
		{Plain, "ko", "환불을", "환불을"},
		{Plain, "zh", "退货政策", "退货 货政 政策"},
		{Grams, "de", "Rück gabe Gaben", "ruck gabe gabe aben"},
		{Grams, "ko", "환불을", "환불 불을"},
		{Grams, "en", "3.14 10", "3.14 10"},
		{Grams, "th", "ราคา", "รา าค คา"},
	} {
		got := strings.Join(NewAnalyzer(test.analysis).Terms(nil, test.text, test.lang), " ")
		if got != test.want {
			t.Errorf("analysis %d: Terms(%q, %s) = %q, want %q", test.analysis, test.text, test.lang, got, test.want)
		}
	}
}

func TestAppendGrams(t *testing.T) {
	for _, test := range []struct {
		word string
		n    int
		want []string
	}{
		{"", 2, []string{""}}, {"退", 2, []string{"退"}}, {"退货", 2, []string{"退货"}},
		{"退货吗", 2, []string{"退货", "货吗"}}, {"gaben", 4, []string{"gabe", "aben"}},
	} {
		if got := appendGrams(nil, test.word, test.n); !slices.Equal(got, test.want) {
			t.Errorf("appendGrams(%q, %d) = %q, want %q", test.word, test.n, got, test.want)
		}
	}
}

// TestAnalyzerConcurrent is for the race detector: the remembered stems are shared.
func TestAnalyzerConcurrent(t *testing.T) {
	a := NewAnalyzer(Stemmed)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 200 {
				word := string(rune('a'+n%26)) + "ing" + strings.Repeat("s", i)
				for _, language := range []string{"en", "de", "pl", "ms", "bg", "zh", ""} {
					if got, want := a.Stem(word, language), Stem(word, language); got != want {
						t.Errorf("Stem(%s, %s) = %s, want %s", word, language, got, want)
					}
				}
			}
		})
	}
	wg.Wait()
}

func FuzzTerms(f *testing.F) {
	for i, s := range fuzzTexts {
		f.Add(s, []string{"de", "bg", "ko", "ar", "tr"}[i%5], uint8(i))
	}
	analyzers := []*Analyzer{NewAnalyzer(Stemmed), NewAnalyzer(Plain), NewAnalyzer(Grams)}
	f.Fuzz(func(t *testing.T, text, lang string, kind uint8) {
		a := analyzers[kind%3]
		terms := a.Terms(nil, text, lang)
		if again := a.Terms(nil, text, lang); !slices.Equal(terms, again) {
			t.Fatalf("%q: terms %q, then %q", text, terms, again)
		}
		if list := Words(text, lang); len(terms) < len(list) {
			t.Fatalf("%q: %d words, %d terms", text, len(list), len(terms))
		}
		for _, term := range terms {
			if term == "" || !utf8.ValidString(term) {
				t.Fatalf("%q: term %q", text, term)
			}
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	for _, tag := range []string{"de", "ar", "zh"} {
		b.Run(tag, func(b *testing.B) {
			text := benchText(b, tag)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			a := NewAnalyzer(Stemmed)
			var dst []string
			for b.Loop() {
				dst = a.Terms(dst[:0], text, tag)
			}
		})
	}
}
