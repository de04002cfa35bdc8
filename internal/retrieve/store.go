package retrieve

import (
	"context"
	"fmt"

	"cited/internal/index"
	"cited/internal/kb"
)

// Store says which index holds the vectors.
type Store string

// Stores. The zero value reads as Auto.
const (
	Auto    Store = "auto"    // Chromem for a shop, Scan from scanFrom chunks on
	Chromem Store = "chromem" // index.Vector
	Scan    Store = "scan"    // index.Scan
)

// ParseStore reads a store's name; none reads as Auto.
func ParseStore(name string) (Store, error) {
	switch s := Store(name); s {
	case "":
		return Auto, nil
	case Auto, Chromem, Scan:
		return s, nil
	}
	return "", fmt.Errorf("retrieve: unknown vector store %q: use auto, chromem or scan", name)
}

// scanFrom is the number of chunks from which Auto scans: there a question's best hundred of 768
// dimensions take chromem-go 1.9 ms and a scan .16 (AVX-512, AVX2) or .75 (portable).
const scanFrom = 2000

// scans says whether so many chunks go to index.Scan.
func (s Store) scans(chunks int) bool { return s == Scan || s != Chromem && chunks >= scanFrom }

// nearest returns the index over vectors. The chunks numbered fresh got theirs anew; all others
// kept the ones of old, so a scan that old has is edited rather than built again.
func (x *Index) nearest(ctx context.Context, vectors [][]float32, fresh []int, old *Index) (Searcher, error) {
	chunks, embedder := x.corpus.Chunks, x.settings.Embedder
	if !x.settings.Vectors.scans(len(chunks)) {
		return index.NewVector(ctx, embedder, chunks, vectors)
	}
	var err error
	if old == nil || old.scan == nil || old.settings.Embedder.Model() != embedder.Model() {
		x.scan, err = index.NewScan(ctx, embedder, chunks, vectors, x.settings.Scan)
		return x.scan, err
	}
	anew := make(map[int]bool, len(fresh))
	for _, i := range fresh {
		anew[i] = true
	}
	var added []*kb.Chunk
	var theirs [][]float32
	for i, c := range chunks {
		former := old.corpus.Chunk(c.ID)
		if anew[i] || former == nil || former.Audience != c.Audience {
			added, theirs = append(added, c), append(theirs, vectors[i])
		}
	}
	var removed []string
	for _, c := range old.corpus.Chunks {
		if x.corpus.Chunk(c.ID) == nil {
			removed = append(removed, c.ID)
		}
	}
	x.scan, err = old.scan.Edit(ctx, removed, added, theirs)
	return x.scan, err
}
