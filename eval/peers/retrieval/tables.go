package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cited/eval/peers/measure"
	"cited/internal/eval"
)

// tables collects the sets' figures.
type tables struct {
	sets   []measured
	groups map[string]*group
}

// measured is one set's figures, by system.
type measured struct {
	name, lang string
	metrics    [systems]eval.RetrievalMetrics
	loss       loss
}

// group holds the questions of one kind: nDCG@10 by system and question.
type group struct {
	sets int
	ndcg [systems][]float64
}

// add adds a set. A question without a relevant document is left out.
func (t *tables) add(s set, r rankings) {
	m := measured{name: s.name, lang: s.lang}
	var own group
	for i, runs := range r.runs {
		for _, run := range runs {
			var one eval.RetrievalMetrics
			one.Add(run.IDs, r.set.Qrels[run.QueryID])
			if one.Queries > 0 {
				m.metrics[i].Add(run.IDs, r.set.Qrels[run.QueryID])
				own.ndcg[i] = append(own.ndcg[i], one.NDCG10)
			}
		}
	}
	m.loss = own.loss()
	t.sets = append(t.sets, m)
	if t.groups == nil {
		t.groups = make(map[string]*group)
	}
	g := t.groups[s.kind]
	if g == nil {
		g = new(group)
		t.groups[s.kind] = g
	}
	g.sets++
	for i := range own.ndcg {
		g.ndcg[i] = append(g.ndcg[i], own.ndcg[i]...)
	}
}

// loss is what hybrid wins (> 0) or loses against the better of its legs.
type loss struct {
	n     int
	leg   int // the better one
	means [systems]float64
	eval.Interval
	err error
}

// Settings of the bootstrap.
const rounds, level, bootstrapSeed = 2000, .95, 1

func (g *group) loss() loss {
	l := loss{n: len(g.ndcg[hybrid]), leg: words}
	for i, figures := range g.ndcg {
		for _, f := range figures {
			l.means[i] += f / float64(len(figures))
		}
	}
	if l.means[vectors] > l.means[words] {
		l.leg = vectors
	}
	l.Interval, l.err = eval.PairedBootstrap(g.ndcg[hybrid], g.ndcg[l.leg], rounds, level, bootstrapSeed)
	return l
}

// tolerated is the loss of nDCG@10 that a group may show, and pooled how many questions make one.
const tolerated, pooled = .005, 300

// shown reports whether the loss is larger than tolerated and the bootstrap shows that it is one.
func (l loss) shown() bool { return l.err == nil && l.Mean < -tolerated && l.High < 0 }

// verdict judges a pooled group.
func (l loss) verdict() string {
	switch {
	case l.err != nil:
		return l.err.Error()
	case l.n < pooled:
		return fmt.Sprintf("fewer than %d", pooled)
	case l.Mean < -tolerated:
		return "BELOW"
	}
	return "ok"
}

func (l loss) interval() string {
	return fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100*l.Mean, 100*l.Low, 100*l.High)
}

// write writes all tables.
func (t *tables) write(w io.Writer) error {
	languages := make(map[string]bool)
	for _, m := range t.sets {
		languages[m.lang] = true
	}
	for _, l := range slices.Sorted(maps.Keys(languages)) {
		if _, err := fmt.Fprintf(w, "\n## %s\n\n", l); err != nil {
			return err
		}
		if err := t.writeLanguage(w, l); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "\n## Pooled by kind\n\nhybrid against the better of its legs: points of nDCG@10, %.0f %% paired bootstrap (%d rounds, seed %d)\n\n", 100*level, rounds, bootstrapSeed); err != nil {
		return err
	}
	rows := [][]string{append(append([]string{"kind", "sets", "questions"}, systemColumns()...), "hybrid − better leg", "verdict")}
	for _, kind := range slices.Sorted(maps.Keys(t.groups)) {
		g := t.groups[kind]
		l := g.loss()
		row := []string{kind, fmt.Sprint(g.sets), fmt.Sprint(l.n)}
		for i := range l.means {
			row = append(row, fmt.Sprintf("%.3f", l.means[i]))
		}
		rows = append(rows, append(row, l.interval()+" "+systemNames()[l.leg], l.verdict()))
	}
	return measure.WriteTable(w, rows)
}

func systemColumns() []string {
	names := systemNames()
	return names[:]
}

// writeLanguage writes the table of one language, its mean last.
func (t *tables) writeLanguage(w io.Writer, language string) error {
	rows := [][]string{append(append([]string{"set", "questions"}, systemColumns()...), "hybrid − better leg")}
	var mean [systems]eval.RetrievalMetrics
	n, questions := 0.0, 0
	for _, m := range t.sets {
		if m.lang != language {
			continue
		}
		n++
		questions += m.metrics[hybrid].Queries
		row := []string{m.name, fmt.Sprint(m.metrics[hybrid].Queries)}
		for i, f := range m.metrics {
			row = append(row, figures(f))
			mean[i].NDCG10 += (f.NDCG10 - mean[i].NDCG10) / n
			mean[i].Recall1 += (f.Recall1 - mean[i].Recall1) / n
			mean[i].Recall10 += (f.Recall10 - mean[i].Recall10) / n
		}
		lost := m.loss.interval()
		if m.loss.shown() {
			lost += " BELOW"
		}
		rows = append(rows, append(row, lost))
	}
	row := []string{"mean of the sets", fmt.Sprint(questions)}
	for _, f := range mean {
		row = append(row, figures(f))
	}
	return measure.WriteTable(w, append(rows, append(row, "")))
}

// figures is one cell: nDCG@10, recall@1/recall@10.
func figures(m eval.RetrievalMetrics) string {
	short := func(v float64) string { return strings.TrimPrefix(fmt.Sprintf("%.2f", v), "0") }
	return fmt.Sprintf("%s %s/%s", strings.TrimPrefix(fmt.Sprintf("%.3f", m.NDCG10), "0"), short(m.Recall1), short(m.Recall10))
}
