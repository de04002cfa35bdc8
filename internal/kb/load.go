package kb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Load reads a knowledge base: a folder of Markdown files, or a BEIR corpus.jsonl. now decides
// which documents are live. Broken files are skipped and reported in Corpus.Faults; an error
// means that there is no knowledge base at path.
func Load(ctx context.Context, path string, now time.Time) (*Corpus, error) {
	return LoadFrom(ctx, path, now, nil)
}

// LoadFrom is Load that takes unchanged documents (same path, same content) over from old: the
// same *Document and *Chunk pointers. A file of old that cannot be read any more keeps its old
// document, and a fault says so; a file that is gone or broken loses it.
func LoadFrom(ctx context.Context, path string, now time.Time, old *Corpus) (*Corpus, error) {
	return LoadObserved(ctx, path, now, old, Observer{})
}

// LoadObserved is LoadFrom that says how far it is.
func LoadObserved(ctx context.Context, path string, now time.Time, old *Corpus, o Observer) (*Corpus, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("kb: read %s: no such folder or file; name a folder of Markdown files or a corpus.jsonl with --kb", path)
	}
	if err != nil {
		return nil, fmt.Errorf("kb: read %s: %w", path, err)
	}
	former := map[string]*Document{}
	if old != nil {
		for _, d := range old.Documents {
			former[d.Path] = d
		}
	}
	var c *Corpus
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("kb: read %s: neither a folder of Markdown files nor a corpus.jsonl", path)
	}
	if info.IsDir() {
		c, err = loadFolder(ctx, path, former, now, o)
	} else {
		c, err = loadLines(ctx, path, former, o)
	}
	if err != nil {
		return nil, err
	}
	if len(c.Documents) == 0 {
		return nil, emptyError(path, info.IsDir(), c.rest.Skipped)
	}
	c.finish(now)
	return c, nil
}

// emptyError says why there is nothing to serve.
func emptyError(path string, dir bool, faults []Fault) error {
	if len(faults) > 0 {
		f := faults[0]
		return fmt.Errorf("kb: read %s: none of its files could be read (%d faults); the first: %s:%d: %s", path, len(faults), f.Path, f.Line, f.Message)
	}
	if dir {
		return fmt.Errorf("kb: read %s: no Markdown in this folder; put an article in it (*.md) or name another folder with --kb", path)
	}
	return fmt.Errorf("kb: read %s: no documents in this file; each line must be a JSON object with _id, title and text", path)
}

// finish sorts the corpus and derives its chunks and hash.
func (c *Corpus) finish(now time.Time) {
	slices.SortFunc(c.Documents, func(a, b *Document) int { return strings.Compare(a.ID, b.ID) })
	c.at, c.Faults = now, slices.Clone(c.rest.Skipped)
	c.addresses()
	n := 0
	for _, d := range c.Documents {
		n += len(d.chunks)
		c.Faults = append(c.Faults, d.faults...)
	}
	c.Chunks = liveChunks(c.Documents, n, now)
	c.Hash = c.hash()
	sortFaults(c.Faults)
}

