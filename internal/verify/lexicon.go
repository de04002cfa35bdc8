package verify

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"sync"

	"cited/internal/lang"
)

//go:embed data/*.txt data/words
var dataFiles embed.FS

// sense is what a form of the lexicon says.
type sense uint8

const (
	senseNumber    sense = iota + 1 // value
	senseScale                      // value: hundred, thousand, 만
	senseOrdinal                    // value
	senseFraction                   // value: half, a quarter
	senseFixed                      // value and unit in one word: fortnight, يومين, 이틀
	senseUnit                       // unit
	senseMonth                      // value 1–12
	senseWeekday                    // value 1–7, Monday first
	senseDaypart                    // value: 0 am, 12 pm
	senseClock                      // a word that makes the number beside it a time of day: Uhr, 点
	senseTime                       // value: minutes from midnight: noon
	senseHalfTo                     // half before the hour that follows: halb sechs
	senseNegator                    // turns the clause: not, kein, لا
	senseWithout                    // negators of a condition: without, ohne, بدون
	senseCondition                  // makes a condition of its clause: if, falls, إذا
	senseNegative                   // a word that denies by itself: excluded, unmöglich
	senseCharge                     // costs money: pay, fee
	senseAffirming                  // says that something holds too, or still: also, weiterhin
	senseSoft                       // denies in a way that another wording may do without: failed, unless
	senseFree                       // costs nothing: free, gratis
	senseNeutral                    // looks like a negation and is none: not only, 不过
	senseSplit                      // begins a new clause: but, whereas
	senseStop                       // carries no information of its own in a help center
	senseName                       // a name, whatever its spelling looks like
	senseRate                       // per: before a unit without a number
	senseRange                      // to, bis, до: between the two ends of a range
	senseSense                      // member of a set of synonyms; value is the set
)

// form is one entry of a lexicon: a run of tokens and what it says.
type form struct {
	tokens []string
	sense  sense
	value  float64
	unit   string
	stem   bool // found through the stem, not as spelled
	rate   bool // a unit that makes a rate by itself: monthly, 매월
	open   bool // the last token may go on: «안 되*»
}

// lexicon is what verify knows of one language. It never changes once loaded.
type lexicon struct {
	lang      string
	forms     map[string][]form   // by first token, the longest first
	phrases   map[string][]phrase // by first token
	opposites []string            // prefixes that make a contrary: un-, 미-
	antonyms  map[int]int         // by set of synonyms: the set that says the contrary
	prefixes  []string            // proclitics that are written together with the word: و, بال
	particles map[string]bool     // enclitics of agglutinating languages: 은, 까지
	endings   []string            // endings that close a clause: 지만, 으며
	nominal   []string            // particles that only nouns have
	verbs     []string            // endings of verbs, where they tell verbs from names
	cueParts  []cuePart           // negations within a word: unmöglich, 않습니다
	decimal   byte                // '.' or ','
	hours24   bool                // 6:30 is the morning; half past six in the evening is 18:30
	sets      int                 // sets of synonyms so far
	vocab     map[string]bool     // stems of ordinary words: whoever is not in here may be a name
}

// cuePart is a piece of a word that carries polarity: «않» anywhere, «un…» in front.
type cuePart struct {
	piece string
	place place
	sense sense
}

type place uint8

const (
	anywhere place = iota
	atStart        // un-
	atEnd          // -frei
)

// unit is one line of units.txt. Quantities of one dimension compare as value × factor.
type unit struct {
	dimension string
	factor    float64
}

// catalogue is all that the data files hold. A language is read when it is first asked for.
type catalogue struct {
	units     map[string]unit
	languages map[string]func() *lexicon
}

// loaded parses the embedded files once. They are part of the program: a fault in them is a
// fault of the build, and the first test finds it.
var loaded = sync.OnceValue(func() *catalogue {
	c := &catalogue{units: map[string]unit{}, languages: map[string]func() *lexicon{}}
	if err := c.loadUnits(); err != nil {
		panic(err)
	}
	entries, err := dataFiles.ReadDir("data")
	if err != nil {
		panic(err)
	}
	codes := []string{""}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".txt"); len(name) == 2 {
			codes = append(codes, name)
		}
	}
	for _, code := range codes {
		c.languages[code] = sync.OnceValue(func() *lexicon {
			lx, err := c.load(code)
			if err != nil {
				panic(err)
			}
			return lx
		})
	}
	return c
})

