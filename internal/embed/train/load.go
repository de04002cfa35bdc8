package train

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"cited/internal/embed/static"
)

// Corpus is the text of a training, cut into words.
//
// Words are numbered; a text is a run of numbers. Groups hold texts of one meaning, or questions and
// their answers.
type Corpus struct {
	Faults  []Fault // lines that were left out, the first ones of each file
	Broken  int     // how many lines were left out
	langs   []string
	words   *words
	sources []source
	digest  uint32 // of all files
}

// String counts what was read.
func (c *Corpus) String() string {
	groups, texts, tokens := 0, 0, 0
	for _, s := range c.sources {
		groups, texts, tokens = groups+len(s.groups), texts+len(s.texts), tokens+len(s.tokens)
	}
	return fmt.Sprintf("%d files, %d languages, %d groups, %d texts, %d words of %d", len(c.sources), len(c.langs), groups, texts, tokens, c.words.len())
}

// Fault is a line that could not be read.
type Fault struct {
	Path string
	Line int
	Why  string
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Why) }

// source is the groups of one file.
type source struct {
	name   string // "groups/tatoeba", "pairs/tatoeba.en-ko"
	family string // what it is weighed with: the name up to the first dot
	tokens []uint32
	texts  []text
	groups []group
}

// text is a run of a source's tokens.
type text struct {
	from, n uint32
	lang    uint8
	hash    uint64 // of its bytes
}

// group is a run of a source's texts. With questions, the others are answers.
type group struct {
	from         uint32
	n, questions uint16
}

const (
	maxLine   = 1 << 20 // bytes; a longer line is broken
	maxTokens = 1024    // of a text; what follows is left out
	maxFaults = 5       // named of one file
)

