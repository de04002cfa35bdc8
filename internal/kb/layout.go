package kb

import (
	"encoding/binary"
	"errors"
)

// layout is how a chunk's text is divided and where it comes from. A chunk keeps it packed, since
// few chunks of a large knowledge base are ever read.
type layout struct {
	units []Unit
	runs  []run
	wraps []wrap
}

// Units are the parts of the chunk that may be quoted by themselves, in reading order. They must
// not be changed.
func (c *Chunk) Units() []Unit { return c.unpacked().units }

// unpacked returns the layout, unpacked when it is first asked for.
func (c *Chunk) unpacked() *layout {
	if l := c.layout.Load(); l != nil {
		return l
	}
	l, err := unpackLayout(c.packed)
	if err != nil || l.check(len(c.Plain), len(c.Text)) != nil { // never, but for damage that a checksum missed
		l = &layout{}
	}
	c.layout.CompareAndSwap(nil, l)
	return c.layout.Load()
}

// pack appends the layout in small numbers, most of them one byte: distances from what came before.
func (l *layout) pack(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(l.units)))
	at, block := 0, 0
	for _, u := range l.units {
		b = append(b, byte(u.Kind))
		b = binary.AppendVarint(b, int64(u.Start-at))
		b = binary.AppendVarint(b, int64(u.End-u.Start))
		b = binary.AppendVarint(b, int64(u.Block-block))
		b = binary.AppendVarint(b, int64(u.Header))
		at, block = u.End, u.Block
	}
	b = binary.AppendUvarint(b, uint64(len(l.runs)))
	plain, text := 0, 0
	for _, r := range l.runs {
		b = binary.AppendVarint(b, int64(r.plain-plain))
		b = binary.AppendVarint(b, int64(r.plainEnd-r.plain))
		b = binary.AppendVarint(b, int64(r.text-text))
		b = binary.AppendVarint(b, int64(r.textEnd-r.text))
		plain, text = r.plainEnd, r.textEnd
	}
	b = binary.AppendUvarint(b, uint64(len(l.wraps)))
	text = 0
	for _, w := range l.wraps {
		whole := byte(0)
		if w.whole {
			whole = 1
		}
		b = append(b, whole)
		b = binary.AppendVarint(b, int64(w.start-text))
		b = binary.AppendVarint(b, int64(w.from-w.start))
		b = binary.AppendVarint(b, int64(w.to-w.from))
		b = binary.AppendVarint(b, int64(w.end-w.to))
		text = w.start
	}
	return b
}

// errPacked says that packed bytes are none of ours.
var errPacked = errors.New("kb: damaged record")

func unpackLayout(packed string) (*layout, error) {
	l := &layout{}
	if packed == "" {
		return l, nil
	}
	r := unpacker{s: packed}
	at, block := 0, 0
	l.units = make([]Unit, r.count(5))
	for i := range l.units {
		u := Unit{Kind: UnitKind(r.byte())}
		u.Start = at + r.int()
		u.End = u.Start + r.int()
		u.Block = block + r.int()
		u.Header = r.int()
		at, block = u.End, u.Block
		l.units[i] = u
	}
	plain, text := 0, 0
	l.runs = make([]run, r.count(4))
	for i := range l.runs {
		p := plain + r.int()
		n := r.int()
		t := text + r.int()
		m := r.int()
		l.runs[i] = run{p, p + n, t, t + m}
		plain, text = p+n, t+m
	}
	text = 0
	l.wraps = make([]wrap, r.count(5))
	for i := range l.wraps {
		w := wrap{whole: r.byte() == 1}
		w.start = text + r.int()
		w.from = w.start + r.int()
		w.to = w.from + r.int()
		w.end = w.to + r.int()
		text = w.start
		l.wraps[i] = w
	}
	if r.bad || len(r.s) > 0 {
		return nil, errPacked
	}
	return l, nil
}

// check holds a layout that came from a file against the texts that it divides: no offset leads
// out of them.
func (l *layout) check(plain, text int) error {
	within := func(from, to, n int) bool { return 0 <= from && from <= to && to <= n }
	for i, u := range l.units {
		if !within(u.Start, u.End, plain) || int(u.Kind) >= len(kindNames) || u.Header < -1 || u.Header >= i && u.Header >= 0 {
			return errPacked
		}
	}
	for _, r := range l.runs {
		if !within(r.plain, r.plainEnd, plain) || !within(r.text, r.textEnd, text) {
			return errPacked
		}
	}
	for _, w := range l.wraps {
		if !within(w.start, w.end, text) || !within(w.from, w.to, text) {
			return errPacked
		}
	}
	return nil
}

// unpacker reads packed numbers. After a fault all that it reads is 0, and bad says so.
type unpacker struct {
	s   string
	bad bool
}

func (r *unpacker) fail() {
	r.s, r.bad = "", true
}

func (r *unpacker) byte() byte {
	if len(r.s) == 0 {
		r.fail()
		return 0
	}
	b := r.s[0]
	r.s = r.s[1:]
	return b
}

func (r *unpacker) uint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	r.fail()
	return 0
}

func (r *unpacker) int() int {
	x := r.uint()
	return int(int64(x>>1) ^ -int64(x&1))
}

// count reads a number of items of at least size bytes each.
func (r *unpacker) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.s)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// string reads a text of n bytes; it shares the memory that is read.
func (r *unpacker) string(n uint64) string {
	if n > uint64(len(r.s)) {
		r.fail()
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}
