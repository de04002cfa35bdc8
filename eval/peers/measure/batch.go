package measure

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"
)

// Side is one of those that do the same work.
type Side struct {
	Name string
	Each int               // operations a batch
	Run  func(i int) error // operation i, i counting on through the batches
}

// Batch is what a batch of operations took, per operation.
type Batch struct {
	N         int
	Wall, CPU time.Duration
}

// Interleave runs n batches of every side in turn, on procs processors, after one batch each that
// does not count: what disturbs the machine then disturbs all sides alike. It returns the batches
// by side.
func Interleave(n, procs int, sides ...Side) (map[string][]Batch, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	out := make(map[string][]Batch, len(sides))
	at := make([]int, len(sides))
	for round := -1; round < n; round++ {
		for s, side := range sides {
			runtime.GC() // one side's garbage is not the other's work
			cpu, err := CPU()
			if err != nil {
				return nil, err
			}
			start := time.Now()
			for range side.Each {
				if err := side.Run(at[s]); err != nil {
					return nil, fmt.Errorf("measure: %s: %w", side.Name, err)
				}
				at[s]++
			}
			wall := time.Since(start)
			after, err := CPU()
			if err != nil {
				return nil, err
			}
			if round >= 0 {
				each := time.Duration(side.Each)
				out[side.Name] = append(out[side.Name], Batch{side.Each, wall / each, (after - cpu) / each})
			}
		}
	}
	return out, nil
}

// CPUMedian is the median processor time of an operation, in milliseconds; NaN of no batches.
func CPUMedian(batches []Batch) float64 {
	return Median(batches, func(b Batch) float64 { return Milliseconds(b.CPU) })
}

// Milliseconds is d as a number.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Median is the median of f over all; NaN of none.
func Median[T any](all []T, f func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, v := range all {
		values[i] = f(v)
	}
	return Quantile(values, .5)
}

// Quantile is the value that a share q, in [0,1], of the values lies below, between the two
// nearest where it falls between; NaN of none. It sorts values.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	at := q * float64(len(values)-1)
	i := int(at)
	if i+1 == len(values) {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

// Slope is the power that y grows with between two points: 1 is linear.
func Slope(a, b [2]float64) float64 { return math.Log(b[1]/a[1]) / math.Log(b[0]/a[0]) }
