package lang

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

// Analysis is a way to turn words into index terms.
type Analysis uint8

// The analyses.
const (
	Stemmed Analysis = iota // stems; runs without spaces as bigrams
	Plain                   // words as they are; runs without spaces as bigrams
	Grams                   // character 4-grams within words; Hangul and runs without spaces as bigrams
)

var analysisNames = [...]string{Stemmed: "stems", Plain: "words", Grams: "grams"}

// String is the name that commands use.
func (a Analysis) String() string { return analysisNames[a] }

// ParseAnalysis reads the name that commands use: stems, words, grams.
func ParseAnalysis(name string) (Analysis, error) {
	for a, n := range analysisNames {
		if n == name {
			return Analysis(a), nil
		}
	}
	return 0, fmt.Errorf("lang: unknown analyzer %q: use stems, words or grams", name)
}

// Analyzer makes index terms. It is safe for concurrent use. It remembers stems, up to a bound:
// vocabularies repeat, and a look-up is far cheaper than a stemmer.
type Analyzer struct {
	analysis Analysis
	mu       sync.RWMutex
	stems    map[stemKey]string
}

type stemKey struct{ lang, word string }

// maxStems bounds the remembered stems: more than the vocabulary of a large help center in
// several languages, a few MB at most.
const maxStems = 1 << 17

// NewAnalyzer returns an analyzer.
func NewAnalyzer(a Analysis) *Analyzer {
	return &Analyzer{analysis: a, stems: make(map[stemKey]string)}
}

// Forgetful returns an analyzer of the same analysis that remembers nothing: for one that keeps
// the terms of each word itself, and would leave no room for others.
func (a *Analyzer) Forgetful() *Analyzer { return &Analyzer{analysis: a.analysis} }

// Terms appends the terms of text to dst, in reading order, repeats included. lang is a BCP-47
// primary tag, "" when unknown.
func (a *Analyzer) Terms(dst []string, text, lang string) []string {
	for _, w := range Words(text, lang) {
		dst = a.WordTerms(dst, w, lang)
	}
	return dst
}

// WordTerms appends the terms of one word to dst: one for most words, several where bigrams or
// grams stand for it.
func (a *Analyzer) WordTerms(dst []string, w Word, lang string) []string {
	switch {
	case w.Script == Ideographic:
		return appendGrams(dst, w.Text, 2)
	case a.analysis == Plain:
		return append(dst, w.Text)
	case w.Script == Hangul && a.analysis == Grams:
		return appendGrams(dst, w.Text, 2)
	case a.analysis == Grams && w.Script == Alphabetic:
		return appendGrams(dst, foldLatin(w.Text), 4)
	case a.analysis == Grams:
		return append(dst, w.Text)
	}
	return append(dst, a.Stem(w.Text, lang))
}

// Stem is the function Stem, remembered.
func (a *Analyzer) Stem(word, lang string) string {
	if a.stems == nil {
		return Stem(word, lang)
	}
	if isASCII(word) && !stemmed(lang) { // sooner said than looked up
		return word
	}
	a.mu.RLock()
	stem, ok := a.stems[stemKey{lang, word}]
	a.mu.RUnlock()
	if ok {
		return stem
	}
	stem = Stem(word, lang)
	a.mu.Lock()
	if len(a.stems) < maxStems {
		a.stems[stemKey{lang, strings.Clone(word)}] = strings.Clone(stem)
	}
	a.mu.Unlock()
	return stem
}

// appendGrams appends the n-grams of word, in runes; a word of at most n runes is one gram.
func appendGrams(dst []string, word string, n int) []string {
	end := 0
	for i := 0; i < n; i++ {
		if end == len(word) {
			return append(dst, word)
		}
		_, size := utf8.DecodeRuneInString(word[end:])
		end += size
	}
	dst = append(dst, word[:end])
	for start := 0; end < len(word); {
		_, first := utf8.DecodeRuneInString(word[start:])
		_, next := utf8.DecodeRuneInString(word[end:])
		start, end = start+first, end+next
		dst = append(dst, word[start:end])
	}
	return dst
}
