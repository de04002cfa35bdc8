package draft

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"cited/internal/retrieve"
)

// Why a generated draft could not be used, besides a statusError.
var (
	errNoAnswer   = errors.New("no answer")
	errEmpty      = errors.New("an empty answer")
	errDeclined   = errors.New("the model declined")
	errTooLarge   = errors.New("an answer of more than 2 MB")
	errUnreadable = errors.New("an unreadable answer")
	errUncited    = errors.New("an answer that cites nothing it was sent")
)

// Fallback drafts with Primary and, when that fails in any way, with Secondary; the draft then
// says why in Degraded. An empty draft is no failure: Primary found no answer.
type Fallback struct {
	Name      string // of the primary drafter, as Degraded names it: "generative"
	Primary   Drafter
	Secondary Drafter
	Log       *slog.Logger // gets what went wrong in full; required
}

// Draft fails only when Secondary does, or when the asker has gone (context.Canceled). When
// Primary used up all the time, Secondary still drafts: it takes milliseconds.
func (f Fallback) Draft(ctx context.Context, q Question, hits []retrieve.Hit) (Draft, error) {
	d, err := f.Primary.Draft(ctx, q, hits)
	if err == nil {
		return d, nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return Draft{}, fmt.Errorf("draft: %w", ctx.Err())
	}
	why := f.Name + ": " + reason(err)
	f.Log.WarnContext(ctx, "drafted without the model", "why", why, "err", err)
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	d, err = f.Secondary.Draft(ctx, q, hits)
	if err != nil {
		return Draft{}, err
	}
	d.Degraded = append([]string{why}, d.Degraded...)
	return d, nil
}

// reason says in a few words, fit for an answer, what went wrong; the error itself stays inside.
func reason(err error) string {
	var status *statusError
	var timeout net.Error
	switch {
	case errors.As(err, &status):
		return statusReason(status.code)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	case errors.Is(err, errNoAnswer):
		return "no connection to the model's endpoint"
	case errors.Is(err, errEmpty):
		return "empty answer"
	case errors.Is(err, errDeclined):
		return "the model declined"
	case errors.Is(err, errTooLarge), errors.Is(err, errUnreadable):
		return "unreadable answer"
	case errors.Is(err, errUncited):
		return "cited nothing that was found"
	}
	return "failed"
}

func statusReason(code int) string {
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return "the model's endpoint refused the key"
	case code == http.StatusNotFound:
		return "the model was not found at its endpoint"
	case code == http.StatusTooManyRequests:
		return "the model's endpoint is busy"
	case code == http.StatusRequestTimeout, code == http.StatusGatewayTimeout:
		return "timed out"
	case code >= 500:
		return "the model's endpoint failed"
	}
	return "the model's endpoint refused the request"
}
