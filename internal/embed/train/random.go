package train

import (
	"math"
	"math/bits"
)

// random is splitmix64 (G. Steele et al., 2014). Each pair of a batch has one of its own, seeded by
// its place, so that a training does not depend on threads or interruptions.
type random struct{ state uint64 }

func seeded(seed uint64, step int64, at int) random {
	return random{mix(seed) ^ mix(uint64(step)*0x9e3779b97f4a7c15+uint64(at)+1)}
}

// mix is splitmix64's finaliser.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// below is a number in [0,n).
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}

// float is a number in [0,1).
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// normal is from the standard normal distribution (Box and Muller).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.float())) * math.Cos(2*math.Pi*r.float())
}
