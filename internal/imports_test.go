package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed is the import graph: what each package may import of ours, outside of its tests.
// Data flows to the right, imports point to the left (ARCHITECTURE.md). A new edge needs its
// reason in the commit; none may go against the flow.
var allowed = map[string][]string{
	"cmd/cited":             {"*"}, // it wires
	"internal/lang":         {},
	"internal/lang/fit":     {"internal/lang"}, // fits identify.bin
	"internal/kb":           {"internal/lang"},
	"internal/simd":         {}, // dot products; no stage of its own
	"internal/embed":        {"internal/lang", "internal/simd"},
	"internal/embed/static": {"internal/simd"},                                               // sums of rows
	"internal/embed/train":  {"internal/embed/static", "internal/simd", "internal/snapshot"}, // snapshot: checkpoints
	"internal/index":        {"internal/lang", "internal/kb", "internal/simd"},
	"internal/retrieve":     {"internal/lang", "internal/kb", "internal/index", "internal/snapshot"}, // snapshot: what an index is started from
	"internal/draft":        {"internal/lang", "internal/kb", "internal/retrieve"},
	"internal/verify":       {"internal/lang", "internal/kb", "internal/retrieve", "internal/draft"},
	"internal/verify/fit":   {"internal/lang", "internal/verify"}, // makes data/words
	"internal/confidence":   {"internal/retrieve", "internal/verify"},
	"internal/answer":       {"internal/lang", "internal/kb", "internal/retrieve", "internal/draft", "internal/verify", "internal/confidence"},
	"internal/review":       {"internal/answer", "internal/lang", "internal/kb", "internal/retrieve", "internal/draft", "internal/verify", "internal/confidence"},
	"internal/eval":         {"internal/answer", "internal/retrieve", "internal/kb", "internal/confidence", "internal/lang"},
	"internal/store/sqlite": {"internal/review", "internal/eval", "internal/access", "internal/answer", "internal/kb"}, // kb: the audience of a stored answer
	"internal/server":       {"internal/answer", "internal/retrieve", "internal/review", "internal/kb", "internal/eval", "internal/access", "web"},
	"internal/snapshot":     {}, // bytes in a file; who stores what in them knows the rest
	"web":                   {},
	"internal/devdata":      {}, // tests alone import it
	"internal/modeltest":    {}, // tests alone import it
}

// testOnly are the packages that only tests may import.
var testOnly = []string{"internal/devdata", "internal/modeltest"}

// homes are the third-party modules that only some packages may import.
var homes = map[string][]string{
	"github.com/yuin/goldmark":            {"internal/kb"},
	"github.com/microcosm-cc/bluemonday":  {"internal/kb"},
	"github.com/BurntSushi/toml":          {"internal/kb"},
	"go.yaml.in/yaml":                     {"internal/kb", "internal/eval"},
	"github.com/blevesearch/snowballstem": {"internal/lang"},
	"github.com/clipperhouse/uax29":       {"internal/lang"},
	"github.com/sashabaranov/go-openai":   {"internal/embed", "internal/draft"},
	"github.com/philippgille/chromem-go":  {"internal/index"},
	"modernc.org/sqlite":                  {"internal/store/sqlite"},
	"database/sql":                        {"internal/store/sqlite"},
	"github.com/labstack/echo":            {"internal/server"},
	"github.com/fsnotify/fsnotify":        {"cmd/cited"},
	"github.com/rogpeppe/go-internal":     {"cmd/cited"},
	"golang.org/x/sys/cpu":                {"internal/simd"},
	"golang.org/x/text/unicode/norm":      {"internal/lang", "internal/lang/fit", "internal/embed", "internal/embed/static", "internal/kb", "internal/verify"},
}

// TestImports parses every Go file, so that no cached result can hide an edge.
func TestImports(t *testing.T) {
	files := goFiles(t)
	if len(files) < 20 {
		t.Fatalf("found %d Go files: the walk is broken", len(files))
	}
	seen := make(map[string]bool)
	for _, file := range files {
		pkg := filepath.ToSlash(filepath.Dir(file))
		seen[pkg] = true
		own, ok := allowed[pkg]
		if !ok && pkg != "internal" {
			t.Errorf("%s: package %s is not in the table of allowed imports", file, pkg)
			continue
		}
		test := strings.HasSuffix(file, "_test.go")
		for _, path := range importsOf(t, file) {
			checkImport(t, file, pkg, own, path, test)
		}
	}
	for pkg := range allowed {
		if !seen[pkg] {
			t.Errorf("the table names %s, which does not exist", pkg)
		}
	}
}

func checkImport(t *testing.T, file, pkg string, own []string, path string, test bool) {
	t.Helper()
	if ours, ok := strings.CutPrefix(path, "cited/"); ok {
		switch {
		case test || ours == pkg || slices.Contains(own, "*") && !slices.Contains(testOnly, ours):
		case !slices.Contains(own, ours):
			t.Errorf("%s: %s may not import %s (%v)", file, pkg, ours, own)
		}
		return
	}
	for module, packages := range homes {
		if (path == module || strings.HasPrefix(path, module+"/")) && !slices.Contains(packages, pkg) {
			t.Errorf("%s: only %v may import %s", file, packages, path)
		}
	}
}

// goFiles lists the Go files of the repository, relative to its root. Nested modules have rules
// of their own.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata" || rel == filepath.Join("eval", "peers")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(rel, ".go") {
			files = append(files, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestPackageComments holds every package to one package comment.
func TestPackageComments(t *testing.T) {
	comments := make(map[string]int)
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		pkg := filepath.ToSlash(filepath.Dir(file))
		comments[pkg] += 0
		if parsed.Doc != nil {
			comments[pkg]++
		}
	}
	for pkg, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", pkg, n)
		}
	}
}
