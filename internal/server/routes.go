package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
)

// route is one address: what is served there, for whom, and what /openapi.json says about it.
type route struct {
	method  string
	path    string // echo's: /v1/answers/:id
	handler echo.HandlerFunc

	api     bool // data: same origin only, counted by the rate limit
	summary string
	params  []param
	in, out any  // example values of the JSON body and of the answer; nil: none
	status  int  // of the answer; 0: 200
	events  bool // it can answer as an event stream
}

// param is a parameter in the path or the query string.
type param struct {
	name, in, about string
	required        bool
	integer         bool
}

// methods are the methods that a route answers to: HEAD goes with GET.
func (r route) methods() []string {
	if r.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}

// guards are the checks before a route's handler.
func (s *Server) guards(r route) []echo.MiddlewareFunc {
	if !r.api {
		return nil
	}
	return []echo.MiddlewareFunc{s.sameOrigin, s.limit}
}

// routes is everything that is served, in the order in which /openapi.json lists it.
func (s *Server) routes() []route {
	id := param{name: "id", in: "path", about: "the answer's id", required: true}
	return []route{
		{method: http.MethodPost, path: "/v1/answers", handler: s.ask, api: true,
			summary: "Ask a question. With \"stream\" or Accept: text/event-stream the answer comes as events: sources, statement, answer, error.",
			in:      askRequest{}, out: answer.Answer{}, events: true},
		{method: http.MethodGet, path: "/v1/answers/:id", handler: s.answer, api: true,
			summary: "A stored answer, the bytes of its first response.", params: []param{id}, out: answer.Answer{}},
		{method: http.MethodPost, path: "/v1/answers/:id/feedback", handler: s.feedback, api: true,
			summary: "Say whether an answer helped.", params: []param{id}, in: feedbackRequest{}, out: feedbackResponse{}, status: http.StatusCreated},
		{method: http.MethodPost, path: "/v1/search", handler: s.searchBody, api: true,
			summary: "Search the articles.", in: searchRequest{}, out: searchResponse{}},
		{method: http.MethodGet, path: "/v1/search", handler: s.searchURL, api: true,
			summary: "Search the articles.", params: []param{
				{name: "q", in: "query", about: "what to look for", required: true},
				{name: "lang", in: "query", about: "language of the query, a BCP-47 tag"},
				{name: "limit", in: "query", about: "how many hits, 1 to 50", integer: true},
			}, out: searchResponse{}},
		{method: http.MethodGet, path: "/v1/documents/*", handler: s.document, api: true,
			summary: "A rendered article: JSON, or its page with Accept: text/html.",
			params:  []param{{name: "id", in: "path", about: "the document's id, slashes included", required: true}}, out: documentResponse{}},
		{method: http.MethodGet, path: "/healthz", handler: s.healthy, summary: "Whether the process runs.", out: statusResponse{}},
		{method: http.MethodGet, path: "/readyz", handler: s.ready, summary: "Whether a knowledge base is loaded.", out: statusResponse{}},
		{method: http.MethodGet, path: "/openapi.json", handler: s.describe, summary: "This document."},
		{method: http.MethodGet, path: "/", handler: s.home},
		{method: http.MethodPost, path: "/", handler: s.askPage, api: true},
		{method: http.MethodGet, path: "/help", handler: s.toHome},
		{method: http.MethodGet, path: "/help/", handler: s.toHome},
		{method: http.MethodGet, path: "/help/*", handler: s.article},
		{method: http.MethodGet, path: "/assets/:hash/:file", handler: s.asset},
	}
}

// statusResponse is what /healthz and /readyz say.
type statusResponse struct {
	Status string `json:"status"`
	Corpus string `json:"corpus,omitempty"` // the hash of what is served
}

func (s *Server) healthy(c echo.Context) error {
	return s.writeJSON(c, http.StatusOK, statusResponse{Status: "ok"})
}

func (s *Server) ready(c echo.Context) error {
	corpus, err := s.corpus()
	if err != nil {
		return err
	}
	return s.writeJSON(c, http.StatusOK, statusResponse{Status: "ready", Corpus: corpus.Hash})
}

func (s *Server) describe(c echo.Context) error {
	return c.Blob(http.StatusOK, jsonType, s.openapi)
}
