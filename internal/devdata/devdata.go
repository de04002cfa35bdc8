// Package devdata locates the development data (help centers and question sets) that the
// measuring tests run on. Only tests import it.
package devdata

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// find returns the folder that holds dev/, or "" where there is none: $CITED_DATA when it holds
// dev/, else what ../shared/data/unpack beside the repository prints.
var find = sync.OnceValue(func() string {
	if dir := os.Getenv("CITED_DATA"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "dev")); err == nil {
			return dir
		}
	}
	root, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(root)
		if parent == root {
			return ""
		}
		root = parent
	}
	out, err := exec.Command(filepath.Join(root, "..", "shared", "data", "unpack")).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
})

// Folder returns the folder that holds dev/ and, where it was unpacked, train/. It skips the
// test when there is no data on this machine.
func Folder(t testing.TB) string {
	t.Helper()
	dir := find()
	if dir == "" {
		count(t)
		t.Skip("DATA: absent (neither $CITED_DATA nor ../shared/data/unpack)")
	}
	return dir
}

// count notes a skipped test in the file that $CITED_SKIPS names, so that make test can say how
// many there were.
func count(t testing.TB) {
	t.Helper()
	path := os.Getenv("CITED_SKIPS")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(t.Name() + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
