//go:build !unix

package snapshot

import (
	"io"
	"os"
)

// mapFile reads size bytes of f: there is no mapping on this system.
func mapFile(f *os.File, size int64) ([]byte, error) {
	b := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(f, 0, size), b)
	return b, err
}

// lockFile always succeeds: there are no advisory locks on this system.
func lockFile(*os.File) (ok bool, err error) { return true, nil }
