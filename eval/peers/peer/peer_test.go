package peer

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cited/internal/embed"
)

var shop = []Chunk{
	{ID: "en/returns#0", Document: "en/returns", Lang: "en", Text: "Returns\nSend the parcel back within thirty days with the label from the box."},
	{ID: "en/gifts#0", Document: "en/gifts", Lang: "en", Text: "Gift cards\nA gift card is valid for two years and cannot be paid out."},
	{ID: "de/rueckgabe#0", Document: "de/rueckgabe", Lang: "de", Text: "Rückgabe\nSchicken Sie die Pakete innerhalb von dreißig Tagen zurück."},
	{ID: "zh/returns#0", Document: "zh/returns", Lang: "zh", Text: "退货\n请在三十天内退回包裹。"},
	{ID: "vi/returns#0", Document: "vi/returns", Lang: "vi", Text: "Trả hàng\nGửi lại bưu kiện trong vòng ba mươi ngày."},
}

func embedder() Embedder { return embed.NewHashedDims(64) }

func filled(t *testing.T, make func() (*Index, error)) *Index {
	t.Helper()
	x, err := make()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	vectors, err := Embed(context.Background(), embedder(), shop)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Add(context.Background(), shop, vectors); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestSearch: each leg and both together find the right chunk in each language, by inflected
// words where the language has an analyzer.
func TestSearch(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	for name, make := range map[string]func() (*Index, error){
		"memory": func() (*Index, error) { return NewMemory(embedder()) },
		"disk":   func() (*Index, error) { return Create(dir, embedder()) },
	} {
		x := filled(t, make)
		for _, tt := range []struct{ text, lang, want string }{
			{"returning parcels", "en", "en/returns#0"},
			{"are gift cards valid for a year", "en", "en/gifts#0"},
			{"das Paket zurückschicken", "de", "de/rueckgabe#0"},
			{"退回包裹", "zh", "zh/returns#0"},
			{"gửi lại bưu kiện", "vi", "vi/returns#0"},
		} {
			words, err := x.Words(ctx, tt.text, tt.lang, 3)
			if err != nil || len(words) == 0 || words[0].ID != tt.want {
				t.Errorf("%s: words for %q: %v, %v", name, tt.text, words, err)
			}
			both, err := x.Search(ctx, tt.text, tt.lang, 2)
			if err != nil || len(both) != 2 || both[0].ID != tt.want {
				t.Errorf("%s: %q: %v, %v", name, tt.text, both, err)
			}
			text, err := x.Text(ctx, both[0].ID)
			if err != nil || !strings.Contains(text, "\n") {
				t.Errorf("%s: %q: text %q, %v", name, tt.text, text, err)
			}
		}
		v, err := embedder().EmbedQuery(ctx, shop[1].Text)
		if err != nil {
			t.Fatal(err)
		}
		near, err := x.Vectors(ctx, v, 100)
		if err != nil || len(near) != len(shop) || near[0].ID != shop[1].ID || near[0].Score < .999 {
			t.Errorf("%s: vectors: %v, %v", name, near, err)
		}
	}
}

// TestDurable: what was added, and what was replaced, is there when the files are opened again.
func TestDurable(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	x := filled(t, func() (*Index, error) { return Create(dir, embedder()) })
	changed := []Chunk{{ID: "en/gifts#0", Document: "en/gifts", Lang: "en", Text: "Gift cards\nVouchers last for ever."}}
	vectors, err := Embed(ctx, embedder(), changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Replace(ctx, []string{"en/gifts#0"}, changed, vectors); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x, err = Open(dir, embedder())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // only read
	if v, w, err := x.Count(); v != len(shop) || w != uint64(len(shop)) || err != nil {
		t.Errorf("%d vectors, %d texts, %v", v, w, err)
	}
	if found, err := x.Words(ctx, "voucher", "en", 5); err != nil || len(found) != 1 || found[0].ID != "en/gifts#0" {
		t.Errorf("the new text: %v, %v", found, err)
	}
	if found, err := x.Words(ctx, "valid", "en", 5); err != nil || len(found) != 0 {
		t.Errorf("the old text: %v, %v", found, err)
	}
}

func TestFuse(t *testing.T) {
	a := []Match{{"x", 9}, {"y", 8}, {"z", 7}}
	b := []Match{{"y", .5}, {"w", .4}}
	want := []Match{{"y", 1./62 + 1./61}, {"x", 1. / 61}, {"w", 1. / 62}, {"z", 1. / 63}}
	got := Fuse(a, b)
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, m := range got {
		if m.ID != want[i].ID || math.Abs(m.Score-want[i].Score) > 1e-12 {
			t.Errorf("rank %d: %v, want %v", i+1, m, want[i])
		}
	}
	if got := Fuse([]Match{{"b", 1}}, []Match{{"a", 1}}); got[0].ID != "a" {
		t.Errorf("ties go by id: %v", got)
	}
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("word ", maxWords-20) + "end"
	source := "---\ntitle: x\n---\n# Shop\n\nIntro with **bold** and `code`.\n\n## Returns\n\n- one\n- two\n\n### Late\n\n| a | b |\n|---|---|\n| c | d |\n\n## Long\n\n" + long + "\n\n" + long + "\n\n```\nx := 1\n```\n"
	var got []string
	for _, c := range Split("en/shop.md", "en", []byte(source)) {
		got = append(got, c.ID+" "+strings.ReplaceAll(strings.ReplaceAll(c.Text, long, "LONG"), "\n", "|"))
	}
	want := []string{
		"en/shop.md#0 Shop|Intro with bold and code.",
		"en/shop.md#1 Shop|Returns|one||two",
		"en/shop.md#2 Shop|Returns|Late|a||b||c||d",
		"en/shop.md#3 Shop|Long|LONG",
		"en/shop.md#4 Shop|Long|LONG|x := 1",
	}
	for i := range want {
		if i >= len(got) || strings.Join(strings.FieldsFunc(got[i], bar), "|") != strings.Join(strings.FieldsFunc(want[i], bar), "|") {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%q", got)
	}
}

func bar(r rune) bool { return r == '|' }

// TestIngest: a tree goes in, an edited file replaces its own chunks, and nothing is lost.
func TestIngest(t *testing.T) {
	ctx := context.Background()
	root := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for i := range 20 {
		write(fmt.Sprintf("kb/en/a%02d.md", i), fmt.Sprintf("# Article %d\n\nAbout subject%d.\n\n## More\n\nThe rest of it.\n", i, i))
	}
	edited := write("kb/de/b.md", "# Paket\n\nAlte Fassung.\n")
	write("kb/de/notes.txt", "# not Markdown")
	tag := func(part string) string {
		if part == "en" || part == "de" {
			return part
		}
		return ""
	}
	x, err := Create(t.TempDir(), embedder())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // nothing follows
	in, err := x.Ingest(ctx, root, tag)
	if err != nil || in.Files != 21 || in.Bytes == 0 || len(in.Chunks[edited]) != 1 {
		t.Fatal(in, err)
	}
	if v, w, err := x.Count(); v != 41 || w != 41 || err != nil {
		t.Errorf("%d vectors, %d texts, %v", v, w, err)
	}
	write("kb/de/b.md", "# Paket\n\nNeue Fassungen.\n\n## Zwei\n\nNoch eine.\n")
	ids, err := x.Update(ctx, root, edited, in.Chunks[edited], tag)
	if err != nil || len(ids) != 2 {
		t.Fatal(ids, err)
	}
	if found, err := x.Words(ctx, "neue Fassung", "de", 5); err != nil || len(found) == 0 || found[0].ID != "kb/de/b.md#0" {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := x.Words(ctx, "alte", "de", 5); err != nil || len(found) != 0 {
		t.Errorf("the old text: %v, %v", found, err)
	}
	if v, w, err := x.Count(); v != 42 || w != 42 || err != nil {
		t.Errorf("%d vectors, %d texts, %v", v, w, err)
	}
}
