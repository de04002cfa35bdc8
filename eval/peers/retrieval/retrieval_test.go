package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cited/internal/eval"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// dev writes a development folder: a set a language, questions across them, and one set that
// ranks among candidates.
func dev(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, "dev", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for tag, lines := range map[string][6]string{
		"en":      {"Return the parcel within thirty days.", "Gift cards are valid for two years.", "Parcels arrive after three days.", "How do I return a parcel?", "How long are gift cards valid?", "When does my parcel arrive?"},
		"zh-hans": {"请在三十天内退回包裹。", "礼品卡有效期为两年。", "包裹三天后送达。", "如何退回包裹？", "礼品卡有效期多久？", "包裹什么时候送达？"},
	} {
		dir := "kbqa/shop/" + tag + "/titles/"
		write(dir+"meta.json", `{"languages":["`+tag+`"]}`)
		corpus, queries, qrels := "", "", "query-id\tcorpus-id\tscore\n"
		for i := range 3 {
			corpus += fmt.Sprintf("{\"_id\":\"d%d\",\"title\":\"\",\"text\":%q}\n", i, lines[i])
			queries += fmt.Sprintf("{\"_id\":\"q%d\",\"text\":%q}\n", i, lines[3+i])
			qrels += fmt.Sprintf("q%d\td%d\t1\n", i, i)
		}
		write(dir+"corpus.jsonl", corpus)
		write(dir+"queries.jsonl", queries)
		write(dir+"qrels.tsv", qrels)
		write("kbqa/shop/xl-titles/queries."+tag+".jsonl", queries)
		write("kbqa/shop/xl-titles/qrels.tsv", qrels)
	}
	write("kbqa/shop/xl-titles/queries.slug.jsonl", `{"_id":"q0","text":"return-parcel"}`)
	write("kbqa/shop/xl-titles/docids.txt", "d0\nd1\n")
	write("beir/hetpqa-dev-en/meta.json", `{"languages":["en"]}`)
	write("beir/hetpqa-dev-en/corpus.jsonl", `{"_id":"c0","title":"","text":"It needs batteries."}`+"\n"+`{"_id":"c1","title":"","text":"Two batteries are in the box."}`+"\n"+`{"_id":"c2","title":"","text":"It is red."}`)
	write("beir/hetpqa-dev-en/queries.jsonl", `{"_id":"q","text":"does it need batteries in the box","candidates":["c0","c2"]}`+"\n"+`{"_id":"none","text":"does it fly","candidates":["c2"]}`)
	write("beir/hetpqa-dev-en/qrels.tsv", "query-id\tcorpus-id\tscore\nq\tc0\t1\n")
	return root
}

