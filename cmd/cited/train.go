package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"cited/internal/embed/static"
	"cited/internal/embed/train"
	"cited/internal/snapshot"
)

// trainFlags are what a training is asked for on the command line.
type trainFlags struct {
	options         train.Options
	data, out       string
	bits            string
	weights         string
	noAffixes, stem bool
	hooks           train.Hooks
}

func (f *trainFlags) set(errOut io.Writer) *flag.FlagSet {
	o := train.Default()
	f.options = o
	set := flag.NewFlagSet("train", flag.ContinueOnError)
	set.SetOutput(errOut)
	set.Usage = func() {
		fmt.Fprint(errOut, "Usage: cited train --data DIR --out FILE [flags]\n\nTrains the table of the embedder on texts and their translations: DIR/groups/*.tsv, DIR/pairs/*.tsv\nand DIR/lexicon/*.tsv. «cited serve --embedder FILE» uses it.\n\nFlags:\n")
		set.PrintDefaults()
	}
	p := &f.options
	set.StringVar(&f.data, "data", "", "`folder` of the texts")
	set.StringVar(&f.out, "out", "", "`file` of the table")
	set.IntVar(&p.Dims, "dims", o.Dims, "dimensions that are trained: a multiple of 64")
	set.IntVar(&p.OutDims, "out-dims", o.OutDims, "dimensions of the table, by principal components; 0 for those that are trained")
	set.IntVar(&p.Rows, "rows", o.Rows, "rows of the table: words, affixes and character n-grams")
	set.Float64Var(&p.Grams, "grams", o.Grams, "`share` of the rows that character n-grams get")
	set.StringVar(&f.bits, "bits", "3", "bits a component: ternary, 2, 3, 4 or 8")
	set.Int64Var(&p.Pairs, "pairs", o.Pairs, "`number` of pairs to train on")
	set.IntVar(&p.Threads, "threads", runtime.NumCPU(), "threads; the table does not depend on them")
	set.Uint64Var(&p.Seed, "seed", o.Seed, "seed of all that is random")
	set.Float64Var(&p.Rate, "rate", o.Rate, "Adagrad's rate, falling linearly")
	set.Float64Var(&p.Scale, "scale", o.Scale, "of the cosines in the softmax")
	set.Float64Var(&p.Pieces, "pieces", o.Pieces, "`share` of known words that are read as their pieces")
	set.Float64Var(&p.Drop, "drop", o.Drop, "`share` of words left out of longer texts")
	set.IntVar(&p.Window, "window", o.Window, "`words` read of a longer text")
	set.Float64Var(&p.Same, "same", o.Same, "`share` of questions that are paired with an answer in their own language")
	set.Float64Var(&p.Pivot, "pivot", o.Pivot, "`share` of pairs that have English on one side, where there is any")
	set.Float64Var(&p.Typos, "typos", o.Typos, "`share` of batches of texts and their mistyped copies")
	set.Float64Var(&p.Power, "power", o.Power, "a source weighs its number of groups to this `power`")
	set.Float64Var(&p.Scarce, "scarce", o.Scarce, "a language's texts weigh their number to minus this `power`")
	set.StringVar(&f.weights, "weights", "", "factors of sources, as `NAME=FACTOR,…`: groups/tatoeba=2,lexicon/omw=0")
	set.IntVar(&p.HoldOut, "hold-out", o.HoldOut, "one text of so `many` is kept for measuring, with its groups; 0 for none")
	set.BoolVar(&f.noAffixes, "no-affixes", false, "do not take Korean and Arabic words apart")
	set.BoolVar(&f.stem, "stem-first", false, "read a known stem and its affixes before a known whole word")
	set.StringVar(&f.hooks.Checkpoint, "checkpoint", "", "`file` to keep the state in")
	set.DurationVar(&f.hooks.KeepEvery, "keep-every", 5*time.Minute, "`time` between checkpoints")
	set.BoolVar(&f.hooks.Resume, "resume", false, "go on from the checkpoint, where there is one")
	set.DurationVar(&f.hooks.Every, "every", 10*time.Second, "`time` between reports")
	return set
}

// levelsOf are the levels of a code of so many bits.
var levelsOf = map[string]int{"ternary": 3, "2": 4, "3": 8, "4": 16, "8": 255}

// parse checks what the flags say together.
func (f *trainFlags) parse(args []string, errOut io.Writer) error {
	set := f.set(errOut)
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err.Error()}
	}
	if set.NArg() > 0 || f.data == "" || f.out == "" {
		return usageError{"train: --data and --out are needed, and nothing else"}
	}
	if f.hooks.Resume && f.hooks.Checkpoint == "" {
		return usageError{"train: --resume goes on from --checkpoint: name it"}
	}
	var ok bool
	if f.options.Levels, ok = levelsOf[f.bits]; !ok {
		return usageError{fmt.Sprintf("train: --bits: %q is none of ternary, 2, 3, 4, 8", f.bits)}
	}
	if f.noAffixes {
		f.options.Affixes = 0
	}
	if f.stem {
		f.options.Affixes |= static.StemFirst
	}
	f.options.Weights = make(map[string]float64)
	for part := range strings.SplitSeq(f.weights, ",") {
		name, factor, _ := strings.Cut(part, "=")
		if part == "" {
			continue
		}
		x, err := strconv.ParseFloat(factor, 64)
		if err != nil || x < 0 {
			return usageError{fmt.Sprintf("train: --weights: %q is not NAME=FACTOR", part)}
		}
		f.options.Weights[name] = x
	}
	if err := f.options.Validate(); err != nil {
		return usageError{err.Error()}
	}
	return nil
}

func trainCommand(ctx context.Context, args []string, std streams) error {
	var f trainFlags
	if err := f.parse(args, std.err); err != nil {
		return err
	}
	if err := writable(f.out); err != nil {
		return err
	}
	start := time.Now()
	corpus, err := train.Load(ctx, f.data, f.options.Threads)
	if err != nil {
		return err
	}
	for _, fault := range corpus.Faults {
		fmt.Fprintln(std.err, fault)
	}
	fmt.Fprintf(std.err, "%s, read in %.1f s; %d broken lines left out\n", corpus, time.Since(start).Seconds(), corpus.Broken)
	f.hooks.Report = func(p train.Progress) { reportTraining(std.err, p) }
	packed, err := train.Run(ctx, corpus, f.options, f.hooks)
	if err != nil {
		return err
	}
	file, err := packed.Encode()
	if err != nil {
		return err
	}
	err = snapshot.Replace(f.out, func(out *os.File) error {
		_, err := out.Write(file)
		return errors.Join(err, out.Chmod(0o644))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s: %d rows of %d dimensions, %.2f MB, %.0f s\n", f.out, len(packed.Keys), packed.Dims, float64(len(file))/1e6, time.Since(start).Seconds())
	return nil
}

func reportTraining(w io.Writer, p train.Progress) {
	if p.Note != "" {
		fmt.Fprintln(w, p.Note)
	}
	if p.Rate == 0 {
		return
	}
	fmt.Fprintf(w, "%5.1f %%  %.2f M pairs  %.0f pairs/s  loss %.3f  left %s", 100*float64(p.Pairs)/float64(p.Of), float64(p.Pairs)/1e6, p.Rate, p.Loss, p.Left.Round(time.Second))
	if p.Found != nil {
		fmt.Fprintf(w, "  found %s", p.Found)
	}
	fmt.Fprintln(w)
}

// writable tries the folder of the result before hours are spent on it.
func writable(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("train: --out: %w", err)
	}
	f.Close() //nolint:errcheck // empty
	return os.Remove(f.Name())
}
