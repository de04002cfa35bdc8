package server

import (
	"net/netip"
	"sync"
	"time"
)

// limiter is a token bucket per caller: a bucket holds at most burst tokens, fills at rate
// tokens a second, and a request takes one.
type limiter struct {
	rate  float64 // 0: everything passes
	burst float64
	now   func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
	sweepAt int // full buckets are dropped when there are so many
}

type bucket struct {
	tokens float64
	at     time.Time // when tokens was right
}

const fewBuckets = 1024

func newLimiter(rate float64, burst int, now func() time.Time) *limiter {
	return &limiter{
		rate: rate, burst: max(float64(burst), rate, 1), now: now,
		buckets: map[netip.Prefix]bucket{}, sweepAt: fewBuckets,
	}
}

// take takes a token of the caller's. It returns 0 when there was one, else how long to wait.
func (l *limiter) take(caller netip.Prefix) time.Duration {
	if l.rate <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	tokens := l.burst
	if b, ok := l.buckets[caller]; ok {
		tokens = l.filled(b, now)
	}
	if tokens < 1 {
		l.buckets[caller] = bucket{tokens, now}
		return time.Duration((1 - tokens) / l.rate * float64(time.Second))
	}
	l.buckets[caller] = bucket{tokens - 1, now}
	l.sweep(now)
	return 0
}

func (l *limiter) filled(b bucket, now time.Time) float64 {
	return min(l.burst, b.tokens+max(0, now.Sub(b.at).Seconds())*l.rate)
}

// sweep forgets callers whose buckets are full again: a full bucket is what a new caller gets.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < l.sweepAt {
		return
	}
	for k, b := range l.buckets {
		if l.filled(b, now) >= l.burst {
			delete(l.buckets, k)
		}
	}
	l.sweepAt = max(fewBuckets, 2*len(l.buckets))
}
