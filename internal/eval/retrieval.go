// Package eval measures: retrieval against judged questions, and (suites, runs, gates) answers.
package eval

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"

	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// Qrels holds the judgments of a question set: query id → document (or section) id → relevance,
// where > 0 is relevant.
type Qrels map[string]map[string]int

// RetrievalMetrics are means over the judged questions, each in [0,1].
type RetrievalMetrics struct {
	Queries  int     `json:"queries"`
	Recall1  float64 `json:"recall@1"`
	Recall5  float64 `json:"recall@5"`
	Recall10 float64 `json:"recall@10"`
	MRR10    float64 `json:"mrr@10"`
	NDCG10   float64 `json:"ndcg@10"`
	// Answerable is the AUROC of the best score, questions with their documents against
	// questions whose documents are withheld; nil where none are.
	Answerable *float64 `json:"answerable_auroc,omitempty"`
}

// Add adds the figures of one question: ranked is its run (ids, best first), relevant its
// judgments. A question without a relevant document is not counted.
func (m *RetrievalMetrics) Add(ranked []string, relevant map[string]int) {
	one, ok := measure(ranked, relevant)
	if !ok {
		return
	}
	m.Queries++
	n := float64(m.Queries)
	m.Recall1 += (one.Recall1 - m.Recall1) / n
	m.Recall5 += (one.Recall5 - m.Recall5) / n
	m.Recall10 += (one.Recall10 - m.Recall10) / n
	m.MRR10 += (one.MRR10 - m.MRR10) / n
	m.NDCG10 += (one.NDCG10 - m.NDCG10) / n
}

// measure computes the figures of one question as trec_eval does: recall@k is the share of its
// relevant documents in the first k; nDCG uses linear gains and log2(rank+1) discounts. ok is
// false when nothing is relevant.
func measure(ranked []string, relevant map[string]int) (m RetrievalMetrics, ok bool) {
	var gains []int
	for _, r := range relevant {
		if r > 0 {
			gains = append(gains, r)
		}
	}
	if len(gains) == 0 {
		return m, false
	}
	found, dcg := 0, 0.0
	for i, id := range ranked[:min(10, len(ranked))] {
		if gain := relevant[id]; gain > 0 {
			found++
			dcg += float64(gain) / math.Log2(float64(i+2))
			if m.MRR10 == 0 {
				m.MRR10 = 1 / float64(i+1)
			}
		}
		recall := float64(found) / float64(len(gains))
		if i < 1 {
			m.Recall1 = recall
		}
		if i < 5 {
			m.Recall5 = recall
		}
		m.Recall10 = recall
	}
	slices.SortFunc(gains, func(a, b int) int { return b - a })
	ideal := 0.0
	for i, gain := range gains[:min(10, len(gains))] {
		ideal += float64(gain) / math.Log2(float64(i+2))
	}
	m.NDCG10 = dcg / ideal
	return m, true
}

// Ranker ranks the chunks of a corpus; near-duplicates stay in.
type Ranker interface {
	Rank(ctx context.Context, q retrieve.Query) (retrieve.Result, error)
}

// RetrievalSet is one question set over a corpus whose documents are judged.
type RetrievalSet struct {
	Queries    []BEIRQuery
	Qrels      Qrels
	Withheld   map[string][]string // by query: documents that count as absent for it; nil for none
	Candidates bool                // rank each question among its candidates only
	Audience   kb.Audience         // of who asks
	Lang       string              // hint for questions that bring none; "" lets the text decide
}

// Ranked is one question with its run: document ids, best first, each with its best chunk's score.
type Ranked struct {
	QueryID string
	IDs     []string
	Scores  []float64
}

// Retrieve ranks the documents for every question, in the order of the set, depth documents
// deep. chunks is the number of chunks that the ranker holds.
func (s *RetrievalSet) Retrieve(ctx context.Context, ranker Ranker, depth, chunks int) ([]Ranked, error) {
	runs := make([]Ranked, len(s.Queries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, q := range s.Queries {
		group.Go(func() error {
			limit := min(chunks, depth*chunksPerDocument)
			if s.Candidates || len(s.Withheld[q.ID]) > 0 {
				limit = chunks
			}
			language := lang.Identify(q.Text, cmp.Or(q.Lang, s.Lang)).Lang
			result, err := ranker.Rank(ctx, retrieve.Query{Text: q.Text, Lang: language, Audience: s.Audience, Limit: limit})
			if err != nil {
				return fmt.Errorf("eval: query %s: %w", q.ID, err)
			}
			if len(result.Degraded) > 0 {
				return fmt.Errorf("eval: query %s: figures of a broken part mislead: %s: %w", q.ID, result.Degraded[0], result.Cause)
			}
			runs[i] = s.documents(q, result.Hits, depth)
			return nil
		})
	}
	return runs, group.Wait()
}

// chunksPerDocument is how many chunks a ranking is asked for a document that it should hold.
const chunksPerDocument = 10

// documents turns a ranking of chunks into one of documents.
func (s *RetrievalSet) documents(q BEIRQuery, hits []retrieve.Hit, depth int) Ranked {
	run := Ranked{QueryID: q.ID}
	for _, h := range hits {
		id := h.Chunk.DocumentID
		switch {
		case len(run.IDs) == depth:
			return run
		case slices.Contains(run.IDs, id):
		case s.Candidates && !slices.Contains(q.Candidates, id):
		case slices.Contains(s.Withheld[q.ID], id):
		default:
			run.IDs = append(run.IDs, id)
			run.Scores = append(run.Scores, h.Score)
		}
	}
	return run
}

// Measure returns the means over the judged questions of runs. Questions whose documents are
// withheld have no right answer: they count in Answerable alone.
func (s *RetrievalSet) Measure(runs []Ranked) RetrievalMetrics {
	var m RetrievalMetrics
	var with, without []float64
	for _, run := range runs {
		top := 0.0
		if len(run.Scores) > 0 {
			top = run.Scores[0]
		}
		if len(s.Withheld[run.QueryID]) > 0 {
			without = append(without, top)
			continue
		}
		with = append(with, top)
		m.Add(run.IDs, s.Qrels[run.QueryID])
	}
	if s.Withheld != nil {
		area := auroc(with, without)
		m.Answerable = &area
	}
	return m
}

// auroc is the probability that a random positive scores above a random negative, ties half.
// 0.5 when either is empty.
func auroc(positive, negative []float64) float64 {
	if len(positive) == 0 || len(negative) == 0 {
		return 0.5
	}
	sum := 0.0
	for _, p := range positive {
		for _, n := range negative {
			switch {
			case p > n:
				sum++
			case p == n:
				sum += 0.5
			}
		}
	}
	return sum / float64(len(positive)) / float64(len(negative))
}

// WriteTREC writes runs in TREC's run format, tagged with tag. Scores have all their digits:
// trec_eval sorts by them, and rounding would make ties. White space inside an id, which would
// make two columns of one, is written as in URLs.
func WriteTREC(w io.Writer, runs []Ranked, tag string) error {
	out := bufio.NewWriter(w)
	for _, run := range runs {
		for i, id := range run.IDs {
			score := strconv.FormatFloat(run.Scores[i], 'f', -1, 64)
			fmt.Fprintf(out, "%s Q0 %s %d %s %s\n", column(run.QueryID), column(id), i+1, score, tag)
		}
	}
	return out.Flush()
}

// column is id without white space.
func column(id string) string {
	if !strings.ContainsFunc(id, unicode.IsSpace) {
		return id
	}
	var b strings.Builder
	for _, r := range id {
		if unicode.IsSpace(r) {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