// hash is a checksum over the sorted (path, content hash) pairs.
func (c *Corpus) hash() string {
	byPath := slices.Clone(c.Documents)
	slices.SortFunc(byPath, func(a, b *Document) int { return strings.Compare(a.Path, b.Path) })
	h := sha256.New()
	var pair []byte
	for _, d := range byPath {
		pair = append(append(append(append(pair[:0], d.Path...), 0), d.Hash...), '\n')
		h.Write(pair)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// liveChunks returns the chunks, n at most, of the documents that are live.
func liveChunks(documents []*Document, n int, now time.Time) []*Chunk {
	chunks := make([]*Chunk, 0, n)
	for _, d := range documents {
		if d.Live(now) {
			chunks = append(chunks, d.chunks...)
		}
	}
	return chunks
}

// addresses takes their own addresses from the documents that share one with another public
// document, translations with the same slug above all: their readers are sent to the help page. A
// document may be an older corpus's too, so that it is not changed but replaced by a copy.
func (c *Corpus) addresses() {
	shared := sharedAddresses(c.Documents)
	for i, d := range c.Documents {
		url := d.address
		if other := shared[d]; other != nil {
			url = ""
			c.Faults = append(c.Faults, addressFault(d, other))
		}
		if d.URL != url {
			replaced := *d
			replaced.URL = url
			c.Documents[i] = &replaced
		}
	}
}

func addressFault(d, other *Document) Fault {
	return Fault{Path: d.Path, Line: d.addressLine, Message: "address " + strconv.Quote(d.address) + " belongs to " + other.Path + " too: readers are sent to the help page instead"}
}

// sharedAddresses returns, for each document that gives the same address as another one that is
// public, such a one.
func sharedAddresses(documents []*Document) map[*Document]*Document {
	owners := map[string][]*Document{} // two at most
	for _, d := range documents {
		if d.Audience != Internal && !d.Draft && webAddress(d.address) != nil {
			if a := normalAddress(d.address); len(owners[a]) < 2 {
				owners[a] = append(owners[a], d)
			}
		}
	}
	shared := map[*Document]*Document{}
	for _, d := range documents {
		if d.address == "" || webAddress(d.address) == nil {
			continue
		}
		for _, other := range owners[normalAddress(d.address)] {
			if other != d {
				shared[d] = other
				break
			}
		}
	}
	return shared
}

func sortFaults(faults []Fault) {
	sort.SliceStable(faults, func(i, j int) bool {
		a, b := faults[i], faults[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Message < b.Message
	})
}

// loadFolder reads the Markdown files of a folder.
func loadFolder(ctx context.Context, root string, former map[string]*Document, now time.Time, o Observer) (*Corpus, error) {
	files, faults, err := markdownFiles(ctx, root)
	if err != nil {
		return nil, err
	}
	kept := keep(former, faults)
	unsure := slices.ContainsFunc(faults, func(f Fault) bool { return strings.HasSuffix(f.Path, "/") })
	type result struct {
		doc    *Document
		faults []Fault
	}
	results := make([]result, len(files))
	seen := observation{Observer: o, total: len(files)}
	err = parallel(ctx, len(files), func(i int) {
		old := former[files[i].path]
		results[i].doc, results[i].faults = loadFile(files[i], old, now)
		seen.document(results[i].doc, old)
	})
	if err != nil {
		return nil, fmt.Errorf("kb: read %s: %w", root, err)
	}
	c := &Corpus{rest: Rest{faults, unsure}, Documents: kept}
	ids := map[string]string{}
	for _, d := range kept {
		ids[d.ID] = d.Path
	}
	for i, r := range results {
		c.rest.Skipped = append(c.rest.Skipped, r.faults...)
		c.rest.Unsure = c.rest.Unsure || files[i].linked
		if r.doc == nil {
			continue
		}
		if first, taken := ids[r.doc.ID]; taken {
			c.rest.Unsure = true
			c.rest.Skipped = append(c.rest.Skipped, Fault{Path: files[i].path, Message: "skipped: " + first + " has the same id", Fatal: true})
			continue
		}
		ids[r.doc.ID] = files[i].path
		c.Documents = append(c.Documents, r.doc)
	}
	return c, nil
}

// keep returns the former documents below folders that cannot be read now, in order.
func keep(former map[string]*Document, faults []Fault) []*Document {
	var kept []*Document
	for i, f := range faults {
		if !strings.HasSuffix(f.Path, "/") {
			continue
		}
		n := len(kept)
		for p, d := range former {
			if strings.HasPrefix(p, f.Path) {
				kept = append(kept, d)
			}
		}
		if len(kept) > n {
			faults[i].Message += fmt.Sprintf("; the former version of its %d articles is kept", len(kept)-n)
		}
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].Path < kept[j].Path })
	return kept
}

// loadFile reads one file; the document is nil where it is broken. A document's own faults are
// not among those returned.
func loadFile(file markdownFile, former *Document, now time.Time) (*Document, []Fault) {
	if former != nil && former.place != file.place {
		former = nil // a link that leads elsewhere now
	}
	if former != nil {
		if info, err := os.Stat(file.name); err == nil && former.stat.unchanged(info) {
			return former, nil
		}
	}
	source, stat, err := readFile(file.name, now)
	if err != nil {
		fault := Fault{Path: file.path, Message: "cannot be read: " + reason(err), Fatal: true}
		if former != nil && !errors.Is(err, errTooLarge) && !errors.Is(err, fs.ErrNotExist) {
			fault.Message += "; the former version is kept"
			fault.Fatal = false
			return former, []Fault{fault}
		}
		return nil, []Fault{fault}
	}
	if former != nil && former.Source == string(source) {
		return former, nil
	}
	d, _ := parseDocument(file.path, file.place, source)
	if d == nil {
		return nil, parseFaults(file.path, source)
	}
	d.stat = stat
	return d, nil
}

var errTooLarge = errors.New("larger than 10 MB")

// readFile reads a file of at most MaxFile bytes at the time now.
func readFile(name string, now time.Time) ([]byte, fileStat, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fileStat{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, fileStat{}, err
	}
	if info.Size() > MaxFile {
		return nil, fileStat{}, errTooLarge
	}
	b, err := readAtMost(f, info.Size())
	return b, statOf(info, now), err
}

// readAtMost reads f, which is about size bytes long, up to MaxFile bytes.
func readAtMost(f io.Reader, size int64) ([]byte, error) {
	b := make([]byte, 0, size+1)
	r := io.LimitReader(f, MaxFile+1)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
	if len(b) > MaxFile {
		return nil, errTooLarge
	}
	return b, nil
}

// reason is an error without the path, which a Fault names already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// markdownFile is one file of a knowledge base.
type markdownFile struct {
	path  string // relative to the folder, slashes forward
	name  string // what to read: where path is a link, the file that it leads to
	place place

	linked bool // path is a link
}

// place says what the folders around a file make of it.
type place struct{ internal, draft bool }

// placeOf returns what the folders on the way to file, relative to the knowledge base, make of it.
func placeOf(file string) place { return place{internal: hasInternal(file), draft: hasDrafts(file)} }

func (p place) and(q place) place { return place{p.internal || q.internal, p.draft || q.draft} }

// placeOfRoot returns what the folder's own name makes of all its files; real is where it leads to.
func placeOfRoot(root, real string) place {
	var p place
	for _, name := range [...]string{root, real} {
		if abs, err := filepath.Abs(name); err == nil {
			p = p.and(placeOf(filepath.Base(abs) + "/file"))
		}
	}
	return p
}

// markdownFiles lists the Markdown files of a folder, sorted by path. Hidden folders and
// node_modules are left out, and so are links that lead out of it.
func markdownFiles(ctx context.Context, root string) ([]markdownFile, []Fault, error) {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, nil, fmt.Errorf("kb: read %s: %w", root, err)
	}
	if real, err = filepath.Abs(real); err != nil {
		return nil, nil, fmt.Errorf("kb: read %s: %w", root, err)
	}
	around := placeOfRoot(root, real)
	var files []markdownFile
	var faults []Fault
	err = filepath.WalkDir(real, func(name string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, _ := filepath.Rel(real, name)
		rel = filepath.ToSlash(rel)
		if err != nil {
			if rel == "." {
				return err
			}
			faults = append(faults, Fault{Path: rel + "/", Message: "cannot be read: " + reason(err), Fatal: true})
			return fs.SkipDir
		}
		base := entry.Name()
		if entry.IsDir() {
			if rel != "." && (strings.HasPrefix(base, ".") || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasPrefix(base, ".") || !isMarkdown(base) {
			return nil
		}
		target, fault := unfit(real, name, rel, entry)
		if fault != "" {
			faults = append(faults, Fault{Path: strings.ToValidUTF8(rel, "\uFFFD"), Message: fault, Fatal: true})
			return nil
		}
		within, err := filepath.Rel(real, target)
		if err != nil {
			faults = append(faults, Fault{Path: rel, Message: "cannot be read: " + reason(err), Fatal: true})
			return nil
		}
		files = append(files, markdownFile{path: rel, name: target, linked: entry.Type()&fs.ModeSymlink != 0, place: around.and(placeOf(rel)).and(placeOf(filepath.ToSlash(within)))})
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("kb: read %s: %w", root, err)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].path < files[j].path })
	return files, faults, nil
}

// unfit returns the file to read for a directory entry, or says why it is not read.
func unfit(root, name, rel string, entry fs.DirEntry) (target, fault string) {
	if !utf8.ValidString(rel) {
		return "", "skipped: its name is not UTF-8"
	}
	if entry.Type()&fs.ModeSymlink != 0 {
		target, err := filepath.EvalSymlinks(name)
		if err != nil {
			return "", "skipped: a link that leads nowhere"
		}
		if within, err := filepath.Rel(root, target); err != nil || within == ".." || strings.HasPrefix(within, ".."+string(filepath.Separator)) {
			return "", "skipped: a link that leads out of the knowledge base"
		}
		if info, err := os.Stat(target); err != nil || !info.Mode().IsRegular() {
			return "", "skipped: a link to something that is no file"
		}
		return target, ""
	}
	if !entry.Type().IsRegular() {
		return "", "skipped: not a regular file"
	}
	return name, ""
}

// parallel calls work(0) … work(n-1) on as many goroutines as there are processors.
func parallel(ctx context.Context, n int, work func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
