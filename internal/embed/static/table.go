package static

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// The file of a table. Numbers are little-endian.
//
//	0   magic "CITEDVEC"
//	8   byte order, 0x01020304 (4)
//	12  version (4)
//	16  dimensions (4), rows (4), levels (4), affixes (4)
//	32  Rice parameter k of the keys (4), length of the keys' section in bytes (4)
//	40  smallest scale (float32), ratio of one scale to the next (float32)
//	48  codebook: levels bytes, int8, ascending, padded with zeros to a multiple of 8
//	..  keys: the rows' keys ascend; each is the gap to the one before, less one, in Rice's code: the
//	    upper bits in unary (ones, then a zero), then the k lower ones; bits fill bytes from the lowest
//	..  scales: a byte a row, smallest · ratio^byte
//	..  codes: rows of dimensions · bits, each padded to whole bytes, bits filled from the lowest;
//	    with 3 levels five codes share a byte, the first one in the lowest digit (base 3)
//	..  CRC-32C of all before (4)
//
// Component d of row r is codebook[code(r,d)] · scale(r).
const (
	magic     = "CITEDVEC"
	byteOrder = 0x01020304
	version   = 1
	header    = 48
	// MaxDims and MaxRows bound what is read: a damaged header must not ask for the machine's memory.
	MaxDims = 1024
	MaxRows = 1 << 22
)

// Packed is a table as its file holds it: what a trainer writes.
type Packed struct {
	Dims     int
	Affixes  Affixes
	Codebook []int8    // ascending; its length is one of Levels
	Keys     []Key     // one a row, ascending
	Scales   []float32 // one a row, finite and not negative
	Codes    []uint8   // rows · Dims, each less than len(Codebook)
}

// Levels are the numbers of levels that a code may have: 1.6 bits a component (five to a byte), 2,
// 3, 4 and 8.
var levels = []int{3, 4, 8, 16, 255}

// rowBytes is how many bytes a row of codes takes; 0 for a number of levels that there is not.
func rowBytes(dims, levels int) int {
	switch levels {
	case 3:
		return (dims + 4) / 5
	case 4:
		return (2*dims + 7) / 8
	case 8:
		return (3*dims + 7) / 8
	case 16:
		return (4*dims + 7) / 8
	case 255:
		return dims
	}
	return 0
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode returns the file of p.
func (p *Packed) Encode() ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	keys, k := encodeKeys(p.Keys)
	low, ratio := scaleSteps(p.Scales)
	var b bytes.Buffer
	b.WriteString(magic)
	for _, x := range []uint32{byteOrder, version, uint32(p.Dims), uint32(len(p.Keys)), uint32(len(p.Codebook)), uint32(p.Affixes),
		uint32(k), uint32(len(keys)), math.Float32bits(low), math.Float32bits(ratio)} {
		b.Write(binary.LittleEndian.AppendUint32(nil, x))
	}
	for i := range padded(len(p.Codebook)) {
		if i < len(p.Codebook) {
			b.WriteByte(byte(p.Codebook[i]))
		} else {
			b.WriteByte(0)
		}
	}
	b.Write(keys)
	for _, s := range p.Scales {
		b.WriteByte(scaleByte(s, low, ratio))
	}
	row := make([]byte, rowBytes(p.Dims, len(p.Codebook)))
	for r := range p.Keys {
		packRow(row, p.Codes[r*p.Dims:][:p.Dims], len(p.Codebook))
		b.Write(row)
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.Checksum(b.Bytes(), castagnoli)), nil
}

