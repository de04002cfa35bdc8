package kb

import (
	"bytes"
	"slices"
)

// span is a byte range of the source, end exclusive.
type span struct{ start, end int }

// headingID is an explicit id ({#id}) and where it stands.
type headingID struct {
	at int
	id string
}

// masked is a copy of a source, of equal length, in which markup that no Markdown parser knows
// is blanked: front matter, comments, template tags, imports, attribute lists. A line that held
// nothing else reads as blank; elsewhere hole bytes stand in.
type masked struct {
	text     []byte
	ids      []headingID
	alerts   map[int]string // > [!NOTE]: offset of the mark → "note"
	template []int          // offsets of template variables inside text ({{ x }})
	marks    []wrap         // [!DNL x]
	open     int            // offset of a comment that is never closed, -1
	weight   weight
}

// dialect says what a source may hold.
type dialect struct {
	mdx    bool // no indented code; {expressions}
	images bool // <img> tags are kept, for rendering
}

// masker finds what to blank.
type masker struct {
	masked
	dialect
	src   []byte
	cuts  []cut
	fence byte // the character of the open code fence, 0 outside
	width int  // of the opening fence
	quote bool // the open fence stands in a block quote
	notes map[string]bool
	never map[string]bool // closing marks that do not occur any more
	here  lineInfo
}

// mask blanks src from body on (and everything before body, the front matter).
func mask(src []byte, body int, d dialect) masked {
	m := &masker{src: src, dialect: d, masked: masked{open: -1}}
	m.text = bytes.Clone(src)
	for i := range body {
		if m.text[i] != '\n' {
			m.text[i] = ' '
		}
	}
	if bytes.Contains(src, []byte("[^")) {
		m.notes = footnotes(src)
	}
	for i := body; i < len(src); {
		code := m.fence != 0
		next := m.line(i)
		if !code && m.fence == 0 {
			m.weight.weigh(src, i, next)
		}
		i = next
	}
	m.apply()
	if d.mdx {
		m.dedent()
	}
	slices.SortFunc(m.ids, func(a, b headingID) int { return a.at - b.at })
	return m.masked
}

// footnotes returns the labels that src defines at the beginning of a line.
func footnotes(src []byte) map[string]bool {
	labels := map[string]bool{}
	for i := 0; i < len(src); {
		j := bytes.Index(src[i:], []byte("[^"))
		if j < 0 {
			break
		}
		j += i
		i = j + 2
		if end := bytes.Index(src[i:min(len(src), i+100)], []byte("]:")); end > 0 {
			before := bytes.TrimLeft(src[bytes.LastIndexByte(src[:j], '\n')+1:j], " >\t")
			if len(before) == 0 {
				labels[string(src[i:i+end])] = true
			}
		}
	}
	return labels
}

// line handles what begins at the line start i and returns where to go on: a line start, or the
// end of src.
func (m *masker) line(i int) int {
	src := m.src
	end := bytes.IndexByte(src[i:], '\n')
	if end < 0 {
		end = len(src)
	} else {
		end += i + 1
	}
	p, quoted := linePrefix(src, i, end)
	if m.fence != 0 {
		n := repeated(src[p:end], m.fence)
		if m.quote && !quoted || n >= m.width && blank(src[p+n:end]) {
			m.fence = 0
		}
		if n >= m.width || !(m.quote && !quoted) {
			return end
		}
	}
	if p < end && (src[p] == '`' || src[p] == '~') {
		n := repeated(src[p:end], src[p])
		if n >= 3 && !(src[p] == '`' && bytes.IndexByte(src[p+n:end], '`') >= 0) {
			m.fence, m.width, m.quote = src[p], n, quoted
			return end
		}
	}
	if n := m.script(i, end); n > i {
		return n
	}
	m.attributes(i, end)
	if toc := bytes.TrimSpace(src[p:end]); len(toc) > 3 && len(toc) < 12 && toc[0] == '[' && isTOC(toc) {
		m.cut(p, end)
		return end
	}
	return m.inline(p, end)
}

func isTOC(line []byte) bool {
	s := string(bytes.ToLower(bytes.Trim(line, "[]")))
	return s == "toc" || s == "_toc_"
}

// linePrefix returns where the text of the line src[i:end] begins, past indentation, block quote
// and list markers, and whether it is quoted.
func linePrefix(src []byte, i, end int) (int, bool) {
	quoted := false
	for i < end {
		switch c := src[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '>':
			quoted = true
			i++
		case (c == '-' || c == '*' || c == '+') && i+1 < end && src[i+1] == ' ':
			i += 2
		case c >= '0' && c <= '9':
			j := i
			for j < end && j < i+9 && src[j] >= '0' && src[j] <= '9' {
				j++
			}
			if j+1 >= end || src[j] != '.' && src[j] != ')' || src[j+1] != ' ' {
				return i, quoted
			}
			i = j + 2
		default:
			return i, quoted
		}
	}
	return i, quoted
}

