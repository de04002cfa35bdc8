package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Interval is an estimate with the bounds of its confidence interval.
type Interval struct{ Mean, Low, High float64 }

// PairedBootstrap estimates the mean of a − b over questions that both were measured on, a[i] and
// b[i] being the figures of question i. Its interval is the percentile bootstrap's (B. Efron,
// 1979; for retrieval: T. Sakai, "Evaluating Evaluation Metrics Based on the Bootstrap", 2006) of
// so many rounds at a level such as .95. The same seed gives the same interval. Lengths that
// differ, no questions, less than one round and a level outside of (0,1) are errors.
func PairedBootstrap(a, b []float64, rounds int, level float64, seed uint64) (Interval, error) {
	if len(a) != len(b) || len(a) == 0 {
		return Interval{}, fmt.Errorf("eval: bootstrap: %d and %d figures: want one of each for every question", len(a), len(b))
	}
	if rounds < 1 || !(level > 0 && level < 1) {
		return Interval{}, fmt.Errorf("eval: bootstrap: %d rounds at level %g: want at least one, and a level between 0 and 1", rounds, level)
	}
	differences := make([]float64, len(a))
	sum := 0.0
	for i := range a {
		differences[i] = a[i] - b[i]
		sum += differences[i]
	}
	draw := rand.New(rand.NewPCG(seed, uint64(len(a))))
	means := make([]float64, rounds)
	for r := range means {
		total := 0.0
		for range differences {
			total += differences[draw.IntN(len(differences))]
		}
		means[r] = total / float64(len(differences))
	}
	slices.Sort(means)
	tail := int(float64(rounds) * (1 - level) / 2)
	return Interval{Mean: sum / float64(len(a)), Low: means[tail], High: means[rounds-1-tail]}, nil
}
