// Package web holds the pages: templates, styles, scripts and the words of the interface. They
// are plain files, embedded as they are; package server fills and serves them.
package web

import (
	"embed"
	"io/fs"
)

//go:embed src
var files embed.FS

// Help returns the files of the help center.
func Help() fs.FS {
	sub, err := fs.Sub(files, "src/help")
	if err != nil {
		panic(err) // the path is a constant and valid
	}
	return sub
}
