// Package modeltest is a stand-in for an OpenAI-compatible endpoint that misbehaves to order.
// Only tests import it. It listens on the loopback interface, never sleeps, and is exact: equal
// requests get equal answers.
package modeltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Request is one request as the endpoint saw it.
type Request struct {
	Path          string // "/v1/embeddings", "/v1/chat/completions"
	Authorization string
	Body          []byte
	Context       context.Context // ends when the client has gone or the server closes
}

// Texts are the texts that an embedding request asks for.
func (r Request) Texts() []string {
	var body struct {
		Input []string `json:"input"`
	}
	_ = json.Unmarshal(r.Body, &body)
	return body.Input
}

// Chat is what a chat request says.
type Chat struct {
	Model               string   `json:"model"`
	Temperature         *float64 `json:"temperature"`
	Seed                *int     `json:"seed"`
	MaxTokens           int      `json:"max_tokens"`
	MaxCompletionTokens int      `json:"max_completion_tokens"`
	Messages            []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"messages"`
	ResponseFormat struct {
		Type string `json:"type"` // "json_schema", "json_object", "" for none
	} `json:"response_format"`
}

// Chat decodes a chat request; the zero value when it is none.
func (r Request) Chat() (c Chat) {
	_ = json.Unmarshal(r.Body, &c)
	return c
}

// Reply answers one request.
type Reply func(w http.ResponseWriter, r Request)

// Server is a running endpoint.
type Server struct {
	URL string // the base URL, with /v1

	mu       sync.Mutex
	script   []Reply
	requests []Request
	sent     atomic.Int64
}

// New starts an endpoint that answers the first request with the first reply, and so on; the
// last reply is for all that follow. It stops with the test.
func New(t testing.TB, script ...Reply) *Server {
	t.Helper()
	s := &Server{script: script}
	running, stop := context.WithCancel(context.Background())
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(running, cancel)()
		body, _ := io.ReadAll(r.Body)
		request := Request{Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Body: body, Context: ctx}
		s.next(request)(counted{w, &s.sent}, request)
	}))
	t.Cleanup(func() { stop(); h.Close() })
	s.URL = h.URL + "/v1"
	return s
}

// next records the request and returns its reply.
func (s *Server) next(r Request) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.requests)
	s.requests = append(s.requests, r)
	return s.script[min(n, len(s.script)-1)]
}

// Requests returns what was asked so far, in the order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Sent is the number of body bytes that clients took so far.
func (s *Server) Sent() int64 { return s.sent.Load() }

// counted counts what was written.
type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (c counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Status answers with an error in OpenAI's form.
func Status(code int, message string) Reply {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": "error"}})
	}
}

// Leaky answers with an error that repeats the key, whole and in part, as a careless proxy does.
func Leaky(code int) Reply {
	return func(w http.ResponseWriter, r Request) {
		key := strings.TrimPrefix(r.Authorization, "Bearer ")
		Status(code, fmt.Sprintf("Incorrect API key provided: %s (%s****)", key, key[:len(key)/2]))(w, r)
	}
}

// TooMany answers 429; retryAfter goes into the header unless it is "".
func TooMany(retryAfter string) Reply {
	return func(w http.ResponseWriter, r Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		Status(http.StatusTooManyRequests, "slow down")(w, r)
	}
}

// Body answers 200 with just that.
func Body(text string) Reply {
	return func(w http.ResponseWriter, _ Request) { _, _ = io.WriteString(w, text) }
}

// Empty answers 200 with nothing.
func Empty() Reply { return Body("") }

// Garbage answers 200 with bytes that are not JSON.
func Garbage() Reply { return Body("\x00\xff\xfe{{{{ not json") }

// HTML answers 200 with a page, as a captive portal does.
func HTML() Reply {
	return Body("<!doctype html><html><body><h1>Sign in</h1></body></html>")
}

// Big answers 200 with a JSON string of n bytes that never needs to end.
func Big(n int) Reply {
	return func(w http.ResponseWriter, _ Request) {
		_, _ = io.WriteString(w, `{"object":"`)
		part := bytes.Repeat([]byte("a"), 1<<16)
		for sent := 0; sent < n; sent += len(part) {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, `"}`)
	}
}

// Hang answers nothing until the client goes.
func Hang() Reply {
	return func(_ http.ResponseWriter, r Request) { <-r.Context.Done() }
}

