//go:build unix

package kb

import (
	"io/fs"
	"syscall"
)

// inode returns what tells a file from another one of the same name.
func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}
