package retrieve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unsafe"

	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/snapshot"
)

// Snapshot is the file that an index is started from: its documents, its words and its vectors,
// all of which are mapped rather than read. Edits are appended to it.
type Snapshot struct {
	file    *snapshot.File
	chunks  int  // of the base
	pending int  // chunks of the edits since
	foreign bool // its vectors are another embedder's
}

// snapshotVersion changes when what is stored does.
const snapshotVersion = 1

// The sections of a snapshot's base; an edit has the first three.
const (
	sectionManifest = "manifest" // JSON
	sectionHead     = "head"     // kb.Records
	sectionBody     = "body"
	sectionLexical  = "lexical" // index.Lexical
	sectionRows     = "rows"    // numbers of the chunks that the vectors belong to, uint32
	sectionExact    = "exact"   // vectors, float32
	sectionCodes    = "codes"   // the matrix of a scan
	sectionScales   = "scales"
)

// manifest says what a snapshot was made with.
type manifest struct {
	Version  int       `json:"version"`
	Mode     Mode      `json:"mode,omitempty"`
	Analysis string    `json:"analysis,omitempty"`
	Model    string    `json:"model,omitempty"` // of the embedder; "" in mode lexical
	Dims     int       `json:"dims,omitempty"`  // of a vector
	Time     time.Time `json:"time"`            // that decided which documents are live
	Rest     kb.Rest   `json:"rest"`
	Removed  []string  `json:"removed,omitempty"`
}

// ErrOtherSettings says that a snapshot was made with other settings. It is to be written anew.
var ErrOtherSettings = errors.New("made with other settings")

// errOtherEmbedder says why an index that was opened has no vectors: words answer alone until the
// next Build has embedded all anew.
var errOtherEmbedder = errors.New("the vectors are another embedder's")

func manifestOf(x *Index) manifest {
	m := manifest{Version: snapshotVersion, Mode: x.settings.Mode, Analysis: x.settings.Analysis.String(), Time: x.corpus.Time(), Rest: x.corpus.Rest()}
	if x.settings.Mode != Lexical {
		m.Model = x.settings.Embedder.Model()
	}
	return m
}

// WriteSnapshot writes x to path, in place of what is there. An index whose vectors are missing is
// not written: a start from it would miss them for good.
func WriteSnapshot(path string, x *Index) error {
	return writeSnapshot(path, x.corpus, x.settings, func() (*Index, error) { return x, nil })
}

// BuildSnapshot builds the index of corpus and writes it to path, as Build and WriteSnapshot do, but
// side by side: what does not depend on the index is on the disk when it is made. built, unless nil,
// gets the index once it can be searched, before the snapshot is durable.
func BuildSnapshot(ctx context.Context, path string, corpus *kb.Corpus, s Settings, built func(*Index)) (*Index, error) {
	var x *Index
	var failed error
	done := make(chan struct{})
	written := make(chan error, 1)
	go func() {
		written <- writeSnapshot(path, corpus, s, func() (*Index, error) {
			<-done
			return x, failed
		})
	}()
	x, failed = Build(ctx, corpus, s, nil)
	if failed == nil && built != nil {
		built(x)
	}
	close(done)
	err := <-written
	if failed != nil {
		return nil, failed
	}
	return x, err
}

// writeSnapshot writes the index of corpus with settings s; index waits until it is there.
func writeSnapshot(path string, corpus *kb.Corpus, s Settings, index func() (*Index, error)) error {
	ready := sync.OnceValues(func() (*Index, error) {
		x, err := index()
		if err == nil {
			err = x.missing
		}
		return x, err
	})
	sections := recordSections(corpus.Documents)
	sections[0].Early = true
	if s.Mode != Vector {
		sections = append(sections, snapshot.Section{Name: sectionLexical, Write: func(w io.Writer) error {
			x, err := ready()
			if err == nil {
				_, err = x.lexical.Compacted().WriteTo(w)
			}
			return err
		}})
	}
	dims := 0
	if s.Mode != Lexical && len(corpus.Chunks) > 0 {
		sections = append(sections, laterVectors(ready, s.Vectors.scans(len(corpus.Chunks)), &dims)...)
	}
	sections = append(sections, snapshot.Section{Name: sectionManifest, Write: func(w io.Writer) error {
		x, err := ready()
		if err != nil {
			return err
		}
		m := manifestOf(x)
		m.Dims = dims
		head, err := json.Marshal(m)
		if err == nil {
			_, err = w.Write(head)
		}
		return err
	}})
	if err := snapshot.Create(path, sections); err != nil {
		return fmt.Errorf("retrieve: %w", err)
	}
	return nil
}

