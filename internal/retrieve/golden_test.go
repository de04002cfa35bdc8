package retrieve_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cited/internal/embed"
	"cited/internal/eval"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rankingCase is one line of testdata/ranking/queries.tsv: what somebody asks the shop's help
// center, and the section that answers it.
type rankingCase struct {
	group    string // the golden file that shows it; the language, for public questions
	audience kb.Audience
	query    string
	want     string
}

func rankingCases(t *testing.T) (cases []rankingCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/ranking/queries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cols := strings.Split(strings.TrimSpace(line), "\t")
		if len(cols) != 4 {
			t.Fatalf("%q: want group, audience, query and section divided by tabs", line)
		}
		cases = append(cases, rankingCase{cols[0], kb.Audience(cols[1]), cols[2], cols[3]})
	}
	return cases
}

// TestRanking shows how the shop's own help center ranks: in testdata/ranking a file a language
// with the first five sections of each question, the right one marked, and stats.txt with the
// figures. -update rewrites them; the diff is what a change of the ranking, or of an article,
// means for a reader.
func TestRanking(t *testing.T) {
	corpus, err := kb.Load(context.Background(), filepath.Join("..", "..", "kb"), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	x, err := retrieve.Build(context.Background(), corpus, retrieve.Settings{Mode: retrieve.Hybrid, Analysis: lang.Stemmed, Embedder: embed.NewHashed()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]*strings.Builder{}
	stats := map[string]*eval.RetrievalMetrics{"all": {}}
	var groups []string
	for _, c := range rankingCases(t) {
		if !slices.ContainsFunc(corpus.Chunks, func(k *kb.Chunk) bool { return k.Section() == c.want }) {
			t.Errorf("%q: the knowledge base has no section %s", c.query, c.want)
		}
		if shown[c.group] == nil {
			groups = append(groups, c.group)
			shown[c.group], stats[c.group] = &strings.Builder{}, &eval.RetrievalMetrics{}
		}
		sections := sectionsFor(t, x, c)
		for _, m := range []*eval.RetrievalMetrics{stats[c.group], stats["all"]} {
			m.Add(sections, map[string]int{c.want: 1})
		}
		fmt.Fprintf(shown[c.group], "%s\n", c.query)
		for i, s := range sections[:min(5, len(sections))] {
			mark := ' '
			if s == c.want {
				mark = '*'
			}
			fmt.Fprintf(shown[c.group], " %c %d %s\n", mark, i+1, s)
		}
		if !slices.Contains(sections[:min(5, len(sections))], c.want) {
			fmt.Fprintf(shown[c.group], " * - %s\n", c.want)
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-10s%10s%10s%10s%10s\n", "", "queries", "recall@1", "recall@5", "MRR@10")
	for _, g := range append(groups, "all") {
		m := stats[g]
		if g != "all" {
			golden(t, g+".txt", shown[g].String())
		}
		fmt.Fprintf(&table, "%-10s%10d%10.2f%10.2f%10.2f\n", g, m.Queries, m.Recall1, m.Recall5, m.MRR10)
	}
	golden(t, "stats.txt", table.String())
}

// sectionsFor returns the sections that a question finds, best first, each once. Public
// questions never see an internal one.
func sectionsFor(t *testing.T, x *retrieve.Index, c rankingCase) (sections []string) {
	t.Helper()
	q := retrieve.Query{Text: c.query, Lang: lang.Identify(c.query, "").Lang, Audience: c.audience, Limit: 20}
	result, err := x.Retrieve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range result.Hits {
		if c.audience == kb.Public && h.Chunk.Audience != kb.Public {
			t.Errorf("%q shows %s to the public", c.query, h.Chunk.ID)
		}
		if s := h.Chunk.Section(); !slices.Contains(sections, s) {
			sections = append(sections, s)
		}
	}
	return sections
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "ranking", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./internal/retrieve -update rewrites it); got\n%s\nwant\n%s", path, got, want)
	}
}
