package kb

import (
	"fmt"
	"html"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// link reports a link whose target is not there.
func (l *linter) link(a *article, k link) {
	target, fragment, ok := splitLink(html.UnescapeString(k.target))
	if !ok {
		return
	}
	line := lineAt([]byte(a.Source), k.at)
	if to := l.links.target(a.Document, target); to != nil {
		l.fragment(a, l.byID[to.ID], line, fragment, k.target)
		return
	}
	if l.present(a, target) || strings.HasPrefix(path.Join(path.Dir(a.Path), target), "..") {
		return // outside of the knowledge base nobody knows
	}
	// Other pages of the site are not ours to judge.
	if !strings.HasPrefix(target, "/") || isMarkdown(target) || strings.HasPrefix(target, "/help/") && path.Ext(target) == "" {
		l.report(a, line, fmt.Sprintf("%s: %s", brokenWhat(target), k.target))
	}
}

// present reports whether a link leads to a file or folder that is no article: the ways are those
// of Links.
func (l *linter) present(a *article, target string) bool {
	if !strings.HasPrefix(target, "/") {
		return l.exists(path.Join(path.Dir(a.Path), target)) || l.exists(path.Join(a.ID, target))
	}
	for rest := strings.Trim(path.Clean(target), "/"); rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		if l.exists(rest) {
			return true
		}
	}
	return false
}

// brokenWhat names what a target is.
func brokenWhat(target string) string {
	switch strings.ToLower(path.Ext(target)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif":
		return "missing image"
	}
	return "broken link"
}

// exists reports whether a file or folder of the knowledge base is at p.
func (l *linter) exists(p string) bool {
	if p == ".." || strings.HasPrefix(p, "../") {
		return false
	}
	_, err := os.Stat(filepath.Join(l.root, filepath.FromSlash(p)))
	return err == nil
}

// fragment reports an anchor that the article to does not have.
func (l *linter) fragment(a, to *article, line int, fragment, written string) {
	if fragment == "" || fragment == "top" || to.anchors[fragment] || strings.HasPrefix(fragment, ":~:") {
		return
	}
	where := "in " + to.Path
	if a == to {
		where = "in this article"
	}
	l.report(a, line, fmt.Sprintf("broken anchor: %s: no heading #%s %s", written, fragment, where))
}
