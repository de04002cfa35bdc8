package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"cited/internal/kb"
)

const (
	// settle is how long the files must be quiet before a reload: editors save in several steps.
	settle = 60 * time.Millisecond
	// settleMost bounds the wait while files keep changing.
	settleMost = 400 * time.Millisecond
	// lookAgain is how often the folder is read when changes are not reported to us: on network
	// drives, and when the system's watches are used up.
	lookAgain = 5 * time.Second
)

// watch reloads the knowledge base when its files change and when an article becomes valid or
// expires. It returns when ctx ends. A reload that fails leaves what is served as it is.
func (a *app) watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		defer watcher.Close()
		err = addFolders(watcher, a.config.KB)
	}
	var events chan fsnotify.Event
	var faults chan error
	var again <-chan time.Time
	if err == nil {
		events, faults = watcher.Events, watcher.Errors
	} else {
		a.log.Warn("changes are not reported: reading the folder again and again", "every", lookAgain, "err", err)
		ticker := time.NewTicker(lookAgain)
		defer ticker.Stop()
		again = ticker.C
	}
	pending, valid := stopped(), stopped()
	var first time.Time // of the changes that wait
	for {
		valid.Reset(untilChange(a.live.Corpus(), time.Now()))
		select {
		case <-ctx.Done():
			return nil
		case e := <-events:
			if !a.matters(watcher, e) {
				continue
			}
			now := time.Now()
			if first.IsZero() {
				first = now
			}
			pending.Reset(min(settle, max(0, settleMost-now.Sub(first))))
		case err := <-faults:
			a.log.Warn("watching the knowledge base", "err", err)
			pending.Reset(settle) // events may have been lost
		case <-pending.C:
			first = time.Time{}
			a.reload(ctx)
		case <-again:
			a.reload(ctx)
		case <-valid.C:
			a.reload(ctx)
		}
	}
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

// matters reports whether an event may change the knowledge base. New folders are watched too.
func (a *app) matters(watcher *fsnotify.Watcher, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") {
		return false
	}
	if info, err := os.Stat(e.Name); err == nil && info.IsDir() && e.Has(fsnotify.Create) {
		if err := addFolders(watcher, e.Name); err != nil {
			a.log.Warn("watching a new folder", "err", err)
		}
		return true
	}
	switch strings.ToLower(filepath.Ext(e.Name)) {
	case ".md", ".markdown", ".mdx", ".jsonl", "": // "" may be a folder that went
		return true
	}
	return false
}

// addFolders watches path and, where it is a folder, all folders in it. A single file is watched
// through its folder, since editors replace files.
func addFolders(watcher *fsnotify.Watcher, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return watcher.Add(filepath.Dir(path))
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // what cannot be read is reported by the load
		}
		if p != path && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if err := watcher.Add(p); err != nil {
			return fmt.Errorf("watch %s: %w", p, err)
		}
		return nil
	})
}

// reload builds a new index beside the old one and swaps it in.
func (a *app) reload(ctx context.Context) {
	start := time.Now()
	old := a.live.Corpus()
	corpus, err := kb.LoadFrom(ctx, a.config.KB, start, old)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("reload: serving what was loaded before", "err", err)
		}
		return
	}
	if corpus.Hash == old.Hash && len(corpus.Chunks) == len(old.Chunks) && a.live.Index().Missing() == "" {
		return
	}
	a.report(corpus.Faults)
	if err := a.serve(ctx, corpus); err != nil {
		if ctx.Err() == nil {
			a.log.Error("reload: serving what was loaded before", "err", err)
		}
		return
	}
	a.log.Info("reloaded", "articles", len(corpus.Documents), "chunks", len(corpus.Chunks), "took", time.Since(start).Round(time.Millisecond))
}
