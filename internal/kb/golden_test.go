package kb

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestGolden shows the documents of testdata/docs, one for each way in which people write help
// articles, as chunks and units.
func TestGolden(t *testing.T) {
	c, err := Load(context.Background(), filepath.Join("testdata", "docs"), now)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range c.Documents {
		checkDocument(t, d)
		fmt.Fprintf(&b, "== %s %q %s %s %s\n%s\n", d.Path, d.Title, d.Lang, d.Audience, d.URL, show(d))
	}
	for _, f := range c.Faults {
		fmt.Fprintf(&b, "!! %s:%d: %s\n", f.Path, f.Line, f.Message)
	}
	golden(t, "docs.txt", b.String())
}
