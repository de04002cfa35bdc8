package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cited/internal/embed/static"
	"cited/internal/eval"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/retrieve"
)

// evalEmbedder measures an embedder on the development data: questions in one language against
// articles in another, and in one language.
func evalEmbedder(ctx context.Context, args []string, std streams) error {
	var c Config
	m := embedderMeasure{config: &c, out: std.out, log: slog.New(slog.NewTextHandler(std.err, nil))}
	set := c.flagSet("eval embedder", "--dev DIR [flags]", "Measures an embedder on the development data: hit@5 across languages, nDCG@10 in one; words alone, vectors alone, as fused by the product, as their weighted sum, and fused for questions with a slip of the hand.", std.err)
	c.retrievalFlags(set)
	set.StringVar(&m.dev, "dev", "", "`folder` of the development data")
	set.StringVar(&m.only, "sets", "", "measure only sets whose name holds this `text`")
	set.BoolVar(&m.across, "across", false, "measure across languages only")
	set.Float64Var(&m.share, "mix", 0.5, "`share` of the vectors in the weighted sum")
	set.BoolVar(&m.idf, "idf", false, "weigh the embedder's units by the knowledge base")
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || m.dev == "" {
		return usageError{"eval embedder: --dev is needed, and nothing else"}
	}
	return m.run(ctx)
}

// embedderMeasure is one measurement.
type embedderMeasure struct {
	config      *Config
	out         io.Writer
	log         *slog.Logger
	dev, only   string
	across, idf bool
	share       float64
}

// devSet is one judged question set of the development data.
type devSet struct {
	group, name            string
	corpus, queries, qrels string
	keep                   string // ids of the documents to keep; "" for all
}

func (m *embedderMeasure) run(ctx context.Context) error {
	sets, err := m.sets()
	if err != nil {
		return err
	}
	start := time.Now()
	fmt.Fprintf(m.out, "%-44s %5s%s\n", "hit@5 across languages", "", heads)
	across, within := slices.DeleteFunc(slices.Clone(sets), devSet.within), slices.DeleteFunc(slices.Clone(sets), func(s devSet) bool { return !s.within() })
	if err := m.table(ctx, across, func(r eval.RetrievalMetrics) float64 { return r.Recall5 }); err != nil || m.across {
		return err
	}
	fmt.Fprintf(m.out, "\n%-44s %6s%s\n", "nDCG@10 in one language", "", heads)
	if err := m.table(ctx, within, func(r eval.RetrievalMetrics) float64 { return r.NDCG10 }); err != nil {
		return err
	}
	fmt.Fprintf(m.out, "\nmeasured in %.0f s\n", time.Since(start).Seconds())
	return nil
}

func (s devSet) within() bool { return s.keep == "" && !strings.Contains(s.name, "→") }