// TestFindSets: every set is found, with its language and kind; questions across languages are
// those of all others.
func TestFindSets(t *testing.T) {
	root := dev(t)
	sets, err := findSets(filepath.Join(root, "dev"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sets {
		var from []string
		for _, q := range s.queries {
			from = append(from, filepath.Base(q))
		}
		got = append(got, strings.Join([]string{s.name, s.lang, s.kind, strings.Join(from, " ")}, " · "))
	}
	want := []string{
		"beir/hetpqa-dev-en · en · product questions · queries.jsonl",
		"kbqa/shop/en/titles · en · titles · queries.jsonl",
		"kbqa/shop/xl-titles→en · en · across languages · queries.slug.jsonl queries.zh-hans.jsonl",
		"kbqa/shop/xl-titles→zh-hans · zh · across languages · queries.en.jsonl queries.slug.jsonl",
		"kbqa/shop/zh-hans/titles · zh · titles · queries.jsonl",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := findSets(t.TempDir()); err == nil {
		t.Error("no sets are no error")
	}
	questions, corpus, err := sets[2].read(context.Background())
	if err != nil || corpus.Len() != 2 || len(questions.Queries) != 4 || questions.Qrels["0 q0"]["d0"] != 1 || questions.Qrels["1 q2"]["d2"] != 1 {
		t.Errorf("%d chunks, %+v, %v", corpus.Len(), questions, err)
	}
}

// TestCommand: every system ranks every set, and the right document comes first where words say
// so.
func TestCommand(t *testing.T) {
	root := dev(t)
	results := t.TempDir()
	var out bytes.Buffer
	if err := command(context.Background(), []string{"-data", root, "-out", results}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows := make(map[string][]string)
	for line := range strings.Lines(out.String()) {
		cells := strings.Split(line, "|")
		if len(cells) > 3 {
			rows[strings.TrimSpace(cells[1])] = cells
		}
	}
	for _, set := range []string{"kbqa/shop/en/titles", "kbqa/shop/zh-hans/titles", "beir/hetpqa-dev-en"} {
		for i := range systems {
			if got := strings.TrimSpace(rows[set][3+i]); got != "1.000 1.00/1.00" {
				t.Errorf("%s: %s: %s", set, systemNames()[i], got)
			}
		}
	}
	if n := strings.TrimSpace(rows["beir/hetpqa-dev-en"][2]); n != "1" {
		t.Errorf("%s questions with a right document, want 1", n)
	}
	if row := rows["titles"]; len(row) < 4 || strings.TrimSpace(row[2]) != "2" || strings.TrimSpace(row[3]) != "6" {
		t.Errorf("pooled: %q", row)
	}
	kept, err := os.ReadFile(filepath.Join(results, "retrieval.md"))
	if err != nil || string(kept) != out.String() {
		t.Errorf("the results differ from what was printed: %v", err)
	}
	if err := command(context.Background(), []string{"-data", ""}, &out, io.Discard); err == nil {
		t.Error("no data is no error")
	}
}

// ndcgOf makes a group whose hybrid loses so much against words for every question but one in
// ten, where it wins as much.
func ndcgOf(n int, lost float64) *group {
	g := new(group)
	for i := range n {
		for s := range g.ndcg {
			g.ndcg[s] = append(g.ndcg[s], .5)
		}
		if i%10 == 0 {
			g.ndcg[hybrid][i] += lost
		} else {
			g.ndcg[hybrid][i] -= lost
		}
		g.ndcg[vectors][i] = .4
	}
	return g
}

// TestVerdict: a pooled group is judged by its mean, a single set by the bootstrap too.
func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		n       int
		lost    float64
		verdict string
		shown   bool
	}{
		{300, .02, "BELOW", true},
		{300, .004, "ok", false},
		{300, -.02, "ok", false},
		{299, .02, "fewer than 300", true},
		{2, .3, "fewer than 300", false}, // one won, one lost
		{0, 0, "eval: bootstrap: 0 and 0 figures: want one of each for every question", false},
	} {
		l := ndcgOf(tt.n, tt.lost).loss()
		if l.leg != words || l.verdict() != tt.verdict || l.shown() != tt.shown {
			t.Errorf("%d questions, %v lost: %q, shown %v, leg %d: %+v", tt.n, tt.lost, l.verdict(), l.shown(), l.leg, l.Interval)
		}
	}
	g := ndcgOf(300, .02)
	g.ndcg[words], g.ndcg[vectors] = g.ndcg[vectors], g.ndcg[words]
	if l := g.loss(); l.leg != vectors || l.verdict() != "BELOW" {
		t.Errorf("the better leg is vectors: %+v", l)
	}
}

// TestTables shows the form of the tables.
func TestTables(t *testing.T) {
	var all tables
	for i, s := range []set{{name: "beir/xquad/de", lang: "de", kind: "passages"}, {name: "kbqa/shop/de/titles", lang: "de", kind: "titles"}, {name: "beir/xquad/zh", lang: "zh", kind: "passages"}} {
		r := rankings{set: &eval.RetrievalSet{Qrels: eval.Qrels{"1": {"a": 1}, "2": {"b": 1}, "3": {"c": 0}}}}
		for k := range r.runs {
			first := eval.Ranked{QueryID: "1", IDs: []string{"a", "b"}}
			if k == i {
				first.IDs = []string{"b", "a"}
			}
			r.runs[k] = []eval.Ranked{first, {QueryID: "2", IDs: []string{"x", "b"}}, {QueryID: "3", IDs: []string{"c"}}}
		}
		all.add(s, r)
	}
	var b strings.Builder
	if err := all.write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "tables.md")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}