// laterVectors are the sections of the vectors of an index that is not there yet; scan says whether
// a scan will hold them. dims is set when they are written.
func laterVectors(index func() (*Index, error), scan bool, dims *int) []snapshot.Section {
	names := []string{sectionRows, sectionExact}
	if scan {
		names = append(names, sectionCodes, sectionScales)
	}
	made := sync.OnceValues(func() ([]snapshot.Section, error) {
		x, err := index()
		if err != nil {
			return nil, err
		}
		made, n, err := x.vectorSections()
		if err == nil && len(made) != len(names) {
			err = fmt.Errorf("%d sections of vectors, want %d", len(made), len(names))
		}
		*dims = n
		return made, err
	})
	sections := make([]snapshot.Section, len(names))
	for i, name := range names {
		sections[i] = snapshot.Section{Name: name, Write: func(w io.Writer) error {
			made, err := made()
			if err != nil {
				return err
			}
			return made[i].Write(w)
		}}
	}
	return sections
}

// recordSections are the records of documents, which are made while they are written.
func recordSections(documents []*kb.Document) []snapshot.Section {
	var r kb.Records
	return []snapshot.Section{
		{Name: sectionBody, Write: func(w io.Writer) error {
			for _, d := range documents {
				r.Append(d)
				if _, err := w.Write(r.Body); err != nil {
					return err
				}
				r.Body = r.Body[:0]
			}
			return nil
		}},
		{Name: sectionHead, Write: func(w io.Writer) error {
			_, err := w.Write(r.Head)
			return err
		}},
	}
}

// vectorSections are the vectors in the order of rows, and the matrix of a scan.
func (x *Index) vectorSections() (sections []snapshot.Section, dims int, err error) {
	number := make(map[string]uint32, len(x.corpus.Chunks))
	for i, c := range x.corpus.Chunks {
		number[c.ID] = uint32(i)
	}
	if x.scan == nil {
		rows := make([]uint32, len(x.corpus.Chunks))
		for i := range rows {
			rows[i] = uint32(i)
		}
		vector := func(row int) []float32 { return x.vectors[x.corpus.Chunks[row].ID] }
		return []snapshot.Section{snapshot.Bytes(sectionRows, bytesOf(rows)), exactSection(len(rows), vector)}, len(vector(0)), nil
	}
	scan, err := x.scan.Compact()
	if err != nil {
		return nil, 0, err
	}
	segment, ids, ok := scan.Segment()
	if !ok {
		return nil, 0, errors.New("the scan is not compact")
	}
	rows := make([]uint32, len(ids))
	for i, id := range ids {
		rows[i] = number[id]
	}
	return []snapshot.Section{
		snapshot.Bytes(sectionRows, bytesOf(rows)), exactSection(len(rows), segment.Exact),
		snapshot.Bytes(sectionCodes, bytesOf(segment.Codes())), snapshot.Bytes(sectionScales, bytesOf(segment.Scales())),
	}, segment.Dims(), nil
}

func exactSection(rows int, vector func(row int) []float32) snapshot.Section {
	return snapshot.Section{Name: sectionExact, Write: func(w io.Writer) error {
		for i := range rows {
			if _, err := w.Write(bytesOf(vector(i))); err != nil {
				return err
			}
		}
		return nil
	}}
}

// number is what is stored as it stands in memory. Snapshots stay on the machine that wrote them;
// the magic of another byte order would not be ours.
type number interface{ int8 | uint32 | float32 }

func bytesOf[T number](values []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(*new(T))))
}

