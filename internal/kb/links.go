package kb

import (
	"net/url"
	"path"
	"strings"
)

// HelpURL is the address of the article's page in the help center, of one of its sections with an
// anchor.
func (d *Document) HelpURL(anchor string) string {
	u := url.URL{Path: "/help/" + d.ID, Fragment: anchor}
	return u.String()
}

// SectionURL is where a section is read: at the article's own address where its front matter gives
// one that a page may link to, else in the help center. A fragment of that address stays.
func (d *Document) SectionURL(anchor string) string {
	u := webAddress(d.URL)
	if u == nil {
		return d.HelpURL(anchor)
	}
	if u.Fragment == "" {
		u.Fragment = anchor
	}
	return u.String()
}

// webAddress parses an address that a page may link to: http, https, or a path of the same site.
// It returns nil for all others, such as "javascript:…" and "//elsewhere", and for mere slugs.
func webAddress(s string) *url.URL {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return nil
		}
	case !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//"):
		return nil
	}
	return u
}

// leadsAway reports whether an address is neither fit for a page nor a mere slug.
func leadsAway(s string) bool {
	u, err := url.Parse(s)
	return webAddress(s) == nil && (err != nil || u.Scheme != "" || strings.HasPrefix(s, "//"))
}

// Links finds the articles that links lead to.
type Links struct {
	byID      func(id string) *Document
	addresses map[string][]*Document // by URL and alias
}

// Links returns the links between the corpus's articles.
func (c *Corpus) Links() *Links {
	c.linking.Do(func() { c.links = newLinks(c.Documents, c.Document) })
	return c.links
}

func newLinks(documents []*Document, byID func(id string) *Document) *Links {
	l := &Links{byID: byID, addresses: map[string][]*Document{}}
	for _, d := range documents {
		own := map[string]bool{}
		for _, a := range append([]string{d.URL, d.address}, d.Aliases...) {
			if a = normalAddress(a); a != "" && !own[a] {
				own[a] = true
				l.addresses[a] = append(l.addresses[a], d)
			}
		}
	}
	return l
}

// Target returns the article that a link in from leads to, and the fragment that it names; nil
// where it leads to none.
func (l *Links) Target(from *Document, link string) (to *Document, fragment string) {
	p, fragment, ok := splitLink(link)
	if !ok {
		return nil, ""
	}
	return l.target(from, p), fragment
}

// splitLink divides a link within the knowledge base or its site into path and fragment; ok is
// false for all others.
func splitLink(link string) (p, fragment string, ok bool) {
	p, fragment, _ = strings.Cut(strings.TrimSpace(link), "#")
	p, _, _ = strings.Cut(p, "?")
	p, fragment = unescape(p), unescape(fragment)
	return p, fragment, !strings.Contains(p, ":") && !strings.HasPrefix(p, "//") && !strings.ContainsAny(p, "{}<>$")
}

func (l *Links) target(from *Document, p string) *Document {
	if p == "" {
		return from
	}
	if strings.HasPrefix(p, "/") {
		return l.absolute(from.Lang, p)
	}
	// From the file's own folder, or, where addresses end in a slash, from a folder of its name.
	for _, base := range [...]string{path.Dir(from.Path), from.ID} {
		if to := l.file(path.Join(base, p)); to != nil {
			return to
		}
	}
	return l.addressed(from.Lang, p)
}

// absolute finds the article of a link that begins with a slash: an article's address, a path from
// the folder's root, or one below a prefix that the site adds.
func (l *Links) absolute(lang, p string) *Document {
	if to := l.addressed(lang, p); to != nil {
		return to
	}
	for rest := strings.Trim(path.Clean(p), "/"); rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		if to := l.file(rest); to != nil {
			return to
		}
	}
	return nil
}

// file returns the article at path p, with or without its extension, or the front page of folder p.
func (l *Links) file(p string) *Document {
	for _, id := range [...]string{trimExt(p), p, path.Join(p, "README"), path.Join(p, "index"), path.Join(p, "_index"), strings.TrimSuffix(p, ".html")} {
		if d := l.byID(id); d != nil {
			return d
		}
	}
	return nil
}

// addressed returns the article whose URL or alias is address, one in lang before others.
func (l *Links) addressed(lang, address string) *Document {
	found := l.Addressed(address)
	for _, d := range found {
		if d.Lang == lang {
			return d
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return nil
}

// Addressed returns the articles whose front matter gives address as their URL or as an alias.
// Letter case and slashes at the ends make no difference.
func (l *Links) Addressed(address string) []*Document { return l.addresses[normalAddress(address)] }

func normalAddress(address string) string { return strings.ToLower(strings.Trim(address, "/")) }

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
