package kb

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/lang"
)

// Limits of a chunk, in words (see countWords).
const (
	chunkWords = 250
	chunkSlack = 300 // a section of up to so many stays whole
	// A line of a BEIR corpus is the unit that its judges read: it stays whole unless it is a
	// long article, and ranks better so (Adobe titles in Chinese: nDCG@10 .902 whole, .877 cut).
	lineSlack = 2000
)

// piece is an atom, or a sentence of a paragraph that is too long for one chunk.
type piece struct {
	atom
	words int
	units []span // of plain text; one, or the sentences of a paragraph
	index int    // of the atom
}

// chunker cuts one page into chunks.
type chunker struct {
	page  *page
	doc   *Document
	plain string
	lang  string
	slack int // a section of up to so many words stays whole
	seen  map[string]int
	out   []*Chunk

	pieces, current []piece // scratch, as what follows
	spans           []span
	sentences       []lang.Span
	units           []Unit
	cutout          []run
	buffer          []byte
}

// chunks cuts the page into doc's chunks. language is that of the text.
func (p *page) chunks(doc *Document, language string) []*Chunk {
	c := &chunker{page: p, doc: doc, plain: string(p.out), lang: language, slack: chunkSlack, seen: map[string]int{}}
	for i := 0; i < len(p.atoms); {
		j := i
		for j < len(p.atoms) && p.atoms[j].section == p.atoms[i].section {
			j++
		}
		c.section(i, j)
		i = j
	}
	return c.out
}

// section cuts the atoms [from,to), which are one section.
func (c *chunker) section(from, to int) {
	c.pieces, c.spans = c.pieces[:0], c.spans[:0]
	for i := from; i < to; i++ {
		c.divide(i)
	}
	pieces, total := c.pieces, 0
	for i := range pieces {
		total += pieces[i].words
	}
	path, anchor := c.page.path(c.page.atoms[from].section)
	current := c.current[:0]
	words := 0
	flush := func() {
		c.emit(current, path, anchor)
		current, words = current[:0], 0
	}
	for i := 0; i < len(pieces); {
		j, group := i, 0
		for j < len(pieces) && pieces[j].group == pieces[i].group {
			group += pieces[j].words
			j++
		}
		if words+group > chunkWords && total > c.slack && len(current) > 0 {
			if n := lead(current, c.plain); n > 0 && group <= chunkWords {
				keep := append([]piece(nil), current[n:]...)
				current = current[:n]
				flush()
				current = append(current, keep...)
				words = keep[0].words
			} else if n == 0 {
				flush()
			}
		}
		for ; i < j; i++ {
			if words+pieces[i].words > chunkWords && total > c.slack && words > 0 {
				flush()
			}
			current = append(current, pieces[i])
			words += pieces[i].words
		}
	}
	flush()
	c.current = current
}

