package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
)

// TestKindsBothWays: every row gives its own code and status, however deep the error is wrapped,
// and no two rows share a code.
func TestKindsBothWays(t *testing.T) {
	rows := map[string]kind{}
	for _, k := range kinds {
		if other, ok := rows[k.code]; ok {
			t.Errorf("%v and %v share code %s", k.err, other.err, k.code)
		}
		rows[k.code] = k
		status, body := lookUp(fmt.Errorf("a: %w", errors.Join(errors.New("b"), fmt.Errorf("c: %w", k.err))))
		if back := rows[body.Code]; back.err != k.err || status != k.status || body.Param != k.param || body.Message != k.err.Error() {
			t.Errorf("%v gives %d %+v", k.err, status, body)
		}
		status, body = lookUp(fmt.Errorf("a: %w", &fault{kind: k.err, param: "p", message: "m", cause: errors.New("hidden")}))
		if status != k.status || body.Code != k.code || body.Param != "p" || body.Message != "m" {
			t.Errorf("a fault of %v gives %d %+v", k.err, status, body)
		}
		if http.StatusText(k.status) == "" || k.status == http.StatusInternalServerError {
			t.Errorf("%v has status %d", k.err, k.status)
		}
	}
}

func TestLookUpTheRest(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New("secret"), 500, "internal"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), 500, "internal"}, // somebody else's deadline
		{fmt.Errorf("x: %w", context.Canceled), statusGone, "cancelled"},
		{fmt.Errorf("x: %w", echo.ErrNotFound), 404, "not_found"},
		{echo.NewHTTPError(http.StatusMethodNotAllowed, "secret"), 405, "method_not_allowed"},
		{echo.NewHTTPError(http.StatusTeapot, "secret"), 500, "internal"},
		{&fault{kind: errInvalid, cause: answer.ErrLongQuestion}, 400, "question_too_long"},
	} {
		status, body := lookUp(tc.err)
		if status != tc.status || body.Code != tc.code || body.Message == "secret" {
			t.Errorf("%v gives %d %+v", tc.err, status, body)
		}
	}
}

func TestTimeoutAndHangUp(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Limits.Timeout = 30 * time.Millisecond })
	if w := f.post("/v1/answers", `{"question":"deadline"}`); w.Code != 503 {
		t.Errorf("past the time: %d %s", w.Code, w.Body)
	}
	if w := f.post("/v1/answers", `{"question":"deadline","stream":true}`); w.Code != 200 {
		t.Errorf("past the time, in a stream: %d %s", w.Code, w.Body)
	} else {
		golden(t, "timeout.sse", w.Body.String())
	}
}
