package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/retrieve"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestMeasure holds against values worked out by hand after trec_eval's definitions.
func TestMeasure(t *testing.T) {
	log2 := math.Log2
	eleven := strings.Fields("x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 a")
	for _, tt := range []struct {
		name                 string
		ranked               string
		relevant             map[string]int
		r1, r5, r10, rr, dcg float64
	}{
		{"first", "a b c", map[string]int{"a": 1}, 1, 1, 1, 1, 1},
		{"third", "b c a", map[string]int{"a": 1}, 0, 1, 1, 1. / 3, 1 / log2(4)},
		{"sixth", "b c d e f a", map[string]int{"a": 1}, 0, 0, 1, 1. / 6, 1 / log2(7)},
		{"tenth", "b c d e f g h i j a", map[string]int{"a": 1}, 0, 0, 1, .1, 1 / log2(11)},
		{"eleventh", strings.Join(eleven, " "), map[string]int{"a": 1}, 0, 0, 0, 0, 0},
		{"nothing found", "", map[string]int{"a": 1}, 0, 0, 0, 0, 0},
		{"two of three", "x a b", map[string]int{"a": 1, "b": 1, "c": 1}, 0, 2. / 3, 2. / 3, .5,
			(1/log2(3) + 1/log2(4)) / (1 + 1/log2(3) + 1/log2(4))},
		{"graded", "b a", map[string]int{"a": 3, "b": 1}, .5, 1, 1, 1, (1 + 3/log2(3)) / (3 + 1/log2(3))},
		{"judged as not relevant", "n m a", map[string]int{"a": 1, "n": 0, "m": -1}, 0, 1, 1, 1. / 3, 1 / log2(4)},
	} {
		m, ok := measure(strings.Fields(tt.ranked), tt.relevant)
		if !ok || !near(m.Recall1, tt.r1) || !near(m.Recall5, tt.r5) || !near(m.Recall10, tt.r10) || !near(m.MRR10, tt.rr) || !near(m.NDCG10, tt.dcg) {
			t.Errorf("%s: %+v", tt.name, m)
		}
	}
	twelve := map[string]int{}
	for _, id := range append(eleven, "b") {
		twelve[id] = 1
	}
	if m, _ := measure(eleven, twelve); !near(m.NDCG10, 1) || !near(m.Recall10, 10./12) || !near(m.Recall1, 1./12) {
		t.Errorf("more relevant than places: %+v", m)
	}
	for _, relevant := range []map[string]int{nil, {}, {"a": 0, "b": -1}} {
		if _, ok := measure([]string{"a"}, relevant); ok {
			t.Errorf("%v counts as judged", relevant)
		}
	}
}

func TestMetricsAreMeans(t *testing.T) {
	var m RetrievalMetrics
	m.Add([]string{"a"}, map[string]int{"a": 1})
	m.Add([]string{"x", "b"}, map[string]int{"b": 1})
	m.Add(nil, map[string]int{"c": 1})
	m.Add([]string{"y"}, nil) // not judged: not counted
	m.Add([]string{"x", "x2", "x3", "d"}, map[string]int{"d": 2})
	if m.Queries != 4 || !near(m.Recall1, .25) || !near(m.Recall5, .75) || !near(m.MRR10, 1.75/4) || !near(m.NDCG10, (1+1/math.Log2(3)+1/math.Log2(5))/4) {
		t.Errorf("%+v", m)
	}
}

func TestAUROC(t *testing.T) {
	for _, tt := range []struct {
		positive, negative []float64
		want               float64
	}{
		{[]float64{.9, .8}, []float64{.1, .2}, 1},
		{[]float64{.1}, []float64{.9}, 0},
		{[]float64{.5, .5}, []float64{.5}, .5},
		{[]float64{.9, .5, .1}, []float64{.5, .3}, 3.5 / 6},
		{nil, []float64{1}, .5},
		{[]float64{1}, nil, .5},
	} {
		if got := auroc(tt.positive, tt.negative); !near(got, tt.want) {
			t.Errorf("%v against %v: %v, want %v", tt.positive, tt.negative, got, tt.want)
		}
	}
}

// fixed is a ranker that answers a question with the chunks of the documents that it names.
type fixed struct {
	err  error
	asks chan retrieve.Query // nil for nobody listens
}

