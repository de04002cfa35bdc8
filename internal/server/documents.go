package server

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cited/internal/kb"
)

// documentResponse is GET /v1/documents/{id}.
type documentResponse struct {
	Object      string     `json:"object"` // always "document"
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Lang        string     `json:"lang"`
	URL         string     `json:"url"`
	Tags        []string   `json:"tags"`
	Updated     *time.Time `json:"updated"` // null when the article does not say
	SourceHash  string     `json:"source_hash"`
	HTML        string     `json:"html"` // sanitised
}

// document is GET /v1/documents/{id}.
func (s *Server) document(c echo.Context) error {
	corpus, d, err := s.find(c, "/v1/documents/")
	if err != nil {
		return err
	}
	if accepts(c.Request(), echo.MIMETextHTML) {
		return s.articlePage(c, corpus, d)
	}
	html, err := s.render(corpus, d)
	if err != nil {
		return err
	}
	out := documentResponse{
		Object: "document", ID: d.ID, Title: d.Title, Description: d.Description, Lang: d.Lang,
		URL: d.SectionURL(""), Tags: notNil(d.Tags), SourceHash: d.Hash, HTML: html,
	}
	if !d.Updated.IsZero() {
		out.Updated = &d.Updated
	}
	return s.writeJSON(c, http.StatusOK, out)
}

// article is GET /help/{id}.
func (s *Server) article(c echo.Context) error {
	corpus, d, err := s.find(c, "/help/")
	if err != nil {
		return err
	}
	return s.articlePage(c, corpus, d)
}

func (s *Server) articlePage(c echo.Context, corpus *kb.Corpus, d *kb.Document) error {
	html, err := s.render(corpus, d)
	if err != nil {
		return err
	}
	p := page{Title: d.Title, Document: d, HTML: template.HTML(html), HasHeading: strings.Contains(html, "<h1")}
	if !d.Updated.IsZero() {
		p.Updated = d.Updated.Format(time.DateOnly)
	}
	p.UI = s.pages.choose(c.Request(), d.Lang)
	return s.pages.write(c, http.StatusOK, "article.html", p)
}

// find returns the document that the path names after prefix, if the caller may read it.
func (s *Server) find(c echo.Context, prefix string) (*kb.Corpus, *kb.Document, error) {
	corpus, err := s.corpus()
	if err != nil {
		return nil, nil, err
	}
	// The path of the URL and not echo's parameter, which is still escaped at times.
	id := strings.TrimSuffix(strings.TrimPrefix(c.Request().URL.Path, prefix), "/")
	d := corpus.Document(id)
	if d == nil || !readable(d, s.Now()) {
		return nil, nil, &fault{kind: errNoRoute, message: "there is no such article"}
	}
	return corpus, d, nil
}

// readable reports whether a caller may open the document. Unlisted ones may be opened by those
// who know where they are; answers and lists leave them out.
func readable(d *kb.Document, now time.Time) bool {
	listed := *d
	listed.Unlisted = false
	return reader.Covers(d.Audience) && listed.Live(now)
}

func (s *Server) render(corpus *kb.Corpus, d *kb.Document) (string, error) {
	links := corpus.Links()
	html, err := kb.Render(d, func(target string) string { return resolve(links, d, target) })
	if err != nil {
		return "", fmt.Errorf("server: render %s: %w", d.ID, err)
	}
	return html, nil
}

// resolve turns a link of an article into one that works on our pages: links to other articles
// become addresses under /help/, everything else stays as it is.
func resolve(links *kb.Links, from *kb.Document, target string) string {
	if strings.HasPrefix(target, "#") {
		return target
	}
	if to, fragment := links.Target(from, target); to != nil {
		return to.HelpURL(fragment)
	}
	return target
}

// moved answers what no route does: an address from an article's front matter leads to the
// article, so that sites which move to cited keep their links.
func (s *Server) moved(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if !errors.Is(err, echo.ErrNotFound) { // the router's; a handler's own has a kind
			return err
		}
		if d := s.byAddress(c.Request().URL.Path); d != nil {
			return c.Redirect(http.StatusFound, d.HelpURL(""))
		}
		return err
	}
}

// byAddress finds a readable article by its URL or by one of its aliases; nil when there is none.
func (s *Server) byAddress(address string) *kb.Document {
	corpus, err := s.corpus()
	if err != nil {
		return nil
	}
	for _, d := range corpus.Links().Addressed(address) {
		if readable(d, s.Now()) {
			return d
		}
	}
	return nil
}
