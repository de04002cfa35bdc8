// Package lang knows languages: which one a text is in, its words (normalised, stemmed) and its
// sentences, in all scripts alike.
package lang