func (p *Packed) check() error {
	rows := len(p.Keys)
	switch {
	case p.Dims < 1 || p.Dims > MaxDims || rows < 1 || rows > MaxRows:
		return fmt.Errorf("embed: a table of %d rows and %d dimensions: at most %d and %d", rows, p.Dims, MaxRows, MaxDims)
	case !slices.Contains(levels, len(p.Codebook)) || !slices.IsSorted(p.Codebook):
		return fmt.Errorf("embed: a codebook of %d levels: it is to have one of %v, ascending", len(p.Codebook), levels)
	case len(p.Scales) != rows || len(p.Codes) != rows*p.Dims:
		return fmt.Errorf("embed: %d scales and %d codes for %d rows of %d", len(p.Scales), len(p.Codes), rows, p.Dims)
	case p.Affixes&^knownAffixes != 0:
		return fmt.Errorf("embed: unknown affixes %#x", uint32(p.Affixes))
	}
	for i := 1; i < rows; i++ {
		if p.Keys[i] <= p.Keys[i-1] {
			return fmt.Errorf("embed: row %d: keys must ascend", i)
		}
	}
	for i, s := range p.Scales {
		if !(s >= 0) || math.IsInf(float64(s), 0) {
			return fmt.Errorf("embed: row %d: scale %v", i, s)
		}
	}
	if m := slices.Max(p.Codes); int(m) >= len(p.Codebook) {
		return fmt.Errorf("embed: code %d of %d levels", m, len(p.Codebook))
	}
	return nil
}

func padded(n int) int { return (n + 7) / 8 * 8 }

// scaleSteps spreads 256 steps evenly, by ratio, from the smallest positive scale to the largest.
func scaleSteps(scales []float32) (low, ratio float32) {
	low, high := float32(math.Inf(1)), float32(0)
	for _, s := range scales {
		if s > 0 {
			low, high = min(low, s), max(high, s)
		}
	}
	if high == 0 {
		return 1, 1
	}
	low = max(low, high*1e-6) // what is smaller says nothing beside the others
	return low, float32(math.Pow(float64(high)/float64(low), 1.0/255))
}

func scaleByte(s, low, ratio float32) byte {
	if s <= low || ratio <= 1 {
		return 0
	}
	return byte(min(255, math.Round(math.Log(float64(s)/float64(low))/math.Log(float64(ratio)))))
}

func scaleTable(low, ratio float32) (table [256]float32) {
	for i := range table {
		table[i] = float32(float64(low) * math.Pow(float64(ratio), float64(i)))
	}
	return table
}

func packRow(row, codes []byte, levels int) {
	clear(row)
	switch levels {
	case 3:
		for i := 0; i < len(codes); i += 5 {
			digits := codes[i:min(i+5, len(codes))]
			for d := len(digits) - 1; d >= 0; d-- {
				row[i/5] = row[i/5]*3 + digits[d]
			}
		}
	case 255:
		copy(row, codes)
	default:
		bits := map[int]int{4: 2, 8: 3, 16: 4}[levels]
		for i, c := range codes {
			at := i * bits
			wide := uint16(c) << (at % 8)
			row[at/8] |= byte(wide)
			if wide>>8 != 0 {
				row[at/8+1] |= byte(wide >> 8)
			}
		}
	}
}

// encodeKeys writes ascending keys in Rice's code (R. Rice, "Some Practical Universal Noiseless
// Coding Techniques", 1979): about 2 bits more than the logarithm of the mean gap.
func encodeKeys(keys []Key) (b []byte, k int) {
	for mean := uint64(1<<32) / uint64(len(keys)); mean>>k > 1 && k < 31; {
		k++
	}
	w := bitWriter{}
	before := int64(-1)
	for _, key := range keys {
		gap := uint64(int64(key) - before - 1)
		for range gap >> k {
			w.put(1, 1)
		}
		w.put(0, 1)
		w.put(gap&(1<<k-1), k)
		before = int64(key)
	}
	return w.bytes(), k
}

// bitWriter fills bytes from their lowest bit.
type bitWriter struct {
	out  []byte
	word uint64
	n    int
}

func (w *bitWriter) put(x uint64, bits int) {
	w.word |= x << w.n
	w.n += bits
	for w.n >= 8 {
		w.out = append(w.out, byte(w.word))
		w.word >>= 8
		w.n -= 8
	}
}

func (w *bitWriter) bytes() []byte {
	if w.n > 0 {
		w.out = append(w.out, byte(w.word))
	}
	return w.out
}
