package kb

import (
	"bytes"
	"strings"
)

// trigger marks the bytes at which inline markup may begin.
var trigger = [256]bool{'`': true, '<': true, '{': true, '[': true, '\\': true}

// tagLimit is how many bytes a template tag or a component tag may be long.
const tagLimit = 4096

// inline looks for markup from i to the end of the line, following it over line ends, and
// returns the start of the line after the last one that it saw.
func (m *masker) inline(i, end int) int {
	src := m.src
	for i < end {
		if !trigger[src[i]] {
			i++
			continue
		}
		next := i + 1
		switch src[i] {
		case '\\':
			next = min(i+2, len(src))
		case '`':
			next = m.codeSpan(i)
		case '<':
			next = m.tag(i)
		case '{':
			next = m.brace(i)
		case '[':
			next = m.bracket(i)
		}
		i = next
		if i > end {
			end = nextLine(src, i-1)
			if src[i-1] != '\n' || i == len(src) {
				continue
			}
			return i
		}
	}
	return end
}

// codeSpan returns the end of the code span at i, or of its backticks where none closes.
func (m *masker) codeSpan(i int) int {
	n := repeated(m.src[i:], '`')
	stop := paragraphEnd(m.src, i)
	for j := i + n; j < stop; {
		k := bytes.IndexByte(m.src[j:stop], '`')
		if k < 0 {
			break
		}
		j += k
		w := repeated(m.src[j:stop], '`')
		j += w
		if w == n {
			return j
		}
	}
	return i + n
}

// paragraphEnd returns where the next blank line after i begins, at most 16 kB on.
func paragraphEnd(src []byte, i int) int {
	stop := min(len(src), i+16<<10)
	for j := i; j < stop; {
		k := bytes.IndexByte(src[j:stop], '\n')
		if k < 0 {
			return stop
		}
		j += k + 1
		if j < stop && (src[j] == '\n' || src[j] == '\r') {
			return j
		}
	}
	return stop
}

// find returns the offset after the next close in src[i:i+limit] that no blank line precedes,
// -1 if there is none.
func find(src []byte, i, limit int, close string) int {
	window := src[i:min(len(src), i+limit)]
	n := bytes.Index(window, []byte(close))
	if n < 0 || bytes.Contains(window[:n], []byte("\n\n")) {
		return -1
	}
	return i + n + len(close)
}

// tag cuts the comment, script, component or image at i and returns where to go on.
func (m *masker) tag(i int) int {
	src := m.src
	rest := src[i:]
	if bytes.HasPrefix(rest, []byte("<!--")) {
		n := bytes.Index(rest[4:], []byte("-->"))
		if n < 0 {
			if m.open < 0 {
				m.open = i
			}
			m.cut(i, len(src))
			return len(src)
		}
		m.cutHTML(i, i+4+n+3)
		return i + 4 + n + 3
	}
	if bytes.HasPrefix(rest, []byte("<>")) || bytes.HasPrefix(rest, []byte("</>")) {
		n := bytes.IndexByte(rest, '>') + 1
		m.cut(i, i+n)
		return i + n
	}
	name := tagName(rest)
	if name == "" {
		return i + 1
	}
	end := tagEnd(src, i)
	if end < 0 {
		return i + 1
	}
	tag := src[i:end]
	switch low := strings.ToLower(name); {
	case low == "script" || low == "style" || low == "svg" || low == "noscript" || low == "template":
		if rest[1] != '/' && !bytes.HasSuffix(tag, []byte("/>")) {
			if n := m.ahead(end, "</"+low, indexFold); n >= 0 {
				end = nextByte(src, end+n, '>')
			}
		}
		m.cutHTML(i, end)
	case low == "img" || low == "source" || low == "video" || low == "iframe":
		if low != "img" || !m.images {
			m.cutHTML(i, end)
		}
	case name[0] >= 'A' && name[0] <= 'Z' && name != strings.ToUpper(name),
		bytes.Contains(tag, []byte(" markdown")), bytes.Contains(tag, []byte("={")):
		m.cut(i, end)
	}
	return end
}

