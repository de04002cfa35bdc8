package index

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// reference computes what Lexical.Search promises, straight from the formulas, in float64 and
// without an index: the scores of all chunks that match.
type reference struct {
	corpus   *kb.Corpus
	analyzer *lang.Analyzer
	fields   map[string][3][]string // by chunk id: the terms of body, headings, title
}

// The parameters, said again: a change of the ranking has to be made twice.
var (
	refWeights = [3]float64{1, 1, 1}
	refB       = [3]float64{0.7, 0.75, 0.75}
)

const (
	refK1    = 1.4
	refStop  = 0.4
	refPrior = 20
	refSteps = 8
)

func newReference(c *kb.Corpus, analysis lang.Analysis) *reference {
	r := &reference{corpus: c, analyzer: lang.NewAnalyzer(analysis), fields: map[string][3][]string{}}
	for _, k := range c.Chunks {
		title := []string{k.Title}
		if d := c.Document(k.DocumentID); d != nil {
			title = append(append(append(title, d.Questions...), d.Tags...), d.Description)
		}
		var terms [3][]string
		for f, text := range []string{k.Plain + "\n" + k.Context, strings.Join(k.Headings, "\n"), strings.Join(title, "\n")} {
			terms[f] = r.analyzer.Terms(nil, text, k.Lang)
		}
		r.fields[k.ID] = terms
	}
	return r
}

// chunks returns those of a language, or all.
func (r *reference) chunks(language string, all bool) (out []*kb.Chunk) {
	for _, k := range r.corpus.Chunks {
		if all || k.Lang == language {
			out = append(out, k)
		}
	}
	return out
}

func (r *reference) df(chunks []*kb.Chunk, term string) (n float64) {
	for _, k := range chunks {
		f := r.fields[k.ID]
		if slices.Contains(f[0], term) || slices.Contains(f[1], term) || slices.Contains(f[2], term) {
			n++
		}
	}
	return n
}

func (r *reference) idf(language, term string) float64 {
	own, all := r.chunks(language, false), r.chunks("", true)
	df, n := r.df(own, term), float64(len(own))
	if len(own) < len(all) {
		if df > 0 { // what the language lacks is as rare as can be, whatever the others have
			df += refPrior * r.df(all, term) / float64(len(all))
		}
		n += refPrior
	}
	return math.Log(1 + (n-df+0.5)/(df+0.5))
}

// weights are those of the distinct terms of a question: 1, for stop words less.
func (r *reference) weights(q Query, language string) map[string]float64 {
	weights := map[string]float64{}
	for _, w := range lang.Words(q.Text, q.Lang) {
		for _, term := range r.analyzer.WordTerms(nil, w, language) {
			weights[term] = refStop
		}
	}
	for _, w := range lang.Informative(q.Text, q.Lang) {
		for _, term := range r.analyzer.WordTerms(nil, w, language) {
			if _, ok := weights[term]; ok { // a bigram over the place of a stop word is none of the question's
				weights[term] = 1
			}
		}
	}
	return weights
}

func (r *reference) scores(q Query) map[string]float64 {
	scores := map[string]float64{}
	for _, k := range r.corpus.Chunks {
		if k.Audience == kb.Internal && q.Audience != kb.Internal {
			continue
		}
		if s := r.score(q, k); s > 0 {
			scores[k.ID] = s
		}
	}
	return scores
}

func (r *reference) score(q Query, k *kb.Chunk) float64 {
	own := r.chunks(k.Lang, false)
	var mean [3]float64
	for _, o := range own {
		for f := range mean {
			mean[f] += float64(len(r.fields[o.ID][f])) / float64(len(own))
		}
	}
	for f := range mean {
		mean[f] = math.Pow(2, math.Round(math.Log2(mean[f])*refSteps)/refSteps)
	}
	sum, bound := 0.0, 0.0
	for term, weight := range r.weights(q, k.Lang) {
		tf := 0.0
		for f, terms := range r.fields[k.ID] {
			count := 0.0
			for _, t := range terms {
				if t == term {
					count++
				}
			}
			if count > 0 {
				tf += refWeights[f] * count / (1 - refB[f] + refB[f]*float64(len(terms))/mean[f])
			}
		}
		idf := weight * r.idf(k.Lang, term)
		sum += idf * (refK1 + 1) * tf / (refK1 + tf)
		if weight == refStop && r.df(own, term) == 0 {
			continue // a stop word that the language lacks says nothing about what it lacks
		}
		bound += idf * (refK1 + 1)
	}
	if sum == 0 {
		return 0
	}
	boost := 1.0
	if d := r.corpus.Document(k.DocumentID); d != nil && d.Boost > 0 {
		boost = d.Boost
	}
	return math.Min(1, boost*sum/bound)
}

// impactStep is how far the steps of the impacts, 1/255 and 1 at least, can move a score.
const impactStep = 1./maxImpactValue + 1e-6

// TestLexicalAgainstReference compares every score over random corpora.
func TestLexicalAgainstReference(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		languages := vocabularies
		if seed%3 == 0 { // a corpus of one language has no prior
			languages = vocabularies[seed/3 : seed/3+1]
		}
		corpus := randomCorpus(r, 25, languages)
		analysis := lang.Analysis(seed % 3)
		l, ref := NewLexical(corpus, analysis), newReference(corpus, analysis)
		for range 12 {
			language := vocabularies[r.IntN(len(vocabularies))]
			q := Query{Text: sentence(r, language, 6) + sentence(r, "", 1), Lang: language, Limit: 1000}
			if r.IntN(2) == 0 {
				q.Audience = kb.Internal
			}
			compare(t, search(t, l, q), ref.scores(q), q)
		}
	}
}

func compare(t *testing.T, got []Match, want map[string]float64, q Query) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%+v: %d matches, want %d", q, len(got), len(want))
	}
	for i, m := range got {
		if math.Abs(m.Score-want[m.ChunkID]) > impactStep || m.Score <= 0 || m.Score > 1 {
			t.Errorf("%+v: %s scores %v, want %v", q, m.ChunkID, m.Score, want[m.ChunkID])
		}
		if i > 0 && got[i-1].Compare(m) >= 0 {
			t.Errorf("%+v: %v before %v", q, got[i-1], m)
		}
	}
}
