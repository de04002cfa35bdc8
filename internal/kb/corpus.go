package kb

import (
	"sort"
	"strings"
	"time"
)

// Document returns the document with this id, nil if there is none.
func (c *Corpus) Document(id string) *Document {
	i := sort.Search(len(c.Documents), func(i int) bool { return c.Documents[i].ID >= id })
	if i < len(c.Documents) && c.Documents[i].ID == id {
		return c.Documents[i]
	}
	return nil
}

// ChunksOf returns the chunks of a document in reading order; none where it is not live.
func (c *Corpus) ChunksOf(documentID string) []*Chunk {
	i := sort.Search(len(c.Chunks), func(i int) bool { return c.Chunks[i].DocumentID >= documentID })
	j := i
	for j < len(c.Chunks) && c.Chunks[j].DocumentID == documentID {
		j++
	}
	return c.Chunks[i:j:j]
}

// Chunk returns the chunk with this id, nil if there is none among the live documents'.
func (c *Corpus) Chunk(id string) *Chunk {
	i := strings.LastIndexByte(id, '#')
	if i < 0 {
		return nil
	}
	for _, k := range c.ChunksOf(id[:i]) {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// At returns the corpus with the chunks that are live at the time now. Documents and chunks are c's.
func (c *Corpus) At(now time.Time) *Corpus {
	return &Corpus{Documents: c.Documents, Chunks: liveChunks(c.Documents, len(c.Chunks), now), Hash: c.Hash, Faults: c.Faults}
}

// NextChange returns when, after now, a document becomes live or ceases to be; zero: never.
func (c *Corpus) NextChange(now time.Time) time.Time {
	var next time.Time
	for _, d := range c.Documents {
		if d.Draft || d.Unlisted {
			continue
		}
		for _, t := range [...]time.Time{d.ValidFrom, d.ValidUntil} {
			if t.After(now) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}
