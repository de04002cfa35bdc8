package kb

// Only returns the corpus of the documents in ids. Its hash is c's: it is a view for measuring,
// not another knowledge base.
func (c *Corpus) Only(ids map[string]bool) *Corpus {
	kept := &Corpus{Hash: c.Hash, Faults: c.Faults, at: c.at, rest: Rest{Unsure: true}}
	for _, d := range c.Documents {
		if ids[d.ID] {
			kept.Documents = append(kept.Documents, d)
		}
	}
	for _, k := range c.Chunks {
		if ids[k.DocumentID] {
			kept.Chunks = append(kept.Chunks, k)
		}
	}
	return kept
}
