// Package corpus makes the corpora that both sides are measured on: a seeded generator draws
// articles from real help centers, section by section, in any number.
package corpus

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/lang"
)

// section is a heading with what stands under it, up to the next heading, as Markdown.
type section struct{ heading, body string }

// language is what the trees hold in one language.
type language struct {
	tag      string // BCP-47 primary tag
	titles   []string
	sections []section
	bytes    int // of the sections; how often the language is drawn
}

// Source is what articles are drawn from: the sections of real help centers by language. It never
// changes once read.
type Source struct {
	languages []language // by tag
	bytes     int        // of all
	names     map[string]bool
}

// Bounds of a section that is drawn, in bytes: a heading alone says nothing, and one endless
// page must not be every tenth article.
const minSection, maxSection = 80, 6000

// Read reads the Markdown below root, laid out as KNOWLEDGE BASE/LANGUAGE/…/*.md. Files of
// folders that name no language are left out.
func Read(root string) (*Source, error) {
	pools := make(map[string]*language)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		parts := strings.Split(filepath.ToSlash(rel), "/")
		if len(parts) < 3 || lang.Base(parts[1]) == "" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tag := lang.Base(parts[1])
		if pools[tag] == nil {
			pools[tag] = &language{tag: tag}
		}
		pools[tag].add(string(source))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("corpus: read %s: %w", root, err)
	}
	s := &Source{}
	for _, l := range pools {
		if len(l.sections) > 0 && len(l.titles) > 0 {
			s.languages = append(s.languages, *l)
			s.bytes += l.bytes
		}
	}
	if len(s.languages) == 0 {
		return nil, fmt.Errorf("corpus: read %s: %w", root, errors.New("no sections: want KNOWLEDGE BASE/LANGUAGE/*.md with headings"))
	}
	slices.SortFunc(s.languages, func(a, b language) int { return cmp.Compare(a.tag, b.tag) })
	s.names = names(s.languages)
	return s, nil
}

// Only returns the source with one language alone.
func (s *Source) Only(tag string) (*Source, error) {
	for _, l := range s.languages {
		if l.tag == tag {
			return &Source{languages: []language{l}, bytes: l.bytes, names: s.names}, nil
		}
	}
	return nil, fmt.Errorf("corpus: no sections in language %q", tag)
}

// Weights returns each language's share of the articles; they add up to 1.
func (s *Source) Weights() map[string]float64 {
	weights := make(map[string]float64)
	for _, l := range s.languages {
		weights[l.tag] = float64(l.bytes) / float64(s.bytes)
	}
	return weights
}

// add adds the title and the sections of one article.
func (l *language) add(source string) {
	source = strings.ReplaceAll(strings.ToValidUTF8(source, ""), "\r\n", "\n")
	source = strings.ReplaceAll(source, "\x00", "")
	title, body := frontMatter(source)
	var current section
	flush := func() {
		current.body = strings.Trim(current.body, "\n")
		if n := len(current.body); n >= minSection && n <= maxSection && current.heading != "" && !strings.Contains(current.body, ";base64,") {
			l.sections = append(l.sections, current)
			l.bytes += n
		}
		current = section{}
	}
	fence := ""
	for line := range strings.Lines(body) {
		trimmed := strings.TrimSpace(line)
		if mark := fenceOf(trimmed); mark != "" && (fence == "" || strings.HasPrefix(mark, fence)) {
			if fence == "" {
				fence = mark[:3]
			} else {
				fence = ""
			}
		}
		level, heading := headingOf(trimmed)
		if fence != "" || level == 0 {
			current.body += line
			continue
		}
		flush()
		if level == 1 && title == "" {
			title = heading
		}
		current.heading = heading
	}
	flush()
	if title != "" {
		l.titles = append(l.titles, title)
	}
}

// frontMatter cuts YAML front matter off and returns the title that it gives.
func frontMatter(source string) (title, body string) {
	rest, ok := strings.CutPrefix(source, "---\n")
	if !ok {
		return "", source
	}
	matter, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		return "", source
	}
	for line := range strings.Lines(matter) {
		if v, ok := strings.CutPrefix(line, "title:"); ok {
			title = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return title, body
}

// fenceOf returns the run of marks that opens or closes a code block, "" for another line.
func fenceOf(line string) string {
	for _, mark := range [...]string{"```", "~~~"} {
		if strings.HasPrefix(line, mark) {
			return mark
		}
	}
	return ""
}

// headingOf returns the level, 1 to 6, and the text of an ATX heading; 0 for another line.
func headingOf(line string) (int, string) {
	text := strings.TrimLeft(line, "#")
	level := len(line) - len(text)
	if level < 1 || level > 6 || !strings.HasPrefix(text, " ") {
		return 0, ""
	}
	text = strings.TrimRight(strings.TrimSpace(text), "#")
	for { // anchors in headings name the English article: they would tie the copies together
		from := strings.Index(text, "<a ")
		to := strings.Index(text, "</a>")
		if from < 0 || to < from {
			break
		}
		text = text[:from] + text[to+len("</a>"):]
	}
	if i := strings.LastIndex(text, "{#"); i >= 0 && strings.HasSuffix(text, "}") {
		text = text[:i]
	}
	return level, strings.TrimSpace(text)
}

// foreign is in how many languages with another script a Latin word must stand to be a name.
const foreign = 3

// names returns the Latin words with a capital that texts in other scripts use, and that nobody
// writes with a small letter: what a translator leaves as it is is the name of a product or a
// company, or a piece of English that was not translated.
func names(languages []language) map[string]bool {
	in := make(map[string]int)    // languages in other scripts, by word
	small := make(map[string]int) // occurrences with a small letter, in Latin scripts
	capital := make(map[string]int)
	for _, l := range languages {
		seen, other := make(map[string]bool), !latin(l)
		for _, s := range l.sections {
			for _, w := range strings.FieldsFunc(s.body, func(r rune) bool { return r >= utf8.RuneSelf || !unicode.IsLetter(r) }) {
				switch {
				case len(w) < 4 || w == strings.ToUpper(w):
				case w[0] >= 'a':
					small[w]++
				default:
					capital[w]++
					seen[w] = true
				}
			}
		}
		for w := range seen {
			if other {
				in[w]++
			}
		}
	}
	found := make(map[string]bool)
	for w, n := range in {
		if n >= foreign && 10*small[strings.ToLower(w)] < capital[w] {
			found[w] = true
		}
	}
	return found
}

// latin reports whether most letters of a language's first sections are Latin.
func latin(l language) bool {
	letters, of := 0, 0
	for _, s := range l.sections[:min(50, len(l.sections))] {
		for _, r := range s.heading {
			if unicode.IsLetter(r) {
				of++
				if unicode.Is(unicode.Latin, r) {
					letters++
				}
			}
		}
	}
	return 2*letters >= of
}
