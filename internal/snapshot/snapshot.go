// Package snapshot keeps byte sections in one file: a base that is written atomically, and small
// commits that are appended to it. What a process reads is mapped, not copied.
//
// The file is a magic line of 16 bytes, then commits, each aligned to 64 bytes:
//
//	header   64 bytes: "CITEDCMT", length of the whole commit (8), length of the table (4),
//	         CRC-32C of the table (4), zeros, CRC-32C of the header's first 60 bytes (4)
//	table    for each section: length of its name (1), name, offset from the commit's start (8),
//	         length (8), CRC-32C (4)
//	sections each aligned to 64 bytes
//
// Numbers are little-endian. A commit that is cut short or whose header or table is damaged ends
// the file: it and what follows are as if never written, and the next Append writes over it.
package snapshot

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
)

const (
	magic       = "cited snapshot1\n"
	commitMagic = "CITEDCMT"
	align       = 64
	headerSize  = 64
	maxTable    = 1 << 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged says that a snapshot cannot be used: not one of ours, of another version, cut or
// changed. It is to be written anew.
var ErrDamaged = errors.New("damaged or of another version")

// Section is a named part of a commit that is written. Write is called once.
type Section struct {
	Name  string // 1 to 255 bytes
	Write func(io.Writer) error
	// Early asks the disk for what is written so far before the next section is, which is still
	// being made: less is left to wait for at the end.
	Early bool
}

// Bytes is a section of bytes at hand.
func Bytes(name string, b []byte) Section {
	return Section{Name: name, Write: func(w io.Writer) error { _, err := w.Write(b); return err }}
}

// Create writes a snapshot of one commit to path, which holds the former one or the whole new one
// at any moment, also when the machine stops.
func Create(path string, sections []Section) error {
	return Replace(path, func(f *os.File) error {
		if _, err := f.WriteString(magic); err != nil {
			return err
		}
		return writeCommit(f, commitStart(int64(len(magic))), sections)
	})
}

// Replace writes a file beside path and puts it in its place when it is whole and durable. An error
// of write, or of the disk, leaves what was there and names the file.
func Replace(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("snapshot: write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()           //nolint:errcheck // the first error counts
			os.Remove(f.Name()) //nolint:errcheck // best effort
			err = fmt.Errorf("snapshot: write %s: %w", path, err)
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only read
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && runtime.GOOS != "windows" {
		return err
	}
	return nil
}

// commitStart is the first place at or after offset where a commit may begin.
func commitStart(offset int64) int64 { return (offset + align - 1) &^ (align - 1) }

// entry is one row of a commit's table.
type entry struct {
	name           string
	offset, length uint64
	sum            uint32
}

// writeCommit writes a commit at offset start: the sections, then what names them, so that a
// header never stands before data that is not there.
func writeCommit(f *os.File, start int64, sections []Section) error {
	table := 0
	for _, s := range sections {
		if s.Name == "" || len(s.Name) > 255 {
			return fmt.Errorf("section name %q", s.Name)
		}
		table += 1 + len(s.Name) + 8 + 8 + 4
	}
	if table > maxTable {
		return fmt.Errorf("%d sections", len(sections))
	}
	at := commitStart(headerSize + int64(table))
	entries := make([]entry, 0, len(sections))
	for _, s := range sections {
		w := &summing{w: bufio.NewWriterSize(io.NewOffsetWriter(f, start+at), 1<<20)}
		if err := s.Write(w); err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		if err := w.w.Flush(); err != nil {
			return err
		}
		entries = append(entries, entry{s.Name, uint64(at), uint64(w.n), w.sum})
		at = commitStart(at + w.n)
		if s.Early {
			if err := f.Sync(); err != nil {
				return err
			}
		}
	}
	if err := f.Truncate(start + at); err != nil {
		return err
	}
	if err := f.Sync(); err != nil { // before anything names it
		return err
	}
	head := make([]byte, headerSize, headerSize+table)
	for _, e := range entries {
		head = append(head, byte(len(e.name)))
		head = append(head, e.name...)
		head = binary.LittleEndian.AppendUint64(head, e.offset)
		head = binary.LittleEndian.AppendUint64(head, e.length)
		head = binary.LittleEndian.AppendUint32(head, e.sum)
	}
	copy(head, commitMagic)
	binary.LittleEndian.PutUint64(head[8:], uint64(at))
	binary.LittleEndian.PutUint32(head[16:], uint32(table))
	binary.LittleEndian.PutUint32(head[20:], crc32.Checksum(head[headerSize:], castagnoli))
	binary.LittleEndian.PutUint32(head[60:], crc32.Checksum(head[:60], castagnoli))
	_, err := f.WriteAt(head, start)
	return err
}

// summing counts and sums what is written through it.
type summing struct {
	w   *bufio.Writer
	n   int64
	sum uint32
}

func (s *summing) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += int64(n)
	s.sum = crc32.Update(s.sum, castagnoli, p[:n])
	return n, err
}

// Commit is one commit of an open snapshot.
type Commit struct {
	at       int64
	entries  []entry
	sections map[string][]byte
}

// Section returns the bytes of a section, which must not be changed and stay valid for the life
// of the process; ok is false where the commit has none of that name.
func (c *Commit) Section(name string) (b []byte, ok bool) {
	b, ok = c.sections[name]
	return b, ok
}

// File is an open snapshot. Its methods are not for concurrent use.
type File struct {
	path    string
	file    *os.File
	end     int64 // where the next commit is written
	Commits []Commit
	// Cut says that the file goes on after the last commit: an append that was interrupted, or
	// damage.
	Cut bool
}

// Open maps the snapshot at path. An error that is ErrDamaged or fs.ErrNotExist asks for a new
// one. It reads headers and tables; Verify reads the rest.
//
// The mapping is never undone: strings and vectors that point into it travel far. A snapshot that
// is replaced keeps its disk space until the process ends.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrPermission) { // enough to read
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot: open %s: %w", path, err)
	}
	s := &File{path: path, file: f}
	if err := s.read(); err != nil {
		f.Close() //nolint:errcheck // only read
		return nil, fmt.Errorf("snapshot: open %s: %w", path, err)
	}
	return s, nil
}