// script cuts the import and export lines of MDX and returns where they end, i if there are none.
func (m *masker) script(i, end int) int {
	src := m.src
	line := src[i:end]
	if len(line) < 8 || line[0] != 'i' && line[0] != 'e' {
		return i
	}
	switch {
	case bytes.HasPrefix(line, []byte("import ")):
		rest := bytes.TrimRight(line[7:], " ;\r\n\t")
		if n := len(rest); n < 3 || rest[n-1] != '"' && rest[n-1] != '\'' {
			if !bytes.HasPrefix(rest, []byte("{")) || bytes.IndexByte(rest, '}') >= 0 {
				return i
			}
			stop := bytes.Index(src[i:], []byte("from "))
			if stop < 0 || bytes.Contains(src[i:i+stop], []byte("\n\n")) {
				return i
			}
			end = nextLine(src, i+stop)
		} else if rest[0] != rest[n-1] && !bytes.Contains(rest, []byte("from ")) {
			return i
		}
	case bytes.HasPrefix(line, []byte("export const ")), bytes.HasPrefix(line, []byte("export default ")),
		bytes.HasPrefix(line, []byte("export function ")), bytes.HasPrefix(line, []byte("export let ")):
		if !bytes.ContainsAny(line, "={(;") {
			return i
		}
		for end < len(src) && !blank(src[end:nextLine(src, end)]) {
			end = nextLine(src, end)
		}
	default:
		return i
	}
	m.cut(i, end)
	return end
}

// nextLine returns the start of the line after offset i.
func nextLine(src []byte, i int) int {
	if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(src)
}

// attributes cuts an attribute list at the end of the line: {#id}, {: .class}, {width="100%"}.
func (m *masker) attributes(i, end int) {
	src := m.src
	for end > i && (src[end-1] == '\n' || src[end-1] == ' ' || src[end-1] == '\r' || src[end-1] == '\t') {
		end--
	}
	for end-i >= 3 && src[end-1] == '}' {
		from := bytes.LastIndexByte(src[i:end], '{')
		if from < 0 {
			return
		}
		from += i
		body := bytes.TrimSpace(src[from+1 : end-1])
		if !isAttributes(body) || from > i && src[from-1] == '{' {
			return
		}
		if s := string(body); s == ":toc" || s == ": toc" {
			m.listBefore(i)
		}
		// After a word only an id or a class is one: "Returns {#returns}"; C{a=1} is text.
		if c := body[0]; c != '#' && c != '.' && c != ':' && from > i && isAlnum(src[from-1]) {
			return
		}
		if id := attributeID(body); id != "" {
			m.ids = append(m.ids, headingID{from, id})
		}
		m.cut(from, end)
		end = from
		for end > i && src[end-1] == ' ' {
			end--
		}
	}
}

// listBefore cuts the line before i if it is a list item: kramdown puts a table of contents there.
func (m *masker) listBefore(i int) {
	if i == 0 {
		return
	}
	start := bytes.LastIndexByte(m.src[:i-1], '\n') + 1
	if p, quoted := linePrefix(m.src, start, i); p > start && !quoted {
		m.cut(start, i)
	}
}

// isAttributes reports whether s, the inside of braces, is an attribute list.
func isAttributes(s []byte) bool {
	if len(s) < 2 || len(s) > 300 || bytes.ContainsAny(s, "{}<>\n") {
		return false
	}
	switch s[0] {
	case '#', '.':
		return s[1] != ' ' && s[1] != '#' && !bytes.ContainsAny(s, "()[]$;")
	case ':':
		return true
	}
	i := 0
	for i < len(s) && (isAlnum(s[i]) || s[i] == '-' || s[i] == '_') {
		i++
	}
	return i > 0 && i+1 < len(s) && s[i] == '=' && (s[i+1] == '"' || s[i+1] == '\'' || isAlnum(s[i+1]))
}

// attributeID returns the id in an attribute list, "" if there is none.
func attributeID(s []byte) string {
	s = bytes.TrimLeft(s, ": ")
	for _, f := range bytes.Fields(s) {
		if f[0] == '#' && len(f) > 1 {
			return string(f[1:])
		}
		if v, ok := bytes.CutPrefix(f, []byte("id=")); ok {
			return string(bytes.Trim(v, `"'`))
		}
	}
	return ""
}

// cut is a stretch to blank. An HTML one does not make its line blank where that would end an
// HTML block around it.
type cut struct {
	start, end int
	html       bool
}

func (m *masker) cut(from, to int) {
	if from < to {
		m.cuts = append(m.cuts, cut{start: from, end: to})
	}
}

func (m *masker) cutHTML(from, to int) {
	m.cuts = append(m.cuts, cut{from, to, true})
}

// apply blanks the cuts: with spaces where nothing else is left of the line, else with holes.
func (m *masker) apply() {
	slices.SortFunc(m.cuts, func(a, b cut) int { return a.start - b.start })
	for _, c := range m.cuts {
		for i := c.start; i < c.end; i++ {
			if m.text[i] != '\n' {
				m.text[i] = hole
			}
		}
	}
	done := 0
	for _, c := range m.cuts {
		for i := max(c.start, done); i < c.end; {
			start := bytes.LastIndexByte(m.text[:i], '\n') + 1
			end := nextLine(m.text, i)
			line := m.text[start:end]
			if onlyHoles(line) && !(c.html && m.insideHTML(start)) {
				for j := range line {
					if line[j] == hole {
						line[j] = ' '
					}
				}
			}
			i, done = end, end
		}
	}
}

// insideHTML reports whether the line before the one at start looks like HTML (or a hole in it).
func (m *masker) insideHTML(start int) bool {
	if start == 0 {
		return false
	}
	before := bytes.TrimLeft(m.text[bytes.LastIndexByte(m.text[:start-1], '\n')+1:start-1], " \t")
	return len(before) > 0 && (before[0] == '<' || before[0] == hole)
}

// onlyHoles reports whether a line has holes and nothing else but white space and quote marks.
func onlyHoles(line []byte) bool {
	found := false
	for _, c := range line {
		switch c {
		case hole:
			found = true
		case ' ', '\t', '\r', '\n', '>':
		default:
			return false
		}
	}
	return found
}

func blank(s []byte) bool {
	for _, c := range s {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// repeated counts how often c stands at the beginning of s.
func repeated(s []byte, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}
