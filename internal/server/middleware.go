package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

const (
	jsonType  = "application/json; charset=utf-8"
	eventType = "text/event-stream"

	idKey     = "request_id"
	statusKey = "status" // what the log shows when the error handler decided it
)

var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// identify names the request: by the caller's own id when it is a plain one, so that a proxy's
// log and ours can be joined.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !plainID.MatchString(id) {
			id = s.NewID()
		}
		c.Set(idKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(idKey).(string)
	return id
}

// record writes the access log: never a query string, a body, an address or a name.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.Now()
		if err := next(c); err != nil {
			s.writeError(err, c)
		}
		status := c.Response().Status
		if n, ok := c.Get(statusKey).(int); ok {
			status = n
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
			slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", s.Now().Sub(start)), slog.String("request_id", requestID(c)))
		return nil
	}
}

// harden sets the headers that keep browsers strict. Nothing may be loaded from elsewhere, no
// script or style may stand in the page, and no other site may frame it. The referrer policy is
// not "no-referrer" because browsers would then hide the origin of our own form.
func (s *Server) harden(next echo.HandlerFunc) echo.HandlerFunc {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderContentSecurityPolicy, policy)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set(echo.HeaderCacheControl, "no-store")
		if m := c.Request().Method; m == http.MethodGet || m == http.MethodHead {
			hangUp(c)
		}
		return next(c)
	}
}

// hangUp closes the connection after a response that may leave a body unread: one that is not
// asked for, and those of faults. Without it net/http waits for the rest before it answers.
func hangUp(c echo.Context) {
	if r := c.Request(); r.ContentLength != 0 {
		c.Response().Header().Set("Connection", "close")
	}
}

// bound limits the body's size and the request's time.
func (s *Server) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if n := s.Limits.Body; n > 0 {
			if r.ContentLength > n {
				return &fault{kind: errTooLarge, message: fmt.Sprintf("the body is larger than %d bytes", n)}
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, n)
		}
		if s.Limits.Timeout <= 0 {
			return next(c)
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.Limits.Timeout)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		err := next(c)
		// Asked here, while the context can still tell its own end from a caller that hung up;
		// what failed below may have said it in words of its own.
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return &fault{kind: errUnavailable, cause: err}
		}
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return err
	}
}

// sameOrigin refuses what another site's page sends: without a key the data is for our own
// pages and for programs, and programs send neither header.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if crossOrigin(c.Request()) {
			return errOrigin
		}
		return next(c)
	}
}

// crossOrigin reports whether a browser says that another origin's page made the request.
func crossOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none": // none: typed by a person
		return false
	case "":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(u.Host, r.Host)
}

// limit applies the rate limit.
func (s *Server) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if wait := s.limiter.take(caller(c.Request(), s.Limits.TrustedProxies)); wait > 0 {
			c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			return errRate
		}
		return next(c)
	}
}

// caller is the address that a request counts for. An IPv6 caller has a whole /64 to choose
// addresses from, so that is what counts. Of X-Forwarded-For the last address counts that is not
// a trusted proxy's: what stands before it can be anybody's invention.
func caller(r *http.Request, trusted []netip.Prefix) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	addr = addr.Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && contains(trusted, addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	prefix, _ := addr.WithZone("").Prefix(bits) // an address that is none gives the zero prefix
	return prefix
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
