package index

import (
	"context"
	"fmt"
	"slices"

	"cited/internal/kb"
	"cited/internal/simd"
)

// Edit returns a Scan without the chunks removed, and with one vector for each chunk added; one
// that is there already is replaced. s stays as it is, and both share what did not change: an edit
// costs its own chunks, and a bit a chunk of the segments that it removes from. Removing what is
// not there is no error. It refuses the vectors that NewVector refuses.
func (s *Scan) Edit(ctx context.Context, removed []string, added []*kb.Chunk, vectors [][]float32) (*Scan, error) {
	if len(added) != len(vectors) {
		return nil, fmt.Errorf("index: %d vectors for %d chunks", len(vectors), len(added))
	}
	edited := *s
	edited.queue = newScanQueue(s.options())
	gone := slices.Clone(removed)
	for _, c := range added {
		gone = append(gone, c.ID)
	}
	edited.parts = nil
	for _, p := range s.parts {
		if p = p.less(gone); p.live > 0 {
			edited.parts = append(edited.parts, p)
		}
	}
	if len(added) > 0 {
		segment, err := newScanSegment(ctx, vectors, func(i int) string { return added[i].ID })
		if err != nil {
			return nil, err
		}
		if len(edited.parts) > 0 && segment.Dims() != s.dims {
			return nil, fmt.Errorf("index: vector of %s: %d dimensions, want %d", added[0].ID, segment.Dims(), s.dims)
		}
		part, err := partOf(segment, added)
		if err != nil {
			return nil, err
		}
		edited.parts, edited.dims = append(edited.parts, part), segment.Dims()
	}
	if err := edited.tidy(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &edited, nil
}

// options are those that a new generation's queue is made with.
func (s *Scan) options() ScanOptions {
	return ScanOptions{Kernels: s.kernels, Workers: s.queue.workers, Passes: s.queue.passes}
}

// less is p without the chunks with these ids; p itself when it has none of them.
func (p *scanPart) less(ids []string) *scanPart {
	var rows []int
	for _, id := range ids {
		if row, ok := p.row(id); ok {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return p
	}
	slices.Sort(rows)
	return p.without(slices.Compact(rows))
}

// tidy keeps the parts few and full. A part gives way to one with its living rows alone once they
// are the lesser half, and the last parts become one while the one before is less than twice as
// large as what follows it: so there are about as many parts as the number of chunks has binary
// digits, and a row is copied about as often over all edits.
func (s *Scan) tidy() error {
	from := len(s.parts)
	for size := 0; from > 0 && s.parts[from-1].live < 2*size || from == len(s.parts) && from > 0; {
		from--
		size += s.parts[from].live
	}
	for i, p := range s.parts[:from] {
		if 2*p.live >= len(p.ids) {
			continue
		}
		full, err := joined([]*scanPart{p})
		if err != nil {
			return err
		}
		s.parts[i] = full
	}
	if last := s.parts[from:]; len(last) > 1 || len(last) == 1 && 2*last[0].live < len(last[0].ids) {
		one, err := joined(last)
		if err != nil {
			return err
		}
		s.parts = append(s.parts[:from], one)
	}
	return nil
}

// Compact returns a Scan of one segment that finds the same, with nothing in it that is gone. It
// copies all codes; exact vectors stay where they are.
func (s *Scan) Compact() (*Scan, error) {
	if len(s.parts) == 0 || len(s.parts) == 1 && s.parts[0].dead == nil {
		return s, nil
	}
	one, err := joined(s.parts)
	if err != nil {
		return nil, err
	}
	compact := *s
	compact.parts, compact.queue = []*scanPart{one}, newScanQueue(s.options())
	return &compact, nil
}

// Segment returns the segment of a Scan that consists of one without dead rows, and the ids of its
// rows' chunks: what there is to store. Others have to be compacted first; an empty one has none.
func (s *Scan) Segment() (segment *ScanSegment, ids []string, ok bool) {
	if len(s.parts) != 1 || s.parts[0].dead != nil {
		return nil, nil, false
	}
	return s.parts[0].segment, s.parts[0].ids, true
}

// joined is one part with the living rows of others.
func joined(parts []*scanPart) (*scanPart, error) {
	rows := 0
	for _, p := range parts {
		rows += p.live
	}
	matrix, err := simd.NewMatrix(rows, parts[0].segment.Dims())
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	exact := make([][]float32, 0, rows)
	ids := make([]string, 0, rows)
	var internal bitset
	for _, p := range parts {
		for row, id := range p.ids {
			if p.dead.has(uint32(row)) {
				continue
			}
			if p.internal.has(uint32(row)) {
				if internal == nil {
					internal = newBitset(rows)
				}
				internal.set(uint32(len(ids)))
			}
			matrix.Copy(len(ids), p.segment.matrix, row)
			exact, ids = append(exact, p.segment.Exact(row)), append(ids, id)
		}
	}
	return newScanPart(&ScanSegment{matrix: matrix, rows: exact}, ids, internal)
}
