package server

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func TestRateLimit(t *testing.T) {
	now := noon
	f := newFixture(t, func(o *Options) {
		o.Limits.Rate, o.Limits.Burst = 2, 3
		o.Now = func() time.Time { return now }
	})
	search := func() *httptest.ResponseRecorder { return f.call("GET", "/v1/search?q=x", "") }
	for i := range 3 {
		if w := search(); w.Code != 200 {
			t.Fatalf("request %d: %d", i, w.Code)
		}
	}
	if w := search(); w.Code != 429 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("the fourth: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	for _, free := range []string{"/healthz", "/", "/help/en/returns"} {
		if w := f.call("GET", free, ""); w.Code != 200 {
			t.Errorf("%s is limited: %d", free, w.Code)
		}
	}
	now = now.Add(500 * time.Millisecond)
	if a, b := search(), search(); a.Code != 200 || b.Code != 429 {
		t.Errorf("half a second later: %d, %d", a.Code, b.Code)
	}
}

func TestLimiterForgetsFullBuckets(t *testing.T) {
	now := noon
	l := newLimiter(1, 2, func() time.Time { return now })
	for i := range 5000 {
		now = now.Add(10 * time.Millisecond)
		l.take(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32))
	}
	if n := len(l.buckets); n > 2*fewBuckets {
		t.Errorf("%d buckets kept", n)
	}
	if l := newLimiter(0, 0, nil); l.take(netip.Prefix{}) != 0 {
		t.Error("a limiter of rate 0 limits")
	}
}

func TestCaller(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, tc := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:99", "", "192.0.2.1/32"},
		{"192.0.2.1:99", "203.0.113.5", "192.0.2.1/32"}, // not a proxy of ours
		{"10.0.0.1:99", "203.0.113.5", "203.0.113.5/32"},
		{"10.0.0.1:99", "1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5/32"},
		{"10.0.0.1:99", "junk", "10.0.0.1/32"},
		{"[::1]:99", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::4%eth0]:99", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:99", "", "192.0.2.1/32"},
		{"@", "", "invalid Prefix"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tc.remote
		if tc.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tc.forwarded)
		}
		if got := caller(r, trusted).String(); got != tc.want {
			t.Errorf("caller(%s, %q) = %s, want %s", tc.remote, tc.forwarded, got, tc.want)
		}
	}
}

func TestLimitsSwitchedOff(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Limits = Limits{} })
	for range 100 {
		if w := f.post("/v1/search", `{"q":"x"}`); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