// tagName returns the name of the HTML or JSX tag that s begins with, "" if it is none.
func tagName(s []byte) string {
	i := 1
	if len(s) > 1 && s[1] == '/' {
		i = 2
	}
	j := i
	for j < len(s) && (isAlnum(s[j]) || j > i && (s[j] == '-' || s[j] == '.' || s[j] == ':')) {
		j++
	}
	if j == i || j == len(s) || s[i] >= '0' && s[i] <= '9' {
		return ""
	}
	switch c := s[j]; c {
	case ' ', '\t', '\n', '\r', '>', '/':
		if bytes.IndexByte(s[i:j], ':') > 0 { // <https://…>
			return ""
		}
		return string(s[i:j])
	}
	return ""
}

// tagEnd returns the offset after the tag at i; quotes and braces may hold a ">". -1: none.
func tagEnd(src []byte, i int) int {
	stop := min(len(src), i+tagLimit)
	var quote byte
	depth := 0
	for j := i + 1; j < stop; j++ {
		switch c := src[j]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`' && depth > 0:
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '>' && depth <= 0:
			return j + 1
		case c == '<' && depth <= 0, c == '\n' && j+1 < stop && src[j+1] == '\n':
			return -1
		}
	}
	return -1
}

func nextByte(src []byte, i int, c byte) int {
	if n := bytes.IndexByte(src[i:], c); n >= 0 {
		return i + n + 1
	}
	return len(src)
}

// indexFold is bytes.Index for an ASCII lower-case needle in any case.
func indexFold(s []byte, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		n := bytes.IndexByte(s[i:], needle[0])
		if n < 0 {
			return -1
		}
		i += n
		if i+len(needle) <= len(s) && strings.EqualFold(string(s[i:i+len(needle)]), needle) {
			return i
		}
	}
	return -1
}

// brace cuts the template tag, MDX comment or attribute list at i.
func (m *masker) brace(i int) int {
	src := m.src
	if i+2 >= len(src) {
		return i + 1
	}
	end := -1
	switch {
	case src[i+1] == '%':
		return m.liquid(i)
	case src[i+1] == '{':
		close := "}}"
		if src[i+2] == '<' || src[i+2] == '%' {
			close = string(rune(src[i+2]))
			if close == "<" {
				close = ">"
			}
			close += "}}"
		} else if len(src) > i+4 && src[i+2] != '/' && !m.wholeLine(i) {
			m.template = append(m.template, i)
		}
		end = find(src, i+2, tagLimit, close)
	case src[i+1] == '/' && src[i+2] == '*':
		end = find(src, i+3, tagLimit, "*/}")
	case i > 0 && strings.IndexByte(")]>`*_", src[i-1]) >= 0, m.lineStart(i):
		if n := bytes.IndexByte(src[i:min(len(src), i+300)], '}'); n > 0 && isAttributes(src[i+1:i+n]) {
			end = i + n + 1
		}
	case m.mdx:
		if n := bytes.IndexByte(src[i:min(len(src), i+100)], '}'); n > 1 && isExpression(src[i+1:i+n]) {
			end = i + n + 1
		}
	}
	if end < 0 {
		return i + 1
	}
	m.cut(i, end)
	return end
}

// isExpression reports whether s is a dotted name, as in {props.name}, or a quoted space.
func isExpression(s []byte) bool {
	if q := strings.Trim(string(s), `"'`); strings.TrimSpace(q) == "" {
		return true
	}
	for _, c := range s {
		if !isAlnum(c) && c != '.' && c != '_' && c != '$' {
			return false
		}
	}
	return true
}

// lineInfo is what is known of one line.
type lineInfo struct {
	start, text, end int  // text: of its first character that is not white space
	braces           bool // it ends with }}
}

