package embed

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxAnswerBytes = 32 << 20 // 96 vectors of 4,096 dimensions, printed generously, are 13 MB
	maxErrorBytes  = 8 << 10
	maxMessage     = 200 // bytes of an endpoint's message that reach an error
)

// statusError is an answer other than 2xx.
type statusError struct {
	code       int
	message    string        // the endpoint's, cut, and without the key; may be empty
	retryAfter time.Duration // what it asked to wait; 0 when it did not
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the endpoint answered %d %s", e.code, http.StatusText(e.code))
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

// networkError is a request without a whole answer.
type networkError struct{ err error }

func (e *networkError) Error() string { return "no answer: " + e.err.Error() }
func (e *networkError) Unwrap() error { return e.err }

// passing reports whether a failure may be gone at the next attempt.
func passing(err error) bool {
	var status *statusError
	if errors.As(err, &status) {
		switch status.code {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
			return true
		case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
			return false
		}
		return status.code >= 500
	}
	var certificate *tls.CertificateVerificationError
	var network *networkError
	return errors.As(err, &network) && !errors.As(err, &certificate)
}

// doer is what go-openai sends its requests through. It reads every answer itself, so that
// sizes are bounded, Retry-After is seen, and no text of the endpoint reaches an error unless
// it was looked through for the key. Redirects are not followed: they would carry the texts to
// a host that nobody configured.
type doer struct {
	client *http.Client
	key    string
	now    func() time.Time
}

func newDoer(transport http.RoundTripper, key string, now func() time.Time) *doer {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &doer{client: &http.Client{Transport: transport, CheckRedirect: stay}, key: key, now: now}
}

// Do returns a 2xx response with its whole body in memory, or a statusError, a networkError, or
// an error about the body.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	res, err := d.client.Do(req)
	if err != nil {
		var wrapped *url.Error // it prints the address, which may hold a secret
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, &networkError{err}
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, d.refused(res)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes+1))
	if err != nil {
		return nil, &networkError{err}
	}
	if len(body) > maxAnswerBytes {
		return nil, fmt.Errorf("bad answer: more than %d MB", maxAnswerBytes>>20)
	}
	if err := noNulls(body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// refused makes the statusError of an answer. Messages about keys quote them, in part or
// whole, so those of 401 and 403 are left out, as is any that shares six characters with ours.
func (d *doer) refused(res *http.Response) error {
	e := &statusError{code: res.StatusCode, retryAfter: retryAfter(res.Header, d.now())}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBytes)) // half a message is fine
	var said struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || e.code == http.StatusUnauthorized || e.code == http.StatusForbidden {
		return e
	}
	if message := strings.Join(strings.Fields(said.Error.Message), " "); !shares(message, d.key) {
		e.message = strings.ToValidUTF8(message[:min(len(message), maxMessage)], "")
	}
	return e
}

// shares reports whether text holds six successive bytes of key, or all of a shorter one.
func shares(text, key string) bool {
	const n = 6
	if key == "" || len(key) <= n {
		return key != "" && strings.Contains(text, key)
	}
	for i := 0; i+n <= len(key); i++ {
		if strings.Contains(text, key[i:i+n]) {
			return true
		}
	}
	return false
}

// retryAfter reads "retry-after-ms" and "Retry-After" (seconds or a date); 0 without or unreadable.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64)
	if err != nil {
		var s float64
		s, err = strconv.ParseFloat(h.Get("Retry-After"), 64)
		ms = s * 1000
	}
	if err == nil {
		if !(ms > 0) {
			return 0
		}
		return time.Duration(min(ms, float64(longest/time.Millisecond)) * float64(time.Millisecond))
	}
	if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		return min(max(at.Sub(now), 0), longest)
	}
	return 0
}

// noNulls refuses null inside a vector, which is how NaN comes out of some servers and which
// encoding/json would read as 0. Bodies without any null, nearly all, cost one search.
func noNulls(body []byte) error {
	if !bytes.Contains(body, []byte("null")) {
		return nil
	}
	var answer struct {
		Data []struct {
			Embedding []*float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil // go-openai will say what is wrong
	}
	for _, d := range answer.Data {
		for _, v := range d.Embedding {
			if v == nil {
				return errors.New("bad answer: a vector is zero or not finite")
			}
		}
	}
	return nil
}

// shortHash is eight hex digits over the parts.
func shortHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:4])
}
