package train

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"

	"cited/internal/snapshot"
)

// stored says what a checkpoint was made of: one of other texts or settings is not gone on from.
type stored struct {
	Version int
	Step    int64
	Corpus  uint32 // digest of the files
	Rows    uint32 // digest of the keys
	Options Options
}

const storedVersion = 1

func (m *model) describe() stored {
	keys := crc32.NewIEEE()
	_ = binary.Write(keys, binary.LittleEndian, m.vocab.keys) // a checksum cannot fail
	o := m.options
	o.Threads, o.OutDims, o.Levels = 0, 0, 0 // which the training does not depend on
	return stored{Version: storedVersion, Step: m.step, Corpus: m.corpus.digest, Rows: keys.Sum32(), Options: o}
}

// save writes a checkpoint. The file holds the former one or the whole new one at any moment; an
// error names it.
func (m *model) save(path string) error {
	meta, err := json.Marshal(m.describe())
	if err != nil {
		return fmt.Errorf("train: checkpoint %s: %w", path, err)
	}
	err = snapshot.Create(path, []snapshot.Section{snapshot.Bytes("meta", meta), floats("table", m.table), floats("squares", m.squares)})
	if err != nil {
		return fmt.Errorf("train: the checkpoint was not kept, the former one stays: %w", err)
	}
	return nil
}

// load goes on from a checkpoint; where there is none, from the start.
func (m *model) load(path string) error {
	f, err := snapshot.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("train: resume: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	wrong := func(what string) error {
		return fmt.Errorf("train: resume: %s was made with %s: leave out --resume, or use what it was made with", path, what)
	}
	if len(f.Commits) != 1 {
		return wrong("another program")
	}
	sections := &f.Commits[0]
	meta, _ := sections.Section("meta")
	var was stored
	if err := json.Unmarshal(meta, &was); err != nil || was.Version != storedVersion {
		return wrong("another version of this program")
	}
	is := m.describe()
	switch {
	case was.Corpus != is.Corpus:
		return wrong("other texts")
	case !sameOptions(was.Options, is.Options):
		return wrong("other settings")
	case was.Rows != is.Rows:
		return wrong("another vocabulary")
	}
	table, _ := sections.Section("table")
	squares, _ := sections.Section("squares")
	if !readFloats(m.table, table) || !readFloats(m.squares, squares) {
		return wrong("tables of another size")
	}
	m.step = was.Step
	return nil
}

func sameOptions(a, b Options) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// floats is a section of little-endian float32.
func floats(name string, x []float32) snapshot.Section {
	return snapshot.Section{Name: name, Write: func(w io.Writer) error {
		buffer := make([]byte, 0, 1<<16)
		for len(x) > 0 {
			n := min(len(x), cap(buffer)/4)
			buffer = buffer[:0]
			for _, f := range x[:n] {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(f))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			x = x[n:]
		}
		return nil
	}}
}

func readFloats(to []float32, from []byte) bool {
	if len(from) != 4*len(to) {
		return false
	}
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(from[4*i:]))
	}
	return true
}
