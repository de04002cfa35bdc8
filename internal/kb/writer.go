package kb

import (
	"html"
	"strings"
	"unicode/utf8"
)

// hole is the byte that mask puts over markup inside a line. It is no character that a reader
// sees, and the writer drops it (a literal one in a file as well).
const hole = 0x1A

// gap is what stands between the last written character and the next.
type gap uint8

const (
	noGap gap = iota
	spaceGap
	breakGap // a line break inside a paragraph: a space, but nothing between two CJK characters
)

// writer collects what readers see, with a map back to the source. Offsets in runs[i].text are
// into the whole source, not into a chunk.
type writer struct {
	src  []byte // the masked source, which says what to write
	orig string // the source itself, which is what is written
	out  []byte
	runs []run

	block    int // len(out) where the current block begins: no space leads it
	gap      gap
	gapAt    int // where the gap's one plain space stands in src, -1 when it is anything else
	skipping int // > 0 inside elements whose text is not read (<del>, <script>)
}

// begin starts a block: text after it is trimmed on the left.
func (w *writer) begin() int {
	w.gap, w.skipping = noGap, 0
	w.block = len(w.out)
	return w.block
}

// space asks for a space before the next character, if one follows in this block.
func (w *writer) space() {
	if len(w.out) > w.block && w.gap == noGap {
		w.gap, w.gapAt = spaceGap, -1
	}
}

// lineBreak asks for a soft line break before the next character.
func (w *writer) lineBreak() {
	if len(w.out) > w.block {
		w.gap, w.gapAt = breakGap, -1
	}
}

// virtual writes text that stands for no byte of the source.
func (w *writer) virtual(s string) {
	w.gap = noGap
	w.out = append(w.out, s...)
}

// drop forgets everything from plain offset p on.
func (w *writer) drop(p int) {
	w.out = w.out[:p]
	n := len(w.runs)
	for n > 0 && w.runs[n-1].plain >= p {
		n--
	}
	w.runs = w.runs[:n]
	if n > 0 && w.runs[n-1].plainEnd > p {
		r := &w.runs[n-1]
		if r.plainEnd-r.plain == r.textEnd-r.text {
			r.textEnd = r.text + p - r.plain
		}
		r.plainEnd = p
	}
}

// trim removes white space at the end, down to plain offset p.
func (w *writer) trim(p int) {
	n := len(w.out)
	for n > p && (w.out[n-1] == ' ' || w.out[n-1] == '\n' || w.out[n-1] == '\t') {
		n--
	}
	if n < len(w.out) {
		w.drop(n)
	}
}

// copyBytes writes orig[from:to] as it stands.
func (w *writer) copyBytes(from, to int) {
	if from >= to || w.skipping > 0 {
		return
	}
	if w.gap != noGap {
		w.fillGap(w.src[from:to])
	}
	p := len(w.out)
	w.out = append(w.out, w.orig[from:to]...)
	if n := len(w.runs); n > 0 {
		r := &w.runs[n-1]
		if r.textEnd == from && r.plainEnd == p && r.plainEnd-r.plain == r.textEnd-r.text {
			r.plainEnd, r.textEnd = p+to-from, to
			return
		}
	}
	w.runs = append(w.runs, run{p, p + to - from, from, to})
}

// replace writes s for src[from:to].
func (w *writer) replace(s string, from, to int) {
	if s == "" || w.skipping > 0 {
		return
	}
	if w.gap != noGap {
		w.fillGap([]byte(s))
	}
	p := len(w.out)
	w.out = append(w.out, s...)
	if len(s) == to-from { // equal lengths would claim equal bytes: map the first character alone
		_, n := utf8.DecodeRuneInString(s)
		if n == len(s) {
			w.runs = append(w.runs, run{p, p + len(s), from, to - 1})
			return
		}
		w.runs = append(w.runs, run{p, p + n, from, from + n - 1}, run{p + n, p + len(s), from + n - 1, to})
		return
	}
	w.runs = append(w.runs, run{p, p + len(s), from, to})
}

func (w *writer) fillGap(next []byte) {
	g, at := w.gap, w.gapAt
	w.gap = noGap
	if g == breakGap {
		last, _ := utf8.DecodeLastRune(w.out)
		first, _ := utf8.DecodeRune(next)
		if unspaced(last) && unspaced(first) {
			return
		}
	}
	if at >= 0 {
		w.copyBytes(at, at+1)
		return
	}
	w.out = append(w.out, ' ')
}

// unspaced reports whether r belongs to a script that is written without spaces between words
// and lines: Han, kana, Bopomofo and their punctuation (Hangul is not among them).
func unspaced(r rune) bool {
	switch {
	case r < 0x2E80:
		return false
	case r <= 0x2FFF, r >= 0x3000 && r <= 0x312F, r >= 0x31A0 && r <= 0x9FFF,
		r >= 0xF900 && r <= 0xFAFF, r >= 0xFF00 && r <= 0xFF9F, r >= 0x20000 && r <= 0x3FFFF:
		return true
	}
	return false
}

// syntax says how the bytes of a stretch are to be read.
type syntax uint8

const (
	markdown  syntax = iota // backslash escapes and entities
	hypertext               // entities
	verbatim                // neither
)

// special marks the bytes at which a stretch must be looked at more closely.
var special = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	for _, c := range []byte{' ', '\\', '&', '*', 0x7F, 0xC2, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF3} {
		t[c] = true
	}
	return t
}()

