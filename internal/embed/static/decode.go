package static

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"cited/internal/simd"
)

// ErrTable says that a file is no table that this program reads: another kind of file, another
// version or byte order, cut, or changed.
var ErrTable = errors.New("not a usable table")

func unusable(format string, args ...any) error {
	return fmt.Errorf("embed: %w: %s", ErrTable, fmt.Sprintf(format, args...))
}

// table is a table as it is read: codes a byte each, rows on cache lines.
type table struct {
	dims, stride int
	affixes      Affixes
	keys         []Key
	scales       []float32
	codes        []int8 // rows · stride
	sum          uint32 // checksum of the file
}

// lineCodes is what rows are padded to: a cache line.
const lineCodes = 64

// layout is where the sections of a file lie.
type layout struct {
	dims, rows, levels, k            int
	codebook, keys, scales, codes, n int
}

func decode(file []byte) (*table, error) {
	l, err := readLayout(file)
	if err != nil {
		return nil, err
	}
	sum := crc32.Checksum(file[:l.n], castagnoli)
	if stored := binary.LittleEndian.Uint32(file[l.n:]); stored != sum {
		return nil, unusable("its checksum is %08x, %08x was stored: the file was changed, copy it again", sum, stored)
	}
	field := func(at int) uint32 { return binary.LittleEndian.Uint32(file[at:]) }
	t := &table{dims: l.dims, stride: (l.dims + lineCodes - 1) / lineCodes * lineCodes, affixes: Affixes(field(28)), sum: sum}
	if t.affixes&^knownAffixes != 0 {
		return nil, unusable("affixes %#x are not known here: it was made by a later version", uint32(t.affixes))
	}
	if t.keys, err = decodeKeys(file[l.keys:l.scales], l.rows, l.k); err != nil {
		return nil, err
	}
	low, ratio := math.Float32frombits(field(40)), math.Float32frombits(field(44))
	steps := scaleTable(low, ratio)
	if !(low > 0) || !(steps[255] >= low) || math.IsInf(float64(steps[255]), 0) {
		return nil, unusable("scales from %v by %v", low, ratio)
	}
	t.scales = make([]float32, l.rows)
	for i, b := range file[l.scales:l.codes] {
		t.scales[i] = steps[b]
	}
	codebook := make([]int8, l.levels)
	for i := range codebook {
		codebook[i] = int8(file[l.codebook+i])
	}
	if !slices.IsSorted(codebook) {
		return nil, unusable("its codebook does not ascend")
	}
	t.codes = simd.NewCodes(l.rows*t.stride + wordBytes)
	newUnpacker(codebook).unpack(t, file[l.codes:])
	return t, nil
}

// readLayout checks the header and the length.
func readLayout(file []byte) (l layout, err error) {
	if len(file) < header || string(file[:len(magic)]) != magic {
		return l, unusable("it does not begin as a table does (%d bytes)", len(file))
	}
	field := func(at int) int { return int(binary.LittleEndian.Uint32(file[at:])) }
	switch order := field(8); {
	case order == 0x04030201:
		return l, unusable("its bytes are in the other order")
	case order != byteOrder:
		return l, unusable("its header is damaged")
	}
	if v := field(12); v != version {
		return l, unusable("it is of version %d, this program reads version %d: train it again, or use another program", v, version)
	}
	l = layout{dims: field(16), rows: field(20), levels: field(24), k: field(32), codebook: header}
	row := rowBytes(l.dims, l.levels)
	if l.dims < 1 || l.dims > MaxDims || l.rows < 1 || l.rows > MaxRows || row == 0 || l.k > 31 {
		return l, unusable("%d rows of %d dimensions and %d levels", l.rows, l.dims, l.levels)
	}
	l.keys = l.codebook + padded(l.levels)
	l.scales = l.keys + field(36)
	l.codes = l.scales + l.rows
	l.n = l.codes + l.rows*row
	if len(file) != l.n+4 {
		return l, unusable("it has %d bytes, its header says %d: it was cut, or something was appended", len(file), l.n+4)
	}
	return l, nil
}

