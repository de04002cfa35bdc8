package retrieve

import "fmt"

// Fusion says how the legs become one ranking.
type Fusion string

// Fusions. The zero value reads as Convex.
const (
	Convex Fusion = "convex" // of scaled scores
	RRF    Fusion = "rrf"    // reciprocal rank fusion
)

// ParseFusion reads a fusion's name; none reads as Convex.
func ParseFusion(name string) (Fusion, error) {
	switch f := Fusion(name); f {
	case "":
		return Convex, nil
	case Convex, RRF:
		return f, nil
	}
	return "", fmt.Errorf("retrieve: unknown fusion %q: use convex or rrf", name)
}

func (f Fusion) fuse(legs []leg) *ranking {
	if f == RRF {
		return reciprocal(legs)
	}
	return convex(legs)
}

// rankConstant dampens the difference between the first ranks (60 in the paper).
const rankConstant = 60

// reciprocal fuses by reciprocal ranks (G. Cormack et al., "Reciprocal Rank Fusion outperforms
// Condorcet and individual Rank Learning Methods", 2009), weighted and scaled to [0,1]:
//
//	score(d) = Σ_leg weight · (60+1)/(60 + rank of d in leg) / Σ_leg weight
func reciprocal(legs []leg) *ranking {
	total := 0.0
	for _, l := range legs {
		total += l.weight
	}
	return newRanking(combine(legs, func(l leg, rank int, _ float64) float64 {
		return l.weight * (rankConstant + 1) / float64(rankConstant+rank) / total
	}))
}
