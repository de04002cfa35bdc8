package lang

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cited/internal/devdata"
)

// spared checks that no part of text is left out that holds a word whose term is wanted, word by
// word, and returns how many bytes were spared of how many.
func spared(t *testing.T, a *Analyzer, text, language string) (spared, of int) {
	t.Helper()
	var terms []string
	for _, w := range Words(text, language) {
		terms = a.WordTerms(terms[:0], w, language)
		in := NewInitials(language, terms)
		found := false
		for at := 0; !found; {
			start, end, ok := in.Next(text, at)
			if !ok || start < at || end <= start || start > w.Start {
				t.Fatalf("%s: «%s» (%q) is not found in %q: [%d,%d) %v", language, text[w.Start:w.End], terms, text, start, end, ok)
			}
			spared, of = spared+start-at, of+end-at
			found, at = w.End <= end, end
		}
	}
	return spared, of
}

// TestInitialsShop: over what the shop says, word by word, and most of it is spared in the
// languages whose scripts are known.
func TestInitialsShop(t *testing.T) {
	for _, language := range []string{"ar", "bg", "de", "en", "ko", "zh"} {
		a := NewAnalyzer(Stemmed)
		less, of := 0, 0
		for _, text := range markdownBelow(t, filepath.Join("..", "..", "kb", language), 8) {
			for line := range strings.SplitSeq(text, "\n") {
				s, o := spared(t, a, line, language)
				less, of = less+s, of+o
			}
		}
		share := float64(less) / float64(max(1, of))
		if want := map[string]float64{"de": .7, "en": .8, "bg": .7, "ko": .7, "ar": .5, "zh": .5}[language]; share < want || of < 10_000 {
			t.Errorf("%s: %.2f of %d bytes spared, want %.2f", language, share, of, want)
		}
	}
}

// TestInitialsLanguages: the stemmers of the languages of the development data.
func TestInitialsLanguages(t *testing.T) {
	root := filepath.Join(devdata.Folder(t), "dev", "kb", "opensource-guide")
	folders, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	languages := 0
	for _, f := range folders {
		language := Base(f.Name())
		if language == "" {
			continue
		}
		languages++
		a := NewAnalyzer(Stemmed)
		for _, text := range markdownBelow(t, filepath.Join(root, f.Name()), 4) {
			for line := range strings.SplitSeq(text, "\n") {
				spared(t, a, line, language)
			}
		}
	}
	if languages < 20 {
		t.Errorf("%d languages", languages)
	}
}

func markdownBelow(t *testing.T, root string, most int) (texts []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || len(texts) == most || !strings.HasSuffix(path, ".md") {
			return err
		}
		b, err := os.ReadFile(path)
		texts = append(texts, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func FuzzInitials(f *testing.F) {
	for _, text := range []string{
		"Returned parcels; dying, lying: (Über) straße e\u0301te\u0301 И\u0306од й ё Ёлка", "SharePoint에서 3일 환불을 각\u11a8 가\u11a8",
		"退货期限30天 l'été Luther'in z.B. 1,000.5 ½ ２０ Ａbc a\u00adb x₂ µm ﬁn", "للطلب، شيء؛ مؤكد وأسئلة لل", "か\u3099ガイド、（返品）ﾊﾞｯｸﾞ　２０", "İstanbul ISI ıı الطلب والإرجاع ٣٠ 3дня и5 K\u200bx",
	} {
		for _, language := range []string{"en", "de", "ru", "bg", "ko", "zh", "ar", "tr", "fr", ""} {
			f.Add(text, language)
		}
	}
	a := NewAnalyzer(Stemmed)
	f.Fuzz(func(t *testing.T, text, language string) {
		if len(text) < 300 && len(language) < 4 {
			spared(t, a, text, language)
		}
	})
}
