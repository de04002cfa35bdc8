package main

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"

	"cited/eval/peers/ours"
	"cited/eval/peers/peer"
)

// editable serves what the peer ingested from a tree, and takes in what is saved there, at once:
// the file alone, by a table of its chunks.
func (j job) editable(ctx context.Context) (http.Handler, error) {
	x, err := peer.Open(j.State, ours.Embedder())
	if err != nil {
		return nil, err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	ids := make(map[string][]string)
	err = filepath.WalkDir(j.Tree, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return watcher.Add(path)
		case filepath.Ext(path) != ".md":
			return nil
		}
		chunks, _, err := x.Read(j.Tree, path, language)
		for _, c := range chunks {
			ids[path] = append(ids[path], c.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	go func() {
		for e := range watcher.Events {
			if filepath.Ext(e.Name) != ".md" || !e.Has(fsnotify.Create) && !e.Has(fsnotify.Write) {
				continue
			}
			changed, err := x.Update(ctx, j.Tree, e.Name, ids[e.Name], language)
			if err != nil {
				// The edit is never answered, which is how it shows.
				_, _ = os.Stderr.WriteString("peer: " + err.Error() + "\n")
				continue
			}
			ids[e.Name] = changed
		}
	}()
	return peer.Handler(x), nil
}
