package kb

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"cited/internal/devdata"
)

// leaks are what a reader never sees outside of code blocks. Up to leakLimit places a tree have
// some: inside code spans, where it is content, and in links that their authors broke.
var leaks = []string{"{%", "{{", "<!--", "[!", ":::", "&nbsp;", "\u200b", "</", "<a ", "![", "]("}

const leakLimit = 4

func TestDataTrees(t *testing.T) {
	root := filepath.Join(devdata.Folder(t), "dev", "kb")
	trees, _ := filepath.Glob(filepath.Join(root, "*", "*"))
	for _, tree := range trees {
		if !isFolder(tree) {
			continue
		}
		name, _ := filepath.Rel(root, tree)
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c, err := Load(context.Background(), tree, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			counts := map[string]int{}
			size, units := 0, 0
			langs := map[string]int{}
			for _, d := range c.Documents {
				checkDocument(t, d)
				size += len(d.Source)
				langs[d.Lang]++
				for _, k := range d.chunks {
					units += len(k.Units())
					countLeaks(t, k, counts)
				}
			}
			t.Logf("%d documents, %d chunks, %d units, %d faults, %.1f MB/s, languages %v, leaks %v", len(c.Documents),
				len(c.Chunks), units, len(c.Faults), float64(size)/1e6/took.Seconds(), langs, counts)
			for i, f := range c.Faults {
				if i < 5 {
					t.Logf("%s:%d: %s", f.Path, f.Line, f.Message)
				}
			}
		})
	}
}

func countLeaks(t *testing.T, k *Chunk, counts map[string]int) {
	for _, u := range k.Units() {
		if u.Kind == Code {
			continue
		}
		for _, l := range leaks {
			if strings.Contains(k.Plain[u.Start:u.End], l) {
				counts[l]++
				if counts[l] > leakLimit {
					t.Errorf("%s: %q in %q", k.ID, l, k.Plain[u.Start:u.End])
				}
			}
		}
	}
}

// TestDataRanges renders the source range of every unit of real articles by itself: the unit's
// text must be in what it shows.
func TestDataRanges(t *testing.T) {
	root := filepath.Join(devdata.Folder(t), "dev", "kb")
	units, lost := 0, 0
	for _, tree := range []string{"adobe-commerce-kb/de", "adobe-commerce-kb/zh", "arduino-help-center/en", "prestashop-v8-user/en", "opensource-guide/ar", "opensource-guide/ko"} {
		c, err := Load(context.Background(), filepath.Join(root, filepath.FromSlash(tree)), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range c.Chunks {
			d := c.Document(k.DocumentID)
			for _, u := range k.Units() {
				if u.Kind == Code { // its range is the code without the fence
					continue
				}
				units++
				a, b := k.SourceRange(u.Start, u.End)
				if want, got := lettersOf(k.Plain[u.Start:u.End]), lettersOf(shown(d.Source[a:b])); !strings.Contains(got, want) {
					if lost++; lost <= 12 {
						t.Logf("%s: %q is not in %q", k.ID, k.Plain[u.Start:u.End], d.Source[a:b])
					}
				}
			}
		}
	}
	t.Logf("%d of %d units are not shown by their source range alone", lost, units)
	if lost*500 > units {
		t.Error("more than 0.2 %")
	}
}

// shown is the plain text of a Markdown fragment, headings included.
func shown(source string) string {
	p := parsePage(source, 0, false)
	var b strings.Builder
	for _, h := range p.headings {
		b.WriteString(h.text)
	}
	return b.String() + string(p.out)
}

// lettersOf is s without everything but letters and digits.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
