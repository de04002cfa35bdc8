package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// writeJSON writes v and a newline. It encodes as the store does, so that an answer read back
// has the bytes of the first response.
func (s *Server) writeJSON(c echo.Context, status int, v any) error {
	buffer := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(buffer)
	buffer.Reset()
	if err := json.NewEncoder(buffer).Encode(v); err != nil {
		return fmt.Errorf("server: encode %T: %w", v, err)
	}
	// With its length at hand net/http need not send the body in chunks.
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(buffer.Len()))
	return c.Blob(status, jsonType, buffer.Bytes())
}

// readBody reads a body of the media type want. The server's read timeout ends a body that
// trickles in.
func (s *Server) readBody(c echo.Context, want string) ([]byte, error) {
	r := c.Request()
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || media != want {
		return nil, &fault{kind: errMediaType, message: "the body must be sent with Content-Type: " + want}
	}
	if cs := params["charset"]; cs != "" && !strings.EqualFold(cs, "utf-8") {
		return nil, &fault{kind: errMediaType, message: "the body must be UTF-8"}
	}
	if enc := r.Header.Get(echo.HeaderContentEncoding); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, &fault{kind: errMediaType, message: "the body must not be compressed"}
	}
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &fault{kind: errTooLarge, message: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	case err != nil:
		return nil, &fault{kind: errInvalid, message: "the body could not be read to its end", cause: err}
	}
	return body, nil
}

// bind reads a JSON object into *into, a struct whose fields all have JSON names. It is strict:
// what the caller misspelt or mistyped is named, not ignored.
func (s *Server) bind(c echo.Context, into any) error {
	body, err := s.readBody(c, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	return decodeStrict(body, into)
}

func decodeStrict(body []byte, into any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return invalid("", "the body is empty: send a JSON object")
	}
	if !utf8.Valid(body) {
		return invalid("", "the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil {
		return notJSON(err)
	} else if t != json.Delim('{') {
		return invalid("", "the body must be a JSON object")
	}
	fields := jsonFields(reflect.ValueOf(into).Elem())
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return notJSON(err)
		}
		name, _ := t.(string) // in an object, the decoder gives nothing else here
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return notJSON(err)
		}
		field, known := fields[name]
		switch {
		case !known:
			return invalid(shorten(name), fmt.Sprintf("unknown field %q", shorten(name)))
		case seen[name]:
			return invalid(name, fmt.Sprintf("field %q is there twice", name))
		}
		seen[name] = true
		if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
			return invalid(name, fmt.Sprintf("field %q must be %s", name, spoken(field.Type())))
		}
	}
	if _, err := dec.Token(); err != nil {
		return notJSON(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return invalid("", "there is more after the JSON object")
	}
	return nil
}

func notJSON(cause error) error {
	return &fault{kind: errInvalid, message: "the body is not valid JSON", cause: cause}
}

// jsonFields are the fields of a struct by their JSON names.
func jsonFields(v reflect.Value) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		out[name] = v.Field(i)
	}
	return out
}

// spoken names a type as a caller would.
func spoken(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return spoken(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list of strings"
	}
	return "a string"
}

// shorten bounds what of a caller's words an error repeats.
func shorten(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

var langTag = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$`)

// primaryLang checks a language tag and returns its primary part in lower case.
func primaryLang(tag string) (string, error) {
	if tag == "" {
		return "", nil
	}
	if len(tag) > 35 || !langTag.MatchString(tag) {
		return "", invalid("lang", "lang must be a language tag, such as en or pt-BR")
	}
	return primary(tag), nil
}

// primary is a language tag's first part, in lower case: pt of pt-BR.
func primary(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}
