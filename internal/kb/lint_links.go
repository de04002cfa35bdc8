package kb

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// link reports a link whose target is not there.
func (l *linter) link(a *article, k link) {
	target, fragment, _ := strings.Cut(strings.TrimSpace(html.UnescapeString(k.target)), "#")
	target, _, _ = strings.Cut(target, "?")
	target, fragment = unescape(target), unescape(fragment)
	if strings.Contains(target, ":") || strings.HasPrefix(target, "//") || strings.ContainsAny(target, "{}<>$") {
		return
	}
	line := lineAt([]byte(a.Source), k.at)
	if target == "" {
		l.fragment(a, a, line, fragment, k.target)
		return
	}
	if strings.HasPrefix(target, "/") {
		l.absolute(a, line, target, fragment, k.target)
		return
	}
	// From the file's own folder, or, where addresses end in a slash, from a folder of its name.
	for _, base := range [...]string{path.Dir(a.Path), a.ID} {
		p := path.Join(base, target)
		if to := l.find(p); to != nil {
			l.fragment(a, to, line, fragment, k.target)
			return
		}
		if !strings.HasPrefix(p, "../") && l.exists(p) {
			return
		}
	}
	if strings.HasPrefix(path.Join(path.Dir(a.Path), target), "..") {
		return // outside of the knowledge base: nobody knows
	}
	if to := l.address(a.Lang, target); to != nil {
		l.fragment(a, to, line, fragment, k.target)
		return
	}
	l.report(a, line, fmt.Sprintf("%s: %s", brokenWhat(target), k.target))
}

// brokenWhat names what a target is.
func brokenWhat(target string) string {
	switch strings.ToLower(path.Ext(target)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif":
		return "missing image"
	}
	return "broken link"
}

// absolute checks a link that begins with a slash: from the folder's root, below a prefix that the
// site adds, or an article's address. Other pages of the site are not ours to judge.
func (l *linter) absolute(a *article, line int, target, fragment, written string) {
	rest := strings.Trim(target, "/")
	if to := l.address(a.Lang, target); to != nil {
		l.fragment(a, to, line, fragment, written)
		return
	}
	for p := rest; p != ""; {
		if to := l.find(p); to != nil {
			l.fragment(a, to, line, fragment, written)
			return
		}
		if l.exists(p) {
			return
		}
		_, after, ok := strings.Cut(p, "/")
		if !ok {
			break
		}
		p = after
	}
	if isMarkdown(target) || strings.HasPrefix(target, "/help/") && path.Ext(target) == "" {
		l.report(a, line, fmt.Sprintf("broken link: %s", written))
	}
}

// find returns the article at path p, with or without its extension, or the front page of folder p.
func (l *linter) find(p string) *article {
	p = strings.TrimSuffix(p, "/")
	for _, id := range [...]string{trimExt(p), p, p + "/README", p + "/index", p + "/_index", strings.TrimSuffix(p, ".html")} {
		if a := l.byID[id]; a != nil {
			return a
		}
	}
	return nil
}

// address returns the article that has the URL or alias u.
func (l *linter) address(lang, u string) *article {
	u = strings.ToLower(strings.Trim(u, "/"))
	var other *article
	for _, a := range l.addressed()[u] {
		if a.Lang == lang {
			return a
		}
		other = a
	}
	return other
}

// addressed returns the articles by their URLs and aliases.
func (l *linter) addressed() map[string][]*article {
	if l.urls == nil {
		l.urls = map[string][]*article{}
		for _, a := range l.articles {
			for _, u := range append([]string{a.URL}, a.Aliases...) {
				if u = strings.ToLower(strings.Trim(u, "/")); u != "" {
					l.urls[u] = append(l.urls[u], a)
				}
			}
		}
	}
	return l.urls
}

// exists reports whether a file or folder is at p.
func (l *linter) exists(p string) bool {
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

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
