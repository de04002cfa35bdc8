package main

import (
	"slices"
	"strings"
	"testing"

	"cited/internal/eval"
)

func TestMix(t *testing.T) {
	words := []eval.Ranked{{QueryID: "q", IDs: []string{"a", "b"}, Scores: []float64{0.6, 0.2}}}
	vectors := []eval.Ranked{{QueryID: "q", IDs: []string{"c", "b", "a"}, Scores: []float64{0.5, 0.5, -1}}}
	for share, want := range map[float64]string{0: "a b c", 0.5: "b a c", 1: "b c a"} {
		got := mix(words, vectors, share)[0]
		if strings.Join(got.IDs, " ") != want || got.QueryID != "q" || !slices.IsSortedFunc(got.Scores, func(a, b float64) int { return int(10 * (b - a)) }) {
			t.Errorf("%v: %v, want %s", share, got, want)
		}
	}
}

func TestMistyped(t *testing.T) {
	set := &eval.RetrievalSet{Queries: []eval.BEIRQuery{{ID: "1", Text: "Can I return it?"}, {ID: "2", Text: "a b"}, {ID: "3", Text: "반품 가능한가요"}}}
	first, again := mistyped(set), mistyped(set)
	for i, q := range set.Queries {
		a, b := strings.Fields(q.Text), strings.Fields(first.Queries[i].Text)
		differ := 0
		for n := range a {
			if a[n] != b[n] {
				differ++
			}
		}
		if len(a) != len(b) || differ > 1 || first.Queries[i].Text != again.Queries[i].Text || first.Queries[i].ID != q.ID {
			t.Errorf("%q became %q, then %q", q.Text, first.Queries[i].Text, again.Queries[i].Text)
		}
	}
	if first.Queries[1].Text != "a b" || first.Queries[0].Text == set.Queries[0].Text {
		t.Errorf("%+v", first.Queries)
	}
}
