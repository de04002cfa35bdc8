package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"cited/internal/kb"
	"cited/internal/lang"
)

// The bytes of a Lexical, integers little-endian: magic, version u32, number of layers u32; for
// each layer the lengths of what follows of it, u64 each: its segment, its dead bits, its lost
// counts (entry u32, n u32), its losses (chunks u64, a length u64 each field); then all of these.
const (
	lexicalMagic   = "citedwrd"
	lexicalVersion = 1
	layerHeader    = 4 * 8
	countSize      = 8
	lossSize       = 8 + 8*len(fields)
)

// WriteTo implements io.WriterTo: it writes the bytes that OpenLexical reads. The segments, which
// are most of them, are not copied.
func (l *Lexical) WriteTo(w io.Writer) (written int64, err error) {
	le := binary.LittleEndian
	write := func(b []byte) {
		if err == nil {
			var n int
			n, err = w.Write(b)
			written += int64(n)
		}
	}
	head := append(make([]byte, 0, len(lexicalMagic)+8+layerHeader*len(l.layers)), lexicalMagic...)
	head = le.AppendUint32(le.AppendUint32(head, lexicalVersion), uint32(len(l.layers)))
	for _, y := range l.layers {
		for _, n := range [...]int{y.segment.Size(), len(y.dead), countSize * len(y.lost.merged()), lossSize * len(y.losses)} {
			head = le.AppendUint64(head, uint64(n))
		}
	}
	write(head)
	for _, y := range l.layers {
		write(y.segment.data)
		write(y.dead)
		var tail []byte
		for _, c := range y.lost.merged() {
			tail = le.AppendUint32(le.AppendUint32(tail, c.entry), c.n)
		}
		for _, loss := range y.losses {
			tail = le.AppendUint64(tail, uint64(loss.chunks))
			for _, n := range loss.lengths {
				tail = le.AppendUint64(tail, n)
			}
		}
		write(tail)
	}
	return written, err
}

// merged is t in one run.
func (t tally) merged() (run []entryCount) {
	for _, r := range t {
		run = mergeCounts(run, r)
	}
	return run
}

// OpenLexical reads the bytes that WriteTo wrote: the index of corpus. They are not copied, and
// must not change while the index, or one that With made of it, is in use. Opening parses nothing
// but what edits since the last full build left. Damaged bytes give an error or wrong matches; see
// OpenSegment.
func OpenLexical(data []byte, corpus *kb.Corpus) (*Lexical, error) {
	le := binary.LittleEndian
	const head = len(lexicalMagic) + 8
	if len(data) < head || string(data[:len(lexicalMagic)]) != lexicalMagic {
		return nil, errors.New("index: these bytes are no lexical index; build it again")
	}
	if v := le.Uint32(data[len(lexicalMagic):]); v != lexicalVersion {
		return nil, fmt.Errorf("index: lexical index of version %d, want %d; build it again", v, lexicalVersion)
	}
	count := uint64(le.Uint32(data[len(lexicalMagic)+4:]))
	if count > uint64(len(data)-head)/layerHeader {
		return nil, errors.New("index: lexical index: cut off in its header; build it again")
	}
	sizes, rest := data[head:][:count*layerHeader], data[head:][count*layerHeader:]
	l := &Lexical{corpus: corpus, scratch: newScratchPool()}
	for i := range int(count) {
		var sections [4][]byte
		for j := range sections {
			n := le.Uint64(sizes[i*layerHeader+8*j:])
			if n > uint64(len(rest)) {
				return nil, fmt.Errorf("index: lexical index: layer %d is cut off; build it again", i)
			}
			sections[j], rest = rest[:n:n], rest[n:]
		}
		y, err := openLayer(sections)
		if err != nil {
			return nil, fmt.Errorf("index: lexical index: layer %d: %w", i, err)
		}
		if i > 0 && y.segment.analysis != l.analysis {
			return nil, errors.New("index: lexical index: segments of different analyses; build it again")
		}
		l.analysis = y.segment.analysis
		l.layers = append(l.layers, y)
	}
	l.analyzer = lang.NewAnalyzer(l.analysis)
	l.index()
	return l, nil
}

func openLayer(sections [4][]byte) (layer, error) {
	le := binary.LittleEndian
	s, err := OpenSegment(sections[0])
	if err != nil {
		return layer{}, err
	}
	y := newLayer(s)
	if y.dead = sections[1]; len(y.dead) > 0 && len(y.dead) != (s.chunks+7)/8 {
		return layer{}, errors.New("dead chunks of another segment; build it again")
	}
	if len(sections[3]) != lossSize*len(y.losses) || len(sections[2])%countSize != 0 {
		return layer{}, errors.New("losses of another segment; build it again")
	}
	for i := range y.losses {
		record := sections[3][i*lossSize:]
		chunks := le.Uint64(record)
		if chunks > uint64(s.parts[i].count) {
			return layer{}, errors.New("more chunks lost than there were; build it again")
		}
		y.losses[i].chunks = int(chunks)
		for f := range y.losses[i].lengths {
			y.losses[i].lengths[f] = le.Uint64(record[8+8*f:])
		}
	}
	var run []entryCount
	for counts := sections[2]; len(counts) > 0; counts = counts[countSize:] {
		run = append(run, entryCount{le.Uint32(counts), le.Uint32(counts[4:])})
	}
	y.lost = y.lost.with(run)
	return y, nil
}

// Analysis is the analysis that the index was built with.
func (l *Lexical) Analysis() lang.Analysis { return l.analysis }
