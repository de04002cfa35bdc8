package confidence

import (
	"math"
	"testing"

	"cited/internal/verify"
)

func TestScore(t *testing.T) {
	sum := 0.0
	for _, w := range weights {
		sum += w.weight
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the weights add up to %g", sum)
	}
	all := verify.Signals{verify.Support: 1, verify.Coverage: 1, verify.Agreement: 1, verify.Margin: 1, Relevance: 1}
	if got := Score(all); math.Abs(got-1) > 1e-9 {
		t.Errorf("all signals: %g", got)
	}
	if got := Score(nil); got != 0 {
		t.Errorf("no signal: %g", got)
	}
	weak := verify.Signals{Relevance: 0.1}
	if Score(verify.Signals{Relevance: 0.1, Listed: 1}) <= Score(weak) || Score(verify.Signals{Relevance: 0.1, Listed: 0.5}) != Score(weak) {
		t.Error("a listed question counts for nothing, or a far one for something")
	}
	for _, signal := range []string{Relevance, verify.Support, verify.Agreement, verify.Margin, verify.Coverage} {
		less := verify.Signals{}
		for k, v := range all {
			less[k] = v
		}
		less[signal] = 0
		if Score(less) >= Score(all) {
			t.Errorf("%s does not count", signal)
		}
	}
	if got := Score(verify.Signals{verify.Support: 7, Relevance: -3, Listed: 9}); got < 0 || got > 1 {
		t.Errorf("out of range: %g", got)
	}
	if d := Default(); d.Lower <= 0 || d.Upper <= d.Lower || d.Upper >= 1 {
		t.Errorf("thresholds %+v", d)
	}
}
