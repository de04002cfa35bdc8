package verify

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// item is one line of the fixture: a statement that its source bears out, and ways to break it.
type item struct {
	ID        string                 `json:"id"`
	Style     string                 `json:"style"`
	Source    string                 `json:"source"`
	Statement string                 `json:"statement"`
	Mutations map[string][][2]string `json:"mutations"`
}

func (it *item) verbatim() bool { return strings.HasPrefix(it.Style, "verb") }

// dev reports the half that the package was developed on: odd numbers. The even ones are held
// out: they are counted, not read.
func (it *item) dev() bool {
	n, _ := strconv.Atoi(it.ID[strings.LastIndexByte(it.ID, '-')+1:])
	return n%2 == 1
}

var fixtureLangs = []string{"en", "de", "ar", "bg", "ko", "zh"}

// kinds are the rows of the table: mutations, which should be refused, and what should not.
var kinds = []string{"number", "unit", "date", "amount", "negation", "name", "citation", "hard citation", "caught", "refused verbatim", "refused paraphrased"}

func loadItems(t testing.TB, code string) []item {
	t.Helper()
	f, err := os.Open("testdata/mutations/" + code + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var items []item
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var it item
		if err := json.Unmarshal(s.Bytes(), &it); err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
	return items
}

func mutate(statement string, edits [][2]string) string {
	for _, e := range edits {
		statement = strings.Replace(statement, e[0], e[1], 1)
	}
	return statement
}

// tally counts refusals by half, language and kind, of verify and of a plain substring check.
type tally map[[3]string]*cell

type cell struct{ n, verify, substring int }

func (c *cell) share() float64 { return 100 * float64(c.verify) / float64(max(c.n, 1)) }

func (m tally) at(half, code, kind string) *cell {
	k := [3]string{half, code, kind}
	if m[k] == nil {
		m[k] = &cell{}
	}
	return m[k]
}

func (m tally) add(it *item, code, kind string, refused, notIn bool) {
	half := "held-out half"
	if it.dev() {
		half = "dev half"
	}
	for _, h := range []string{half, "both halves"} {
		for _, l := range []string{code, "all"} {
			c := m.at(h, l, kind)
			c.n++
			if refused {
				c.verify++
			}
			if notIn {
				c.substring++
			}
		}
	}
}

// TestMutations: each statement of the fixture is accepted as it is and refused once it is broken.
// The floors lie a little below what was reached, so that a regression shows.
func TestMutations(t *testing.T) {
	m := tally{}
	v := New(NoSimilarity{}, EqualWeights{})
	for _, code := range fixtureLangs {
		items := loadItems(t, code)
		sources := make([]*passage, len(items))
		for i, it := range items {
			sources[i] = v.read(it.Source, code)
		}
		for i := range items {
			m.item(v, items, sources, i, code)
		}
	}
	for _, half := range []string{"dev half", "held-out half", "both halves"} {
		t.Log(m.table(half))
	}
	m.checkFloors(t)
}

// item checks one item: as it is, with each of its mutations, and with another item's source.
func (m tally) item(v *Verifier, items []item, sources []*passage, i int, code string) {
	it := &items[i]
	check := func(kind, text string, k int) {
		_, reason := v.check(v.read(text, code), sources[k])
		notIn := !strings.Contains(squeeze(strings.ToLower(items[k].Source)), squeeze(strings.ToLower(text)))
		m.add(it, code, kind, reason != "", notIn)
		if !strings.HasPrefix(kind, "refused") && kind != "hard citation" {
			m.add(it, code, "caught", reason != "", notIn)
		}
	}
	kind := "refused paraphrased"
	if it.verbatim() {
		kind = "refused verbatim"
	}
	check(kind, it.Statement, i)
	for kind, edits := range it.Mutations {
		check(kind, mutate(it.Statement, edits), i)
	}
	check("citation", it.Statement, (i+1)%len(items))
	nearest, top := -1, -1.0
	s := v.read(it.Statement, code)
	for k := range items {
		if k == i {
			continue
		}
		if score := overlap(s, sources[k], align(s, sources[k])); score > top {
			nearest, top = k, score
		}
	}
	check("hard citation", it.Statement, nearest)
}

// table prints one half: verify's share, and after the bar the substring check's.
func (m tally) table(half string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: refused by verify | by a substring check, %%\n%-20s", half, "")
	for _, l := range append(fixtureLangs, "all") {
		fmt.Fprintf(&b, "%14s", l)
	}
	b.WriteByte('\n')
	for _, kind := range kinds {
		fmt.Fprintf(&b, "%-20s", kind)
		for _, l := range append(fixtureLangs, "all") {
			c := m.at(half, l, kind)
			fmt.Fprintf(&b, "%7.1f |%5.1f", c.share(), 100*float64(c.substring)/float64(max(c.n, 1)))
		}
		fmt.Fprintf(&b, "   (%d)\n", m.at(half, "all", kind).n)
	}
	return b.String()
}

func (m tally) checkFloors(t *testing.T) {
	t.Helper()
	least := func(half, code, kind string, floor float64) {
		if c := m.at(half, code, kind); c.share() < floor {
			t.Errorf("%s, %s, %s: %.1f %% refused, want at least %.1f", half, code, kind, c.share(), floor)
		}
	}
	most := func(half, code, kind string, ceiling float64) {
		if c := m.at(half, code, kind); c.share() > ceiling {
			t.Errorf("%s, %s, %s: %.1f %% refused, want at most %.1f", half, code, kind, c.share(), ceiling)
		}
	}
	for kind, floor := range floors {
		least("both halves", "all", kind, floor)
		least("held-out half", "all", kind, floor-2)
	}
	for code, floor := range floorsByLanguage {
		least("both halves", code, "caught", floor)
	}
	most("both halves", "all", "refused verbatim", 1)
	most("both halves", "all", "refused paraphrased", ceilingParaphrased)
	for _, code := range fixtureLangs {
		most("both halves", code, "refused paraphrased", 2*ceilingParaphrased)
	}
}

// TestExplain prints what is wrong with one language's development half, all of it or one kind:
// EXPLAIN=ko,negation go test -run TestExplain -v ./internal/verify
func TestExplain(t *testing.T) {
	want := os.Getenv("EXPLAIN")
	if want == "" {
		t.Skip("EXPLAIN=LANG[,KIND] prints the development half's faults")
	}
	code, only, _ := strings.Cut(want, ",")
	v := New(NoSimilarity{}, EqualWeights{})
	for _, it := range loadItems(t, code) {
		if !it.dev() {
			continue
		}
		e := v.read(it.Source, code)
		if only == "" || only == "refused" {
			if support, reason := v.check(v.read(it.Statement, code), e); reason != "" {
				t.Logf("REFUSED %s %.2f %s\n  S: %s\n  T: %s", it.ID, support, reason, it.Source, it.Statement)
			}
		}
		for kind, edits := range it.Mutations {
			m := mutate(it.Statement, edits)
			if support, reason := v.check(v.read(m, code), e); reason == "" && (only == "" || only == kind) {
				t.Logf("MISSED %s %s %.2f %v\n  S: %s\n  T: %s", it.ID, kind, support, edits, it.Source, m)
			}
		}
	}
}
