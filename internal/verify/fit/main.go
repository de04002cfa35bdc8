// Command fit makes verify's word lists from the labelled texts of DATA/train:
//
//	go run ./internal/verify/fit --data DATA/train --out internal/verify/data/words
//
// LANG.words holds the stems of ordinary words, which a paraphrase may use although its source
// does not; LANG.places holds names of countries, towns and the like, which it may not. The same
// data give the same files.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"cited/internal/lang"
)

// sizes bounds each language's list. Languages that inflect much need more stems for the same text.
var sizes = map[string]int{"en": 9000, "de": 14000, "ar": 20000, "bg": 12000, "ko": 20000, "zh": 20000}

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("fit", flag.ContinueOnError)
	data := flags.String("data", "", "folder of the training text")
	out := flags.String("out", "internal/verify/data/words", "folder of the lists")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c := counter{counts: map[string]map[string]*count{}, places: map[string]map[string]bool{}, nouns: map[string]map[string]bool{}, stems: map[string]map[string]bool{}}
	for code := range sizes {
		c.counts[code], c.places[code], c.nouns[code], c.stems[code] = map[string]*count{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		c.addRegions(code)
	}
	for _, kind := range []string{"groups", "pairs"} {
		files, err := filepath.Glob(filepath.Join(*data, kind, "*.tsv"))
		if err != nil {
			return err
		}
		sort.Strings(files)
		for _, file := range files {
			if err := c.read(file, kind == "pairs"); err != nil {
				return err
			}
		}
	}
	for code := range sizes {
		if err := c.write(*out, code); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "%s: %d words seen, %d places\n", code, len(c.counts[code]), len(c.places[code]))
	}
	return nil
}

// count is how many texts have a stem, and in how many of them it began with a capital letter
// although no sentence began there.
type count struct{ texts, capitals int }

type counter struct {
	counts map[string]map[string]*count
	places map[string]map[string]bool // whether it is a country
	stems  map[string]map[string]bool // of the places
	nouns  map[string]map[string]bool // words of the wordnets, for Chinese
}

// addRegions enters the names of the world's countries from the CLDR.
func (c *counter) addRegions(code string) {
	names := display.Regions(language.Make(code))
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if r, err := language.ParseRegion(string(a) + string(b)); err == nil && r.IsCountry() {
				c.addPlace(code, names.Name(r), true)
			}
		}
	}
}

func (c *counter) addPlace(code, name string, country bool) {
	if n := utf8.RuneCountInString(name); n < 2 || n > 14 || strings.ContainsAny(name, " ()-.,·'’&/‐") {
		return
	}
	name = lang.Normalise(name, code)
	c.places[code][name] = c.places[code][name] || country
	c.stems[code][lang.Stem(name, code)] = true
}

func (c *counter) read(file string, pair bool) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	source, _, _ := strings.Cut(filepath.Base(file), ".")
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		fields := strings.Split(s.Text(), "\t")
		if pair && len(fields) == 4 {
			fields = []string{"", fields[0] + ":" + fields[2], fields[1] + ":" + fields[3]}
		}
		if source == "omw" && !pair {
			c.gazette(fields)
		}
		for _, field := range fields[1:] {
			code, text, ok := strings.Cut(field, ":")
			if !ok || c.counts[code] == nil {
				continue
			}
			if source == "omw" || source == "wndef" && len(text) < 40 {
				c.nouns[code][strings.TrimSpace(text)] = true
				if code != "zh" {
					continue
				}
			}
			c.add(text, code)
		}
	}
	return s.Err()
}

// known is in how many languages a wordnet has a name that is worth a place in the lists.
const known = 8

