package kb

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"cited/internal/devdata"
)

// outline is what a tree says: its nodes, with texts that touch made one.
func outline(src []byte, n ast.Node) string {
	var b strings.Builder
	from, to := 0, -1
	flush := func() {
		for to > from && isBlank(src[to-1]) {
			to-- // what stands at the end of a line is seen by nobody
		}
		if to > from {
			fmt.Fprintf(&b, "text %d-%d\n", from, to)
		}
		to = -1
	}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function below never fails
		if t, ok := n.(*ast.Text); ok {
			if entering && t.Segment.Len() > 0 {
				if to != t.Segment.Start {
					flush()
					from = t.Segment.Start
				}
				to = t.Segment.Stop
			}
			if entering && (t.SoftLineBreak() || t.HardLineBreak()) {
				flush()
				b.WriteString("break\n")
			}
			return ast.WalkContinue, nil
		}
		flush()
		fmt.Fprintf(&b, "%v %v", n.Kind(), entering)
		if l, ok := n.(*ast.AutoLink); ok {
			fmt.Fprintf(&b, " %s", l.URL(src))
		}
		if l, ok := n.(*ast.Link); ok {
			fmt.Fprintf(&b, " %s", l.Destination)
		}
		b.WriteByte('\n')
		return ast.WalkContinue, nil
	})
	flush()
	return b.String()
}

// checkBare holds the tree against that of the parser that looks for bare addresses everywhere.
func checkBare(t *testing.T, src []byte) {
	t.Helper()
	for _, p := range []parsers{markdownParsers, mdxParsers} {
		got, want := outline(src, p.parse(src)), outline(src, p.full.Parse(text.NewReader(src)))
		if got != want {
			t.Errorf("%q:\n%s\nwant\n%s", src, got, want)
		}
	}
}

var bareTexts = []string{
	"see www.example.com now", "http://example.com", "a (https://example.com/x) b", "[a](https://example.com)", "[a](https://example.com", "a](https://example.com)",
	"\\[a](http://example.com/)", "[a\\](http://example.com/)", "- [x](http://example.com/)", "a[^1](http://example.com/)\n\n[^1]: http://example.com/b",
	"[foo](http://example.com bad\n\n[foo]: /u", "`a`http://example.com/", "**a**http://example.com", "<b>http://example.com", "|a|\n|-|\n|www.example.com|", "mail a@example.com!",
	"x\\ *y*", "a  \nb\\\nc", "![a](http://example.com/i.png)", "[![a](http://example.com/i.png)](http://example.com/", "~~a~~www.example.com", "_ftp://example.com_", "a_www.example.com_",
	"[a](http://example.com \"t\")(http://example.com/b)", "[[a](http://example.com/)](http://example.com/b)", "# www.example.com", "> http://example.com", ">http://example.com", "1.http://example.com",
}

func TestBareAddresses(t *testing.T) {
	for _, s := range bareTexts {
		checkBare(t, []byte(s))
	}
	parts := []string{"[", "]", "(", ")", "](", "![", "\\", "`", "*", "_", "~~", "<", ">", "|", "\n", "\n\n", " ", "  ", ":", "[^1]", "[x]", "- ", "1. ", "# ", "> ", "a", "é", "\"", "'", "=", "/",
		"http://example.com", "https://example.com/a", "ftp://example.com", "www.example.com", "a@example.com", "\x1A", "[foo]: /u\n", "|a|b|\n|-|-|\n", "\t", "<b>", ".", ","}
	r := rand.New(rand.NewPCG(3, 4))
	for range 30_000 {
		var b strings.Builder
		for range 1 + r.IntN(14) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		checkBare(t, []byte(b.String()))
		if t.Failed() {
			return
		}
	}
}

// TestBareAddressesData does so with real articles, and counts how many need both looks.
func TestBareAddressesData(t *testing.T) {
	counts := map[presence]int{}
	n := 0
	err := filepath.WalkDir(filepath.Join(devdata.Folder(t), "dev", "kb"), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !isMarkdown(name) {
			return err
		}
		if n++; n%11 != 0 {
			return nil // they are alike
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		src = mask(src, 0, dialect{}).text
		counts[bareAddresses(src)]++
		checkBare(t, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("no address %d, in links alone %d, bare ones %d", counts[absent], counts[inLinks], counts[present])
}

func FuzzBareAddresses(f *testing.F) {
	for _, s := range bareTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			checkBare(t, []byte(s))
		}
	})
}