// sets lists what is measured, in the order of the table.
func (m *embedderMeasure) sets() ([]devSet, error) {
	var sets []devSet
	beir, kbqa := filepath.Join(m.dev, "beir"), filepath.Join(m.dev, "kbqa")
	for _, l := range []string{"ar", "de", "es", "ru", "tr", "zh"} {
		en := filepath.Join(beir, "xquad", "en")
		sets = append(sets, devSet{group: "xquad →en", name: "xquad " + l + "→en", corpus: filepath.Join(en, "corpus.jsonl"), queries: filepath.Join(beir, "xquad", l, "queries.jsonl"), qrels: filepath.Join(en, "qrels.tsv")})
	}
	for _, x := range [][2]string{{"adobe-commerce-kb", "titles"}, {"adobe-commerce-kb", "sections"}, {"opensource-guide", "sections"}} {
		dir := filepath.Join(kbqa, x[0], "xl-"+x[1])
		paths, err := filepath.Glob(filepath.Join(dir, "queries.*.jsonl"))
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			l := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), "queries."), ".jsonl")
			if l != "en" {
				sets = append(sets, devSet{group: x[0] + " xl-" + x[1] + " →en", name: x[0] + " xl-" + x[1] + " " + l + "→en", corpus: filepath.Join(kbqa, x[0], "en", x[1], "corpus.jsonl"), queries: p, qrels: filepath.Join(dir, "qrels.tsv"), keep: filepath.Join(dir, "docids.txt")})
			}
		}
	}
	var within []string
	for _, pattern := range []string{
		"beir/xquad/*", "kbqa/adobe-commerce-kb/*/titles", "kbqa/adobe-commerce-kb/*/sections", "kbqa/arduino-help-center/*/*", "kbqa/prestashop-v8-user/*/*",
		"kbqa/opensource-guide/*/sections", "beir/covidfaq-*/*", "beir/banking77", "beir/clinc150", "beir/hetpqa-dev-en", "beir/semipqa-testunseen-en",
	} {
		found, err := filepath.Glob(filepath.Join(m.dev, filepath.FromSlash(pattern), "queries.jsonl"))
		if err != nil {
			return nil, err
		}
		within = append(within, found...)
	}
	for _, p := range within {
		dir := filepath.Dir(p)
		rel, err := filepath.Rel(m.dev, dir)
		if err != nil {
			return nil, err
		}
		parts := strings.Split(filepath.ToSlash(rel), "/")
		group, _, _ := strings.Cut(parts[1], "-")
		sets = append(sets, devSet{group: group, name: strings.Join(parts[1:], " "), corpus: filepath.Join(dir, "corpus.jsonl"), queries: p, qrels: filepath.Join(dir, "qrels.tsv")})
	}
	sets = slices.DeleteFunc(sets, func(s devSet) bool { return !strings.Contains(s.name, m.only) })
	if len(sets) == 0 {
		return nil, fmt.Errorf("eval embedder: no question sets below %s", m.dev)
	}
	return sets, nil
}

// measured are the figures of a set: words, vectors, fused, mix, and fused for mistyped questions.
type measured struct {
	queries int
	figures [5]float64
}

// heads name the figures.
const heads = "n   words vectors   fused     mix    typo"

// table prints a line for each set, and the mean of each group's sets.
func (m *embedderMeasure) table(ctx context.Context, sets []devSet, figure func(eval.RetrievalMetrics) float64) error {
	total, groups := measured{}, 0
	for len(sets) > 0 {
		n := slices.IndexFunc(sets, func(s devSet) bool { return s.group != sets[0].group })
		if n < 0 {
			n = len(sets)
		}
		mean := measured{}
		for _, s := range sets[:n] {
			got, err := m.measure(ctx, s, figure)
			if err != nil {
				return fmt.Errorf("eval embedder: %s: %w", s.name, err)
			}
			m.line(s.name, got)
			mean.queries += got.queries
			for i, f := range got.figures {
				mean.figures[i] += f / float64(n)
			}
		}
		m.line("· "+sets[0].group+", mean", mean)
		total.queries += mean.queries
		for i, f := range mean.figures {
			total.figures[i] += f
		}
		groups++
		sets = sets[n:]
	}
	for i := range total.figures {
		total.figures[i] /= float64(max(1, groups))
	}
	m.line("· mean of groups", total)
	return nil
}

func (m *embedderMeasure) line(name string, r measured) {
	fmt.Fprintf(m.out, "%-44s %6d", name, r.queries)
	for _, f := range r.figures {
		fmt.Fprintf(m.out, " %7.3f", f)
	}
	fmt.Fprintln(m.out)
}

