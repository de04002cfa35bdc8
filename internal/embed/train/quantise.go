package train

import (
	"math"

	"cited/internal/embed/static"
)

const (
	bins     = 1024 // of a component, in units of its row's root mean square
	binRange = 5.0  // on either side of zero
	binStep  = 2 * binRange / bins
)

// quantise rounds rows to levels of a common codebook, each with a scale of its own. The codebook is
// Lloyd's for the components of all rows, in units of their row's root mean square (S. Lloyd, "Least
// Squares Quantization in PCM", 1982); a row's scale is the one of a few that loses least.
func quantise(table []float32, dims, levels, threads int) *static.Packed {
	rows := len(table) / dims
	p := &static.Packed{Dims: dims, Scales: make([]float32, rows), Codes: make([]uint8, len(table))}
	if levels == 255 {
		for i := range levels {
			p.Codebook = append(p.Codebook, int8(i-127))
		}
		parallel(threads, rows, func(r int) { p.Scales[r] = linear(p.Codes[r*dims:][:dims], table[r*dims:][:dims]) })
		return p
	}
	book := lloyd(histogram(table, dims), levels)
	top := book[levels-1]
	nearest := nearestLevels(book)
	for _, b := range book {
		p.Codebook = append(p.Codebook, int8(math.Round(127*b/top)))
	}
	parallel(threads, rows, func(r int) {
		p.Scales[r] = float32(top / 127 * fitRow(p.Codes[r*dims:][:dims], table[r*dims:][:dims], book, nearest))
	})
	return p
}

// linear rounds a row to whole multiples of a 127th of its largest magnitude.
func linear(codes []uint8, row []float32) float32 {
	var largest float32
	for _, x := range row {
		largest = max(largest, x, -x)
	}
	scale := largest / 127
	for i, x := range row {
		codes[i] = 127
		if scale > 0 {
			codes[i] = uint8(127 + math.Round(float64(x/scale)))
		}
	}
	return scale
}

// histogram counts magnitudes in units of their row's root mean square.
func histogram(table []float32, dims int) []float64 {
	counts := make([]float64, bins)
	rows := len(table) / dims
	for r := 0; r < rows; r += 1 + rows/50_000 {
		row := table[r*dims:][:dims]
		rms := rootMeanSquare(row)
		if rms == 0 {
			continue
		}
		for _, x := range row {
			counts[binOf(float64(x)/rms)]++
		}
	}
	return counts
}

func rootMeanSquare(row []float32) float64 {
	sum := 0.0
	for _, x := range row {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(len(row)))
}

func binOf(x float64) int { return max(0, min(bins-1, int((x+binRange)/binStep))) }

func binMiddle(i int) float64 { return (float64(i)+0.5)*binStep - binRange }

// lloyd returns levels numbers, symmetric about zero and ascending, near which the counted ones are.
func lloyd(counts []float64, levels int) []float64 {
	book := make([]float64, levels)
	for i := range book {
		book[i] = 2.5 * float64(2*i-levels+1) / float64(levels)
	}
	for range 200 {
		sum, n := make([]float64, levels), make([]float64, levels)
		at := 0
		for i, count := range counts {
			x := binMiddle(i)
			for at+1 < levels && x > (book[at]+book[at+1])/2 {
				at++
			}
			sum[at] += count * x
			n[at] += count
		}
		for i := range levels/2 + levels%2 {
			j := levels - 1 - i
			if both := n[i] + n[j]; both > 0 {
				book[j] = (sum[j] - sum[i]) / both
				book[i] = -book[j]
			}
		}
		if levels%2 == 1 {
			book[levels/2] = 0
		}
	}
	return book
}

// nearestLevels is the nearest level to the middle of each bin.
func nearestLevels(book []float64) []uint8 {
	nearest := make([]uint8, bins)
	at := 0
	for i := range nearest {
		for at+1 < len(book) && binMiddle(i) > (book[at]+book[at+1])/2 {
			at++
		}
		nearest[i] = uint8(at)
	}
	return nearest
}

// fitRow fills in the codes of a row and returns its scale, by which the codebook is multiplied.
func fitRow(codes []uint8, row []float32, book []float64, nearest []uint8) float64 {
	rms := rootMeanSquare(row)
	if rms == 0 {
		for i := range codes {
			codes[i] = uint8(len(book) / 2)
		}
		return 0
	}
	best, least := rms, math.Inf(1)
	for factor := 0.7; factor < 1.35; factor += 0.05 {
		scale := rms * factor
		loss := 0.0
		for _, x := range row {
			d := float64(x) - scale*book[nearest[binOf(float64(x)/scale)]]
			loss += d * d
		}
		if loss < least {
			best, least = scale, loss
		}
	}
	for i, x := range row {
		codes[i] = nearest[binOf(float64(x)/best)]
	}
	return best
}
