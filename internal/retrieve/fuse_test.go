package retrieve

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"cited/internal/index"
)

// matches reads "a .9 b .5".
func matches(s string) (out []index.Match) {
	fields := strings.Fields(s)
	for i := 0; i+1 < len(fields); i += 2 {
		m := index.Match{ChunkID: fields[i]}
		if _, err := fmt.Sscan(fields[i+1], &m.Score); err != nil {
			panic(err)
		}
		out = append(out, m)
	}
	return out
}

// sorted takes all out of a ranking, best first.
func sorted(r *ranking) (all []fused) {
	for r.best() != nil {
		all = append(all, r.next())
	}
	return all
}

func show(all []fused) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %.4f ", f.id, f.score)
	}
	return strings.TrimSpace(b.String())
}

func TestConvex(t *testing.T) {
	words := leg{name: "lexical", weight: 3, scale: identity}
	vectors := leg{name: "vector", weight: 1, scale: cosineScale}
	for _, tt := range []struct {
		name           string
		words, vectors string
		full           bool // both legs were cut off
		want           string
	}{
		{"both find both", "a .8 b .4", "b .6 a .2", false, "a 0.6500 b 0.4500"},
		{"each finds its own", "a .8", "b .8", false, "a 0.6000 b 0.2000"},
		{"cut off: the last score stands in", "a .8 c .4", "b .8 c .2", true, "a 0.6500 b 0.5000 c 0.3500"},
		{"a negative cosine is none", "a .4", "b .5 a -.9", false, "a 0.3000 b 0.1250"},
		{"a cosine past 1 is 1", "", "b 1.0000001", false, "b 0.2500"},
		{"ties by id", "c .5 b .5 a .5", "", false, "a 0.3750 b 0.3750 c 0.3750"},
		{"ties by id across legs", "b .25", "a .75", false, "a 0.1875 b 0.1875"},
		{"nothing", "", "", false, ""},
		{"nothing, cut off", "", "", true, ""},
	} {
		words.matches, vectors.matches = matches(tt.words), matches(tt.vectors)
		words.full, vectors.full = tt.full, tt.full
		if got := show(sorted(convex([]leg{vectors, words}))); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := sorted(convex(nil)); len(got) != 0 {
		t.Error(got)
	}
}

// TestConvexOneLeg: alone, a searcher's scores are the fused ones, cut off or not, so that a
// degraded answer is judged by the same scale.
func TestConvexOneLeg(t *testing.T) {
	for _, full := range []bool{false, true} {
		got := sorted(convex([]leg{{name: "lexical", weight: lexicalWeight, scale: identity, full: full, matches: matches("a .9 b .5 c .1")}}))
		for i, want := range []float64{.9, .5, .1} {
			if math.Abs(got[i].score-want) > 1e-12 {
				t.Errorf("full %v: %v", full, show(got))
			}
		}
	}
}

func TestConvexOrigins(t *testing.T) {
	legs := []leg{
		{name: "vector", weight: 1, scale: cosineScale, matches: matches("b .6 a -.2")},
		{name: "lexical", weight: 1, scale: identity, matches: matches("a .8 c .4")},
	}
	got := sorted(convex(legs))
	want := map[string][]Origin{
		"a": {{"vector", 2, -.2}, {"lexical", 1, .8}},
		"b": {{"vector", 1, .6}},
		"c": {{"lexical", 2, .4}},
	}
	for _, f := range got {
		if !reflect.DeepEqual(f.origins(legs), want[f.id]) {
			t.Errorf("%s: %+v, want %+v", f.id, f.origins(legs), want[f.id])
		}
	}
	if len(got) != len(want) {
		t.Error(show(got))
	}
}
