package server

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"cited/internal/kb"
)

// TestLinksWork follows every link within the site from every article of the shop: each leads to
// a page, and to a heading of it where it names one.
func TestLinksWork(t *testing.T) {
	corpus, err := kb.Load(t.Context(), "../../kb", noon)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, nil)
	f.library.corpus = corpus
	href := regexp.MustCompile(`<a [^>]*?href="([^"]*)"`)
	followed := 0
	for _, d := range corpus.Documents {
		if d.Audience == kb.Internal {
			continue
		}
		base := &url.URL{Scheme: "http", Host: "example.com"}
		base = base.JoinPath(d.HelpURL(""))
		_, article, _ := strings.Cut(f.call("GET", d.HelpURL(""), "").Body.String(), "<article")
		for _, m := range href.FindAllStringSubmatch(article, -1) {
			u, err := base.Parse(html.UnescapeString(m[1]))
			if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
				continue
			}
			followed++
			w := f.call("GET", u.EscapedPath(), "")
			if w.Code != 200 || u.Fragment != "" && !strings.Contains(w.Body.String(), ` id="`+html.EscapeString(u.Fragment)+`"`) {
				t.Errorf("%s: %s gives %d, or has no such heading", d.ID, m[1], w.Code)
			}
		}
	}
	if followed < 100 {
		t.Errorf("only %d links followed", followed)
	}
}
