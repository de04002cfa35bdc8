package eval

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPairedBootstrap: the interval holds the mean, is as wide as the normal approximation says
// for many questions, and is the same for the same seed.
func TestPairedBootstrap(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	const n = 2000
	a, b := make([]float64, n), make([]float64, n)
	for i := range a {
		b[i] = draw.Float64()
		a[i] = b[i] + .1 + .2*draw.NormFloat64()
	}
	got, err := PairedBootstrap(a, b, 2000, .95, 7)
	if err != nil {
		t.Fatal(err)
	}
	half := 1.96 * .2 / math.Sqrt(n)
	if got.Low >= got.Mean || got.High <= got.Mean || math.Abs(got.Mean-.1) > 2*half {
		t.Errorf("%+v", got)
	}
	if width := (got.High - got.Low) / 2; width < .85*half || width > 1.15*half {
		t.Errorf("half width %.4f, want about %.4f", width, half)
	}
	if again, _ := PairedBootstrap(a, b, 2000, .95, 7); again != got {
		t.Errorf("%+v, then %+v", got, again)
	}
	if other, _ := PairedBootstrap(a, b, 2000, .95, 8); other == got {
		t.Error("another seed gives the same interval")
	}
	back, err := PairedBootstrap(b, a, 2000, .95, 7)
	if err != nil || !near(back.Mean, -got.Mean) || !near(back.Low, -got.High) {
		t.Errorf("the other way round: %+v, %v", back, err)
	}
}

func TestPairedBootstrapEqual(t *testing.T) {
	same := []float64{.1, .9, .5}
	if got, err := PairedBootstrap(same, same, 100, .95, 1); err != nil || got != (Interval{}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := PairedBootstrap([]float64{1}, []float64{.25}, 1, .95, 1); err != nil || got != (Interval{.75, .75, .75}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestPairedBootstrapErrors(t *testing.T) {
	one := []float64{1}
	for _, tt := range []struct {
		a, b   []float64
		rounds int
		level  float64
	}{
		{nil, nil, 10, .95}, {one, []float64{1, 2}, 10, .95}, {one, one, 0, .95}, {one, one, 10, 0}, {one, one, 10, 1}, {one, one, 10, math.NaN()},
	} {
		if got, err := PairedBootstrap(tt.a, tt.b, tt.rounds, tt.level, 1); err == nil {
			t.Errorf("%v %v %d %v: %+v", tt.a, tt.b, tt.rounds, tt.level, got)
		}
	}
}