func (f fixed) Rank(_ context.Context, q retrieve.Query) (retrieve.Result, error) {
	if f.asks != nil {
		f.asks <- q
	}
	var r retrieve.Result
	for i, id := range strings.Fields(q.Text) {
		r.Hits = append(r.Hits, retrieve.Hit{Chunk: &kb.Chunk{ID: fmt.Sprintf("%s#%d", id, i), DocumentID: id}, Rank: i + 1, Score: 1 / float64(i+1)})
	}
	return r, f.err
}

func TestRetrieve(t *testing.T) {
	set := RetrievalSet{
		Queries: []BEIRQuery{{ID: "q1", Text: "b b a b c"}, {ID: "q2", Text: "c a"}, {ID: "q3", Text: ""}, {ID: "q4", Text: "a b"}},
		Qrels:   Qrels{"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}, "q9": {"a": 1}},
	}
	runs, err := set.Retrieve(context.Background(), fixed{}, 2, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []Ranked{
		{"q1", []string{"b", "a"}, []float64{1, 1. / 3}}, // a document's score is its best chunk's
		{"q2", []string{"c", "a"}, []float64{1, .5}},
		{QueryID: "q3"},
		{"q4", []string{"a", "b"}, []float64{1, .5}},
	}
	if !reflect.DeepEqual(runs, want) {
		t.Errorf("%+v", runs)
	}
	m := set.Measure(runs)
	if m.Queries != 3 || !near(m.MRR10, 1./3) || m.Answerable != nil {
		t.Errorf("%+v", m)
	}
	if _, err := set.Retrieve(context.Background(), fixed{err: errors.New("boom")}, 2, 100); err == nil || !strings.Contains(err.Error(), "eval: query q") {
		t.Error(err)
	}
}

func TestRetrieveAmongSome(t *testing.T) {
	set := RetrievalSet{
		Queries:  []BEIRQuery{{ID: "q1", Text: "b a c"}, {ID: "q2", Text: "x y b a c"}, {ID: "q3", Text: "a"}},
		Qrels:    Qrels{"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}},
		Withheld: map[string][]string{"q2": {"x", "y"}},
		Audience: kb.Internal,
	}
	asks := make(chan retrieve.Query, 3)
	runs, err := set.Retrieve(context.Background(), fixed{asks: asks}, 1, 77)
	if err != nil || runs[1].IDs[0] != "b" || !near(runs[1].Scores[0], 1./3) {
		t.Fatal(runs, err)
	}
	for range 3 {
		if q := <-asks; q.Audience != kb.Internal || q.Limit != map[bool]int{true: 77, false: 10}[q.Text == "x y b a c"] {
			t.Errorf("%+v", q)
		}
	}
	m := set.Measure(runs) // q2 has no right answer any more: it counts in Answerable alone
	if m.Queries != 2 || !near(m.Recall1, .5) || m.Answerable == nil || !near(*m.Answerable, 1) {
		t.Errorf("%+v", m)
	}
	set = RetrievalSet{Candidates: true, Queries: []BEIRQuery{{ID: "q1", Text: "b a c", Candidates: []string{"c", "a"}}, {ID: "q2", Text: "b a c"}}}
	runs, err = set.Retrieve(context.Background(), fixed{}, 5, 77)
	if err != nil || strings.Join(runs[0].IDs, " ") != "a c" || len(runs[1].IDs) != 0 {
		t.Error(runs, err)
	}
}

func TestWriteTREC(t *testing.T) {
	var b bytes.Buffer
	err := WriteTREC(&b, []Ranked{
		{"q1", []string{"en/returns", "en/gift cards+more"}, []float64{0.75, 0.1234567890123}},
		{QueryID: "none"},
		{"q 2", []string{"退货"}, []float64{1e-9}},
	}, "cited")
	want := "q1 Q0 en/returns 1 0.75 cited\nq1 Q0 en/gift%20cards+more 2 0.1234567890123 cited\nq%202 Q0 退货 1 0.000000001 cited\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
	if err := WriteTREC(full{}, []Ranked{{"q", []string{"d"}, []float64{1}}}, "cited"); err == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }
