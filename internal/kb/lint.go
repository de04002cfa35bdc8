package kb

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Lint reads the knowledge base at path and reports what a content team would want to mend,
// sorted by path and line: what Load skips or doubts, broken links and anchors, missing titles,
// ids that two headings or articles share, misspelt front matter, missing translations, articles
// that are not shown. The error is Load's.
func Lint(path string, now time.Time) ([]Fault, error) {
	ctx := context.Background()
	if !isFolder(path) {
		c, err := Load(ctx, path, now)
		if err != nil {
			return nil, err
		}
		return c.Faults, nil
	}
	files, faults, err := markdownFiles(ctx, path)
	if err != nil {
		return nil, err
	}
	l := &linter{root: path, now: now, faults: faults, byID: map[string]*article{}}
	articles := make([]*article, len(files))
	broken := make([][]Fault, len(files))
	if err := parallel(ctx, len(files), func(i int) { articles[i], broken[i] = readArticle(files[i]) }); err != nil {
		return nil, fmt.Errorf("kb: lint %s: %w", path, err)
	}
	for i, a := range articles {
		l.faults = append(l.faults, broken[i]...)
		if a == nil {
			continue
		}
		if first := l.byID[a.ID]; first != nil {
			l.report(a, 0, "skipped: "+first.Path+" has the same id")
			continue
		}
		l.byID[a.ID] = a
		l.articles = append(l.articles, a)
	}
	if len(l.articles) == 0 {
		return l.faults, emptyError(path, true, l.faults)
	}
	l.run()
	sortFaults(l.faults)
	return l.faults, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// article is what lint knows of a document.
type article struct {
	*Document
	fields   []field
	headings []heading
	anchors  map[string]bool
	links    []link
	template []int
	open     int    // offset of a comment without end, -1
	key      string // what its translations share
}

// readArticle parses one file for lint.
func readArticle(file markdownFile) (*article, []Fault) {
	source, _, err := readFile(file.name, time.Time{})
	if err != nil {
		return nil, []Fault{{Path: file.path, Message: "cannot be read: " + reason(err), Fatal: true}}
	}
	d, p := parseDocument(file.path, file.place, source)
	if d == nil {
		return nil, parseFaults(file.path, source)
	}
	fields, _, _ := frontMatter(source)
	a := &article{Document: d, fields: fields, headings: p.headings, links: p.links, template: p.mask.template, open: p.mask.open}
	a.anchors = p.anchors
	if a.anchors == nil {
		a.anchors = map[string]bool{}
	}
	for _, h := range p.headings {
		a.anchors[h.anchor] = true
	}
	a.key = d.TranslationKey
	if a.key == "" {
		a.key = withoutLanguage(d.ID, d.Lang)
	}
	return a, nil
}

// withoutLanguage removes the first part of an id that names the article's language.
func withoutLanguage(id, tag string) string {
	dir, file := path.Split(id)
	if i := strings.LastIndexByte(file, '.'); i > 0 && tagOf(file[i+1:]) == tag {
		file = file[:i]
	}
	var kept []string
	found := false
	for part := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if !found && tag != "" && tagOf(part) == tag {
			found = true
			continue
		}
		kept = append(kept, part)
	}
	return path.Join(append(kept, file)...)
}

// linter collects faults over all articles.
type linter struct {
	root     string
	now      time.Time
	articles []*article
	byID     map[string]*article
	links    *Links
	faults   []Fault
}

func (l *linter) report(a *article, line int, message string) {
	l.faults = append(l.faults, Fault{Path: a.Path, Line: line, Message: message})
}

func (l *linter) run() {
	documents := make([]*Document, 0, len(l.articles))
	for _, a := range l.articles {
		documents = append(documents, a.Document)
	}
	l.links = newLinks(documents, func(id string) *Document {
		if a := l.byID[id]; a != nil {
			return a.Document
		}
		return nil
	})
	for _, a := range l.articles {
		l.faults = append(l.faults, a.faults...)
		l.state(a)
		l.keys(a)
		l.text(a)
		for _, k := range a.links {
			l.link(a, k)
		}
	}
	l.addresses(documents)
	l.translations()
}

