package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cited/internal/simd"
)

// ScanSegment holds the vectors of a run of chunks for Scan: an int8 matrix that is scanned, and
// the exact vectors that candidates are scored with, which it only references. It never changes,
// so generations of an index share it by pointer.
type ScanSegment struct {
	matrix *simd.Matrix
	flat   []float32   // all exact vectors, one after the other; or
	rows   [][]float32 // each where it is
}

// NewScanSegment quantises vectors: at least one, all of one dimension in [1,65536], of unit length.
// It references them; they must not change.
func NewScanSegment(vectors [][]float32) (*ScanSegment, error) {
	return newScanSegment(context.Background(), vectors, func(i int) string { return fmt.Sprintf("row %d", i) })
}

// newScanSegment is NewScanSegment; name says in an error whose vector it is.
func newScanSegment(ctx context.Context, vectors [][]float32, name func(i int) string) (*ScanSegment, error) {
	if len(vectors) == 0 {
		return nil, errors.New("index: a segment of no vectors")
	}
	dims := 0
	for i, v := range vectors {
		if err := checkUnit(&dims, v); err != nil {
			return nil, fmt.Errorf("index: vector of %s: %w", name(i), err)
		}
	}
	matrix, err := simd.NewMatrix(len(vectors), dims)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	inParallel(len(vectors), func(from, to int) {
		for i := from; i < to && ctx.Err() == nil; i++ {
			matrix.Set(i, vectors[i])
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &ScanSegment{matrix: matrix, rows: vectors}, nil
}

// inParallel shares out [0,n) over the cores, in runs that are worth a goroutine.
func inParallel(n int, work func(from, to int)) {
	const worth = 4096
	share := max(worth, (n+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for from := share; from < n; from += share {
		wg.Go(func() { work(from, min(from+share, n)) })
	}
	work(0, min(share, n))
	wg.Wait()
}

// OpenScanSegment is the segment whose Codes and Scales were stored, beside its exact vectors, one
// after the other. It copies nothing and reads nothing but the lengths: whoever stored them
// vouches for the values, by a checksum for example.
func OpenScanSegment(codes []int8, scales []float32, exact []float32, dims int) (*ScanSegment, error) {
	if dims < 1 || len(exact) == 0 || len(exact)%dims != 0 {
		return nil, fmt.Errorf("index: open a segment: %d floats are no vectors of %d dimensions", len(exact), dims)
	}
	matrix, err := simd.OpenMatrix(codes, scales, len(exact)/dims, dims)
	if err != nil {
		return nil, fmt.Errorf("index: open a segment: %w", err)
	}
	return &ScanSegment{matrix: matrix, flat: exact}, nil
}

// Rows is the number of vectors.
func (s *ScanSegment) Rows() int { return s.matrix.Rows() }

// Dims is the number of dimensions of a vector.
func (s *ScanSegment) Dims() int { return s.matrix.Dims() }

// Codes are the matrix's codes, as OpenScanSegment takes them; see simd.Matrix for their order.
func (s *ScanSegment) Codes() []int8 { return s.matrix.Codes() }

// Scales are the scales of the matrix's rows, as OpenScanSegment takes them.
func (s *ScanSegment) Scales() []float32 { return s.matrix.Scales() }

// Exact is the exact vector of a row.
func (s *ScanSegment) Exact(row int) []float32 {
	if s.rows != nil {
		return s.rows[row]
	}
	dims := s.matrix.Dims()
	return s.flat[row*dims:][:dims:dims]
}

// checkUnit holds a vector against the dimension, which the first one sets, and against unit
// length.
func checkUnit(dims *int, vector []float32) error {
	if *dims == 0 {
		*dims = len(vector)
	}
	if len(vector) != *dims || *dims == 0 {
		return fmt.Errorf("%d dimensions, want %d", len(vector), *dims)
	}
	var sum float64
	for _, x := range vector {
		sum += float64(x) * float64(x)
	}
	if !(math.Abs(sum-1) < 1e-3) {
		return fmt.Errorf("squared length %g, want 1", sum)
	}
	return nil
}

// scanPart is a segment within one generation of a Scan: the chunks of its rows, and which of
// them are seen. Nothing in it changes; a new generation copies what differs.
type scanPart struct {
	segment  *ScanSegment
	ids      []string // of the rows' chunks
	byID     []uint32 // rows in the order of their ids; nil when they are in it
	dead     bitset   // rows that are gone
	internal bitset   // rows for the internal audience only
	live     int      // rows that are not dead
}

// newScanPart says so when two rows have one id.
func newScanPart(segment *ScanSegment, ids []string, internal bitset) (*scanPart, error) {
	p := &scanPart{segment: segment, ids: ids, internal: internal, live: len(ids)}
	if !slices.IsSorted(ids) {
		p.byID = sortedRows(ids)
	}
	for i := 1; i < len(ids); i++ {
		if ids[p.nth(i)] == ids[p.nth(i-1)] {
			return nil, fmt.Errorf("index: chunk %s has two vectors", ids[p.nth(i)])
		}
	}
	return p, nil
}

// sortedRows are the rows in the order of their ids. The rows of a corpus are in that of their
// documents, so that sorting each document's is nearly always enough, and a tenth of the work.
func sortedRows(ids []string) []uint32 {
	rows := make([]uint32, len(ids))
	for i := range rows {
		rows[i] = uint32(i)
	}
	compare := func(a, b uint32) int { return strings.Compare(ids[a], ids[b]) }
	for from := 0; from < len(rows); {
		document := ids[from][:strings.LastIndexByte(ids[from], '#')+1]
		to := from + 1
		for to < len(rows) && document != "" && strings.HasPrefix(ids[to], document) {
			to++
		}
		slices.SortFunc(rows[from:to], compare)
		from = to
	}
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
	return rows
}

// nth is the i-th row in the order of ids.
func (p *scanPart) nth(i int) int {
	if p.byID == nil {
		return i
	}
	return int(p.byID[i])
}

// row finds the living row of a chunk.
func (p *scanPart) row(id string) (int, bool) {
	low, high := 0, len(p.ids)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if p.ids[p.nth(middle)] < id {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(p.ids) || p.ids[p.nth(low)] != id || p.dead.has(uint32(p.nth(low))) {
		return 0, false
	}
	return p.nth(low), true
}

// without is p less some living rows.
func (p *scanPart) without(rows []int) *scanPart {
	less := *p
	less.dead = slices.Clone(p.dead)
	if less.dead == nil {
		less.dead = newBitset(len(p.ids))
	}
	for _, r := range rows {
		less.dead.set(uint32(r))
	}
	less.live -= len(rows)
	return &less
}
