package verify

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// odd reports one half of the fixture. What was tuned on one half was checked on the other, both
// ways, so the halves are printed apart.
func (it *item) odd() bool {
	n, _ := strconv.Atoi(it.ID[strings.LastIndexByte(it.ID, '-')+1:])
	return n%2 == 1
}

// The fixtures: the one that the package was developed on, and one that nobody who works on the
// package reads. Both hold a file of items for each language.
const (
	developed = "testdata/mutations"
	heldOut   = "testdata/heldout"
)

var fixtureLangs = []string{"en", "de", "ar", "bg", "ko", "zh"}

// kinds are the rows of the table: mutations, which should be refused, and what should not.
var kinds = []string{"number", "unit", "date", "amount", "negation", "name", "citation", "hard citation", "caught", "refused verbatim", "refused paraphrased"}

// loadItems reads a language's items, none where the folder has no file for it.
func loadItems(t testing.TB, folder, code string) []item {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, code+".jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
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
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

func mutate(statement string, edits [][2]string) string {
	for _, e := range edits {
		statement = strings.Replace(statement, e[0], e[1], 1)
	}
	return statement
}

// tally counts refusals by table (halves of the fixture, all), language and kind, of verify and of a plain substring check.
type tally map[[3]string]*cell

type cell struct{ n, verify, substring int }

func (c *cell) share() float64 { return 100 * float64(c.verify) / float64(max(c.n, 1)) }

func (m tally) at(table, code, kind string) *cell {
	k := [3]string{table, code, kind}
	if m[k] == nil {
		m[k] = &cell{}
	}
	return m[k]
}

func (m tally) add(it *item, code, kind string, refused, notIn bool) {
	half := "even half"
	if it.odd() {
		half = "odd half"
	}
	for _, table := range []string{half, "all"} {
		for _, l := range []string{code, "all"} {
			c := m.at(table, l, kind)
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
	m := count(t, developed)
	t.Log(m.print("odd half", "odd half"))
	t.Log(m.print("even half", "even half"))
	t.Log(m.print("all", "both halves"))
	m.checkFloors(t)
}

// TestMutationsHeldOut does the same with the fixture that nobody has read, where there is one.
func TestMutationsHeldOut(t *testing.T) {
	m := count(t, heldOut)
	if len(m) == 0 {
		t.Skip("no held-out fixture")
	}
	t.Log(m.print("all", "held-out fixture"))
	m.least(t, "all", "all", "caught", heldOutCaught)
	m.most(t, "all", "all", "refused verbatim", heldOutVerbatim)
	m.most(t, "all", "all", "refused paraphrased", heldOutParaphrased)
}

// count checks all items of a fixture.
func count(t *testing.T, folder string) tally {
	t.Helper()
	m := tally{}
	v := New(NoSimilarity{}, EqualWeights{})
	for _, code := range fixtureLangs {
		items := loadItems(t, folder, code)
		sources := make([]*passage, len(items))
		for i, it := range items {
			sources[i] = v.read(it.Source, code)
		}
		for i := range items {
			m.item(v, items, sources, i, code)
		}
	}
	return m
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
	if len(items) > 1 {
		check("citation", it.Statement, (i+1)%len(items))
	}
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
	if nearest >= 0 {
		check("hard citation", it.Statement, nearest)
	}
}

// print prints one table: verify's share, and after the bar the substring check's.
func (m tally) print(table, title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: refused by verify | by a substring check, %%\n%-20s", title, "")
	for _, l := range append(fixtureLangs, "all") {
		fmt.Fprintf(&b, "%14s", l)
	}
	b.WriteByte('\n')
	for _, kind := range kinds {
		fmt.Fprintf(&b, "%-20s", kind)
		for _, l := range append(fixtureLangs, "all") {
			c := m.at(table, l, kind)
			fmt.Fprintf(&b, "%7.1f |%5.1f", c.share(), 100*float64(c.substring)/float64(max(c.n, 1)))
		}
		fmt.Fprintf(&b, "   (%d)\n", m.at(table, "all", kind).n)
	}
	return b.String()
}

func (m tally) checkFloors(t *testing.T) {
	t.Helper()
	for kind, floor := range floors {
		m.least(t, "all", "all", kind, floor)
		m.least(t, "odd half", "all", kind, floor-2)
		m.least(t, "even half", "all", kind, floor-2)
	}
	for code, floor := range floorsByLanguage {
		m.least(t, "all", code, "caught", floor)
	}
	m.most(t, "all", "all", "refused verbatim", 1)
	m.most(t, "all", "all", "refused paraphrased", ceilingParaphrased)
	for _, code := range fixtureLangs {
		m.most(t, "all", code, "refused paraphrased", 2*ceilingParaphrased)
	}
}

func (m tally) least(t *testing.T, table, code, kind string, floor float64) {
	t.Helper()
	if c := m.at(table, code, kind); c.share() < floor {
		t.Errorf("%s, %s, %s: %.1f %% refused, want at least %.1f", table, code, kind, c.share(), floor)
	}
}

func (m tally) most(t *testing.T, table, code, kind string, ceiling float64) {
	t.Helper()
	if c := m.at(table, code, kind); c.share() > ceiling {
		t.Errorf("%s, %s, %s: %.1f %% refused, want at most %.1f", table, code, kind, c.share(), ceiling)
	}
}

// TestExplain prints what is wrong with one language's items, all of it or one kind:
// EXPLAIN=ko,negation go test -run TestExplain -v ./internal/verify
func TestExplain(t *testing.T) {
	want := os.Getenv("EXPLAIN")
	if want == "" {
		t.Skip("EXPLAIN=LANG[,KIND] prints the fixture's faults")
	}
	code, only, _ := strings.Cut(want, ",")
	v := New(NoSimilarity{}, EqualWeights{})
	for _, it := range loadItems(t, developed, code) {
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