// state reports why an article is not shown.
func (l *linter) state(a *article) {
	switch {
	case a.Draft:
		l.report(a, a.lineOf("draft", "published"), "draft: never answered from")
	case a.Unlisted:
	case !a.ValidFrom.IsZero() && l.now.Before(a.ValidFrom):
		l.report(a, a.lineOf("publishdate", "date", "published"), "not answered from before "+day(a.ValidFrom))
	case !a.ValidUntil.IsZero() && !l.now.Before(a.ValidUntil):
		l.report(a, a.lineOf("expirydate", "unpublishdate"), "expired on "+day(a.ValidUntil)+": no longer answered from")
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// lineOf returns the line of the first of these front matter keys, 0 if there is none.
func (a *article) lineOf(keys ...string) int {
	for _, f := range a.fields {
		if slices.Contains(keys, f.key) {
			return f.line
		}
	}
	return 0
}

// text reports what is wrong in the body.
func (l *linter) text(a *article) {
	if len(a.chunks) == 0 {
		l.report(a, 0, "no text: nothing can be answered from this article")
	}
	if a.open >= 0 {
		l.report(a, lineAt([]byte(a.Source), a.open), "comment without end: everything after <!-- is hidden")
	}
	for _, at := range a.template {
		l.report(a, lineAt([]byte(a.Source), at), "template variable in the text: answers show a gap here")
	}
	seen := map[string]int{}
	for _, h := range a.headings {
		line := lineAt([]byte(a.Source), h.start)
		if first := seen[h.anchor]; first > 0 && h.anchor != "" {
			l.report(a, line, fmt.Sprintf("heading id %q is used twice, first on line %d", h.anchor, first))
			continue
		}
		seen[h.anchor] = line
		if h.text == "" && h.section {
			l.report(a, line, "heading without text")
		}
	}
}

// addresses reports URLs and aliases that two articles of one language share.
func (l *linter) addresses(documents []*Document) {
	owners := map[string]*article{}
	claim := func(a *article, url string, line int, what string) {
		if url = normalAddress(url); url == "" {
			return
		}
		key := a.Lang + "\x00" + url
		if first := owners[key]; first != nil && first != a {
			l.report(a, line, fmt.Sprintf("%s %q belongs to %s already", what, url, first.Path))
			return
		}
		owners[key] = a
	}
	shared := sharedAddresses(documents)
	for _, a := range l.articles {
		if other := shared[a.Document]; other != nil {
			l.faults = append(l.faults, addressFault(a.Document, other))
			owners[a.Lang+"\x00"+normalAddress(a.URL)] = a
			continue
		}
		claim(a, a.URL, a.lineOf("slug", "permalink", "url"), "address")
	}
	for _, a := range l.articles {
		for _, alias := range a.Aliases {
			claim(a, alias, a.lineOf("aliases", "redirect_from"), "alias")
		}
	}
}

// translations reports public articles that lack a language which a fifth of the articles have.
func (l *linter) translations() {
	groups := map[string][]*article{}
	for _, a := range l.articles {
		if a.Audience == Public && !a.Draft && a.Lang != "" {
			groups[a.key] = append(groups[a.key], a)
		}
	}
	count := map[string]int{}
	for _, group := range groups {
		have := map[string]bool{}
		for _, a := range group {
			if !have[a.Lang] {
				count[a.Lang]++
			}
			have[a.Lang] = true
		}
	}
	var languages []string
	for tag, n := range count {
		if n*5 >= len(groups) {
			languages = append(languages, tag)
		}
	}
	if len(languages) < 2 {
		return
	}
	sort.Slice(languages, func(i, j int) bool {
		if count[languages[i]] != count[languages[j]] {
			return count[languages[i]] > count[languages[j]]
		}
		return languages[i] < languages[j]
	})
	for _, group := range groups {
		l.missing(group, languages)
	}
}

// missing reports the languages that a group of translations lacks, at its most common one.
func (l *linter) missing(group []*article, languages []string) {
	have := map[string]*article{}
	for _, a := range group {
		if have[a.Lang] == nil {
			have[a.Lang] = a
		}
	}
	var missing []string
	at := group[0]
	for i := len(languages) - 1; i >= 0; i-- {
		if a := have[languages[i]]; a != nil {
			at = a
		} else {
			missing = append(missing, languages[i])
		}
	}
	if len(missing) > 0 {
		sort.Strings(missing)
		l.report(at, 0, "no translation into "+strings.Join(missing, ", "))
	}
}

// keys reports front matter keys that look like misspelt ones.
func (l *linter) keys(a *article) {
	for _, f := range a.fields {
		if meant := misspelt(f.key); meant != "" && doubted(f.key) == "" { // the parser reports the others
			l.report(a, f.line, "unknown front matter key "+strconv.Quote(f.name)+": did you mean "+meant+"?")
		}
	}
}
