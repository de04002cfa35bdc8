package retrieve

import (
	"path"
	"slices"
	"strings"

	"cited/internal/kb"
	"cited/internal/lang"
)

// otherLanguage is what a chunk's score keeps in a knowledge base that has articles in the
// question's language, when the chunk is in another: a brand name alone must not bring up another
// market's article, but what only another language has must stay in reach.
const otherLanguage = 0.75

// located is a fused chunk that was looked up.
type located struct {
	fused
	chunk    *kb.Chunk
	document *kb.Document
	foreign  bool // its article stands in a folder of another language than its own
}

// compare orders by score. Of chunks with the same score those come first that stand in a folder
// of their own language: a guide that nobody translated lies in many folders, and its reader wants
// the original. Then ids decide.
func (l located) compare(o located) int {
	switch {
	case l.score == o.score && l.foreign != o.foreign && l.foreign:
		return 1
	case l.score == o.score && l.foreign != o.foreign:
		return -1
	}
	return l.fused.compare(o.fused)
}

// walk visits the chunks of ranking, whose order is that of their scores, in the order of their
// final scores: those in other languages than the question's are lowered, where the corpus has
// chunks in that one. It ends when visit returns false, and looks up no more chunks than that
// takes: a look-up costs more than the fusion of a chunk.
func (x *Index) walk(language string, ranking []fused, visit func(located) bool) {
	lowered := len(x.languages) > 1 && slices.Contains(x.languages, language)
	var waiting []located // in order: looked up, and something not yet looked up may come before
	for i := 0; i < len(ranking) || len(waiting) > 0; {
		if len(waiting) > 0 && (i == len(ranking) || waiting[0].score > ranking[i].score) {
			if !visit(waiting[0]) {
				return
			}
			waiting = waiting[1:]
			continue
		}
		l := x.locate(ranking[i])
		i++
		if lowered && l.chunk.Lang != language {
			l.score *= otherLanguage
		}
		at, _ := slices.BinarySearchFunc(waiting, l, located.compare)
		waiting = slices.Insert(waiting, at, l)
	}
}

func (x *Index) locate(f fused) located {
	l := located{fused: f}
	l.chunk, l.document = x.corpus.Find(f.id)
	for folder := range strings.SplitSeq(path.Dir(l.chunk.DocumentID), "/") {
		if tag := lang.Base(folder); tag != "" && tag != l.chunk.Lang && slices.Contains(x.languages, tag) {
			l.foreign = true
		}
	}
	return l
}
