package eval

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadQueries(t *testing.T) {
	got, err := ReadQueries(file(t, byteOrderMark+`{"_id":"q1","text":"How long?","lang":"en","metadata":{"x":1}}`+"\r\n\n"+`{"_id":"q2","text":"退货","candidates":["a","b"]}`))
	want := []BEIRQuery{{ID: "q1", Text: "How long?", Lang: "en"}, {ID: "q2", Text: "退货", Candidates: []string{"a", "b"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadQrels(t *testing.T) {
	want := Qrels{"q1": {"a": 1, "b": 0}, "q2": {"c d": 2}}
	rows := "q1\ta\t1\nq1\tb\t0\r\n\nq2\tc d\t2"
	for _, content := range []string{rows, "query-id\tcorpus-id\tscore\n" + rows, byteOrderMark + rows} {
		if got, err := ReadQrels(file(t, content)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v", content, got, err)
		}
	}
}

func TestReadIDsAndWithheld(t *testing.T) {
	ids, err := ReadIDs(file(t, byteOrderMark+"a\n b \r\n\n退货\n"))
	if err != nil || !reflect.DeepEqual(ids, map[string]bool{"a": true, "b": true, "退货": true}) {
		t.Error(ids, err)
	}
	want := map[string][]string{"q1": {"a", "b", "c"}, "q2": {"d"}}
	rows := "q1\ta b,c\nq2\td\r\n"
	for _, content := range []string{rows, "query-id\tdrop-corpus-ids\n" + rows} {
		if got, err := ReadWithheld(file(t, content)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v", content, got, err)
		}
	}
}

// TestReadErrors: what is wrong is said with the path and the line.
func TestReadErrors(t *testing.T) {
	readers := map[string]func(string) error{
		"queries":  func(path string) error { _, err := ReadQueries(path); return err },
		"qrels":    func(path string) error { _, err := ReadQrels(path); return err },
		"withheld": func(path string) error { _, err := ReadWithheld(path); return err },
		"ids":      func(path string) error { _, err := ReadIDs(path); return err },
	}
	for _, tt := range []struct{ reader, content, want string }{
		{"queries", "{\"_id\":\"a\",\"text\":\"x\"}\n\nnot json\n", ":3: not a BEIR query"},
		{"queries", "{\"text\":\"x\"}\n", ":1: \"_id\" is missing"},
		{"queries", "{\"_id\":\"a\"}\n{\"_id\":\"a\"}\n", ":2: duplicate _id \"a\""},
		{"qrels", "query-id\tcorpus-id\tscore\nq1\ta\n", ":2: want query-id, corpus-id and score"},
		{"qrels", "q1\ta\t1\nq1\tb\thigh\n", ":2: score \"high\" is not a whole number"},
		{"qrels", "q1 0 a 1\n", ":1: want query-id"},
		{"withheld", "query-id\tdrop\nq1 a\n", ":2: want query-id and document ids"},
	} {
		path := file(t, tt.content)
		if err := readers[tt.reader](path); err == nil || !strings.Contains(err.Error(), "eval: "+path+tt.want) {
			t.Errorf("%s of %q: %v", tt.reader, tt.content, err)
		}
	}
	for name, read := range readers {
		if err := read(filepath.Join(t.TempDir(), "gone")); err == nil || !strings.Contains(err.Error(), "gone") {
			t.Errorf("%s: a file that is not there: %v", name, err)
		}
		if err := read(t.TempDir()); err == nil {
			t.Errorf("%s: a folder is no file", name)
		}
	}
}
