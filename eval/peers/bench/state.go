package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cited/eval/peers/corpus"
	"cited/eval/peers/measure"
	"cited/eval/peers/ours"
)

// ingest reads all development knowledge bases, each side in a process of its own, its state on
// the same disk.
func ingest(ctx context.Context, r *run) error {
	tree := filepath.Join(r.data, "dev", "kb")
	if !r.size.ingestAll {
		tree = filepath.Join(tree, "arduino-help-center")
	}
	lines := new(measure.Lines)
	rates := make(map[string]float64)
	var note string
	for _, side := range [...]string{"ours", "peer"} {
		var all []report
		for n := range map[string]int{"ours": 3, "peer": 1}[side] {
			got, _, err := runChild(ctx, job{Kind: "ingest", Side: side, Tree: tree, State: filepath.Join(r.temp, fmt.Sprintf("ingest-%s-%d", side, n))})
			if err != nil {
				return err
			}
			all = append(all, got)
			lines.Add("Ingest/side="+side, got.Files, measure.Value{Figure: got.Seconds * 1e9 / float64(max(1, got.Files)), Unit: "ns/op"}, measure.Value{Figure: float64(got.Bytes) / 1e6 / got.Seconds, Unit: "MB/s"})
		}
		rates[side] = measure.Median(all, func(g report) float64 { return float64(g.Bytes) / 1e6 / g.Seconds })
		note += fmt.Sprintf("%s: %d files, %d chunks, %s s", side, all[0].Files, all[0].Chunks, measure.Figure(all[0].Seconds))
		if side == "ours" {
			note += "; "
		} else if all[0].Lost > 0 {
			note += fmt.Sprintf(", %d lost on disk", all[0].Lost)
		}
	}
	r.rows = append(r.rows, measure.Row{
		What: "ingest of " + filepath.Base(tree) + ", durable", Unit: "MB/s", Ours: rates["ours"], Peer: rates["peer"],
		Goal: measure.Goal{Limit: 20, Factor: 15, More: true}, Judge: r.size.ingestAll, Note: note,
	})
	return r.keep("ingest", lines)
}

// starts is how often a start is timed.
const starts = 5

// state measures the memory after ingest and the start from what it left.
func state(ctx context.Context, r *run) error {
	tree := filepath.Join(r.temp, "tree")
	n, err := r.tree(tree, r.size.state)
	if err != nil {
		return err
	}
	questions, err := r.questions(1)
	if err != nil {
		return err
	}
	lines := new(measure.Lines)
	memory, wall := make(map[string]float64), map[string]float64{}
	var notes [2]string
	for i, side := range [...]string{"ours", "peer"} {
		j := job{Kind: "ingest", Side: side, Tree: tree, State: filepath.Join(r.temp, "state-"+side)}
		got, _, err := runChild(ctx, j)
		if err != nil {
			return err
		}
		memory[side] = perChunk(got.Before.Resident, got.After.Resident, got.Chunks) / 1024
		notes[i] = fmt.Sprintf("%s: %d chunks, anonymous %s KB each", side, got.Chunks, measure.Figure(perChunk(got.Before.Anonymous, got.After.Anonymous, got.Chunks)/1024))
		if got.Lost > 0 {
			notes[i] += fmt.Sprintf(", %d lost on disk", got.Lost)
		}
		lines.Add(fmt.Sprintf("Memory/chunks=%d/side=%s", n, side), got.Chunks, measure.Value{Figure: memory[side] * 1024, Unit: "B/chunk"})
		j.Kind, j.Ask = "start", questions[0]
		var times []float64
		for range starts {
			got, took, err := runChild(ctx, j)
			if err != nil {
				return err
			}
			if got.Found == 0 {
				return fmt.Errorf("start %s: no hits for %q", side, j.Ask.Text)
			}
			times = append(times, measure.Milliseconds(took))
			lines.Add(fmt.Sprintf("Start/chunks=%d/side=%s", n, side), 1, measure.Value{Figure: float64(took.Nanoseconds()), Unit: "ns/op"})
		}
		wall[side] = measure.Quantile(times, .5)
	}
	full := r.size.name == "full"
	r.rows = append(r.rows,
		measure.Row{
			What: fmt.Sprintf("memory resident after ingest, %s chunks × %d", thousands(n), ours.Dims), Unit: "KB/chunk", Ours: memory["ours"], Peer: memory["peer"],
			Goal: measure.Goal{Limit: 1}, Judge: full, Note: notes[0] + "; " + notes[1],
		},
		measure.Row{
			What: fmt.Sprintf("start to the first answer, %s chunks", thousands(n)), Unit: "ms", Ours: wall["ours"], Peer: wall["peer"],
			Goal: measure.Goal{Limit: 150}, Judge: full, Note: ours.SnapshotNote,
		})
	return r.keep("state", lines)
}

// tree writes as many articles below dir as have about n chunks, and returns n.
func (r *run) tree(dir string, n int) (int, error) {
	articles := ours.Parse(corpus.New(r.source, seed), n).Articles
	return n, r.writeTree(dir, articles)
}

func (r *run) writeTree(dir string, articles int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	checksum, size, err := corpus.New(r.source, seed).Write(dir, articles)
	if err != nil {
		return err
	}
	r.note(fmt.Sprintf("files-%d", articles), "–", articles, size, checksum)
	return nil
}
