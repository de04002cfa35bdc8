package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"cited/internal/kb"
)

const (
	// settle is how long the files must be quiet before a reload: editors save in several steps,
	// some microseconds apart.
	settle = 2 * time.Millisecond
	// settleEmpty is how long a file that is empty now may take to be written.
	settleEmpty = 100 * time.Millisecond
	// settleMost bounds the wait while files keep changing.
	settleMost = 200 * time.Millisecond
	// lookAgain is how often the folder is read when changes are not reported to us: on network
	// drives, and when the system's watches are used up.
	lookAgain = 5 * time.Second
	// tidyAfter is how long nothing may have happened before an index that many edits have left
	// behind is made anew: that takes longer than an edit may.
	tidyAfter = 2 * time.Second
	// embedAgain is how long after a failed embedding it is tried again, longer each time.
	embedAgain, embedAgainMost = 10 * time.Second, 10 * time.Minute
)

// changes reports that files of the knowledge base changed.
type changes struct {
	watcher *fsnotify.Watcher // nil when the system reports nothing to us
	lost    bool              // a folder is not watched: read everything again and again
}

// watchFiles begins to watch path. It does so before the knowledge base is read, so that no edit
// falls between. What cannot be watched is read again and again.
func (a *app) watchFiles(path string) *changes {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		a.log.Warn("changes are not reported: reading the folder again and again", "every", lookAgain, "err", err)
		return &changes{lost: true}
	}
	c := &changes{watcher: watcher}
	c.add(a, path)
	return c
}

// add watches path and, where it is a folder, all folders in it. A single file is watched
// through its folder, since editors replace files.
func (c *changes) add(a *app, path string) {
	err := addFolders(c.watcher, path)
	if err != nil && !c.lost {
		c.lost = true
		a.log.Warn("changes are not reported: reading the folder again and again", "every", lookAgain, "err", err)
	}
}

func addFolders(watcher *fsnotify.Watcher, path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return errors.Join(watcher.Add(filepath.Dir(real)), watcher.Add(filepath.Dir(path)))
	}
	return filepath.WalkDir(real, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // what cannot be read is reported by the load
		}
		if p != real && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		return watcher.Add(p)
	})
}

// events and faults are nil channels, which never speak, when there is no watcher.
func (c *changes) events() chan fsnotify.Event {
	if c.watcher == nil {
		return nil
	}
	return c.watcher.Events
}

func (c *changes) faults() chan error {
	if c.watcher == nil {
		return nil
	}
	return c.watcher.Errors
}

func (c *changes) close(a *app) {
	if c.watcher == nil {
		return
	}
	if err := c.watcher.Close(); err != nil {
		a.log.Warn("watching the knowledge base", "err", err)
	}
}

// edits are what changed since the last reload.
type edits struct {
	names map[string]bool // of files
	all   bool            // more may have changed than names
	first time.Time       // when the first of them came; zero when there is none
}

// take notes an event and returns how long the files should be quiet before a reload; 0 when it
// changes nothing. New folders are watched too.
func (c *changes) take(a *app, e fsnotify.Event, into *edits) time.Duration {
	if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") {
		return 0
	}
	info, err := os.Stat(e.Name)
	if err == nil && info.IsDir() && e.Has(fsnotify.Create) {
		c.add(a, e.Name)
		into.all = true
		return settle
	}
	switch strings.ToLower(filepath.Ext(e.Name)) {
	case ".md", ".markdown", ".mdx":
		into.names[e.Name] = true
	case ".jsonl", "": // "" may be a folder that went
		into.all = true
	default:
		return 0
	}
	if err == nil && info.Size() == 0 {
		return settleEmpty
	}
	return settle
}

// watch reloads the knowledge base when its files change, when an article becomes valid or
// expires, and while chunks wait to be embedded. It returns when ctx ends.
func (a *app) watch(ctx context.Context, c *changes, k *keeper) error {
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	pending, valid, embed, tidy := stopped(), stopped(), stopped(), stopped()
	wait := embedAgain
	waiting := edits{names: make(map[string]bool)}
	for {
		valid.Reset(untilChange(a.live.Corpus(), a.now()))
		if a.live.Index().Missing() == nil {
			embed.Stop()
			wait = embedAgain
		} else {
			embed.Reset(wait)
		}
		if k.stale() {
			tidy.Reset(tidyAfter)
		} else {
			tidy.Stop()
		}
		select {
		case <-ctx.Done():
			return nil
		case e := <-c.events():
			quiet := c.take(a, e, &waiting)
			if quiet == 0 {
				continue
			}
			now := time.Now()
			if waiting.first.IsZero() {
				waiting.first = now
			}
			pending.Reset(min(quiet, max(0, settleMost-now.Sub(waiting.first))))
			continue
		case err := <-c.faults():
			a.log.Warn("watching the knowledge base", "err", err)
			waiting.all = true // events may have been lost
			pending.Reset(settle)
			continue
		case <-pending.C:
		case <-embed.C:
			wait = min(2*wait, embedAgainMost)
		case <-again.C:
			if !c.lost {
				continue
			}
			waiting.all = true
		case <-valid.C:
		case <-tidy.C:
			a.tidy(ctx)
			k.rewrite()
			continue
		}
		a.reload(ctx, waiting)
		k.keep()
		waiting = edits{names: make(map[string]bool)}
	}
}

// tidy builds the index anew where edits have made it stale.
func (a *app) tidy(ctx context.Context) {
	x := a.live.Index()
	if !x.Stale() {
		return
	}
	defer relaxGC()()
	fresh, err := x.Fresh(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("building the index anew", "err", err)
		}
		return
	}
	a.live.Swap(fresh)
}

func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// untilChange is how long the corpus stays as it is by the calendar alone.
func untilChange(corpus *kb.Corpus, now time.Time) time.Duration {
	const never = 365 * 24 * time.Hour
	next := corpus.NextChange(now)
	if next.IsZero() {
		return never
	}
	return min(never, max(0, next.Sub(now)))
}

// read returns the corpus after what changed.
func (a *app) read(ctx context.Context, what edits) (*kb.Corpus, error) {
	old := a.live.Corpus()
	if !what.all {
		if corpus, ok := old.Changed(a.config.KB, a.now(), slices.Sorted(maps.Keys(what.names))); ok {
			return corpus, nil
		}
	}
	return kb.LoadFrom(ctx, a.config.KB, a.now(), old)
}

// reload builds a new index beside the old one and swaps it in. A reload that fails leaves what
// is served as it is.
func (a *app) reload(ctx context.Context, what edits) {
	start := time.Now()
	old := a.live.Corpus()
	corpus, err := a.read(ctx, what)
	if err != nil && ctx.Err() == nil {
		a.log.Error("reload: serving what was loaded before", "err", err)
		corpus = old.At(a.now()) // but for what has expired meanwhile
	}
	if corpus != nil {
		a.report(corpus.Faults, old.Faults)
		if corpus.Same(old) && a.live.Index().Missing() == nil {
			return
		}
		err = a.serve(ctx, corpus)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.log.Error("reload: serving what was loaded before", "err", err)
	default:
		a.log.Info("reloaded", "articles", len(corpus.Documents), "chunks", len(corpus.Chunks), "took", time.Since(start).Round(time.Millisecond))
	}
}

// report logs the faults that were not there before.
func (a *app) report(faults, before []kb.Fault) {
	for _, f := range faults {
		if !slices.Contains(before, f) {
			a.log.Warn("content", "fault", f.String())
		}
	}
}