// lineAround returns the line that offset i is in. Offsets come in ascending order, nearly, so that
// each line is looked at once.
func (m *masker) lineAround(i int) lineInfo {
	if i < m.here.start || i >= m.here.end {
		l := lineInfo{start: bytes.LastIndexByte(m.src[:i], '\n') + 1, end: nextLine(m.src, i)}
		line := m.src[l.start:l.end]
		l.text = l.start + len(line) - len(bytes.TrimLeft(line, " \t\r\n"))
		l.braces = bytes.HasSuffix(bytes.TrimSpace(line), []byte("}}"))
		m.here = l
	}
	return m.here
}

func (m *masker) lineStart(i int) bool { return i <= m.lineAround(i).text }

func (m *masker) wholeLine(i int) bool {
	l := m.lineAround(i)
	return i <= l.text && l.braces
}

// ahead returns what index finds of mark in src[i:], -1 for good once there is none.
func (m *masker) ahead(i int, mark string, index func(s []byte, mark string) int) int {
	if m.never[mark] {
		return -1
	}
	n := index(m.src[i:], mark)
	if n < 0 {
		if m.never == nil {
			m.never = map[string]bool{}
		}
		m.never[mark] = true
	}
	return n
}

func indexOf(s []byte, mark string) int { return bytes.Index(s, []byte(mark)) }

// liquid cuts the tag {% … %} at i; of comments and references to other files their content too.
func (m *masker) liquid(i int) int {
	src := m.src
	end := find(src, i+2, tagLimit, "%}")
	if end < 0 {
		return i + 1
	}
	words := strings.Fields(strings.Trim(string(src[i+2:end-2]), "- "))
	m.cut(i, end)
	if len(words) == 0 {
		return end
	}
	switch words[0] {
	case "comment", "content-ref":
		if n := m.ahead(end, "end"+words[0], indexOf); n >= 0 {
			if stop := find(src, end+n, 100, "%}"); stop > 0 {
				m.cut(end, stop)
				return stop
			}
		}
	case "raw":
		if n := m.ahead(end, "endraw", indexOf); n >= 0 {
			if k := bytes.LastIndex(src[end:end+n], []byte("{%")); k >= 0 {
				return end + k
			}
		}
	}
	return end
}

// bracket cuts the marks of Microsoft's and Adobe's Markdown ([!NOTE], [!INCLUDE[x](y)],
// [!DNL x]) and references to footnotes that do not exist.
func (m *masker) bracket(i int) int {
	src := m.src
	if i+2 >= len(src) {
		return i + 1
	}
	if src[i+1] == '^' && m.notes != nil {
		end := bytes.IndexByte(src[i:min(len(src), i+100)], ']')
		if end > 2 && !m.notes[string(src[i+2:i+end])] && bytes.IndexByte(src[i:i+end], ' ') < 0 {
			m.cut(i, i+end+1)
			return i + end + 1
		}
	}
	if src[i+1] != '!' {
		return i + 1
	}
	j := i + 2
	for j < len(src) && (isAlnum(src[j]) || src[j] == '-' || src[j] == '_') {
		j++
	}
	if j == i+2 || j == len(src) {
		return i + 1
	}
	word := strings.ToLower(string(src[i+2 : j]))
	if src[j] == ']' {
		if m.alerts == nil {
			m.alerts = map[int]string{}
		}
		m.alerts[i] = word
		if j+1 < len(src) && (src[j+1] == '+' || src[j+1] == '-') { // Obsidian's folding
			j++
		}
		m.cut(i, j+1)
		return j + 1
	}
	end := closingBracket(src, i)
	if end < 0 || src[j] != ' ' && src[j] != '[' && src[j] != '\t' {
		return i + 1
	}
	switch word {
	case "include", "video", "image", "code", "includes", "div":
		m.cut(i, end)
		return end
	}
	m.cut(i, j+1)
	m.cut(end-1, end)
	m.marks = append(m.marks, wrap{i, end, j + 1, end - 1, true})
	return j + 1
}

// closingBracket returns the offset after the bracket that closes the one at i, on the same
// line; -1 if there is none.
func closingBracket(src []byte, i int) int {
	depth := 0
	for j := i; j < len(src) && j < i+tagLimit; j++ {
		switch src[j] {
		case '\\':
			j++
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return j + 1
			}
		case '\n':
			return -1
		}
	}
	return -1
}
