package kb

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
	"unsafe"
)

// A record is a document with its chunks as bytes: what says where things are (head), and the
// long texts (body). Reading it back copies no text: strings share the bytes' memory.
//
// Records are documents as bytes. They are a cache, not a format for others: whoever stores them
// keeps a version of his own, which changes when they do.
type Records struct{ Head, Body []byte }

// Append adds d.
func (r *Records) Append(d *Document) {
	w := recordWriter{r}
	for _, s := range [...]string{d.ID, d.Path, d.Title, d.Description, d.Lang, string(d.Audience), d.URL, d.TranslationKey, d.Hash, d.address} {
		w.string(s)
	}
	for _, list := range [...][]string{d.Aliases, d.Tags, d.Questions} {
		w.strings(list)
	}
	r.Head = binary.LittleEndian.AppendUint64(r.Head, math.Float64bits(d.Boost))
	w.flags(d.Unlisted, d.Draft, d.place.internal, d.place.draft)
	for _, t := range [...]time.Time{d.Updated, d.ValidFrom, d.ValidUntil} {
		w.time(t)
	}
	w.int(d.addressLine)
	w.stat(d.stat)
	w.int(len(d.faults))
	for _, f := range d.faults {
		w.string(f.Path)
		w.int(f.Line)
		w.string(f.Message)
		w.flags(f.Fatal)
	}
	w.text(d.Source)
	w.int(len(d.chunks))
	for i, c := range d.chunks {
		w.string(c.ID)
		same := i > 0 && c.Anchor == d.chunks[i-1].Anchor && slices.Equal(c.Headings, d.chunks[i-1].Headings)
		w.flags(same, c.Lang == d.Lang, c.Title == d.Title)
		if !same {
			w.strings(c.Headings)
			w.string(c.Anchor)
		}
		if c.Lang != d.Lang {
			w.string(c.Lang)
		}
		if c.Title != d.Title {
			w.string(c.Title)
		}
		w.string(c.Context)
		w.int(c.Start)
		w.int(c.End)
		w.text(c.Plain)
		w.text(c.packed)
	}
}

// recordWriter appends values to records.
type recordWriter struct{ *Records }

func (w recordWriter) int(n int) { w.Head = binary.AppendVarint(w.Head, int64(n)) }

func (w recordWriter) string(s string) {
	w.Head = binary.AppendUvarint(w.Head, uint64(len(s)))
	w.Head = append(w.Head, s...)
}

func (w recordWriter) strings(list []string) {
	w.int(len(list))
	for _, s := range list {
		w.string(s)
	}
}

// text appends a long text, whose bytes stand in the body.
func (w recordWriter) text(s string) {
	w.Head = binary.AppendUvarint(w.Head, uint64(len(s)))
	w.Body = append(w.Body, s...)
}

func (w recordWriter) flags(flags ...bool) {
	b := byte(0)
	for i, f := range flags {
		if f {
			b |= 1 << i
		}
	}
	w.Head = append(w.Head, b)
}

func (w recordWriter) stat(s fileStat) {
	w.int(int(s.size))
	w.int(int(s.modified))
	w.Head = binary.AppendUvarint(w.Head, s.inode)
}

// time appends a time with its zone, which dates of front matter keep.
func (w recordWriter) time(t time.Time) {
	b, err := t.MarshalBinary()
	if err != nil { // an offset that is no whole minute: historical dates alone
		b, _ = t.UTC().MarshalBinary() //nolint:errcheck // UTC has none
	}
	w.string(string(b))
}

// OpenRecords reads documents back. The documents share head and body, which must not change.
// Everything that is read is checked; an error says that the records are damaged.
func OpenRecords(head, body []byte) ([]*Document, error) {
	r := recordReader{unpacker: unpacker{s: shared(head)}, body: unpacker{s: shared(body)}}
	var documents []*Document
	var slab []Document
	for len(r.s) > 0 {
		if len(slab) == 0 {
			slab = make([]Document, slabSize)
		}
		d := &slab[0]
		slab = slab[1:]
		r.document(d)
		if r.bad || r.body.bad {
			return nil, errPacked
		}
		documents = append(documents, d)
	}
	if len(r.body.s) > 0 {
		return nil, errPacked
	}
	return documents, nil
}