// load reads a language's files; "" is the language of which only the international forms are known.
func (c *catalogue) load(code string) (*lexicon, error) {
	lx := newLexicon(code)
	files := []string{"common"}
	if code != "" {
		files = append(files, code)
	}
	for _, file := range files {
		if err := c.loadLanguage(lx, file); err != nil {
			return nil, err
		}
	}
	if words, err := dataFiles.ReadFile("data/words/" + code + ".words"); err == nil {
		for word := range strings.FieldsSeq(string(words)) {
			lx.vocab[word] = true
		}
	}
	if places, err := dataFiles.ReadFile("data/words/" + code + ".places"); err == nil {
		lx.add(strings.Fields(string(places)), form{sense: senseName})
	}
	lx.finish()
	return lx, nil
}

func newLexicon(code string) *lexicon {
	return &lexicon{
		lang: code, forms: map[string][]form{}, antonyms: map[int]int{}, phrases: map[string][]phrase{}, particles: map[string]bool{},
		decimal: '.', vocab: map[string]bool{},
	}
}

// lexiconOf returns the lexicon of a language, that of international forms where there is none.
func lexiconOf(code string) *lexicon {
	c := loaded()
	if lx := c.languages[code]; lx != nil {
		return lx()
	}
	return c.languages[""]()
}

// eachLine calls f with the fields of each line of an embedded file and the section it is in.
func eachLine(file string, f func(section string, fields []string) error) error {
	r, err := dataFiles.Open("data/" + file + ".txt")
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer r.Close()
	section, n := "", 0
	s := bufio.NewScanner(io.Reader(r))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		n++
		line, _, _ := strings.Cut(s.Text(), "#")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case strings.HasPrefix(fields[0], "["):
			section = strings.Trim(fields[0], "[]")
		default:
			if err := f(section, fields); err != nil {
				return fmt.Errorf("verify: data/%s.txt:%d: %w", file, n, err)
			}
		}
	}
	return s.Err()
}

func (c *catalogue) loadUnits() error {
	return eachLine("units", func(_ string, fields []string) error {
		if len(fields) != 3 {
			return fmt.Errorf("want name, dimension, factor")
		}
		factor, err := strconv.ParseFloat(fields[2], 64)
		c.units[fields[0]] = unit{fields[1], factor}
		return err
	})
}

// sectionSenses are the sections whose lines are forms alone.
var sectionSenses = map[string]sense{
	"negators": senseNegator, "without": senseWithout, "conditions": senseCondition, "negative": senseNegative, "soft": senseSoft, "charge": senseCharge, "free": senseFree,
	"affirming": senseAffirming, "neutral": senseNeutral, "split": senseSplit, "stop": senseStop, "names": senseName, "rate": senseRate,
	"clock": senseClock, "halfto": senseHalfTo, "range": senseRange,
}

// valueSenses are the sections whose lines are a value and its forms.
var valueSenses = map[string]sense{
	"numbers": senseNumber, "scales": senseScale, "ordinals": senseOrdinal, "fractions": senseFraction,
	"months": senseMonth, "weekdays": senseWeekday, "dayparts": senseDaypart, "times": senseTime,
}

func (c *catalogue) loadLanguage(lx *lexicon, file string) error {
	return eachLine(file, func(section string, fields []string) error {
		if s, ok := sectionSenses[section]; ok {
			lx.add(fields, form{sense: s})
			return nil
		}
		if s, ok := valueSenses[section]; ok {
			value, err := strconv.ParseFloat(fields[0], 64)
			lx.add(fields[1:], form{sense: s, value: value})
			return err
		}
		switch section {
		case "units":
			return c.addUnit(lx, fields[0], fields[1:], form{sense: senseUnit})
		case "rates":
			return c.addUnit(lx, fields[0], fields[1:], form{sense: senseUnit, rate: true})
		case "fixed":
			value, err := strconv.ParseFloat(fields[0], 64)
			if err != nil || len(fields) < 3 {
				return fmt.Errorf("want value, unit, forms: %w", err)
			}
			return c.addUnit(lx, fields[1], fields[2:], form{sense: senseFixed, value: value})
		default:
			return lx.addRule(section, fields)
		}
	})
}

