// Package train makes the tables of the embedder in the binary: vectors of words, word pieces and
// affixes, learned from texts of one meaning in different languages (see Run). It reads `groups`,
// `pairs` and `lexicon` (see Load), so that a company can train on its own translations.
package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cited/internal/embed/static"
	"cited/internal/simd"
)

// Options say what is trained and how. Default is what the shipped table was made with, as far as it is not
// named in its MODEL.md.
type Options struct {
	Dims    int            // of what is trained: a multiple of 64
	OutDims int            // of the table: fewer than Dims are made by a principal component analysis; 0 for Dims
	Rows    int            // of the table
	Grams   float64        // share of the rows that character n-grams get
	Levels  int            // of a code: 3, 4, 8, 16 or 255
	Affixes static.Affixes // which words are taken apart

	Pairs   int64   // to train on; what the rate falls over
	Rate    float64 // Adagrad's, falling linearly to a fiftieth
	Scale   float64 // of the cosines in the softmax
	Seed    uint64
	Threads int // the table does not depend on them

	Pieces float64 // share of known words that are read as their pieces
	Drop   float64 // share of words left out of longer texts
	Window int     // words read of a longer text
	Same   float64 // share of questions that are paired with an answer in their language
	Pivot  float64 // share of pairs one side of which is in the pivot's language, where the group has it
	Typos  float64 // share of batches that pair a text with itself, mistyped

	Power   float64            // a source's weight is the number of its groups to this power
	Scarce  float64            // a language's texts are drawn by their number to minus this power
	Weights map[string]float64 // factors of sources, by name; 0 leaves one out
	HoldOut int                // one text of so many is kept for measuring, with the groups that hold it; 0 for none
}

// Default are the settings of the trial that this package follows, with affixes.
func Default() Options {
	return Options{
		Dims: 256, OutDims: 192, Rows: 260_000, Grams: 0.375, Levels: 8, Affixes: static.Particles | static.Proclitics,
		Pairs: 30e6, Rate: 0.2, Scale: 10, Seed: 1, Threads: 1,
		Pieces: 0.2, Drop: 0.05, Window: 160, Same: 0.5, Typos: 0.05, Power: 0.6, HoldOut: 500,
	}
}

// pivot is the language that others are measured against.
const pivot = "en"

// Validate returns all faults at once.
func (o *Options) Validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(o.Dims > 0 && o.Dims%64 == 0 && o.Dims <= static.MaxDims, "dimensions: %d is not a multiple of 64 up to %d", o.Dims, static.MaxDims)
	check(o.OutDims >= 0 && o.OutDims <= o.Dims, "dimensions of the table: %d is more than the %d that are trained", o.OutDims, o.Dims)
	check(o.Rows >= 1 && o.Rows <= static.MaxRows, "rows: %d lies outside of 1 to %d", o.Rows, static.MaxRows)
	check(o.Levels == 3 || o.Levels == 4 || o.Levels == 8 || o.Levels == 16 || o.Levels == 255, "levels: %d is none of 3, 4, 8, 16, 255", o.Levels)
	check(o.Pairs > 0, "pairs: %d", o.Pairs)
	check(o.Threads >= 1, "threads: %d", o.Threads)
	check(o.Rate > 0 && o.Scale > 0, "rate %v and scale %v must be positive", o.Rate, o.Scale)
	check(o.Window >= 1 && o.HoldOut >= 0, "window %d, hold-out %d", o.Window, o.HoldOut)
	for name, share := range map[string]float64{"grams": o.Grams, "pieces": o.Pieces, "drop": o.Drop, "same": o.Same, "pivot": o.Pivot, "typos": o.Typos} {
		check(share >= 0 && share < 1, "%s: %v lies outside of [0,1)", name, share)
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("train: %w", errors.Join(faults...))
}

// Progress is how far a training is.
type Progress struct {
	Pairs, Of int64
	Rate      float64       // pairs a second, since the last report
	Loss      float64       // mean of the last batches
	Left      time.Duration // at the mean rate
	Found     *Found        // nil where it was not measured
	Note      string        // a checkpoint that could not be written, and other things to be told
}