// Stall sends half of an answer and then nothing until the client goes.
func Stall() Reply {
	return func(w http.ResponseWriter, r Request) {
		_, _ = io.WriteString(w, `{"object":"list","data":[`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context.Done()
	}
}

// CutOff promises a longer answer than it sends and closes the connection.
func CutOff() Reply {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Length", "4096")
		_, _ = io.WriteString(w, `{"object":"list","data":[`)
	}
}

// Refuse closes the connection without a word.
func Refuse() Reply {
	return func(w http.ResponseWriter, _ Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// Redirect sends the client elsewhere.
func Redirect(to string) Reply {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

// Vector is the vector that Vectors gives to a text: made from its bytes, and not of length 1.
func Vector(text string, dims int) []float32 {
	v := make([]float32, dims)
	sum := sha256.Sum256([]byte(text))
	for i := range v {
		if i > 0 && i%len(sum) == 0 {
			sum = sha256.Sum256(sum[:])
		}
		v[i] = float32(sum[i%len(sum)]) - 127.5
	}
	return v
}

// embedding is one element of an answer; a vector may hold null.
type embedding struct {
	Object    string `json:"object"`
	Index     int    `json:"index"`
	Embedding []any  `json:"embedding"`
}

// vectors answers an embedding request after edit has changed what a good endpoint would say.
func vectors(dims int, edit func([]embedding) []embedding) Reply {
	return func(w http.ResponseWriter, r Request) {
		var data []embedding
		for i, text := range r.Texts() {
			e := embedding{Object: "embedding", Index: i}
			for _, x := range Vector(text, dims) {
				e.Embedding = append(e.Embedding, x)
			}
			data = append(data, e)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": edit(data)})
	}
}

// Vectors answers well.
func Vectors(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding { return d })
}

// Shuffled answers well, last text first; the indexes say so.
func Shuffled(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding {
		for i, j := 0, len(d)-1; i < j; i, j = i+1, j-1 {
			d[i], d[j] = d[j], d[i]
		}
		return d
	})
}

// Fewer leaves the last vector out.
func Fewer(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding { return d[:len(d)-1] })
}

// Twice gives every vector the index 0.
func Twice(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding {
		for i := range d {
			d[i].Index = 0
		}
		return d
	})
}

// Mixed gives the last vector one dimension more.
func Mixed(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding {
		d[len(d)-1].Embedding = append(d[len(d)-1].Embedding, 1)
		return d
	})
}

// Holding puts value (nil is how NaN arrives) into the first place of the last vector.
func Holding(dims int, value any) Reply {
	return vectors(dims, func(d []embedding) []embedding {
		d[len(d)-1].Embedding[0] = value
		return d
	})
}

// Zero answers with vectors of zeros.
func Zero(dims int) Reply {
	return vectors(dims, func(d []embedding) []embedding {
		for i := range d {
			for j := range d[i].Embedding {
				d[i].Embedding[j] = 0
			}
		}
		return d
	})
}

// Says answers a chat request with content.
func Says(content string) Reply { return Stops(content, "stop") }

// Stops answers a chat request with content and the reason why it ends: "stop", "length",
// "content_filter".
func Stops(content, reason string) Reply {
	return chat(map[string]any{"role": "assistant", "content": content}, reason)
}

// Declines answers a chat request with a refusal.
func Declines() Reply {
	return chat(map[string]any{"role": "assistant", "content": nil, "refusal": "I cannot help with that."}, "stop")
}

func chat(message map[string]any, reason string) Reply {
	return func(w http.ResponseWriter, _ Request) {
		choice := map[string]any{"index": 0, "message": message, "finish_reason": reason}
		_ = json.NewEncoder(w).Encode(map[string]any{"object": "chat.completion", "choices": []any{choice}})
	}
}

// NoChoices answers a chat request without a choice.
func NoChoices() Reply { return Body(`{"object":"chat.completion","choices":[]}`) }

// Unformatted answers 400 to the response formats named ("json_schema", "json_object"), as
// endpoints without them do, and everything else with reply.
func Unformatted(reply Reply, formats ...string) Reply {
	return func(w http.ResponseWriter, r Request) {
		for _, f := range formats {
			if r.Chat().ResponseFormat.Type == f {
				Status(http.StatusBadRequest, "response_format "+f+" is not supported")(w, r)
				return
			}
		}
		reply(w, r)
	}
}