// text writes src[from:to] as a reader sees it: white space collapsed, escapes and entities
// decoded, invisible characters dropped.
func (w *writer) text(from, to int, how syntax) {
	src := w.src
	i, start := from, from
	for i < to {
		c := src[i]
		if !special[c] {
			i++
			continue
		}
		switch {
		case c == ' ' && i+1 < to && i > start && !special[src[i+1]]:
			i++ // a single space between words stays in its run
		case c == '\\':
			if how == markdown && i+1 < to && isPunct(src[i+1]) {
				w.copyBytes(start, i)
				i++
				start = i
			}
			i++
		case c == '*':
			n := repeated(src[i:to], '*')
			if how == markdown && n > 1 && w.strayMark(i, i+n) {
				w.copyBytes(start, i)
				start = i + n
			}
			i += n
		case c == '&':
			n := w.entity(start, i, to, how)
			if n == 0 {
				i++
				continue
			}
			i += n
			start = i
		default:
			r, n := utf8.DecodeRune(src[i:to])
			k := class(r)
			if k == seen || k == joiner && w.joins(start, i, i+n, to) {
				i += n
				continue
			}
			w.copyBytes(start, i)
			if k == white {
				w.white(i, i+n)
			}
			i += n
			start = i
		}
	}
	w.copyBytes(start, to)
}

// strayMark reports whether the asterisks src[i:j] are emphasis that failed, as it does beside
// Chinese and Korean punctuation and after translation by machine ("** text**"). Powers (2**3)
// and file patterns (**/*.md) are none.
func (w *writer) strayMark(i, j int) bool {
	var before, after byte = ' ', ' '
	if i > 0 {
		before = w.src[i-1]
	}
	if j < len(w.src) {
		after = w.src[j]
	}
	return !(isAlnum(before) && isAlnum(after)) && before != '/' && after != '/' && after != '.' && !(isBlank(before) && isBlank(after))
}

// white notes the white space src[from:to].
func (w *writer) white(from, to int) {
	if w.skipping > 0 || len(w.out) == w.block || w.gap != noGap {
		if w.gap == spaceGap {
			w.gapAt = -1
		}
		return
	}
	w.gap, w.gapAt = spaceGap, -1
	if to-from == 1 && w.orig[from] == ' ' {
		w.gapAt = from
	}
}

// entity writes the character reference at src[i] and returns its length, 0 if there is none.
func (w *writer) entity(start, i, to int, how syntax) int {
	if how == verbatim {
		return 0
	}
	end := 0
	for j := i + 1; j < min(to, i+33); j++ {
		if c := w.src[j]; c == ';' {
			end = j + 1
			break
		} else if !isAlnum(c) && c != '#' {
			return 0
		}
	}
	if end == 0 {
		return 0
	}
	name := string(w.src[i:end])
	s := html.UnescapeString(name)
	if s == name {
		return 0
	}
	w.copyBytes(start, i)
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch class(r) {
		case white:
			blank = true
		case seen:
			b.WriteRune(r)
		}
	}
	if blank && b.Len() == 0 {
		w.white(i, end)
	}
	w.replace(b.String(), i, end)
	return end - i
}

// joins reports whether the zero-width joiner or non-joiner at src[i:j] stands between two
// non-ASCII characters, where Persian, Indic scripts and emoji need it.
func (w *writer) joins(start, i, j, to int) bool {
	return i > start && j < to && w.src[i-1] >= 0x80 && w.src[j] >= 0x80 && w.src[j] != 0xE2
}

type visibility uint8

const (
	seen visibility = iota
	white
	unseen
	joiner
)

// class says whether a reader sees r.
func class(r rune) visibility {
	switch {
	case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' || r == '\v':
		return white
	case r < 0x20 || r >= 0x7F && r < 0xA0 || r == 0xAD:
		return unseen
	case r < 0x300:
		if r == 0xA0 {
			return white
		}
		return seen
	case r == 0x200C || r == 0x200D:
		return joiner
	case r == 0x200B || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E ||
		r >= 0x2060 && r <= 0x206F || r == 0xFEFF || r == 0x61C || r == 0x180E ||
		r >= 0xFFF9 && r <= 0xFFFB || r >= 0xE0000 && r <= 0xE007F:
		return unseen
	case r == 0x3000 || r >= 0x2000 && r <= 0x200A || r == 0x2028 || r == 0x2029 ||
		r == 0x202F || r == 0x205F || r == 0x1680:
		return white
	}
	return seen
}

// codeLine writes one line of a code block, its newline included, after pad columns of indent.
func (w *writer) codeLine(from, to, pad int) {
	w.gap = noGap
	if n := strings.IndexByte(w.orig[from:to], '\n'); n >= 0 {
		to = from + n + 1 // MDX: see dedent
	}
	if len(w.out) > w.block {
		for range pad {
			w.out = append(w.out, ' ')
		}
	}
	start := from
	for i := from; i < to; {
		c := w.orig[i]
		if c >= 0x20 && !special[c] || c == ' ' || c == '\\' || c == '&' || c == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(w.orig[i:to])
		if k := class(r); k != unseen && r != '\r' || r == '\n' {
			i += n
			continue
		}
		w.copyBytes(start, i)
		i += n
		start = i
	}
	if len(w.out) == w.block && len(strings.TrimSpace(w.orig[start:to])) == 0 {
		return // blank lines before the code
	}
	w.copyBytes(start, to)
	if n := len(w.out); n > w.block && w.out[n-1] != '\n' {
		w.out = append(w.out, '\n')
	}
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isPunct(c byte) bool {
	return c > ' ' && c < 0x7F && !isAlnum(c)
}