// Load reads DIR/groups/*.tsv, DIR/pairs/*.tsv and DIR/lexicon/*.tsv. A line of groups is «p» (all texts
// mean the same) or «qN» (the first N are questions, titles or terms, the rest their answers), then
// columns «lang:text». A line of pairs or of a lexicon is source language, target language, source,
// target. Columns are divided by tabs.
//
// Broken lines are left out and counted. Texts that stand in more than one of 200 groups of a file
// (placeholders, boilerplate) are left out, too. An error is one of files.
func Load(ctx context.Context, dir string, threads int) (*Corpus, error) {
	var paths []string
	for _, kind := range []string{"groups", "pairs", "lexicon"} {
		found, err := filepath.Glob(filepath.Join(dir, kind, "*.tsv"))
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("train: no groups/*.tsv, pairs/*.tsv or lexicon/*.tsv below %s", dir)
	}
	readers := make([]*reader, len(paths))
	failed := make([]error, len(paths))
	var wg sync.WaitGroup
	turn := make(chan struct{}, max(1, threads))
	for i, p := range paths {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if failed[i] = ctx.Err(); failed[i] == nil {
				readers[i], failed[i] = readFile(p)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	c := &Corpus{words: newWords()}
	for _, r := range readers {
		c.add(r)
	}
	if len(c.sources) == 0 {
		return nil, fmt.Errorf("train: no group of two texts below %s (%d broken lines)", dir, c.Broken)
	}
	return c, nil
}

// add joins what one file holds, its words renumbered. Files come in one order, so numbers do not
// depend on who was read first.
func (c *Corpus) add(r *reader) {
	c.Broken += r.broken
	c.Faults = append(c.Faults, r.faults...)
	c.digest = crc32.Update(c.digest, crc32.IEEETable, []byte(fmt.Sprintf("%s %08x\n", r.source.name, r.digest)))
	if len(r.source.groups) == 0 {
		return
	}
	number := make([]uint32, r.words.len())
	for i := range number {
		number[i] = c.words.hashed(r.words.hashes[i], r.words.gram[i], func(blob []byte) []byte { return append(blob, r.words.bytes(i)...) })
	}
	for i, t := range r.source.tokens {
		r.source.tokens[i] = number[t]
	}
	lang := make([]uint8, len(r.langs))
	for i, l := range r.langs {
		at := slices.Index(c.langs, l)
		if at < 0 {
			at = len(c.langs)
			c.langs = append(c.langs, l)
		}
		lang[i] = uint8(at)
	}
	for i := range r.source.texts {
		r.source.texts[i].lang = lang[r.source.texts[i].lang]
	}
	c.sources = append(c.sources, r.source)
}

// reader reads one file.
type reader struct {
	path, kind string
	split      *static.Splitter
	words      *words
	langs      []string
	source     source
	digest     uint32
	broken     int
	faults     []Fault
	line       []string // «lang:text» columns of the line in hand
}

func readFile(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind := filepath.Base(filepath.Dir(path))
	name := strings.TrimSuffix(filepath.Base(path), ".tsv")
	family, _, _ := strings.Cut(name, ".")
	r := &reader{path: path, kind: kind, split: static.NewSplitter(), words: newWords()}
	r.source.name, r.source.family = kind+"/"+name, kind+"/"+name
	if kind != "groups" { // pairs are cut by languages: one source in several files
		r.source.family = kind + "/" + family
	}
	lines := bufio.NewReaderSize(f, maxLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		r.digest = crc32.Update(r.digest, crc32.IEEETable, line)
		if errors.Is(err, bufio.ErrBufferFull) {
			r.fault(n, "longer than %d bytes", maxLine)
			for errors.Is(err, bufio.ErrBufferFull) {
				line, err = lines.ReadSlice('\n')
				r.digest = crc32.Update(r.digest, crc32.IEEETable, line)
			}
		} else if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			if why := r.add(text); why != "" {
				r.fault(n, "%s", why)
			}
		}
		if err == io.EOF {
			r.unrepeat()
			return r, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
}

func (r *reader) fault(line int, format string, args ...any) {
	r.broken++
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, Fault{r.path, line, fmt.Sprintf(format, args...)})
	}
}

// add adds the group of a line, or says why it is broken.
func (r *reader) add(line string) string {
	if !utf8.ValidString(line) {
		return "not UTF-8"
	}
	columns := strings.Split(line, "\t")
	questions := 0
	if r.kind == "groups" {
		switch first := columns[0]; {
		case first == "p":
		case strings.HasPrefix(first, "q"):
			n, err := strconv.Atoi(first[1:])
			if err != nil || n < 1 || n >= len(columns)-1 {
				return fmt.Sprintf("%q: the number of questions must lie between 1 and the number of texts", first)
			}
			questions = n
		default:
			return fmt.Sprintf("begins with %.20q: want p or qN", first)
		}
		columns = columns[1:]
	} else {
		if len(columns) != 4 {
			return fmt.Sprintf("%d columns, want 4", len(columns))
		}
		columns = []string{columns[0] + ":" + columns[2], columns[1] + ":" + columns[3]}
	}
	if len(columns) < 2 || len(columns) > 1<<15 {
		return fmt.Sprintf("%d texts", len(columns))
	}
	r.line = columns
	return r.group(questions)
}

// group adds the texts of the line. Texts without a word are left out, and a group that has nothing
// to pair then.
func (r *reader) group(questions int) string {
	for _, column := range r.line { // first, so that a broken line leaves nothing behind
		if lang, _, ok := strings.Cut(column, ":"); !ok || !isLang(lang) {
			return fmt.Sprintf("column %.30q does not begin with a language and a colon", column)
		}
	}
	g := group{from: uint32(len(r.source.texts)), questions: uint16(questions)}
	for i, column := range r.line {
		lang, body, _ := strings.Cut(column, ":")
		if r.text(lang, body) {
			g.n++
		} else if i < questions {
			g.questions--
		}
	}
	if !g.pairs(questions > 0) {
		r.source.texts = r.source.texts[:g.from]
		return ""
	}
	r.source.groups = append(r.source.groups, g)
	return ""
}

// pairs reports whether a group has two texts to pair.
func (g group) pairs(asks bool) bool {
	return g.n >= 2 && (!asks || g.questions > 0 && g.questions < g.n)
}

func isLang(s string) bool {
	if len(s) < 2 || len(s) > 8 {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && s[i] != '-' {
			return false
		}
	}
	return true
}

// text adds one text; it reports false where it has no word.
func (r *reader) text(lang, body string) bool {
	at := slices.Index(r.langs, lang)
	if at < 0 {
		if at = len(r.langs); at > 255 {
			return false
		}
		r.langs = append(r.langs, lang)
	}
	t := text{from: uint32(len(r.source.tokens)), lang: uint8(at), hash: hashText(body)}
	r.split.Words(body, func(word []rune, gram bool) {
		if t.n < maxTokens {
			r.source.tokens = append(r.source.tokens, r.words.number(word, gram))
			t.n++
		}
	})
	if t.n == 0 {
		return false
	}
	r.source.texts = append(r.source.texts, t)
	return true
}

// unrepeat leaves out texts that stand in too many groups to mean anything.
func (r *reader) unrepeat() {
	count := make(map[uint64]int)
	for _, t := range r.source.texts {
		count[t.hash]++
	}
	most := max(100, len(r.source.groups)/200)
	kept := r.source.groups[:0]
	texts := r.source.texts[:0]
	for _, g := range r.source.groups {
		fewer := group{from: uint32(len(texts)), questions: g.questions}
		for i, t := range r.source.texts[g.from:][:g.n] {
			if count[t.hash] <= most {
				texts = append(texts, t)
				fewer.n++
			} else if i < int(g.questions) {
				fewer.questions--
			}
		}
		if fewer.pairs(g.questions > 0) {
			kept = append(kept, fewer)
		} else {
			texts = texts[:fewer.from]
		}
	}
	r.source.groups, r.source.texts = kept, texts
}

// hashText is FNV-1a.
func hashText(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return mix(h)
}

// words numbers words in the order of their first occurrence. They are told apart by 64 bits of hash.
type words struct {
	numbers map[uint64]uint32
	hashes  []uint64
	blob    []byte
	ends    []uint32
	gram    []bool
}

func newWords() *words { return &words{numbers: make(map[uint64]uint32)} }

func (w *words) len() int { return len(w.ends) }

func (w *words) bytes(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = w.ends[i-1]
	}
	return w.blob[from:w.ends[i]]
}

// text returns word i.
func (w *words) text(i int) string { return string(w.bytes(i)) }

// number returns a word's number.
func (w *words) number(word []rune, gram bool) uint32 {
	h := uint64(0xcbf29ce484222325)
	for _, r := range word {
		h = (h ^ uint64(r)) * 0x100000001b3
	}
	return w.hashed(mix(h), gram, func(blob []byte) []byte {
		for _, r := range word {
			blob = utf8.AppendRune(blob, r)
		}
		return blob
	})
}

// hashed returns the number of the word of a hash; spell appends the word where it is new.
func (w *words) hashed(h uint64, gram bool, spell func([]byte) []byte) uint32 {
	n, ok := w.numbers[h]
	if !ok {
		n = uint32(len(w.ends))
		w.numbers[h] = n
		w.hashes = append(w.hashes, h)
		w.blob = spell(w.blob)
		w.ends = append(w.ends, uint32(len(w.blob)))
		w.gram = append(w.gram, gram)
	}
	return n
}
