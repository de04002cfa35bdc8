package kb

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"cited/internal/devdata"
)

// TestSimpleFieldsData holds the fast reader against the YAML parser on all real front matter.
func TestSimpleFieldsData(t *testing.T) {
	files, simple := 0, 0
	err := filepath.WalkDir(filepath.Join(devdata.Folder(t), "dev", "kb"), func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && filepath.Base(filepath.Dir(name)) == "ms-alchemy" && e.Name() != "de" {
			return fs.SkipDir // its five languages have the same front matter
		}
		if err != nil || !isMarkdown(name) {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		first := nextLine(src, 0)
		if string(src[:first]) != "---\n" {
			return nil
		}
		end, _ := closingMark(src, first, "---")
		files++
		got, ok := simpleFields(src[first:end])
		if !ok {
			return nil
		}
		simple++
		want, err := parsedFields(src[first:end])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range want {
			if !knownKeys[want[i].key] && i < len(got) { // only our keys' values are typed
				want[i].value = got[i].value
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d read by the fast reader", simple, files)
}
