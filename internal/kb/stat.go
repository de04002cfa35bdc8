package kb

import (
	"io/fs"
	"time"
)

// fileStat tells, without reading it, whether a file is the one that was read. The zero value
// matches none.
type fileStat struct {
	size     int64
	modified int64 // Unix time in nanoseconds
	inode    uint64
}

// settled is how old a change must be before its time tells it from the next one: clocks of file
// systems tick in milliseconds, some in seconds.
const settled = 2 * time.Second

// statOf returns the stat of a file that is read at the time now; zero where the file changed so
// shortly before that the next change may not show.
func statOf(info fs.FileInfo, now time.Time) fileStat {
	if now.Sub(info.ModTime()) < settled {
		return fileStat{}
	}
	return fileStat{info.Size(), info.ModTime().UnixNano(), inode(info)}
}

// unchanged reports whether the file is the one that s was taken of.
func (s fileStat) unchanged(info fs.FileInfo) bool {
	return s != fileStat{} && s == fileStat{info.Size(), info.ModTime().UnixNano(), inode(info)}
}
