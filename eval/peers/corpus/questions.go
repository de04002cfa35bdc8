package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cited/internal/eval"
	"cited/internal/lang"
)

// Question is one that people asked, or a heading that somebody wrote.
type Question struct{ Text, Lang string }

// maxQuestion is the longest question taken, in bytes.
const maxQuestion = 300

// Questions draws n questions from the judged sets below dev (titles and headings of the help
// centers), in the languages of the source, each as often as the source has articles in it. The
// same arguments give the same questions.
func (s *Source) Questions(dev string, seed uint64, n int) ([]Question, error) {
	paths, err := filepath.Glob(filepath.Join(dev, "kbqa", "*", "*", "*", "queries.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("corpus: questions: %w", err)
	}
	byLang := make(map[string][]Question)
	slices.Sort(paths)
	for _, p := range paths {
		tag := lang.Base(filepath.Base(filepath.Dir(filepath.Dir(p))))
		queries, err := eval.ReadQueries(p)
		if err != nil {
			return nil, fmt.Errorf("corpus: questions: %w", err)
		}
		for _, q := range queries {
			if text := strings.TrimSpace(q.Text); text != "" && len(text) <= maxQuestion {
				byLang[tag] = append(byLang[tag], Question{text, tag})
			}
		}
	}
	draw := stream(mix(seed))
	total := 0
	var asked []language
	for _, l := range s.languages {
		if len(byLang[l.tag]) > 0 {
			asked = append(asked, l)
			total += l.bytes
		}
	}
	if total == 0 {
		return nil, fmt.Errorf("corpus: questions: %w below %s in the languages %s", os.ErrNotExist, dev, strings.Join(s.Languages(), " "))
	}
	out := make([]Question, 0, n)
	for len(out) < n {
		at := draw.below(total)
		for _, l := range asked {
			if at -= l.bytes; at < 0 {
				pool := byLang[l.tag]
				out = append(out, pool[draw.below(len(pool))])
				break
			}
		}
	}
	return out, nil
}
