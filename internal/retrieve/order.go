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
}

// compare orders by score. Of chunks with the same score those come first that stand in a folder
// of their own language: a guide that nobody translated lies in many folders, and its reader wants
// the original. Then ids decide.
func (x *Index) compare(l, o located) int {
	if l.score == o.score {
		switch a, b := x.foreign(l.chunk), x.foreign(o.chunk); {
		case a && !b:
			return 1
		case b && !a:
			return -1
		}
	}
	return l.fused.compare(&o.fused)
}

// foreign reports whether a chunk's article stands in a folder of another language than its own.
func (x *Index) foreign(c *kb.Chunk) bool {
	for folder := range strings.SplitSeq(path.Dir(c.DocumentID), "/") {
		if tag := lang.Base(folder); tag != "" && tag != c.Lang && slices.Contains(x.languages, tag) {
			return true
		}
	}
	return false
}

// walk visits the chunks of ranking in the order of their final scores: those in other languages
// than the question's are lowered, where the corpus has chunks in that one. It ends when visit returns false, and looks up no more chunks than that
// takes: a look-up costs more than the fusion of a chunk.
func (x *Index) walk(language string, ranking *ranking, visit func(located) bool) {
	lowered := len(x.languages) > 1 && slices.Contains(x.languages, language)
	var waiting []located // in order: looked up, and something not yet looked up may come before
	for best := ranking.best(); best != nil || len(waiting) > 0; best = ranking.best() {
		if len(waiting) > 0 && (best == nil || waiting[0].score > best.score) {
			if !visit(waiting[0]) {
				return
			}
			waiting = waiting[1:]
			continue
		}
		l := x.locate(ranking.next())
		if lowered && l.chunk.Lang != language {
			l.score *= otherLanguage
		}
		at, _ := slices.BinarySearchFunc(waiting, l, x.compare)
		waiting = slices.Insert(waiting, at, l)
	}
}

func (x *Index) locate(f fused) located {
	l := located{fused: f}
	l.chunk, l.document = x.corpus.Find(f.id)
	return l
}
