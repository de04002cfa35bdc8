package server

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestOpenAPI: a change of what is sent shows as a change of the golden file, and every route
// that is not a page is described.
func TestOpenAPI(t *testing.T) {
	f := newFixture(t, nil)
	golden(t, "openapi.json", string(f.openapi))
	var doc struct {
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
			}
		}
	}
	if err := json.Unmarshal(f.openapi, &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.routes() {
		_, described := doc.Paths[openPath(r.path)][strings.ToLower(r.method)]
		data := strings.HasPrefix(r.path, "/v1/") || strings.HasSuffix(r.path, "z") || strings.HasSuffix(r.path, ".json")
		if described != data {
			t.Errorf("%s %s: described %v", r.method, r.path, described)
		}
	}
	// What a real answer has, its schema has, and nothing else.
	var sent map[string]any
	if err := json.Unmarshal(f.post("/v1/answers", `{"question":"x"}`).Body.Bytes(), &sent); err != nil {
		t.Fatal(err)
	}
	if got, want := keys(doc.Components.Schemas["Answer"].Properties), keys(sent); !slices.Equal(got, want) {
		t.Errorf("schema has %q, answers have %q", got, want)
	}
}

func keys(m map[string]any) []string {
	var out []string
	for _, k := range reflect.ValueOf(m).MapKeys() {
		out = append(out, k.String())
	}
	slices.Sort(out)
	return out
}
