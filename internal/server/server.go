// Package server answers over HTTP: the JSON API with its event stream, and the help pages. It
// is the only package that knows echo. A handler binds, makes one call, converts and writes; what
// is the same for all requests (errors, limits, headers, the log) is middleware.
package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/review"
)

// Asker answers one question. answer.Service is one; the interface keeps the pipeline's parts
// out of here.
type Asker interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
}

// Searcher finds the hits of a query.
type Searcher interface {
	Retrieve(ctx context.Context, q retrieve.Query) (retrieve.Result, error)
}

// Highlighter tells which words of texts in some languages match a query, whose language is known.
type Highlighter interface {
	// Highlighter returns nil where nothing is marked.
	Highlighter(q retrieve.Query, languages ...string) *retrieve.Highlighter
}

// Library holds the knowledge base that is served at the moment; nil until one is loaded.
type Library interface {
	Corpus() *kb.Corpus
}

// Answers keeps what was answered. Both methods return review.ErrNotFound for an answer that is
// not there or not for the reader.
type Answers interface {
	// Answer returns the JSON of an answer, the bytes of its first response.
	Answer(ctx context.Context, id string, reader kb.Audience) ([]byte, error)
	// Feedback adds what a reader says about an answer.
	Feedback(ctx context.Context, answerID string, reader kb.Audience, f review.Feedback) error
}

// Limits bound what one caller can take. A zero switches a limit off.
type Limits struct {
	Rate    float64       // requests a second and address, on average
	Burst   int           // requests at once and address; 0 with a Rate: one second's worth
	Body    int64         // bytes of a request's body
	Timeout time.Duration // of a whole request, its reading included
	Drain   time.Duration // of requests in flight at shutdown

	// TrustedProxies are the addresses whose X-Forwarded-For counts. Without them all callers
	// behind a proxy share the proxy's rate.
	TrustedProxies []netip.Prefix
}

// DefaultLimits are generous to people and tight for scripts.
func DefaultLimits() Limits {
	return Limits{Rate: 10, Burst: 40, Body: 1 << 20, Timeout: 60 * time.Second, Drain: 20 * time.Second}
}

// Options are what a Server is made of. The first five are required.
type Options struct {
	Asker       Asker
	Searcher    Searcher
	Highlighter Highlighter
	Library     Library
	Answers     Answers

	Limits  Limits
	Version string           // of the binary, for /openapi.json
	Log     *slog.Logger     // nil: slog.DiscardHandler
	Now     func() time.Time // nil: time.Now
	NewID   func() string    // ids of requests; nil: crypto/rand
	// Ticker times the pings of event streams; nil: time.NewTicker.
	Ticker func(d time.Duration) (tick <-chan time.Time, stop func())
}

// Server is the HTTP handler of cited.
type Server struct {
	Options
	echo    *echo.Echo
	pages   *pages
	limiter *limiter
	openapi []byte
	buffers sync.Pool // *bytes.Buffer: what is on its way to a caller
}

// New makes a server. It opens nothing and starts nothing; Run does.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, echo: echo.New()}
	s.buffers.New = func() any { return new(bytes.Buffer) }
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"Asker", o.Asker == nil}, {"Searcher", o.Searcher == nil}, {"Highlighter", o.Highlighter == nil}, {"Library", o.Library == nil}, {"Answers", o.Answers == nil},
	} {
		if need.missing {
			return nil, fmt.Errorf("server: new: Options.%s is missing", need.name)
		}
	}
	s.fill()
	s.limiter = newLimiter(o.Limits.Rate, o.Limits.Burst, s.Now)
	var err error
	if s.pages, err = loadPages(); err != nil {
		return nil, fmt.Errorf("server: new: %w", err)
	}
	routes := s.routes()
	if s.openapi, err = openAPI(o.Version, routes); err != nil {
		return nil, fmt.Errorf("server: new: %w", err)
	}
	s.echo.HTTPErrorHandler = s.writeError
	s.echo.Use(s.identify, s.record, s.harden, s.recoverPanic, s.bound, s.moved)
	for _, r := range routes {
		for _, m := range r.methods() {
			s.echo.Add(m, r.path, r.handler, s.guards(r)...)
		}
	}
	return s, nil
}

// fill sets what the caller left to the server.
func (s *Server) fill() {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.NewID == nil {
		s.NewID = rand.Text
	}
	if s.Ticker == nil {
		s.Ticker = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Run serves on a listener that is open already, until ctx ends; then it takes no more requests
// and waits for those in flight, at most Limits.Drain (0: as long as they take). It returns nil
// after a clean end.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	// Requests outlive ctx: they are in flight when it ends.
	base, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	if t := s.Limits.Timeout; t > 0 {
		srv.ReadTimeout = t                   // of a body, too
		srv.WriteTimeout = t + 10*time.Second // the error page of a timeout must still go out
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("server: serve on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	drain, cancel := base, context.CancelFunc(func() {})
	if d := s.Limits.Drain; d > 0 {
		drain, cancel = context.WithTimeout(base, d)
	}
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		abort()
		return fmt.Errorf("server: shutdown: requests still ran after %s and were cut off: %w", s.Limits.Drain, errors.Join(err, srv.Close()))
	}
	<-served
	return nil
}
