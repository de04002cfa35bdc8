package verify

// floors are the least shares of broken statements that are refused, in %, by kind.
var floors = map[string]float64{
	"number": 95.5, "unit": 96, "date": 98, "amount": 98, "negation": 82.5, "name": 89.5, "citation": 99.5, "hard citation": 99, "caught": 94,
}

// floorsByLanguage are the same, over all kinds.
var floorsByLanguage = map[string]float64{"en": 95, "de": 92, "ar": 93.5, "bg": 94.5, "ko": 92, "zh": 94}

// ceilingParaphrased is the largest share of paraphrases that may be refused, in %.
const ceilingParaphrased = 15
