package kb

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// checkDocument fails the test where the chunks of d break a promise of this package.
func checkDocument(t testing.TB, d *Document) {
	t.Helper()
	end := 0
	ids := map[string]bool{}
	for _, c := range d.chunks {
		if c.Start < end || c.End <= c.Start || c.End > len(d.Source) {
			t.Fatalf("%s: chunk at [%d,%d) after %d of %d", d.Path, c.Start, c.End, end, len(d.Source))
		}
		end = c.End
		if c.Text != d.Source[c.Start:c.End] {
			t.Fatalf("%s: Text is not Source[%d:%d]", d.Path, c.Start, c.End)
		}
		if ids[c.ID] {
			t.Fatalf("%s: two chunks %s", d.Path, c.ID)
		}
		ids[c.ID] = true
		if !utf8.ValidString(c.Plain) || !utf8.ValidString(c.Text) && utf8.ValidString(d.Source) {
			t.Fatalf("%s: chunk %s is not UTF-8", d.Path, c.ID)
		}
		if strings.TrimSpace(c.Plain) == "" || len(c.Units()) == 0 {
			t.Fatalf("%s: chunk %s shows nothing: %q", d.Path, c.ID, c.Text)
		}
		checkRuns(t, d, c)
		checkUnits(t, d, c)
	}
}

func checkRuns(t testing.TB, d *Document, c *Chunk) {
	t.Helper()
	p, s := 0, 0
	for _, r := range c.unpacked().runs {
		if r.plain < p || r.plainEnd <= r.plain || r.plainEnd > len(c.Plain) ||
			r.text < s || r.textEnd < r.text || r.textEnd > len(c.Text) {
			t.Fatalf("%s: chunk %q: run %v after (%d,%d) of (%d,%d)", d.Path, c.Text, r, p, s, len(c.Plain), len(c.Text))
		}
		if r.plainEnd-r.plain == r.textEnd-r.text && c.Plain[r.plain:r.plainEnd] != c.Text[r.text:r.textEnd] {
			t.Fatalf("%s: run %v: %q is not %q", d.Path, r, c.Plain[r.plain:r.plainEnd], c.Text[r.text:r.textEnd])
		}
		p, s = r.plainEnd, r.textEnd
	}
}

func checkUnits(t testing.TB, d *Document, c *Chunk) {
	t.Helper()
	end, from := 0, 0
	for i, u := range c.Units() {
		if u.Start < end || u.End <= u.Start || u.End > len(c.Plain) {
			t.Fatalf("%s: chunk %q: unit %d %+v after %d of %d", d.Path, c.Plain, i, u, end, len(c.Plain))
		}
		end = u.End
		if u.Header >= i || u.Header >= 0 && c.Units()[u.Header].Kind != Row {
			t.Fatalf("%s: unit %d has header %d", d.Path, i, u.Header)
		}
		a, b := c.SourceRange(u.Start, u.End)
		if a < c.Start || b < from || b <= a || b > c.End {
			t.Fatalf("%s: chunk %q: unit %d %q at source [%d,%d) after %d, chunk ends at %d", d.Path, c.Text, i, c.Plain[u.Start:u.End], a, b, from, c.End)
		}
		from = b
		if !utf8.ValidString(d.Source[a:b]) && utf8.ValidString(d.Source) {
			t.Fatalf("%s: unit %d: source range cuts a character", d.Path, i)
		}
	}
}