func (c *catalogue) addUnit(lx *lexicon, name string, forms []string, f form) error {
	for part := range strings.SplitSeq(name, ",") {
		if _, ok := c.units[part]; !ok {
			return fmt.Errorf("unknown unit %q", part)
		}
	}
	f.unit = name
	lx.add(forms, f)
	return nil
}

// addRule reads the sections that are not lists of forms.
func (lx *lexicon) addRule(section string, fields []string) error {
	if t := topics[section]; t != 0 {
		lx.addPhrases(t, fields)
		return nil
	}
	switch section {
	case "synonyms":
		lx.add(fields, form{sense: senseSense, value: float64(lx.nextSet())})
	case "antonyms": // left / right
		left, right := lx.nextSet(), lx.nextSet()
		lx.antonyms[left], lx.antonyms[right] = right, left
		set := left
		for _, f := range fields {
			if f == "/" {
				set = right
				continue
			}
			lx.add([]string{f}, form{sense: senseSense, value: float64(set)})
		}
	case "prefixes":
		lx.prefixes = append(lx.prefixes, fields...)
	case "particles":
		for _, f := range fields {
			lx.particles[f] = true
		}
	case "endings":
		lx.endings = append(lx.endings, fields...)
	case "verbs":
		lx.verbs = append(lx.verbs, fields...)
	case "nominal":
		lx.nominal = append(lx.nominal, fields...)
	case "parts":
		return lx.addParts(fields)
	case "opposites":
		lx.opposites = append(lx.opposites, fields...)
	case "hours":
		lx.hours24 = fields[0] == "24"
	case "decimal":
		lx.decimal = fields[0][0]
	case "vocabulary":
		for _, f := range fields {
			word := lang.Normalise(f, lx.lang)
			lx.vocab[word], lx.vocab[lang.Stem(word, lx.lang)] = true, true
		}
	default:
		return fmt.Errorf("unknown section %q", section)
	}
	return nil
}

func (lx *lexicon) addParts(fields []string) error {
	s, ok := sectionSenses[fields[0]]
	if !ok {
		return fmt.Errorf("unknown sense %q", fields[0])
	}
	for _, f := range fields[1:] {
		part := cuePart{sense: s}
		switch {
		case strings.HasSuffix(f, "-"):
			part.place = atStart
		case strings.HasPrefix(f, "-"):
			part.place = atEnd
		}
		part.piece = lang.Normalise(strings.Trim(f, "-"), lx.lang)
		lx.cueParts = append(lx.cueParts, part)
	}
	return nil
}

// nextSet is a number that no set of synonyms has yet.
func (lx *lexicon) nextSet() int {
	lx.sets++
	return lx.sets
}

// add enters forms, whose words an underscore divides, as the tokens that a text would give.
func (lx *lexicon) add(forms []string, f form) {
	for _, text := range forms {
		g := f
		text, g.open = strings.CutSuffix(text, "*")
		for _, t := range tokenise(strings.ReplaceAll(text, "_", " "), lx.lang) {
			g.tokens = append(g.tokens, t.text)
		}
		if len(g.tokens) > 0 {
			lx.forms[g.tokens[0]] = append(lx.forms[g.tokens[0]], g)
		}
	}
}

// finish adds the stems of one-word forms, so that data files need not list each inflection, and
// puts longer forms first.
func (lx *lexicon) finish() {
	stems := map[string][]form{}
	for word, fs := range lx.forms {
		for _, f := range fs {
			if len(f.tokens) != 1 || f.sense == senseOrdinal && f.value < 4 || f.sense == senseNegator || f.sense == senseWithout || lx.particles[word] {
				continue
			}
			if stem := lang.Stem(word, lx.lang); len(stem) > 4 && lx.forms[stem] == nil {
				f.stem = true
				stems[stem] = append(stems[stem], f)
			}
		}
	}
	for stem, fs := range stems {
		lx.forms[stem] = append(lx.forms[stem], fs...)
	}
	for _, fs := range lx.forms {
		sort.SliceStable(fs, func(i, j int) bool {
			a, b := fs[i], fs[j]
			if len(a.tokens) != len(b.tokens) {
				return len(a.tokens) > len(b.tokens)
			}
			if a.sense != b.sense {
				return a.sense < b.sense
			}
			return a.value < b.value || a.value == b.value && a.unit < b.unit
		})
	}
}
