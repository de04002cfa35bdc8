package answer

import (
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/retrieve"
)

// TestReading: the hits stay as they were and in front; the other sections of the first articles
// follow, each once, below their article's best hit.
func TestReading(t *testing.T) {
	parse := func(path string, sections int) *kb.Document {
		t.Helper()
		var b strings.Builder
		b.WriteString("---\ntitle: Delivery\nlang: en\n---\n\nParcels come.\n")
		for i := range sections {
			b.WriteString("\n## Part " + strings.Repeat("I", i+1) + "\n\n" + strings.Repeat("Parcels come by van to the door. ", 20) + "\n")
		}
		d, faults := kb.ParseDocument(path, []byte(b.String()))
		if d == nil {
			t.Fatal(faults)
		}
		return d
	}
	long, short := parse("long.md", 2*sectionsRead), parse("short.md", 2)
	hits := []retrieve.Hit{
		{Chunk: short.Chunks()[1], Document: short, Rank: 1, Score: 0.9},
		{Chunk: long.Chunks()[3], Document: long, Rank: 2, Score: 0.5},
	}
	got := reading(hits)
	if len(hits) != 2 || got[0].Chunk != hits[0].Chunk || got[1].Chunk != hits[1].Chunk {
		t.Fatalf("the hits do not lead: %v", got)
	}
	seen := make(map[*kb.Chunk]bool)
	count := make(map[*kb.Document]int)
	for i, h := range got {
		if seen[h.Chunk] {
			t.Errorf("%s twice", h.Chunk.ID)
		}
		seen[h.Chunk] = true
		count[h.Document]++
		if best := map[*kb.Document]float64{short: 0.9, long: 0.5}[h.Document]; i >= len(hits) && h.Score >= best {
			t.Errorf("%s scores %v, its article's hit %v", h.Chunk.ID, h.Score, best)
		}
	}
	if count[short] != len(short.Chunks()) || count[long] != sectionsRead {
		t.Errorf("read %d of %d and %d of %d sections", count[short], len(short.Chunks()), count[long], len(long.Chunks()))
	}
	if reading(nil) != nil {
		t.Error("something to read of nothing")
	}
}