func (m *embedderMeasure) measure(ctx context.Context, s devSet, figure func(eval.RetrievalMetrics) float64) (measured, error) {
	questions, corpus, err := s.read(ctx)
	if err != nil {
		return measured{}, err
	}
	build, err := settings(m.config, m.log)
	if err != nil {
		return measured{}, err
	}
	build.Budget = 0
	if m.idf {
		if err := weigh(&build, corpus); err != nil {
			return measured{}, err
		}
	}
	var r measured
	var legs [2][]eval.Ranked
	for i, mode := range []retrieve.Mode{retrieve.Lexical, retrieve.Vector, retrieve.Hybrid} {
		build.Mode = mode
		x, err := retrieve.Build(ctx, corpus, build, nil)
		if err != nil {
			return measured{}, err
		}
		runs, err := questions.Retrieve(ctx, x, len(corpus.Documents), len(corpus.Chunks))
		if err != nil {
			return measured{}, err
		}
		got := questions.Measure(runs)
		r.queries, r.figures[i] = got.Queries, figure(got)
		if i < len(legs) {
			legs[i] = runs
			continue
		}
		if runs, err = mistyped(questions).Retrieve(ctx, x, len(corpus.Documents), len(corpus.Chunks)); err != nil {
			return measured{}, err
		}
		r.figures[4] = figure(questions.Measure(runs))
	}
	r.figures[3] = figure(questions.Measure(mix(legs[0], legs[1], m.share)))
	return r, nil
}

func (s devSet) read(ctx context.Context) (*eval.RetrievalSet, *kb.Corpus, error) {
	questions, err := retrievalFiles{queries: s.queries, qrels: s.qrels}.questions()
	if err != nil {
		return nil, nil, err
	}
	for _, q := range questions.Queries {
		questions.Candidates = questions.Candidates || len(q.Candidates) > 0
	}
	corpus, err := kb.Load(ctx, s.corpus, time.Now())
	if err != nil || s.keep == "" {
		return questions, corpus, err
	}
	ids, err := eval.ReadIDs(s.keep)
	if err != nil {
		return nil, nil, err
	}
	return questions, corpus.Only(ids), nil
}

// weigh gives a static embedder the weights of a corpus.
func weigh(build *retrieve.Settings, corpus *kb.Corpus) error {
	e, ok := build.Embedder.(*static.Embedder)
	if !ok {
		return usageError{"eval embedder: --idf: only a table's units can be weighed: --embedder FILE"}
	}
	weighted, err := e.Weighted(e.Weigh(len(corpus.Chunks), func(i int) string { return index.EmbedText(corpus.Chunks[i]) }))
	if err != nil {
		return err
	}
	build.Embedder = weighted
	return nil
}

// mistyped are the questions with one slip each, in a word of four letters or more: two neighbours
// swapped, one letter left out or doubled. The same question gets the same slip.
func mistyped(set *eval.RetrievalSet) *eval.RetrievalSet {
	slips := *set
	slips.Queries = slices.Clone(set.Queries)
	for i := range slips.Queries {
		q := &slips.Queries[i]
		h := fnv.New64a()
		io.WriteString(h, q.ID) //nolint:errcheck // a hash takes everything
		r := rand.New(rand.NewPCG(h.Sum64(), 1))
		words := strings.Fields(q.Text)
		var long []int
		for n, w := range words {
			if utf8.RuneCountInString(w) >= 4 {
				long = append(long, n)
			}
		}
		if len(long) == 0 {
			continue
		}
		n := long[r.IntN(len(long))]
		word := []rune(words[n])
		at := r.IntN(len(word) - 1)
		switch r.IntN(3) {
		case 0:
			word[at], word[at+1] = word[at+1], word[at]
		case 1:
			word = slices.Delete(word, at, at+1)
		default:
			word = slices.Insert(word, at, word[at])
		}
		words[n] = string(word)
		q.Text = strings.Join(words, " ")
	}
	return &slips
}

// mix ranks by (1-share) · words + share · vectors, ties by id.
func mix(words, vectors []eval.Ranked, share float64) []eval.Ranked {
	runs := make([]eval.Ranked, len(words))
	for i := range words {
		sum := make(map[string]float64)
		for n, id := range words[i].IDs {
			sum[id] += (1 - share) * words[i].Scores[n]
		}
		for n, id := range vectors[i].IDs {
			sum[id] += share * max(0, vectors[i].Scores[n])
		}
		runs[i].QueryID = words[i].QueryID
		for id := range sum {
			runs[i].IDs = append(runs[i].IDs, id)
		}
		slices.SortFunc(runs[i].IDs, func(a, b string) int { return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b)) })
		for _, id := range runs[i].IDs {
			runs[i].Scores = append(runs[i].Scores, sum[id])
		}
	}
	return runs
}