func decodeKeys(b []byte, rows, k int) ([]Key, error) {
	keys := make([]Key, rows)
	r := bitReader{b: b}
	before := int64(-1)
	for i := range keys {
		gap := r.ones()<<k | r.take(k)
		before += 1 + int64(gap)
		if before > math.MaxUint32 || r.over {
			return nil, unusable("the key of row %d is damaged", i)
		}
		keys[i] = Key(before)
	}
	return keys, nil
}

// bitReader reads what bitWriter wrote.
type bitReader struct {
	b    []byte
	word uint64
	n    int  // bits in word
	over bool // read past the end
}

// fill makes sure of at least 32 bits, as long as there are any.
func (r *bitReader) fill() {
	for r.n <= 56 && len(r.b) > 0 {
		r.word |= uint64(r.b[0]) << r.n
		r.b = r.b[1:]
		r.n += 8
	}
}

// take reads a number of at most 32 bits.
func (r *bitReader) take(n int) uint64 {
	r.fill()
	if r.n < n {
		r.over = true
		return 0
	}
	x := r.word & (1<<n - 1)
	r.word >>= n
	r.n -= n
	return x
}

// ones reads ones up to a zero, which it takes, and returns how many they are.
func (r *bitReader) ones() uint64 {
	sum := uint64(0)
	for {
		r.fill()
		n := min(bits.TrailingZeros64(^r.word), r.n)
		sum += uint64(n)
		if n < r.n {
			r.word >>= n + 1
			r.n -= n + 1
			return sum
		}
		r.word, r.n = 0, 0
		if len(r.b) == 0 {
			r.over = true
			return sum
		}
	}
}

// unpacker turns packed codes into values, several at a time by table.
type unpacker struct {
	levels int
	bits   int      // read at a time
	per    int      // codes that they give
	table  []uint64 // by those bits: the values, a byte each, the first one lowest
}

func newUnpacker(codebook []int8) *unpacker {
	u := &unpacker{levels: len(codebook), bits: 8}
	switch u.levels {
	case 3:
		u.per = 5
	case 4:
		u.per = 4
	case 8:
		u.bits, u.per = 12, 4
	case 16:
		u.per = 2
	default:
		u.per = 1
	}
	u.table = make([]uint64, 1<<u.bits)
	for i := range u.table {
		for n, rest := 0, i; n < u.per; n++ {
			var c int
			if u.levels == 3 {
				c, rest = rest%3, rest/3
			} else {
				width := u.bits / u.per
				c, rest = min(rest&(1<<width-1), u.levels-1), rest>>width
			}
			u.table[i] |= uint64(uint8(codebook[c])) << (8 * n)
		}
	}
	return u
}

// wordBytes is how many codes are written at once; up to so many too many.
const wordBytes = 8

// unpack fills in the rows from packed, after which four more bytes can be read.
func (u *unpacker) unpack(t *table, packed []byte) {
	size := rowBytes(t.dims, u.levels)
	codes := unsafe.Slice((*byte)(unsafe.Pointer(&t.codes[0])), len(t.codes))
	for r := range t.keys {
		row, to := packed[r*size:], codes[r*t.stride:]
		if u.bits == 12 {
			u.three(to, row, t.dims)
		} else {
			for i, b := range row[:size] {
				binary.LittleEndian.PutUint64(to[i*u.per:], u.table[b])
			}
		}
		clear(to[t.dims:t.stride]) // what was too much; the next row writes over the rest
	}
	t.codes = t.codes[:len(t.keys)*t.stride]
}

// three unpacks eight codes of three bits from three bytes.
func (u *unpacker) three(to, row []byte, dims int) {
	table := (*[1 << 12]uint64)(u.table)
	for i, at := 0, 0; i < dims; i, at = i+8, at+3 {
		w := binary.LittleEndian.Uint32(row[at:])
		binary.LittleEndian.PutUint64(to[i:], table[w&0xfff]|table[w>>12&0xfff]<<32)
	}
}
