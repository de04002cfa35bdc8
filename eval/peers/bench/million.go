package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
)

// million measures ours alone on a million chunks, and on the sizes before it, for the growth
// plot: building with embedding, and the heap that stays. The peer takes hours of memory and
// minutes of building there; its points end where the hybrid queries' do.
func million(ctx context.Context, r *run) error {
	lines := new(measure.Lines)
	sizes := []int{r.size.million / 100, r.size.million / 10, r.size.million}
	for _, n := range sizes {
		if err := r.millionAt(ctx, n, n == r.size.million, lines); err != nil {
			return err
		}
	}
	return r.keep("million", lines)
}

func (r *run) millionAt(ctx context.Context, n int, last bool, lines *measure.Lines) error {
	before := measure.Heap()
	start := time.Now()
	c := r.parse(n)
	parsed := time.Since(start)
	start = time.Now()
	x, err := ours.Build(ctx, c, ours.Hybrid, ours.Embedder())
	if err != nil {
		return err
	}
	built := time.Since(start)
	heap := measure.Heap() - before
	questions, err := r.questions(r.size.each)
	if err != nil {
		return err
	}
	batches, err := measure.Interleave(3, 1, measure.Side{Name: "ours", Each: 20, Run: func(i int) error {
		_, err := x.Search(ctx, questions[i%len(questions)], hits)
		return err
	}})
	if err != nil {
		return err
	}
	runtime.KeepAlive(x)
	query := measure.CPUMedian(batches["ours"])
	name := fmt.Sprintf("chunks=%d/side=ours", n)
	lines.AddBatches("Growth/"+name, batches["ours"])
	lines.Add("GrowthBuild/"+name, 1, measure.Value{Figure: float64(built.Nanoseconds()), Unit: "ns/op"}, measure.Value{Figure: float64(heap), Unit: "heap-B"})
	r.say("  %d chunks: parsed in %s, built in %s, %s, %s ms a query", n, parsed.Round(time.Millisecond), built.Round(time.Millisecond), megabytes(heap), measure.Figure(query))
	r.point("build, s", "ours", n, built.Seconds())
	r.point("memory, MB", "ours", n, float64(heap)/1e6)
	r.pointOnce("query time, ms", "ours", n, query)
	if !last {
		return nil
	}
	full := r.size.name == "full"
	r.rows = append(r.rows,
		measure.Row{What: fmt.Sprintf("hybrid query, one core, %s chunks", thousands(n)), Unit: "ms", Ours: query, Peer: absent(), Goal: measure.Goal{Limit: 15}, Judge: full, Note: "processor time"},
		measure.Row{
			What: fmt.Sprintf("build of %s chunks", thousands(n)), Unit: "s", Ours: built.Seconds(), Peer: absent(), Goal: measure.Goal{Limit: 60}, Judge: full,
			Note: fmt.Sprintf("embedding included; generating and parsing %s s before it", measure.Figure(parsed.Seconds())),
		})
	return nil
}

// pointOnce adds a point where the plot has none of that size.
func (r *run) pointOnce(panel, side string, n int, value float64) {
	for _, p := range r.points[panel+"\x00"+side] {
		if p[0] == float64(n) {
			return
		}
	}
	r.point(panel, side, n, value)
}

// plot draws growth.svg from the points that were measured, and writes them as a table. Without
// the million there is no growth to show.
func (r *run) plot() error {
	if len(r.points["memory, MB\x00ours"]) == 0 {
		return nil
	}
	var panels []measure.Panel
	table := [][]string{{"figure", "side", "chunks", "value", "slope"}}
	for _, title := range [...]string{"query time, ms", "build, s", "memory, MB"} {
		p := measure.Panel{Title: title}
		for _, side := range [...]string{"ours", "peer"} {
			points := slices.Clone(r.points[title+"\x00"+side])
			slices.SortFunc(points, func(a, b [2]float64) int { return int(a[0] - b[0]) })
			if len(points) < 2 {
				continue
			}
			p.Series = append(p.Series, measure.Series{Name: side, Points: points})
			for i, q := range points {
				slope := ""
				if i > 0 {
					slope = measure.Figure(measure.Slope(points[i-1], q))
				}
				table = append(table, []string{title, side, thousands(int(q[0])), measure.Figure(q[1]), slope})
			}
		}
		if len(p.Series) > 0 {
			panels = append(panels, p)
		}
	}
	suffix := ""
	if r.size.name != "full" {
		suffix = "-" + r.size.name
	}
	var svg, md strings.Builder
	if err := measure.WriteSVG(&svg, panels); err != nil {
		return err
	}
	if err := measure.WriteTable(&md, table); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.out, "growth"+suffix+".svg"), []byte(svg.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, "growth"+suffix+".md"), []byte(md.String()), 0o644)
}
