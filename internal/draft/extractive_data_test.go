package draft

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cited/internal/devdata"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// TestExtractiveFindsTheSentence gives the right paragraph and looks for the answer in the first
// chosen unit and in the whole draft.
func TestExtractiveFindsTheSentence(t *testing.T) {
	dir := filepath.Join(devdata.Folder(t), "dev", "beir")
	sets := []struct {
		name, lang string
	}{
		{"xquad/en", "en"}, {"xquad/de", "de"}, {"xquad/ar", "ar"}, {"xquad/zh", "zh"},
		{"xquad/ru", "ru"}, {"xquad/tr", "tr"}, {"xquad/es", "es"}, {"squad2-half-en", "en"},
		{"drcd-dev-zhtw", "zh"}, {"cmrc2018-dev-zh", "zh"},
	}
	var firstSum, allSum float64
	for _, s := range sets {
		first, all, statements := findSentences(t, filepath.Join(dir, s.name), s.lang)
		t.Logf("%-16s best unit %.3f  draft %.3f  statements %.2f", s.name, first, all, statements)
		firstSum += first / float64(len(sets))
		allSum += all / float64(len(sets))
	}
	t.Logf("mean: best unit %.3f, draft %.3f", firstSum, allSum)
	// .78 is what the share of covered word weight alone reaches here.
	if firstSum < 0.795 || allSum < 0.885 {
		t.Errorf("mean: best unit %.3f, draft %.3f, want at least .795 and .885", firstSum, allSum)
	}
}

type evalQuery struct {
	ID         string   `json:"_id"`
	Text       string   `json:"text"`
	Answers    []string `json:"answers"`
	Answerable bool     `json:"answerable"`
}

func findSentences(t *testing.T, dir, language string) (first, all, statements float64) {
	t.Helper()
	corpus, err := kb.Load(context.Background(), filepath.Join(dir, "corpus.jsonl"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x, err := retrieve.Build(context.Background(), corpus, retrieve.Settings{Mode: retrieve.Lexical, Analysis: lang.Stemmed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gold := make(map[string]string)
	raw, err := os.ReadFile(filepath.Join(dir, "qrels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 3 {
			gold[f[0]] = f[1]
		}
	}
	raw, err = os.ReadFile(filepath.Join(dir, "queries.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	e := NewExtractive(x)
	n := 0.0
	for line := range strings.Lines(string(raw)) {
		var q evalQuery
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		doc := corpus.Document(gold[q.ID])
		if !q.Answerable || len(q.Answers) == 0 || doc == nil {
			continue
		}
		var hits []retrieve.Hit
		for _, c := range corpus.ChunksOf(doc.ID) {
			hits = append(hits, retrieve.Hit{Chunk: c, Document: doc, Score: 1})
		}
		question := e.question(Question{Text: q.Text, Lang: language})
		var candidates []candidate
		for _, h := range hits {
			candidates = append(candidates, e.candidates(question, reading{Hit: h, relative: 1})...)
		}
		n++
		best := candidate{}
		for _, c := range candidates {
			if c.score > best.score {
				best = c
			}
		}
		if best.chunk != nil && quotes(best.text(), q.Answers) {
			first++
		}
		var text strings.Builder
		chosen := choose(candidates, question)
		for _, c := range chosen {
			text.WriteString(c.text() + "\n")
		}
		statements += float64(len(chosen))
		if quotes(text.String(), q.Answers) {
			all++
		}
	}
	return first / n, all / n, statements / n
}

func quotes(text string, answers []string) bool {
	for _, a := range answers {
		if strings.Contains(strings.ToLower(text), strings.ToLower(a)) {
			return true
		}
	}
	return false
}
