package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
)

// pingEvery keeps proxies from closing a stream that has nothing to say yet.
const pingEvery = 10 * time.Second

// sourcesEvent is what may be cited, before anything is.
type sourcesEvent struct {
	Sources []answer.Source `json:"sources"`
}

// statementEvent is one verified statement with what proves it.
type statementEvent struct {
	Text      string            `json:"text"`
	Kind      string            `json:"kind"`
	Supported bool              `json:"supported"`
	Citations []answer.Citation `json:"citations"`
}

// events writes an event stream. Until the first event the response is not begun, so that a
// fault found before it is an ordinary error with a status of its own.
type events struct {
	c     echo.Context
	mu    sync.Mutex
	begun bool
}

// send writes one event and hands it to the network at once.
func (e *events) send(name string, v any) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begin()
	return writeEvent(e.c.Response(), name, v)
}

// ping writes a comment, which readers of event streams skip.
func (e *events) ping() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begin()
	if _, err := io.WriteString(e.c.Response(), ": ping\n\n"); err != nil {
		return err
	}
	e.c.Response().Flush()
	return nil
}

func (e *events) begin() {
	if e.begun {
		return
	}
	e.begun = true
	h := e.c.Response().Header()
	h.Set(echo.HeaderContentType, eventType+"; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	e.c.Response().WriteHeader(http.StatusOK)
}

// writeEvent writes one event. JSON has no raw line ends, so the data is one line.
func writeEvent(w *echo.Response, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("server: encode %T: %w", v, err)
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
		return err
	}
	w.Flush()
	return nil
}

// stream answers a question as events. Ask runs here, in the request's own goroutine; only the
// pings run beside it, and they have ended when stream returns.
func (s *Server) stream(c echo.Context, q answer.Question) error {
	e := &events{c: c}
	stop := s.pings(e)
	defer stop()
	var sent error
	sources := false
	q.OnSources = func(found []answer.Source) {
		sources = true
		sent = e.send("sources", sourcesEvent{notNil(found)})
	}
	a, err := s.Asker.Ask(c.Request().Context(), q)
	if err != nil {
		return fmt.Errorf("server: ask: %w", err)
	}
	if !sources {
		q.OnSources(nil)
	}
	if sent != nil {
		return fmt.Errorf("server: stream: %w", sent)
	}
	for _, st := range a.Statements {
		if err := e.send("statement", withCitations(st, a.Citations)); err != nil {
			return fmt.Errorf("server: stream: %w", err)
		}
	}
	if err := e.send("answer", a); err != nil {
		return fmt.Errorf("server: stream: %w", err)
	}
	return nil
}

// withCitations joins a statement to the citations that it names by number.
func withCitations(st answer.Statement, all []answer.Citation) statementEvent {
	out := statementEvent{Text: st.Text, Kind: st.Kind, Supported: st.Supported, Citations: []answer.Citation{}}
	for _, n := range st.Citations {
		for _, c := range all {
			if c.N == n {
				out.Citations = append(out.Citations, c)
			}
		}
	}
	return out
}

// pings sends a comment now and then until stop is called; stop waits for the last one.
func (s *Server) pings(e *events) (stop func()) {
	tick, stopTicker := s.Ticker(pingEvery)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-tick:
				if e.ping() != nil {
					return // the caller is gone; its context ends the rest
				}
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		stopTicker()
	}
}
