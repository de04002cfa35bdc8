package corpus

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func source(t testing.TB) *Source {
	t.Helper()
	s, err := Read(filepath.Join("testdata", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestChecksum holds the generator to its bytes: figures measured on one corpus compare with
// those measured on the same one only. Whoever changes it says so and measures again.
func TestChecksum(t *testing.T) {
	for _, tt := range []struct {
		seed uint64
		n    int
		want string
	}{
		{1, 100, "6610a2627980104e04a6c6bdfc980288badeee7e62b1bd7d515d1dd660faa89f"},
		{2, 100, "7018df2dd3ee98583f8036f2a3f0b8f73b6e427a4a21d53d04a19d8c373f0002"},
	} {
		g := New(source(t), tt.seed)
		sum := NewSum()
		for _, f := range g.Articles(0, tt.n) {
			sum.Add(f)
		}
		if got := sum.String(); got != tt.want {
			t.Errorf("seed %d: %s, want %s", tt.seed, got, tt.want)
		}
	}
}

// TestArticle: an article depends on its number alone, and is one in a language that the source
// has, with a title and 3 to 8 sections.
func TestArticle(t *testing.T) {
	s := source(t)
	g := New(s, 1)
	seen := make(map[string]int)
	texts := make(map[string]bool)
	for i, f := range g.Articles(0, 500) {
		if again := g.Article(i); string(again.Source) != string(f.Source) || again.Path != f.Path {
			t.Fatalf("article %d is another one the second time", i)
		}
		if !strings.HasPrefix(f.Path, f.Lang+"/") {
			t.Errorf("article %d in %s is at %s", i, f.Lang, f.Path)
		}
		if n := strings.Count(string(f.Source), "\n## "); n < minSections || n > maxSections {
			t.Errorf("article %d has %d sections", i, n)
		}
		if strings.Contains(string(f.Source), "Not an article") || strings.Contains(string(f.Source), "<a ") || strings.Contains(string(f.Source), "{#") {
			t.Errorf("article %d holds what nothing is drawn from:\n%s", i, f.Source)
		}
		seen[f.Lang]++
		texts[string(f.Source)] = true
	}
	if len(texts) != 500 {
		t.Errorf("%d of 500 articles differ", len(texts))
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, []string{"ar", "de", "en", "ko", "zh"}) {
		t.Errorf("languages %v", got)
	}
	for l, w := range s.Weights() {
		if share := float64(seen[l]) / 500; share < w-.1 || share > w+.1 {
			t.Errorf("%s: a share of %.2f, want about %.2f", l, share, w)
		}
	}
	one, err := s.Only("ko")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range New(one, 1).Articles(0, 20) {
		if f.Lang != "ko" {
			t.Errorf("asked for ko, got %s", f.Lang)
		}
	}
	if _, err := s.Only("xx"); err == nil {
		t.Error("a language that is not there is no error")
	}
}

// TestNames: what three languages in other scripts leave in Latin is a name; «Storefront» is, a
// German noun is not.
func TestNames(t *testing.T) {
	if got := slices.Sorted(maps.Keys(source(t).names)); !slices.Equal(got, []string{"SharePoint", "Storefront"}) {
		t.Errorf("%v", got)
	}
}

func TestRename(t *testing.T) {
	for _, tt := range []struct{ text, want string }{ // want is a pattern
		{"within 30 days", `within [1-9]\d days`},
		{"order AB12-10293.", `order [A-Z]{2}\d\d-[1-9]\d{4}\.`},
		{"id 7f3a9c", `id [1-9][a-z]\d[a-z]\d[a-z]`},
		{"step 1 of 9", `step 1 of 9`},
		{"an &#8217; and &nbsp; stay", `an &#8217; and &nbsp; stay`},
		{"Überprüfung und Größe", `Überprüfung und Größe`},
		{"SharePoint에서", `[A-Z][A-Za-z]+에서`},
		{"HTML, API, SKU", `HTML, API, SKU`},
		{"Paket und Bestellung", `Paket und Bestellung`},
		{"30 and 30 again", `([1-9]\d) and [1-9]\d again`},
	} {
		pattern := regexp.MustCompile("^" + tt.want + "$")
		changed := 0
		for seed := range uint64(50) {
			n := &renamer{names: map[string]bool{"Storefront": true}, draw: stream(seed), renamed: map[string]string{}}
			var b strings.Builder
			n.write(&b, tt.text)
			if !pattern.MatchString(b.String()) {
				t.Errorf("%q became %q", tt.text, b.String())
			}
			if b.String() != tt.text {
				changed++
			}
		}
		if constant := regexp.QuoteMeta(tt.want) == tt.want; constant != (changed == 0) {
			t.Errorf("%q changed in %d of 50 articles", tt.text, changed)
		}
	}
}

// TestVocabulary: the number of different names grows with a power of their occurrences that
// lies well between none and all.
func TestVocabulary(t *testing.T) {
	distinct := func(n int) float64 {
		draw := stream(7)
		seen := make(map[string]bool)
		for range n {
			r := renamer{draw: draw, renamed: map[string]string{}}
			seen[r.name("Storefront")] = true
			draw = r.draw
		}
		return float64(len(seen))
	}
	small, large := distinct(1000), distinct(100_000)
	if growth := large / small; growth < 8 || growth > 32 { // 100^.6 = 16
		t.Errorf("%v names in 1,000, %v in 100,000", small, large)
	}
}

func TestWrite(t *testing.T) {
	g := New(source(t), 3)
	dir := t.TempDir()
	checksum, size, err := g.Write(dir, 40)
	if err != nil {
		t.Fatal(err)
	}
	sum, total := NewSum(), int64(0)
	for _, f := range g.Articles(0, 40) {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil || string(got) != string(f.Source) {
			t.Fatalf("%s: %v", f.Path, err)
		}
		sum.Add(f)
		total += int64(len(got))
	}
	if checksum != sum.String() || size != total {
		t.Errorf("%s, %d bytes; want %s, %d", checksum, size, sum, total)
	}
	if _, _, err := g.Write(filepath.Join(dir, filepath.FromSlash(g.Article(0).Path)), 1); err == nil {
		t.Error("a folder that cannot be made is no error")
	}
}

func TestReadNothing(t *testing.T) {
	for _, root := range []string{t.TempDir(), filepath.Join(t.TempDir(), "gone")} {
		if _, err := Read(root); err == nil || !strings.Contains(err.Error(), root) {
			t.Errorf("%v", err)
		}
	}
}

func TestQuestions(t *testing.T) {
	dev := t.TempDir()
	for tag, lines := range map[string]string{
		"de": `{"_id":"1","text":"Wie lange?"}` + "\n" + `{"_id":"2","text":" "}`,
		"zh": `{"_id":"1","text":"多久"}`,
		"fr": `{"_id":"1","text":"Combien de temps ?"}`, // no articles
	} {
		dir := filepath.Join(dev, "kbqa", "shop", tag, "titles")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "queries.jsonl"), []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := source(t)
	got, err := s.Questions(dev, 1, 50)
	if err != nil || len(got) != 50 {
		t.Fatal(got, err)
	}
	seen := make(map[Question]bool)
	for _, q := range got {
		seen[q] = true
	}
	if len(seen) != 2 || !seen[Question{"Wie lange?", "de"}] || !seen[Question{"多久", "zh"}] {
		t.Errorf("%v", seen)
	}
	if again, _ := s.Questions(dev, 1, 50); !slices.Equal(got, again) {
		t.Error("other questions the second time")
	}
	if _, err := s.Questions(t.TempDir(), 1, 5); err == nil {
		t.Error("no questions are no error")
	}
}
