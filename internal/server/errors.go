package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
	"cited/internal/retrieve"
	"cited/internal/review"
)

// Kinds of faults that the server itself finds.
var (
	errInvalid     = errors.New("the request is not valid")
	errOrigin      = errors.New("requests from other origins need a key")
	errNoRoute     = errors.New("there is nothing at this address")
	errMethod      = errors.New("this address does not take this method")
	errTooLarge    = errors.New("the body is too large")
	errMediaType   = errors.New("the body must be JSON: send Content-Type: application/json")
	errRate        = errors.New("too many requests: wait a moment")
	errUnavailable = errors.New("the answer took too long")
)

// kind is one row of the table from errors to responses.
type kind struct {
	err    error
	status int
	code   string
	param  string
}

// kinds is the table, first match wins. The text of every err in it is fit for the caller;
// whatever matches no row is a 500 whose text stays in the log.
var kinds = []kind{
	{answer.ErrEmptyQuestion, http.StatusBadRequest, "empty_question", "question"},
	{answer.ErrLongQuestion, http.StatusBadRequest, "question_too_long", "question"},
	{answer.ErrQuestionNotUTF8, http.StatusBadRequest, "question_not_utf8", "question"},
	{errTooLarge, http.StatusRequestEntityTooLarge, "body_too_large", ""},
	{errMediaType, http.StatusUnsupportedMediaType, "unsupported_media_type", ""},
	{errInvalid, http.StatusBadRequest, "invalid_request", ""},
	{errOrigin, http.StatusForbidden, "cross_origin", ""},
	{review.ErrNotFound, http.StatusNotFound, "answer_not_found", ""},
	{errNoRoute, http.StatusNotFound, "not_found", ""},
	{errMethod, http.StatusMethodNotAllowed, "method_not_allowed", ""},
	{errRate, http.StatusTooManyRequests, "rate_limited", ""},
	{retrieve.ErrNotReady, http.StatusServiceUnavailable, "not_ready", ""},
	{errUnavailable, http.StatusServiceUnavailable, "timeout", ""},
}

// statusGone is for the log alone: the caller hung up. (nginx's number.)
const statusGone = 499

// fault is an error with words for the caller: which parameter, and what is wrong with it.
type fault struct {
	kind    error // a row of kinds
	param   string
	message string // "" takes the kind's text
	cause   error  // for the log; may be nil
}

// Error implements error.
func (f *fault) Error() string {
	text := f.text()
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// Unwrap gives errors.Is the kind and the cause.
func (f *fault) Unwrap() []error { return []error{f.kind, f.cause} }

func (f *fault) text() string {
	if f.message != "" {
		return f.message
	}
	return f.kind.Error()
}

// invalid is a fault in a parameter; param is "" when it is in the request as a whole.
func invalid(param, message string) error {
	return &fault{kind: errInvalid, param: param, message: message}
}

// errorResponse is the body of every error.
type errorResponse struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	Param     string `json:"param,omitempty"`
	RequestID string `json:"request_id"`
}

// lookUp finds the status and the public words for an error.
func lookUp(err error) (int, errorBody) {
	var he *echo.HTTPError
	if errors.As(err, &he) { // only the router makes them
		switch he.Code {
		case http.StatusNotFound:
			err = errNoRoute
		case http.StatusMethodNotAllowed:
			err = errMethod
		}
	}
	for _, k := range kinds {
		if !errors.Is(err, k.err) {
			continue
		}
		body := errorBody{Code: k.code, Message: k.err.Error(), Param: k.param}
		var f *fault
		if errors.As(err, &f) {
			body.Message = f.text()
			if f.param != "" {
				body.Param = f.param
			}
		}
		return k.status, body
	}
	if errors.Is(err, context.Canceled) {
		return statusGone, errorBody{Code: "cancelled", Message: "the request was cancelled"}
	}
	return http.StatusInternalServerError, errorBody{Code: "internal", Message: "something went wrong on our side"}
}

// writeError is the one place where errors become responses.
func (s *Server) writeError(err error, c echo.Context) {
	hangUp(c)
	status, body := lookUp(err)
	body.RequestID = requestID(c)
	if status == http.StatusInternalServerError {
		attrs := []any{"err", err.Error(), "request_id", body.RequestID, "route", c.Path()}
		var p *panicError
		if errors.As(err, &p) {
			attrs = append(attrs, "stack", string(p.stack))
		}
		s.Log.Error("request failed", attrs...)
	}
	c.Set(statusKey, status)
	if status == statusGone {
		status = http.StatusServiceUnavailable // nobody reads it, unless it is we who cancelled
	}
	switch {
	case c.Response().Committed:
		if strings.HasPrefix(c.Response().Header().Get(echo.HeaderContentType), eventType) {
			err = writeEvent(c.Response(), "error", errorResponse{body})
		} else {
			err = nil // half a response is out; the caller sees it end early
		}
	case wantsPage(c.Request()):
		err = s.errorPage(c, status, body)
	default:
		err = s.writeJSON(c, status, errorResponse{body})
	}
	if err != nil {
		s.Log.Warn("error response not sent", "err", err.Error(), "request_id", body.RequestID)
	}
}

// panicError carries a panic to the log.
type panicError struct {
	value any
	stack []byte
}

// Error implements error.
func (p *panicError) Error() string { return "panic: " + toString(p.value) }

func toString(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case string:
		return v
	}
	return slog.AnyValue(v).String()
}

// recoverPanic turns a panic into an error, so that one request cannot take the process down.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v) // net/http's own way to cut a response off
			default:
				err = &panicError{v, debug.Stack()}
			}
		}()
		return next(c)
	}
}