// slabSize is how many documents or chunks are allocated at once.
const slabSize = 256

// shared is b as a text, without a copy: b must not change any more.
func shared(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// unshared is s as bytes, without a copy: they must not be changed.
func unshared(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// recordReader reads records.
type recordReader struct {
	unpacker
	body   unpacker
	chunks []Chunk  // not yet used
	list   []string // not yet used
}

func (r *recordReader) document(d *Document) {
	var audience string
	for _, s := range [...]*string{&d.ID, &d.Path, &d.Title, &d.Description, &d.Lang, &audience, &d.URL, &d.TranslationKey, &d.Hash, &d.address} {
		*s = r.short()
	}
	d.Audience = Audience(audience)
	for _, list := range [...]*[]string{&d.Aliases, &d.Tags, &d.Questions} {
		*list = r.strings()
	}
	d.Boost = math.Float64frombits(r.uint64())
	flags := r.byte()
	d.Unlisted, d.Draft, d.place = flags&1 != 0, flags&2 != 0, place{internal: flags&4 != 0, draft: flags&8 != 0}
	for _, t := range [...]*time.Time{&d.Updated, &d.ValidFrom, &d.ValidUntil} {
		if err := t.UnmarshalBinary([]byte(r.short())); err != nil {
			r.fail()
		}
	}
	d.addressLine = r.int()
	d.stat = r.stat()
	for range r.items(4) {
		d.faults = append(d.faults, Fault{Path: r.short(), Line: r.int(), Message: r.short(), Fatal: r.byte() == 1})
	}
	d.Source = r.body.string(r.uint())
	n := r.items(9)
	d.chunks = make([]*Chunk, 0, n)
	var former *Chunk
	for range n {
		if r.bad {
			return
		}
		c := r.chunk(d, former)
		d.chunks = append(d.chunks, c)
		former = c
	}
}

// chunk reads the next chunk of d; former is the one before.
func (r *recordReader) chunk(d *Document, former *Chunk) *Chunk {
	if len(r.chunks) == 0 {
		r.chunks = make([]Chunk, slabSize)
	}
	c := &r.chunks[0]
	r.chunks = r.chunks[1:]
	c.ID, c.DocumentID, c.Lang, c.Title, c.Audience = r.short(), d.ID, d.Lang, d.Title, d.Audience
	flags := r.byte()
	switch {
	case flags&1 == 0:
		c.Headings, c.Anchor = r.strings(), r.short()
	case former != nil:
		c.Headings, c.Anchor = former.Headings, former.Anchor
	}
	if flags&2 == 0 {
		c.Lang = r.short()
	}
	if flags&4 == 0 {
		c.Title = r.short()
	}
	c.Context = r.short()
	c.Start, c.End = r.int(), r.int()
	if c.Start < 0 || c.End < c.Start || c.End > len(d.Source) {
		r.fail()
		return c
	}
	c.Text = d.Source[c.Start:c.End]
	c.Plain = r.body.string(r.uint())
	c.packed = r.body.string(r.uint())
	return c
}

func (r *recordReader) stat() fileStat {
	return fileStat{int64(r.int()), int64(r.int()), r.uint()}
}

func (r *recordReader) short() string { return r.string(r.uint()) }

func (r *recordReader) uint64() uint64 {
	s := r.string(8)
	if len(s) < 8 {
		return 0
	}
	return binary.LittleEndian.Uint64([]byte(s))
}

// items is count for a signed number.
func (r *recordReader) items(size int) int {
	n := r.int()
	if n < 0 || n > len(r.s)/size {
		r.fail()
		return 0
	}
	return n
}

// strings reads a list; nil when it is empty.
func (r *recordReader) strings() []string {
	n := r.items(1)
	if n == 0 {
		return nil
	}
	if len(r.list) < n {
		r.list = make([]string, max(n, slabSize))
	}
	list := r.list[:n:n]
	r.list = r.list[n:]
	for i := range list {
		list[i] = r.short()
	}
	return list
}
