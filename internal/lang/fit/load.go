package main

import (
	"bufio"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode"
)

// perSource bounds the texts of one language from one source, so that no source's style passes
// for the language. Lists of words and their definitions hold many names and English remnants.
var perSource = map[string]int{"tatoeba": 45000, "omw": 20000, "wndef": 4000, "lexicon": 20000, "quran": 2000, "endocs": 30000, "cldr": 3000}

const perOther = 12000

// corpus is the labelled texts, without repeats, by language in a fixed order.
type corpus struct {
	byLang map[string][]string
	names  []string // English names of products and menus, to mix into other languages
}

// load reads all of DATA/train in the order of file names.
func load(dir string) (*corpus, error) {
	l := loader{
		seen:  map[uint64]uint32{},
		langs: map[string]uint32{},
		pools: map[string]map[string]*pool{},
		rng:   rand.New(rand.NewPCG(seed, 1)),
	}
	for i, tag := range allLangs() {
		l.langs[tag] = 1 << i
	}
	for _, kind := range []string{"groups", "pairs", "lexicon"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.tsv"))
		if err != nil {
			return nil, err
		}
		sort.Strings(files)
		for _, file := range files {
			if err := l.read(file, kind); err != nil {
				return nil, err
			}
		}
	}
	return l.corpus(), nil
}

func allLangs() (all []string) {
	for _, g := range groups {
		all = append(all, g.langs...)
	}
	return all
}

// pool is a uniform sample of bounded size of one source's texts (reservoir sampling).
type pool struct {
	texts []string
	seen  int
}

type loader struct {
	seen  map[uint64]uint32 // hash of folded text → bit set of languages it was labelled with
	langs map[string]uint32
	pools map[string]map[string]*pool // language → source → texts
	rng   *rand.Rand
}

// read takes in one file.
func (l *loader) read(file, kind string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	source, _, _ := strings.Cut(filepath.Base(file), ".")
	if kind == "lexicon" {
		source = kind
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\t")
		if kind == "groups" {
			for _, column := range columns[1:] {
				if tag, text, ok := strings.Cut(column, ":"); ok {
					l.add(source, tag, text)
				}
			}
		} else if len(columns) >= 4 {
			l.add(source, columns[0], columns[2])
			l.add(source, columns[1], columns[3])
		}
	}
	return lines.Err()
}

// add keeps a text once per language.
func (l *loader) add(source, tag, text string) {
	bit, ok := l.langs[tag]
	if !ok || text == "" {
		return
	}
	key := hash(text)
	if (source == "lexicon" || source == "omw") && held(key) {
		return
	}
	if l.seen[key]&bit != 0 {
		return
	}
	l.seen[key] |= bit
	text = crop(text, 600)
	if l.pools[tag] == nil {
		l.pools[tag] = map[string]*pool{}
	}
	p := l.pools[tag][source]
	if p == nil {
		p = &pool{}
		l.pools[tag][source] = p
	}
	limit := perSource[source]
	if limit == 0 {
		limit = perOther
	}
	p.seen++
	if len(p.texts) < limit {
		p.texts = append(p.texts, strings.Clone(text))
	} else if at := l.rng.IntN(p.seen); at < limit {
		p.texts[at] = strings.Clone(text)
	}
}

// held tells whether a word of the lexicon is kept out of the fit, to measure one-word questions on.
func held(key uint64) bool { return key%50 == 0 }

// hash is of the text as far as case does not matter.
func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.ToLower(text)))
	return h.Sum64()
}

// crop shortens text to at most n bytes, at a space where there is one.
func crop(text string, n int) string {
	if len(text) <= n {
		return text
	}
	if at := strings.LastIndexByte(text[:n], ' '); at > n/2 {
		return text[:at]
	}
	return strings.ToValidUTF8(text[:n], "")
}

// corpus joins the pools. A text of several words that English shares is no other language's:
// it was left untranslated.
func (l *loader) corpus() *corpus {
	c := &corpus{byLang: map[string][]string{}}
	english := l.langs["en"]
	for _, tag := range allLangs() {
		sources := make([]string, 0, len(l.pools[tag]))
		for source := range l.pools[tag] {
			sources = append(sources, source)
		}
		sort.Strings(sources)
		for _, source := range sources {
			for _, text := range l.pools[tag][source].texts {
				if tag != "en" && l.seen[hash(text)]&english != 0 && strings.Contains(text, " ") {
					continue
				}
				if (source == "lexicon" || source == "omw") && tag != "de" && isName(text) {
					continue
				}
				c.byLang[tag] = append(c.byLang[tag], text)
				if tag == "en" && (source == "alchemy" || source == "endocs" || source == "godot" || source == "astro") {
					c.names = appendNames(c.names, text)
				}
			}
		}
	}
	return c
}

// isName tells whether a lexicon's entry has a capital: people, places, species.
func isName(text string) bool {
	return strings.ContainsFunc(text, unicode.IsUpper)
}

// appendNames appends the runs of capitalised words of an English text, but for its first word.
func appendNames(names []string, text string) []string {
	words := strings.Fields(crop(text, 200))
	run := []string{}
	flush := func() {
		if len(run) > 0 && len(run) <= 4 {
			names = append(names, strings.Join(run, " "))
		}
		run = run[:0]
	}
	for i, w := range words {
		w = strings.Trim(w, ".,:;()[]\"'`*!?")
		if i > 0 && len(w) > 1 && w[0] >= 'A' && w[0] <= 'Z' && !strings.ContainsAny(w, "/\\_=") {
			run = append(run, w)
		} else {
			flush()
		}
	}
	flush()
	return names
}
