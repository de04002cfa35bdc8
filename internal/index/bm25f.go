package index

import "math"

// BM25F (S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
// 2009): a term's frequencies in the fields are weighted and length-normalised field by field,
// added, and saturated once.
//
//	score(q,d)  = Σ_t idf(t) · (k1+1) · impact(t,d)
//	impact(t,d) = tf(t,d) / (k1 + tf(t,d))
//	tf(t,d)     = Σ_f weight_f · count(t,d,f) / (1 - b_f + b_f · length(d,f) / mean length(f))
//
// Impacts are kept in steps of 1/255, idf comes from the statistics at the time of the question.
// k1, the b of the fields and stopWeight were chosen on DATA/dev (lexical search alone, 55 sets).
const k1 = 1.4

// stopWeight is the weight of a question's stop words beside 1 for the others. They are not
// dropped: between questions with the same nouns, «how» and «when» tell answers apart.
const stopWeight = 0.4

// field is a part of a chunk that terms come from.
type field struct {
	weight float64
	b      float64
	texts  func(dst []string, e Entry) []string // appends them; no word goes on from one to the next
}

var fields = [...]field{
	{weight: 1, b: 0.7, texts: bodyTexts},
	{weight: 1, b: 0.75, texts: headingTexts},
	{weight: 1, b: 0.75, texts: titleTexts},
}

func bodyTexts(dst []string, e Entry) []string { return append(dst, e.Chunk.Plain, e.Chunk.Context) }

func headingTexts(dst []string, e Entry) []string { return append(dst, e.Chunk.Headings...) }

func titleTexts(dst []string, e Entry) []string {
	dst = append(dst, e.Chunk.Title)
	if e.Document == nil {
		return dst
	}
	dst = append(dst, e.Document.Questions...)
	dst = append(dst, e.Document.Tags...)
	return append(dst, e.Document.Description)
}

// steps are mean field lengths, rounded: 2^(step/meanSteps), noStep for a mean of 0. The impacts
// of a chunk depend on the rest of the corpus through these alone.
type steps [len(fields)]int32

// meanSteps is how many steps a doubling of a mean length takes. Rounding to an eighth of a
// doubling changes a length's part of a score by 4 % at most, for all chunks alike; on DATA/dev
// steps of 2, 4, 8 and 64 differ by less than .001 of nDCG@10, 8 is nearest to none on each set.
const meanSteps = 8

const noStep = math.MinInt32

// stepsOf rounds the mean field lengths of chunks with lengths in all.
func stepsOf(lengths [len(fields)]uint64, chunks int) (s steps) {
	for f, sum := range lengths {
		s[f] = noStep
		if sum > 0 && chunks > 0 {
			s[f] = int32(math.Round(meanSteps * math.Log2(float64(sum)/float64(chunks))))
		}
	}
	return s
}

// fieldLengths are the lengths of a chunk's fields, in terms.
type fieldLengths [len(fields)]uint32

// norms are weight / (1 - b + b·length/mean) by field.
func (s steps) norms(length fieldLengths) (norm [len(fields)]float64) {
	for f, field := range fields {
		if s[f] != noStep {
			mean := math.Exp2(float64(s[f]) / meanSteps)
			norm[f] = field.weight / (1 - field.b + field.b*float64(length[f])/mean)
		}
	}
	return norm
}

// counts is how often a term occurs in the fields of one chunk.
type counts [len(fields)]uint32

// impact is the saturated frequency of a term, in steps of 1/255, 1 at least.
func (n counts) impact(norm *[len(fields)]float64) uint8 {
	var tf float64
	for f, count := range n {
		tf += float64(count) * norm[f]
	}
	return uint8(max(1, math.Round(maxImpactValue*tf/(k1+tf))))
}

// priorChunks is how many chunks' worth of say the whole corpus has in a language's term
// weights: two stray chunks in a language of their own cannot tell which words are rare.
const priorChunks = 20

// idf is the inverse document frequency of a term that df of n chunks of its language have, and
// allDF of the allN chunks of all languages. Where there are other languages, the rate is shrunk
// towards the rate in the whole corpus; of a word that the language lacks, towards 0.
func idf(df, n, allDF, allN int) float64 {
	d, m := float64(df), float64(n)
	if n < allN {
		if df > 0 {
			d += priorChunks * float64(allDF) / float64(allN)
		}
		m += priorChunks
	}
	return math.Log(1 + (m-d+0.5)/(d+0.5))
}
