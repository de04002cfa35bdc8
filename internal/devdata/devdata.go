// Package devdata locates the development data (help centers and question sets) that the
// measuring tests run on. Only tests import it.
package devdata

import (
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
		t.Skip("DATA: absent (neither $CITED_DATA nor ../shared/data/unpack)")
	}
	return dir
}
