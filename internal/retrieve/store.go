package retrieve

import "fmt"

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