// gazette takes the names of a wordnet entry that English writes with a capital letter.
func (c *counter) gazette(fields []string) {
	langs, name := map[string]bool{}, false
	for _, field := range fields[1:] {
		code, text, _ := strings.Cut(field, ":")
		first, _ := utf8.DecodeRuneInString(text)
		if code == "en" && !unicode.IsUpper(first) {
			return
		}
		langs[code] = true
		name = name || code == "en"
	}
	if !name || len(langs) < known {
		return
	}
	for _, field := range fields[1:] {
		code, text, _ := strings.Cut(field, ":")
		r, _ := utf8.DecodeRuneInString(text)
		if c.places[code] != nil && (unicode.IsUpper(r) || code == "ar" || code == "ko" || code == "zh") {
			c.addPlace(code, text, false)
		}
	}
}

func (c *counter) add(text, code string) {
	seen := map[string]bool{}
	end := 0
	for _, w := range lang.Words(text, code) {
		if w.Script == lang.Digits {
			continue
		}
		gap := text[end:w.Start]
		begins := end == 0 || strings.ContainsAny(gap, ".!?:\"“„«(>*-–—|\n")
		end = w.End
		if w.Script == lang.Ideographic {
			c.addRun(code, w.Text, seen)
			continue
		}
		stem := lang.Stem(w.Text, code)
		if seen[stem] {
			continue
		}
		seen[stem] = true
		n := c.counts[code][stem]
		if n == nil {
			n = &count{}
			c.counts[code][stem] = n
		}
		first, _ := utf8.DecodeRuneInString(text[w.Start:])
		if !unicode.IsUpper(first) {
			n.texts++
		} else if !begins {
			n.texts++
			n.capitals++
		}
	}
}

// addRun counts the words of two to four characters in an unspaced run.
func (c *counter) addRun(code, run string, seen map[string]bool) {
	runes := []rune(run)
	for i := range runes {
		for n := 2; n <= 4 && i+n <= len(runes); n++ {
			word := string(runes[i : i+n])
			if seen[word] {
				continue
			}
			seen[word] = true
			if c.counts[code][word] == nil {
				c.counts[code][word] = &count{}
			}
			c.counts[code][word].texts++
		}
	}
}

// least is how many texts a stem has to be in.
const least = 3

func (c *counter) write(dir, code string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	type entry struct {
		word string
		n    int
	}
	var all []entry
	for word, n := range c.counts[code] {
		if n.texts < least || c.isName(code, word, n) || strings.ContainsAny(word, "0123456789_.") {
			continue
		}
		all = append(all, entry{word, n.texts})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].n > all[j].n || all[i].n == all[j].n && all[i].word < all[j].word })
	if len(all) > sizes[code] {
		all = all[:sizes[code]]
	}
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = e.word
	}
	sort.Strings(words)
	if err := os.WriteFile(filepath.Join(dir, code+".words"), []byte(strings.Join(words, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	var places []string
	for p, country := range c.places[code] {
		n := c.counts[code][p]
		if n != nil && (code == "en" || code == "bg") && n.texts > 20 && n.capitals*2 < n.texts {
			continue // «turkey», «reading»
		}
		if n != nil && !country && code != "en" && code != "bg" && n.texts > 50 {
			continue // where no capital tells, what is that frequent is an ordinary word too
		}
		places = append(places, p)
	}
	sort.Strings(places)
	return os.WriteFile(filepath.Join(dir, code+".places"), []byte(strings.Join(places, "\n")+"\n"), 0o644)
}

// isName reports stems that are mostly written with a capital. German writes all nouns so: there,
// what English writes with a capital is one, unless German has it far more often («Firma»).
func (c *counter) isName(code, word string, n *count) bool {
	if c.stems[code][word] || word[0] < utf8.RuneSelf && (code == "ar" || code == "bg" || code == "ko" || code == "zh") {
		return true
	}
	switch code {
	case "de":
		en := c.counts["en"][word]
		return en != nil && en.capitals*2 > en.texts && n.texts < 5*en.texts
	case "zh":
		return !c.nouns[code][word] && n.texts < 25
	}
	return n.capitals*2 > n.texts
}