// Hooks are what a training tells and leaves behind on its way. All may be left out.
type Hooks struct {
	Report     func(Progress)
	Every      time.Duration // between reports
	Checkpoint string        // file; "" for none
	KeepEvery  time.Duration // between checkpoints
	Resume     bool          // go on from the checkpoint, where there is one
	Now        func() time.Time
	Kernels    *simd.Kernels // nil for the fastest
}

// Run trains on a corpus and returns the table. The loss is a softmax over a batch of 512 pairs of
// one source, in both directions, of cosines times Scale; pairs of one group are no counterexamples
// of each other (M. Henderson et al., "Efficient Natural Language Response Suggestion for Smart
// Reply", 2017). Rows are moved by Adagrad with one sum of squares a row (J. Duchi et al., 2011).
//
// Equal corpora, options and kernels give the same table, on any number of threads, and also when
// the training was interrupted and resumed. When ctx ends, a checkpoint is written first.
func Run(ctx context.Context, c *Corpus, o Options, h Hooks) (*static.Packed, error) {
	m, err := fit(ctx, c, o, h)
	if err != nil {
		return nil, err
	}
	return m.Pack(), nil
}

// fit trains without packing.
func fit(ctx context.Context, c *Corpus, o Options, h Hooks) (*model, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if h.Kernels == nil {
		var err error
		if h.Kernels, err = simd.New(""); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	if h.Now == nil {
		h.Now = time.Now
	}
	m := newModel(c, o, h.Kernels)
	if h.Resume && h.Checkpoint != "" {
		if err := m.load(h.Checkpoint); err != nil {
			return nil, err
		}
	}
	return m, m.train(ctx, h)
}

// train takes all steps that are left.
func (m *model) train(ctx context.Context, h Hooks) error {
	w := newWatch(m, h)
	b := newBatch(m)
	steps := m.steps()
	for m.step < steps {
		if ctx.Err() != nil {
			err := fmt.Errorf("train: stopped after %d of %d pairs: %w", m.step*batchPairs, steps*batchPairs, ctx.Err())
			if h.Checkpoint != "" {
				err = errors.Join(err, m.save(h.Checkpoint))
			}
			return err
		}
		w.loss += b.run(m.step)
		m.step++
		w.tick()
	}
	w.last()
	return nil
}

// steps is how many batches there are.
func (m *model) steps() int64 { return (m.options.Pairs + batchPairs - 1) / batchPairs }

// watch reports and keeps checkpoints.
type watch struct {
	m                 *model
	h                 Hooks
	start, told, kept time.Time
	first, before     int64 // steps at the start, at the last report
	loss              float64
}

func newWatch(m *model, h Hooks) *watch {
	now := h.Now()
	return &watch{m: m, h: h, start: now, told: now, kept: now, first: m.step, before: m.step}
}

func (w *watch) tick() {
	if w.m.step%16 != 0 { // the clock is not free
		return
	}
	now := w.h.Now()
	if w.h.Checkpoint != "" && w.h.KeepEvery > 0 && now.Sub(w.kept) >= w.h.KeepEvery {
		w.kept = now
		if err := w.m.save(w.h.Checkpoint); err != nil { // the next one may fit; the former one is still there
			w.tell(now, err.Error(), false)
		}
	}
	if w.h.Every > 0 && now.Sub(w.told) >= w.h.Every {
		w.tell(now, "", true)
	}
}

// last keeps and reports the end.
func (w *watch) last() {
	note := ""
	if w.h.Checkpoint != "" {
		if err := w.m.save(w.h.Checkpoint); err != nil {
			note = err.Error()
		}
	}
	w.tell(w.h.Now(), note, true)
}

func (w *watch) tell(now time.Time, note string, measure bool) {
	if w.h.Report == nil {
		return
	}
	p := Progress{Pairs: w.m.step * batchPairs, Of: w.m.steps() * batchPairs, Note: note}
	if steps, took := w.m.step-w.before, now.Sub(w.told).Seconds(); measure && steps > 0 {
		p.Loss = w.loss / float64(steps)
		p.Rate = float64(steps*batchPairs) / max(took, 1e-9)
		p.Found = w.m.found()
		mean := now.Sub(w.start) / time.Duration(w.m.step-w.first)
		p.Left = mean * time.Duration(w.m.steps()-w.m.step)
		w.told, w.before, w.loss = w.h.Now(), w.m.step, 0
	}
	w.h.Report(p)
}
