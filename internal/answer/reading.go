package answer

import (
	"cited/internal/kb"
	"cited/internal/retrieve"
)

// How much of the best articles is read beside their hits.
const (
	articlesRead   = 3
	sectionsRead   = 24
	unrankedFactor = 0.6 // score of a section that was not found, beside the best one of its article
)

// reading is what an answer is drafted from and checked against: the hits, then the other
// sections of the first articles. A title finds the article; the section that answers, «Solution»,
// may have none of the question's words.
func reading(hits []retrieve.Hit) []retrieve.Hit {
	out := hits[:len(hits):len(hits)]
	found := make(map[*kb.Chunk]bool)
	for _, h := range hits {
		found[h.Chunk] = true
	}
	read := make(map[*kb.Document]bool)
	for _, h := range hits {
		if len(read) == articlesRead {
			break
		}
		if read[h.Document] {
			continue
		}
		read[h.Document] = true
		chunks := h.Document.Chunks()
		for _, c := range chunks[:min(len(chunks), sectionsRead)] {
			if !found[c] {
				out = append(out, retrieve.Hit{Chunk: c, Document: h.Document, Score: unrankedFactor * h.Score})
			}
		}
	}
	return out
}
