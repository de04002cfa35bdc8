package kb

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	root := folder(t, map[string]string{
		"en/returns.md": "---\ntitle: Returns\nslug: /returns\ntag: [x]\nexpirydat: 2020-01-01\nsidebar_position: 2\n---\n# Returns {#returns}\n\n" +
			"[ok](shipping.md#costs) [ok](../de/returns.md) [ok](#returns) [ok](/help/en/shipping) [ok](https://x.y) [ok](shipping) [ok](/cart) [ok](mailto:a@b.c)\n\n" +
			"[bad](none.md) ![bad](none.png) [bad](shipping.md#cost) [bad](#none) [bad](/help/en/none)\n\n" +
			"Hi {{ name }}!\n\n## Twice {#same}\n\nx\n\n## Twice {#same}\n\ny\n",
		"en/shipping.md":   "# Shipping\n\n<a name=\"old\"></a>\n\n## Costs\n\n[ok](returns.md#returns \"t\") [ok](#old) [ok](a%20b.md) <a href=\"gone.md\">x</a>\n",
		"en/a b.md":        "---\ntitle: A\naliases: [returns, /x]\n---\nText.\n",
		"de/returns.md":    "---\ntitle: Rückgabe\nslug: /returns\n---\nText.\n",
		"de/entwurf.md":    "---\ntitle: E\ndraft: true\n---\nText. <!-- open\n",
		"en/internal/i.md": "---\ntitle: I\naudience: public\n---\nText.\n",
		"en/old.md":        "---\ntitle: O\nexpiryDate: 2020-01-01\n---\nText.\n",
		"en/soon.md":       "---\ntitle: S\npublishDate: 2030-01-01\n---\nText.\n",
		"en/untitled.md":   "Text.\n",
		"en/broken.md":     "---\ntitle: [\n---\n",
		"en/empty.md":      "# Empty\n",
	})
	faults, err := Lint(root, now)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "%s:%d: %s\n", f.Path, f.Line, f.Message)
	}
	golden(t, "lint.txt", b.String())
}

// golden compares got with a file in testdata; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (UPDATE_GOLDEN=1 writes it); got\n%s", file, got)
	}
}

func TestMisspelt(t *testing.T) {
	for key, want := range map[string]string{
		"titel": "title", "descripton": "description", "audiance": "audience", "langage": "language", "tag": "tags", "expires": "expiryDate",
		"title": "", "weight": "", "author": "", "ms.topic": "", "exl-id": "", "role": "", "feature": "", "nav_order": "", "untranslated": "",
	} {
		if got := misspelt(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}
