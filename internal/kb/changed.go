package kb

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Changed is LoadFrom where it is known which files of the folder root may have changed, or have
// come or gone: it looks at these alone. ok is false where that is not enough to go by (a folder or
// a link is among them, two files ask for one id); LoadFrom then reads the folder.
func (c *Corpus) Changed(root string, now time.Time, names []string) (changed *Corpus, ok bool) {
	real, err := filepath.EvalSymlinks(root)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil || c.rest.Unsure {
		return nil, false
	}
	around := placeOfRoot(root, real)
	next := &Corpus{Documents: slices.Clone(c.Documents), rest: Rest{Skipped: slices.Clone(c.rest.Skipped)}}
	for _, name := range names {
		rel, ok := within(real, name)
		if !ok {
			return nil, false
		}
		if hidden(rel) || !isMarkdown(rel) {
			continue
		}
		if !next.replace(markdownFile{path: rel, name: name, place: around.and(placeOf(rel))}, now) {
			return nil, false
		}
	}
	if len(next.Documents) == 0 {
		return nil, false
	}
	next.finish(now)
	return next, true
}

// within returns name relative to the folder real; ok is false where it is no regular file or
// former file below it.
func within(real, name string) (rel string, ok bool) {
	rel, err := filepath.Rel(real, name)
	if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	rel = filepath.ToSlash(rel)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return rel, isMarkdown(rel) // else it may have been a folder
	}
	return rel, err == nil && info.Mode().IsRegular()
}

// hidden reports a file that a walk leaves out: its name or a folder on the way begins with a dot.
func hidden(rel string) bool {
	for part := range strings.SplitSeq(path.Dir(rel), "/") {
		if part == "node_modules" || part != "." && strings.HasPrefix(part, ".") {
			return true
		}
	}
	return strings.HasPrefix(path.Base(rel), ".")
}

// replace reads one file anew; false where its id is another file's.
func (c *Corpus) replace(file markdownFile, now time.Time) bool {
	id := trimExt(file.path)
	at, found := slices.BinarySearchFunc(c.Documents, id, func(d *Document, id string) int { return strings.Compare(d.ID, id) })
	var former *Document
	if found {
		former = c.Documents[at]
	}
	if former != nil && former.Path != file.path {
		return false
	}
	c.rest.Skipped = slices.DeleteFunc(c.rest.Skipped, func(f Fault) bool { return f.Path == file.path })
	if _, err := os.Lstat(file.name); errors.Is(err, fs.ErrNotExist) {
		if found {
			c.Documents = slices.Delete(c.Documents, at, at+1)
		}
		return true
	}
	d, faults := loadFile(file, former, now)
	c.rest.Skipped = append(c.rest.Skipped, faults...)
	switch {
	case d == nil && found:
		c.Documents = slices.Delete(c.Documents, at, at+1)
	case d != nil && found:
		c.Documents[at] = d
	case d != nil:
		c.Documents = slices.Insert(c.Documents, at, d)
	}
	return true
}
