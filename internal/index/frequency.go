package index

import "cited/internal/lang"

// Frequency returns how many chunks of a language have a word, as its rarest term has it, and how
// many chunks the language has.
func (l *Lexical) Frequency(word lang.Word, language string) (df, chunks int) {
	g := l.language(language)
	if g < 0 {
		return 0, 0
	}
	s := l.scratch.Get().(*scratch)
	defer l.release(s)
	s.reset(Query{})
	s.terms = l.analyzer.WordTerms(s.terms[:0], word, language)
	for i, term := range s.terms {
		if n, _ := l.idf(s, term, g); i == 0 || n < df {
			df = n
		}
	}
	return df, l.languages[g].chunks
}
