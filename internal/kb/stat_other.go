//go:build !unix

package kb

import "io/fs"

// inode returns 0: this system does not tell.
func inode(fs.FileInfo) uint64 { return 0 }