// lead returns where the last piece of current begins if it introduces what follows ("Do this:")
// and something stands before it, else 0.
func lead(current []piece, plain string) int {
	last := current[len(current)-1]
	if len(current) < 2 || last.kind != Sentence || current[len(current)-2].group == last.group {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(plain[last.from:last.to])
	if r == ':' || r == '：' {
		return len(current) - 1
	}
	return 0
}

// divide adds atom i with its units to the pieces; a paragraph over the limit in sentences.
func (c *chunker) divide(i int) {
	a := c.page.atoms[i]
	text := c.plain[a.from:a.to]
	whole := piece{atom: a, words: countWords(text), index: i}
	first := len(c.spans)
	if a.kind == Sentence {
		c.sentences = lang.AppendSentences(c.sentences[:0], text, c.lang)
		for _, s := range c.sentences {
			c.spans = append(c.spans, span{a.from + s.Start, a.from + s.End})
		}
	}
	if len(c.spans) == first {
		c.spans = append(c.spans, span{a.from, a.to})
	}
	whole.units = c.spans[first:len(c.spans):len(c.spans)]
	if a.kind != Sentence || whole.words <= chunkSlack || len(whole.units) < 2 {
		c.pieces = append(c.pieces, whole)
		return
	}
	c.cut(whole)
}

// cut splits a long paragraph between its sentences.
func (c *chunker) cut(whole piece) {
	start := whole.start
	for k, u := range whole.units {
		p := whole
		p.from, p.to, p.units = u.start, u.end, whole.units[k:k+1:k+1]
		p.words = countWords(c.plain[u.start:u.end])
		p.start, p.end = start, whole.end
		if k+1 < len(whole.units) {
			p.end, start = c.border(u.end, whole.units[k+1].start)
		}
		c.pieces = append(c.pieces, p)
	}
}

// border returns where in the source a chunk that ends with plain offset end ends, and where the
// next one, which begins with plain offset next, starts: at the white space between, so that
// closing marks stay with the first and opening marks with the second.
func (c *chunker) border(end, next int) (int, int) {
	runs := c.page.runs
	i := sort.Search(len(runs), func(i int) bool { return runs[i].plainEnd >= end })
	j := sort.Search(len(runs), func(i int) bool { return runs[i].plainEnd > next })
	from, to := offsetIn(runs[i], end), offsetIn(runs[j], next)
	if runs[i].plainEnd == end {
		from = runs[i].textEnd
	}
	to = max(from, to)
	between := c.page.orig[from:to]
	if k := strings.IndexAny(between, " \n\t\r"); k >= 0 {
		from += k
		for k < len(between) && isBlank(between[k]) {
			k++
		}
		return from, to - len(between) + k
	}
	return to, to
}

// offsetIn maps a plain offset inside r to the source.
func offsetIn(r run, plain int) int {
	if r.plainEnd-r.plain == r.textEnd-r.text {
		return r.text + max(0, plain-r.plain)
	}
	return r.text
}

// path returns the headings that lead to a section and its anchor. The document's title is left out.
func (p *page) path(section int) ([]string, string) {
	if section < 0 {
		return nil, ""
	}
	own := p.headings[section]
	var up []string
	level := own.level + 1
	for i := section; i >= 0 && level > 1; i-- {
		h := p.headings[i]
		if !h.section || h.level >= level {
			continue
		}
		level = h.level
		if !h.title && h.text != "" {
			up = append(up, h.text)
		}
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	return up, own.anchor
}

// emit makes a chunk of the pieces.
func (c *chunker) emit(pieces []piece, path []string, anchor string) {
	if len(pieces) == 0 {
		return
	}
	first, last := pieces[0], pieces[len(pieces)-1]
	k := &Chunk{
		DocumentID: c.doc.ID, Title: c.doc.Title, Headings: path, Anchor: anchor,
		Text: c.page.orig[first.start:last.end], Plain: c.plain[first.from:last.to],
		Start: first.start, End: last.end, Lang: c.lang, Audience: c.doc.Audience,
	}
	l := layout{units: c.units[:0], runs: c.runs(first.from, last.to, first.start), wraps: c.page.wrapsIn(first.start, last.end)}
	var rows map[int]int // atom → unit
	for i := range pieces {
		p := &pieces[i]
		header := -1
		if p.kind == Row {
			if rows == nil {
				rows = make(map[int]int)
			}
			rows[p.index] = len(l.units)
			if at, ok := rows[p.header]; ok {
				header = at
			} else if h := p.header; h >= 0 && k.Context == "" {
				k.Context = c.plain[c.page.atoms[h].from:c.page.atoms[h].to]
			}
		}
		for _, u := range p.units {
			l.units = append(l.units, Unit{Kind: p.kind, Start: u.start - first.from, End: u.end - first.from,
				Block: p.block - first.block, Header: header})
		}
	}
	c.buffer = l.pack(c.buffer[:0])
	k.packed = string(c.buffer)
	c.units, c.cutout = l.units, l.runs
	k.ID = c.id(k)
	c.out = append(c.out, k)
}

// runs returns the map of out[from:to], relative to plain offset from and source offset base.
func (c *chunker) runs(from, to, base int) []run {
	all := c.page.runs
	i := sort.Search(len(all), func(i int) bool { return all[i].plainEnd > from })
	j := sort.Search(len(all), func(i int) bool { return all[i].plain >= to })
	runs := c.cutout[:0]
	for _, r := range all[i:j] {
		if r.plainEnd-r.plain == r.textEnd-r.text {
			if d := from - r.plain; d > 0 {
				r.plain, r.text = from, r.text+d
			}
			if d := r.plainEnd - to; d > 0 {
				r.plainEnd, r.textEnd = to, r.textEnd-d
			}
		}
		r.plain, r.plainEnd = max(r.plain, from)-from, min(r.plainEnd, to)-from
		r.text, r.textEnd = r.text-base, r.textEnd-base
		runs = append(runs, r)
	}
	return runs
}

// id returns the chunk's content address. Equal chunks of one document are numbered.
func (c *chunker) id(k *Chunk) string {
	c.buffer = append(c.buffer[:0], k.Text...)
	for _, s := range k.Headings {
		c.buffer = append(append(c.buffer, 0), s...)
	}
	sum := sha256.Sum256(c.buffer)
	c.buffer = append(append(c.buffer[:0], k.DocumentID...), '#')
	id := string(hex.AppendEncode(c.buffer, sum[:8]))
	c.seen[id]++
	if n := c.seen[id]; n > 1 {
		id += "-" + strconv.Itoa(n)
	}
	return id
}

// countWords counts words, roughly: runs of letters and digits; of scripts without spaces every
// two characters (Han, kana) or four (Thai, Lao, Khmer, Burmese) are one.
func countWords(s string) int {
	words, han, thai := 0, 0, 0
	in := false
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			before := in
			in = wordBytes[c] || in && (c == '\'' || c == '_')
			if in && !before {
				words++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r >= 0x2E80 && unspaced(r):
			if r >= 0x3040 && r < 0xFF00 || r > 0xFFFF {
				han++
			}
			in = false
		case r >= 0xE00 && r < 0xF00 || r >= 0x1000 && r < 0x10A0 || r >= 0x1780 && r < 0x1800:
			thai++
			in = false
		case wordRune(r):
			if !in {
				words++
			}
			in = true
		default:
			in = false
		}
	}
	return words + (han+1)/2 + (thai+3)/4
}

// wordBytes are the ASCII letters and digits.
var wordBytes = func() (t [256]bool) {
	for c := range t {
		t[c] = isAlnum(byte(c))
	}
	return t
}()

// wordRunes are what wordRune says of the alphabets of Europe and the Middle East.
var wordRunes = func() (t [0x800]bool) {
	for r := range t {
		t[r] = isWordRune(rune(r))
	}
	return t
}()

// wordRune reports letters, marks and digits.
func wordRune(r rune) bool {
	if int(r) < len(wordRunes) {
		return wordRunes[r]
	}
	return r >= 0xAC00 && r <= 0xD7A3 || isWordRune(r)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }
