package index

import "cited/internal/lang"

// Frequency returns how many chunks of a language have a word, as its rarest term has it, and how
// many chunks the language has.
func (l *Lexical) Frequency(word lang.Word, language string) (df, chunks int) {
	g := l.language(language)
	if g < 0 {
		return 0, 0
	}
	chunks = l.languages[g].chunks
	if word.Script != lang.Ideographic && l.analysis != lang.Grams {
		return l.meaning(word, false).frequency(g), chunks
	}
	for i, term := range l.analyzer.WordTerms(nil, word, language) {
		if n := l.term(term).frequency(g); i == 0 || n < df {
			df = n
		}
	}
	return df, chunks
}

// frequency is how many chunks of a language have the word.
func (m *meaning) frequency(g int) (df int) {
	for _, f := range m.found[m.in[g].from:m.in[g].to] {
		df += f.df
	}
	return df
}