func (s *File) read() error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	if size < int64(len(magic)) || !info.Mode().IsRegular() {
		return ErrDamaged
	}
	data, err := mapFile(s.file, size)
	if err != nil {
		return err
	}
	if string(data[:len(magic)]) != magic {
		return ErrDamaged
	}
	at := commitStart(int64(len(magic)))
	for at < size {
		c, length := readCommit(data, at)
		if c == nil {
			break
		}
		s.Commits = append(s.Commits, *c)
		at += length
	}
	if len(s.Commits) == 0 {
		return ErrDamaged
	}
	s.end, s.Cut = at, at < size
	return nil
}

// readCommit reads header and table of the commit at offset at; nil where there is none.
func readCommit(data []byte, at int64) (*Commit, int64) {
	rest := data[at:]
	if len(rest) < headerSize || string(rest[:8]) != commitMagic ||
		crc32.Checksum(rest[:60], castagnoli) != binary.LittleEndian.Uint32(rest[60:]) {
		return nil, 0
	}
	length, table := binary.LittleEndian.Uint64(rest[8:]), int(binary.LittleEndian.Uint32(rest[16:]))
	if length > uint64(len(rest)) || length < headerSize || table > maxTable || headerSize+table > int(length) {
		return nil, 0
	}
	rows := rest[headerSize : headerSize+table]
	if crc32.Checksum(rows, castagnoli) != binary.LittleEndian.Uint32(rest[20:]) {
		return nil, 0
	}
	c := &Commit{at: at, sections: make(map[string][]byte)}
	for len(rows) > 0 {
		n := int(rows[0])
		if len(rows) < 1+n+20 {
			return nil, 0
		}
		e := entry{name: string(rows[1 : 1+n])}
		rows = rows[1+n:]
		e.offset, e.length, e.sum = binary.LittleEndian.Uint64(rows), binary.LittleEndian.Uint64(rows[8:]), binary.LittleEndian.Uint32(rows[16:])
		rows = rows[20:]
		if e.offset > length || e.length > length-e.offset {
			return nil, 0
		}
		c.entries = append(c.entries, e)
		c.sections[e.name] = rest[e.offset : e.offset+e.length : e.offset+e.length]
	}
	return c, int64(length)
}

// verifyBlock is how much is read at once.
const verifyBlock = 1 << 20

// Verify reads every section and compares its checksum. It reads the file rather than the
// mapping, so that what is only verified does not become resident. The error is ErrDamaged and
// names the commit and the section.
func (s *File) Verify(ctx context.Context) error {
	type work struct {
		commit int
		entry
	}
	var all []work
	for i, c := range s.Commits {
		for _, e := range c.entries {
			e.offset += uint64(c.at)
			all = append(all, work{i, e})
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	faults := make([]error, len(all))
	for range min(len(all), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			buffer := make([]byte, verifyBlock)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				if err := s.verify(ctx, all[i].entry, buffer); err != nil {
					faults[i] = fmt.Errorf("snapshot: %s: commit %d, section %s: %w", s.path, all[i].commit, all[i].name, err)
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(append(faults, ctx.Err())...)
}

func (s *File) verify(ctx context.Context, e entry, buffer []byte) error {
	r := io.NewSectionReader(s.file, int64(e.offset), int64(e.length))
	sum := uint32(0)
	for ctx.Err() == nil {
		n, err := r.Read(buffer)
		sum = crc32.Update(sum, castagnoli, buffer[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if ctx.Err() == nil && sum != e.sum {
		return ErrDamaged
	}
	return nil
}

// Append adds a commit and returns when it is durable. What of an earlier one was left unfinished
// is written over. The commit is not among s.Commits: whoever wrote it knows it.
func (s *File) Append(sections []Section) error {
	start := s.end
	if err := s.append(start, sections); err != nil {
		return fmt.Errorf("snapshot: append to %s: %w", s.path, err)
	}
	return nil
}

func (s *File) append(start int64, sections []Section) error {
	if err := s.file.Truncate(start); err != nil {
		return err
	}
	if err := writeCommit(s.file, start, sections); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	end, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	s.end = end
	return nil
}

// Lock takes the right to write the snapshot at path, which only one process has; ok is false
// while another one has it. The lock is a file of its own, since the snapshot is replaced.
func Lock(path string) (release io.Closer, ok bool, err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, false, fmt.Errorf("snapshot: lock %s: %w", path, err)
	}
	ok, err = lockFile(f)
	if err != nil || !ok {
		f.Close() //nolint:errcheck // only locked
	}
	if err != nil {
		return nil, false, fmt.Errorf("snapshot: lock %s: %w", path, err)
	}
	return f, ok, nil
}

// Size is the length of the file in bytes.
func (s *File) Size() int64 { return s.end }

// Close closes the file; what is mapped stays.
func (s *File) Close() error { return s.file.Close() }