// numbersOf is the way back; sections are aligned to 64 bytes.
func numbersOf[T number](b []byte) ([]T, error) {
	size := int(unsafe.Sizeof(*new(T)))
	if len(b)%size != 0 || uintptr(unsafe.Pointer(unsafe.SliceData(b)))%uintptr(size) != 0 {
		return nil, snapshot.ErrDamaged
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/size), nil
}

// OpenSnapshot returns the index that the snapshot at path holds, at the time now. It reads no
// Markdown and embeds nothing but what edits since the last full snapshot left; files may have
// changed since: kb.LoadFrom and Build bring it up to date. Where the embedder is another one, words
// answer alone until then. Every byte is checked. An error that
// is snapshot.ErrDamaged, ErrOtherSettings or fs.ErrNotExist asks for a new snapshot.
func OpenSnapshot(ctx context.Context, path string, s Settings, now time.Time) (*Index, *Snapshot, error) {
	file, err := snapshot.Open(path)
	if err != nil {
		return nil, nil, err
	}
	verified := make(chan error, 1)
	go func() { verified <- file.Verify(ctx) }()
	shot := &Snapshot{file: file}
	x, err := shot.open(ctx, s, now)
	if bad := <-verified; bad != nil {
		err = bad
	}
	if err != nil {
		file.Close() //nolint:errcheck // only read
		return nil, nil, fmt.Errorf("retrieve: open %s: %w", path, err)
	}
	return x, shot, nil
}

func (s *Snapshot) open(ctx context.Context, settings Settings, now time.Time) (*Index, error) {
	base, err := openBase(&s.file.Commits[0], settings)
	if err != nil {
		return nil, err
	}
	s.foreign = errors.Is(base.missing, errOtherEmbedder)
	s.chunks = len(base.corpus.Chunks)
	corpus := base.corpus
	for i := range s.file.Commits[1:] {
		added, m, err := openRecords(&s.file.Commits[1+i])
		if err != nil {
			return nil, err
		}
		for _, d := range added {
			s.pending += len(d.Chunks())
		}
		corpus = corpus.With(added, m.Removed, m.Rest)
	}
	if corpus = corpus.At(now); len(s.file.Commits) == 1 && len(corpus.Difference(base.corpus)) == 0 {
		return base, nil
	}
	if s.foreign {
		return base.words(corpus), nil
	}
	return Build(ctx, corpus, settings, base)
}

// words is the index of corpus without vectors, which are missing as they are in x.
func (x *Index) words(corpus *kb.Corpus) *Index {
	next := &Index{corpus: corpus, settings: x.settings, missing: x.missing}
	next.lexical = buildLexical(corpus, x.settings, x, corpus.Difference(x.corpus))
	next.finish()
	return next
}

func openRecords(c *snapshot.Commit) (documents []*kb.Document, m manifest, err error) {
	raw, _ := c.Section(sectionManifest)
	if err := json.Unmarshal(raw, &m); err != nil || m.Version != snapshotVersion {
		return nil, m, snapshot.ErrDamaged
	}
	head, _ := c.Section(sectionHead)
	body, _ := c.Section(sectionBody)
	documents, err = kb.OpenRecords(head, body)
	if err != nil {
		err = fmt.Errorf("%w: %w", snapshot.ErrDamaged, err)
	}
	return documents, m, err
}

// openBase opens the first commit.
func openBase(c *snapshot.Commit, s Settings) (*Index, error) {
	documents, m, err := openRecords(c)
	if err != nil {
		return nil, err
	}
	x := &Index{corpus: kb.NewCorpus(documents, m.Rest, m.Time), settings: s}
	want := manifestOf(x)
	foreign := m.Model != want.Model
	if m.Mode != want.Mode || m.Analysis != want.Analysis || foreign && s.Mode != Hybrid {
		return nil, ErrOtherSettings
	}
	if s.Mode != Vector {
		data, _ := c.Section(sectionLexical)
		if x.lexical, err = index.OpenLexical(data, x.corpus); err != nil {
			return nil, fmt.Errorf("%w: %w", snapshot.ErrDamaged, err)
		}
	}
	if foreign {
		x.missing = errOtherEmbedder
	} else if s.Mode != Lexical && len(x.corpus.Chunks) > 0 {
		if err := x.openVectors(c, m.Dims); err != nil {
			return nil, fmt.Errorf("%w: %w", snapshot.ErrDamaged, err)
		}
	}
	x.finish()
	return x, nil
}

