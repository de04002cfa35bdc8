package lang

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"cited/internal/devdata"
)

// identUntranslated lists headings that opensource-guide's French, Polish and German trees left in
// English ("Check and update your dependencies"), found by reading. They stay in the pooled figure
// of the six main languages; the floors of single languages, some of 80 questions, leave them out.
var identUntranslated = []string{
	"s5fbef49a31-6", "s5fbef49a31-8", "s5fbef49a31-11", "s5fbef49a31-19", "s5fbef49a31-23",
}

var identUntranslatedIn = []string{"de", "fr", "pl"}

// identScore counts right answers of a language.
type identScore struct{ right, all, english, englishRight int }

func (s identScore) rate() float64 { return float64(s.right) / float64(max(1, s.all)) }

// TestIdentifyData holds the floors on people's questions and headings of real help centers,
// three words or six characters (where words are not spaced) and longer.
func TestIdentifyData(t *testing.T) {
	dir := devdata.Folder(t)
	xquad, _ := filepath.Glob(filepath.Join(dir, "dev", "beir", "xquad", "*", "queries.jsonl"))
	kbqa, _ := filepath.Glob(filepath.Join(dir, "dev", "kbqa", "*", "*", "*", "queries.jsonl"))
	scores := map[string]*identScore{}
	for _, file := range append(xquad, kbqa...) {
		parts := strings.Split(filepath.ToSlash(file), "/")
		parts = parts[:len(parts)-1]
		tag := Base(parts[len(parts)-1])
		if slices.Contains(kbqa, file) {
			tag = Base(parts[len(parts)-2])
		}
		if tag == "" {
			t.Fatalf("%s: no language in the path", file)
		}
		if scores[tag] == nil {
			scores[tag] = &identScore{}
		}
		identMeasure(t, file, tag, scores[tag])
	}
	if len(scores) < 12 {
		t.Skipf("DATA: only %d languages' questions", len(scores))
	}
	var six identScore
	for _, tag := range []string{"ar", "bg", "de", "en", "ko", "zh"} {
		six.right += scores[tag].right + scores[tag].englishRight
		six.all += scores[tag].all + scores[tag].english
	}
	t.Logf("six pooled: %.4f of %d", six.rate(), six.all)
	if six.rate() < 0.98 {
		t.Errorf("six pooled: %.4f of %d right, want 0.98", six.rate(), six.all)
	}
	for tag, s := range scores {
		t.Logf("%s: %.4f of %d (and %d left in English)", tag, s.rate(), s.all, s.english)
		if s.rate() < 0.95 {
			t.Errorf("%s: %.4f of %d right, want 0.95", tag, s.rate(), s.all)
		}
	}
}

// identMeasure adds a file's questions to score.
func identMeasure(t *testing.T, file, tag string, score *identScore) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var question struct {
			ID   string `json:"_id"`
			Text string
		}
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !identCounts(question.Text, tag) {
			continue
		}
		got := Identify(question.Text, "")
		right := 0
		if got.Lang == tag {
			right = 1
		}
		if slices.Contains(identUntranslatedIn, tag) && slices.Contains(identUntranslated, question.ID) {
			score.english++
			score.englishRight += right
			continue
		}
		score.all++
		score.right += right
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// identCounts tells whether a question is long enough and has letters of its language's script.
func identCounts(text, tag string) bool {
	own := map[string][]*unicode.RangeTable{
		"ar": {unicode.Arabic}, "bg": {unicode.Cyrillic}, "ru": {unicode.Cyrillic}, "ko": {unicode.Hangul},
		"zh": {unicode.Han}, "ja": {unicode.Han, unicode.Hiragana, unicode.Katakana},
		"el": {unicode.Greek}, "th": {unicode.Thai}, "hi": {unicode.Devanagari},
	}[tag]
	if own == nil {
		own = []*unicode.RangeTable{unicode.Latin}
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, own...) }) {
		return false
	}
	if tag == "zh" || tag == "ja" || tag == "th" {
		letters := 0
		for _, r := range text {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		return letters >= 6
	}
	words := 0
	for word := range strings.FieldsSeq(text) {
		if strings.ContainsFunc(word, unicode.IsLetter) {
			words++
		}
	}
	return words >= 3
}
