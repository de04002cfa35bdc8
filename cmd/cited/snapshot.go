package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/snapshot"
)

// snapshotPath is the snapshot's file in --data: one for each knowledge base.
func (c *Config) snapshotPath() string {
	name := c.KB
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(c.Data, fmt.Sprintf("snapshot-%x", sum[:6]))
}

// fromSnapshot returns the index that the snapshot holds, nil when there is none that fits: then
// everything is read.
func (a *app) fromSnapshot(ctx context.Context) (*retrieve.Index, *retrieve.Snapshot, error) {
	if a.config.Data == "" {
		return nil, nil, nil
	}
	path := a.config.snapshotPath()
	x, shot, err := retrieve.OpenSnapshot(ctx, path, a.build, a.now())
	switch {
	case err == nil:
		if shot.Cut() {
			a.log.Warn("the snapshot ends in an edit that was not finished: the files are read", "snapshot", path)
		}
		return x, shot, nil
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, retrieve.ErrOtherSettings):
	default:
		a.log.Warn("the snapshot cannot be used: everything is read and a new one is made", "err", err)
	}
	return nil, nil, nil
}

// load reads the knowledge base, as far as x (nil for none), which a snapshot held, has not got
// it, and serves it.
func (a *app) load(ctx context.Context, x *retrieve.Index) error {
	defer relaxGC()()
	var old *kb.Corpus
	if x != nil {
		a.live.Swap(x)
		old = x.Corpus()
	}
	corpus, err := a.parse(ctx, old, nil)
	if err != nil {
		return err
	}
	return a.serve(ctx, corpus)
}

// keeper keeps the snapshot of the index that is served. Without it the next start reads
// everything, so its faults are logged and cost no answer.
type keeper struct {
	app  *app
	path string
	lock io.Closer          // nil while another process writes
	shot *retrieve.Snapshot // nil when there is none yet
	held *retrieve.Index    // what it holds
}

// newKeeper takes over the snapshot that held was opened from; both may be nil.
func (a *app) newKeeper(held *retrieve.Index, shot *retrieve.Snapshot) *keeper {
	k := &keeper{app: a, path: a.config.snapshotPath(), shot: shot, held: held}
	if err := os.MkdirAll(a.config.Data, 0o700); err != nil {
		a.log.Warn("no snapshot is kept: --data", "err", err)
		return k
	}
	lock, ok, err := snapshot.Lock(k.path)
	switch {
	case err != nil:
		a.log.Warn("no snapshot is kept", "err", err)
	case !ok:
		a.log.Info("another process keeps the snapshot", "snapshot", k.path)
	default:
		k.lock = lock
	}
	return k
}

// keep makes what is served durable: an edit is appended.
func (k *keeper) keep() {
	x := k.app.live.Index()
	if k.lock == nil || x == k.held {
		return
	}
	if k.shot == nil {
		k.rewrite()
		return
	}
	if err := k.shot.Append(k.held, x); err != nil {
		k.app.log.Warn("the snapshot is not kept up to date: the next start reads more", "err", err)
		return
	}
	k.held = x
}

// stale reports that the snapshot, or the index, is better made anew.
func (k *keeper) stale() bool {
	x := k.app.live.Index()
	return x.Stale() || k.lock != nil && x.Missing() == nil && (k.shot == nil || k.shot.Stale())
}

// rewrite writes the whole snapshot and serves what it holds, so that texts and exact vectors are
// mapped from the file and take no memory of ours.
func (k *keeper) rewrite() {
	a := k.app
	x := a.live.Index()
	if k.lock == nil || x.Missing() != nil {
		return
	}
	if err := retrieve.WriteSnapshot(k.path, x); err != nil {
		a.log.Warn("no snapshot is kept: the next start reads everything", "err", err)
		return
	}
	opened, shot, err := retrieve.OpenSnapshot(context.Background(), k.path, a.build, a.now())
	if err != nil {
		a.log.Warn("the snapshot that was just written cannot be used", "err", err)
		return
	}
	k.close()
	k.shot, k.held = shot, opened
	a.live.Swap(opened)
}

// close closes the snapshot's file.
func (k *keeper) close() {
	if k.shot == nil {
		return
	}
	if err := k.shot.Close(); err != nil {
		k.app.log.Warn("closing the snapshot", "err", err)
	}
}

// release closes the snapshot's file and lets other processes write it.
func (k *keeper) release() {
	k.close()
	if k.lock == nil {
		return
	}
	if err := k.lock.Close(); err != nil {
		k.app.log.Warn("closing the snapshot's lock", "err", err)
	}
}
