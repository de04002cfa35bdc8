package server

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
	"cited/internal/retrieve"
)

// How many hits a search gives.
const (
	DefaultHits = 10
	MaxHits     = 50
)

// searchRequest is the body of POST /v1/search.
type searchRequest struct {
	Q     string `json:"q"`
	Lang  string `json:"lang,omitempty"`
	Limit *int   `json:"limit,omitempty"`
}

// searchResponse is what a search found, best first.
type searchResponse struct {
	Object   string      `json:"object"` // always "search"
	Query    string      `json:"query"`
	Lang     string      `json:"lang"` // of the query, as asked or identified; "" when unknown
	Hits     []searchHit `json:"hits"`
	Degraded []string    `json:"degraded"`
	Corpus   string      `json:"corpus"`
}

// searchHit is one section, and who put it where.
type searchHit struct {
	DocumentID string            `json:"document_id"`
	Section    string            `json:"section"`
	Title      string            `json:"title"`
	Headings   []string          `json:"headings"`
	URL        string            `json:"url"`
	Snippet    string            `json:"snippet"` // plain text, at most 200 characters
	Lang       string            `json:"lang"`
	Rank       int               `json:"rank"`
	Score      float64           `json:"score"`
	From       []retrieve.Origin `json:"from"`

	// What matches: ranges of bytes (UTF-8), ascending, which do not touch each other.
	Highlights        []highlight   `json:"highlights"`         // of the snippet
	TitleHighlights   []highlight   `json:"title_highlights"`   // of the title
	HeadingHighlights [][]highlight `json:"heading_highlights"` // of each of the headings
}

// searchBody is POST /v1/search.
func (s *Server) searchBody(c echo.Context) error {
	var req searchRequest
	if err := s.bind(c, &req); err != nil {
		return err
	}
	return s.search(c, req)
}

// searchURL is GET /v1/search.
func (s *Server) searchURL(c echo.Context) error {
	req := searchRequest{Q: c.QueryParam("q"), Lang: c.QueryParam("lang")}
	if text := c.QueryParam("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return invalid("limit", "limit must be a whole number")
		}
		req.Limit = &n
	}
	return s.search(c, req)
}

func (s *Server) search(c echo.Context, req searchRequest) error {
	q, err := req.query()
	if err != nil {
		return err
	}
	found, err := s.Searcher.Retrieve(c.Request().Context(), q)
	if err != nil {
		return fmt.Errorf("server: search: %w", err)
	}
	return s.writeJSON(c, http.StatusOK, s.searchResult(q, found))
}

// query checks the request and makes of it what Searcher takes.
func (r searchRequest) query() (retrieve.Query, error) {
	lang, err := primaryLang(r.Lang)
	if err != nil {
		return retrieve.Query{}, err
	}
	q := retrieve.Query{Text: strings.TrimSpace(r.Q), Lang: lang, Audience: reader, Limit: DefaultHits, Phrases: true}
	q.Prefix = strings.HasSuffix(r.Q, q.Text) // a blank ends the last word
	switch {
	case !utf8.ValidString(r.Q):
		return q, invalid("q", "q is not valid UTF-8")
	case q.Text == "":
		return q, invalid("q", "q is empty")
	case utf8.RuneCountInString(q.Text) > answer.MaxQuestion:
		return q, invalid("q", fmt.Sprintf("q is longer than %d characters", answer.MaxQuestion))
	}
	if r.Limit != nil {
		if *r.Limit < 1 || *r.Limit > MaxHits {
			return q, invalid("limit", fmt.Sprintf("limit must be between 1 and %d", MaxHits))
		}
		q.Limit = *r.Limit
	}
	return q, nil
}

func (s *Server) searchResult(q retrieve.Query, found retrieve.Result) searchResponse {
	out := searchResponse{
		Object: "search", Query: q.Text, Lang: found.Lang, Hits: make([]searchHit, 0, len(found.Hits)),
		Degraded: notNil(found.Degraded), Corpus: found.Corpus,
	}
	q.Lang = found.Lang
	languages := make([]string, 0, len(found.Hits))
	for _, h := range found.Hits {
		languages = append(languages, h.Chunk.Lang)
	}
	highlighter := s.Highlighter.Highlighter(q, languages...)
	var marks []retrieve.Mark
	for _, h := range found.Hits {
		k := h.Chunk
		hit := searchHit{
			DocumentID: k.DocumentID, Section: k.Section(), Title: k.Title,
			Headings: notNil(k.Headings), URL: h.Document.SectionURL(k.Anchor), Lang: k.Lang,
			Rank: h.Rank, Score: h.Score, From: notNil(h.From),
			HeadingHighlights: make([][]highlight, 0, len(k.Headings)),
		}
		marks = highlighter.Append(marks[:0], k.Plain, k.Lang)
		hit.Snippet, hit.Highlights = snippet(k.Plain, marks)
		marks = highlighter.Append(marks[:0], k.Title, k.Lang)
		hit.TitleHighlights = highlights(marks)
		for _, heading := range k.Headings {
			marks = highlighter.Append(marks[:0], heading, k.Lang)
			hit.HeadingHighlights = append(hit.HeadingHighlights, highlights(marks))
		}
		out.Hits = append(out.Hits, hit)
	}
	return out
}

// notNil makes an empty list of a missing one: in JSON [] and not null.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