// openVectors makes the vector leg of a snapshot's sections.
func (x *Index) openVectors(c *snapshot.Commit, dims int) error {
	rawRows, _ := c.Section(sectionRows)
	rawExact, _ := c.Section(sectionExact)
	rows, err := numbersOf[uint32](rawRows)
	if err != nil {
		return err
	}
	exact, err := numbersOf[float32](rawExact)
	if err != nil {
		return err
	}
	if len(rows) != len(x.corpus.Chunks) || dims < 1 || len(exact) != len(rows)*dims {
		return fmt.Errorf("%d vectors of %d chunks", len(rows), len(x.corpus.Chunks))
	}
	chunks := make([]*kb.Chunk, len(rows))
	for i, row := range rows {
		if int(row) >= len(chunks) {
			return fmt.Errorf("vector %d of chunk %d", i, row)
		}
		chunks[i] = x.corpus.Chunks[row]
	}
	if !x.settings.Vectors.scans(len(chunks)) {
		return x.openChromem(chunks, exact, dims)
	}
	segment, err := openSegment(c, exact, dims)
	if err != nil {
		return err
	}
	x.scan, err = index.OpenScan(x.settings.Embedder, chunks, segment, x.settings.Scan)
	return err
}

// openSegment opens the stored matrix; where chromem-go held the vectors there is none, and it is
// made.
func openSegment(c *snapshot.Commit, exact []float32, dims int) (*index.ScanSegment, error) {
	rawCodes, ok := c.Section(sectionCodes)
	if !ok {
		vectors := make([][]float32, len(exact)/dims)
		for i := range vectors {
			vectors[i] = exact[i*dims : (i+1)*dims : (i+1)*dims]
		}
		return index.NewScanSegment(vectors)
	}
	rawScales, _ := c.Section(sectionScales)
	codes, err := numbersOf[int8](rawCodes)
	if err != nil {
		return nil, err
	}
	scales, err := numbersOf[float32](rawScales)
	if err != nil {
		return nil, err
	}
	return index.OpenScanSegment(codes, scales, exact, dims)
}

func (x *Index) openChromem(chunks []*kb.Chunk, exact []float32, dims int) error {
	edit := &vectorEdit{}
	for i, c := range chunks {
		edit.add(c, exact[i*dims:(i+1)*dims:(i+1)*dims])
	}
	return x.fillChromem(context.Background(), edit)
}

// Append makes durable what x has and old has not; old is what the snapshot holds.
func (s *Snapshot) Append(old, x *Index) error {
	m := manifest{Version: snapshotVersion, Time: x.corpus.Time(), Rest: x.corpus.Rest()}
	var added []*kb.Document
	for _, id := range x.corpus.Difference(old.corpus) {
		d := x.corpus.Document(id)
		switch {
		case d == nil:
			m.Removed = append(m.Removed, id)
		case d != old.corpus.Document(id): // else the calendar changed it
			added = append(added, d)
			s.pending += len(d.Chunks())
		}
	}
	if len(added) == 0 && len(m.Removed) == 0 {
		return nil
	}
	head, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("retrieve: append: %w", err)
	}
	return s.file.Append(append(recordSections(added), snapshot.Bytes(sectionManifest, head)))
}

// Edits that a snapshot may hold before it is better written anew: opening it analyses and embeds
// their chunks.
const (
	editedChunks = 1000
	editedShare  = 0.02 // of the base's chunks
)

// Stale reports that the snapshot is better written anew: so much was appended, or its vectors are
// another embedder's.
func (s *Snapshot) Stale() bool {
	return s.foreign || float64(s.pending) > editedChunks+editedShare*float64(s.chunks)
}

// Cut says that the file ends in something unfinished or damaged, which was left out.
func (s *Snapshot) Cut() bool { return s.file.Cut }

// Close ends the writing; what was opened stays.
func (s *Snapshot) Close() error { return s.file.Close() }
