package kb

import (
	"slices"
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
	k, _ := c.Find(id)
	return k
}

// Find returns the chunk with this id and its document; nil, nil if there is none among the live
// documents'.
func (c *Corpus) Find(id string) (*Chunk, *Document) {
	i := strings.LastIndexByte(id, '#')
	if i < 0 {
		return nil, nil
	}
	d := c.Document(id[:i])
	var chunks []*Chunk
	switch {
	case d != nil && len(d.chunks) > 0 && d.Live(c.at):
		chunks = d.chunks
	case d == nil || len(d.chunks) == 0:
		chunks = c.ChunksOf(id[:i]) // of a corpus that was put together by hand
	}
	for _, k := range chunks {
		if k.ID == id {
			return k, d
		}
	}
	return nil, nil
}

// At returns the corpus with the chunks that are live at the time now. Documents and chunks are c's.
func (c *Corpus) At(now time.Time) *Corpus {
	return &Corpus{
		Documents: c.Documents, Chunks: liveChunks(c.Documents, len(c.Chunks), now), Hash: c.Hash, Faults: c.Faults,
		at: now, rest: c.rest,
	}
}

// NewCorpus returns the corpus of documents, one an id, and of the rest of their folder, with the
// chunks that are live at the time now.
func NewCorpus(documents []*Document, rest Rest, now time.Time) *Corpus {
	c := &Corpus{Documents: slices.Clone(documents), rest: rest}
	c.finish(now)
	return c
}

// With returns the corpus with the documents added, in place of those with the same ids, and
// without those whose ids are removed; rest is that of their folder then.
func (c *Corpus) With(added []*Document, removed []string, rest Rest) *Corpus {
	gone := make(map[string]bool, len(added)+len(removed))
	for _, id := range removed {
		gone[id] = true
	}
	for _, d := range added {
		gone[d.ID] = true
	}
	documents := slices.Clone(added)
	for _, d := range c.Documents {
		if !gone[d.ID] {
			documents = append(documents, d)
		}
	}
	return NewCorpus(documents, rest, c.at)
}

// Time is the time that decided which documents are live.
func (c *Corpus) Time() time.Time { return c.at }

// Rest is what of the folder belongs to no document.
func (c *Corpus) Rest() Rest { return c.rest }

// Same reports whether c and o have the same documents, chunks and faults: unchanged documents are
// taken over from corpus to corpus, pointer by pointer.
func (c *Corpus) Same(o *Corpus) bool {
	return slices.Equal(c.Documents, o.Documents) && slices.Equal(c.Chunks, o.Chunks) &&
		slices.Equal(c.Faults, o.Faults) && c.rest.Unsure == o.rest.Unsure
}

// Difference returns the ids, ascending, of the documents that c and old do not share or that are
// live in one of them alone.
func (c *Corpus) Difference(old *Corpus) []string {
	var ids []string
	a, b := c.Documents, old.Documents
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].ID < b[0].ID:
			ids, a = append(ids, a[0].ID), a[1:]
		case len(a) == 0 || b[0].ID < a[0].ID:
			ids, b = append(ids, b[0].ID), b[1:]
		default:
			if a[0] != b[0] || a[0].Live(c.at) != b[0].Live(old.at) {
				ids = append(ids, a[0].ID)
			}
			a, b = a[1:], b[1:]
		}
	}
	return ids
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
