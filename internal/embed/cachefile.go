package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The file of a cache, all numbers little-endian:
//
//	header: "citedvec", version u32, dims u32, length of the model's name u32, the name, crc32 of all that
//	record: SHA-256 of the text, dims × float32, crc32 of both; all of one size, one after the other
//
// Records of one size mean that a damaged one costs itself only.
const (
	cacheMagic   = "citedvec"
	cacheVersion = 1
	maxDims      = 1 << 16
)

func recordSize(dims int) int { return sha256.Size + 4*dims + 4 }

func cacheHeader(model string, dims int) []byte {
	h := []byte(cacheMagic)
	h = binary.LittleEndian.AppendUint32(h, cacheVersion)
	h = binary.LittleEndian.AppendUint32(h, uint32(dims))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(model)))
	h = append(h, model...)
	return binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(h))
}

// headerDims returns the dimension that the header of data states, and the header's length. It
// is an error when the header is not one that cacheHeader writes for model.
func headerDims(data []byte, model string) (dims, size int, err error) {
	at := len(cacheMagic) + 4
	if len(data) >= at+4 {
		dims = int(binary.LittleEndian.Uint32(data[at:]))
	}
	want := cacheHeader(model, dims)
	if dims < 1 || dims > maxDims || !bytes.HasPrefix(data, want) {
		return 0, 0, errors.New("unreadable header")
	}
	return dims, len(want), nil
}

// load reads the file, if there is one, into memory and mends it: a torn tail is cut off, and a
// file with damaged records is written anew without them. The error says what was dropped.
func (c *Cached) load() error {
	info, err := os.Stat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", filepath.Base(c.path))
	}
	data, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	name := filepath.Base(c.path)
	dims, start, err := headerDims(data, c.inner.Model())
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w: begun anew", name, err), os.Remove(c.path))
	}
	bad, torn := c.read(data[start:], dims)
	switch {
	case bad > 0:
		err = c.rewrite(data[:start])
		return errors.Join(fmt.Errorf("%s: %d damaged vectors and %d bytes of a torn one dropped", name, bad, torn), err)
	case torn > 0:
		err = os.Truncate(c.path, int64(len(data)-torn))
		return errors.Join(fmt.Errorf("%s: %d bytes of a torn vector dropped", name, torn), err)
	}
	return nil
}

// read takes the good records of data into c.vectors. It returns the number of bad ones and of
// bytes after the last whole one.
func (c *Cached) read(data []byte, dims int) (bad, torn int) {
	size := recordSize(dims)
	c.dims = dims
	for ; len(data) >= size; data = data[size:] {
		body := data[: size-4 : size-4]
		if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[size-4:]) {
			bad++
			continue
		}
		c.vectors[cacheKey(body)] = body[sha256.Size:]
	}
	return bad, len(data)
}

// rewrite replaces the file by header and what is in memory.
func (c *Cached) rewrite(header []byte) error {
	f, err := os.CreateTemp(filepath.Dir(c.path), filepath.Base(c.path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	data := bytes.Clone(header)
	for k, enc := range c.vectors {
		from := len(data)
		data = append(append(data, k[:]...), enc...)
		data = binary.LittleEndian.AppendUint32(data, crc32.ChecksumIEEE(data[from:]))
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), c.path)
}

// appendFile is what write needs of a file; tests put in one whose disk is full.
type appendFile interface {
	io.WriteCloser
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
}

func openAppend(path string) (appendFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // #nosec G304: the folder is the operator's
}

// write appends records in one write, after the header when the file is new, and waits for the
// disk. What a full disk cut off is taken back.
func (c *Cached) write(records []byte) (err error) {
	f, err := c.open(c.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", filepath.Base(c.path))
	}
	header := cacheHeader(c.inner.Model(), c.dims)
	whole := int64(0) // the bytes of the file that are header and whole records
	if over := info.Size() - int64(len(header)); over >= 0 {
		whole = info.Size() - over%int64(recordSize(c.dims))
	} else {
		records = append(header, records...)
	}
	if whole != info.Size() {
		if err := f.Truncate(whole); err != nil {
			return err
		}
	}
	if _, err := f.Write(records); err != nil {
		return errors.Join(err, f.Truncate(whole))
	}
	return f.Sync()
}
