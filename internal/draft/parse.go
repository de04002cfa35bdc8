package draft

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cited/internal/kb"
)

// parsed is one statement of a model's answer.
type parsed struct {
	text string
	kind kb.UnitKind
	refs []int // numbers of passages, from 1, each once, in the order given
}

// parse takes a model's answer apart into statements whose references are in 1..passages. It
// reads the JSON object that was asked for, alone, in a code fence or between words; JSON Lines;
// JSON with trailing commas or cut off (whole statements are kept); and prose with [1] or 【2】
// marks. References to other passages are dropped, statements without any are kept. No
// statements and no error means that the model found no answer. At most 12 statements come back.
func parse(answer string, passages int) ([]parsed, error) {
	answer = withoutThoughts(clip(strings.ToValidUTF8(answer, ""), maxAnswerChars))
	answer = strings.TrimSpace(answer)
	raw, isJSON := parseJSON(answer)
	if !isJSON {
		raw = parseProse(answer)
	}
	var out []parsed
	for _, s := range raw {
		if s, ok := clean(s, passages); ok && len(out) < maxStatements {
			out = append(out, s)
		}
	}
	if len(out) > 0 || (isJSON && len(raw) == 0) {
		return out, nil
	}
	return nil, fmt.Errorf("%w: no statement in %d characters", errUnreadable, utf8.RuneCountInString(answer))
}

var thoughts = regexp.MustCompile(`(?s)<think(?:ing)?>.*?</think(?:ing)?>`)

// withoutThoughts removes what reasoning models print before their answer.
func withoutThoughts(s string) string {
	s = thoughts.ReplaceAllString(s, "")
	if i := strings.LastIndex(s, "</think>"); i >= 0 {
		s = s[i+len("</think>"):]
	}
	return s
}

// rawStatement is a statement as models spell it.
type rawStatement struct {
	Text       string          `json:"text"`
	Statement  string          `json:"statement"`
	Sentence   string          `json:"sentence"`
	Kind       string          `json:"kind"`
	Passages   json.RawMessage `json:"passages"`
	Cites      json.RawMessage `json:"cites"`
	Citations  json.RawMessage `json:"citations"`
	References json.RawMessage `json:"references"`
	Sources    json.RawMessage `json:"sources"`
}

// statement reads one element: an object, or a string with marks in it.
func (r rawStatement) statement() (parsed, bool) {
	s := parsed{text: r.Text}
	for _, t := range []string{r.Statement, r.Sentence} {
		if s.text == "" {
			s.text = t
		}
	}
	switch strings.ToLower(r.Kind) {
	case "step":
		s.kind = kb.Step
	case "item":
		s.kind = kb.Item
	}
	for _, m := range []json.RawMessage{r.Passages, r.Cites, r.Citations, r.References, r.Sources} {
		for _, n := range number.FindAllString(string(m), 32) { // 1, "1", "[1]", {"id":1}
			if n, err := strconv.Atoi(n); err == nil {
				s.refs = append(s.refs, n)
			}
		}
	}
	return s, strings.TrimSpace(s.text) != ""
}

var (
	number       = regexp.MustCompile(`-?\d+`)
	noStatements = regexp.MustCompile(`"statements"\s*:\s*\[\s*\]`)
	looksLike    = regexp.MustCompile("^(?:```[a-zA-Z]*\\s*)?[{\\[]\\s*[\"{\\]}]")
	comma        = regexp.MustCompile(`,(\s*[}\]])`)
	breaks       = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")
)

// Bounds on what is looked at.
const (
	maxAnswerChars = 100_000
	maxDepth       = 16                // of JSON objects
	maxRaw         = 4 * maxStatements // statements before cleaning
)

// parseJSON collects the statements of all JSON in text. It reports false when text is prose.
// JSON without a statement gives one unusable one, so that it does not read as "no answer".
func parseJSON(text string) ([]parsed, bool) {
	out := fromObjects(text)
	switch {
	case len(out) > 0:
		return out, true
	case noStatements.MatchString(text), text == "[]":
		return nil, true
	case looksLike.MatchString(text):
		return []parsed{{}}, true
	}
	return nil, false
}

// own reads an object that is a statement itself.
func own(object string) []parsed {
	var r rawStatement
	if decode(object, &r) {
		if s, ok := r.statement(); ok {
			return []parsed{s}
		}
	}
	return nil
}

// envelope reads an object around plain strings: {"statements":["… [1]"]} or {"answer":"…"}.
func envelope(object string) []parsed {
	var e struct {
		Statements []string `json:"statements"`
		Answer     string   `json:"answer"`
	}
	if !decode(object, &e) {
		return nil
	}
	var out []parsed
	for _, text := range e.Statements {
		out = append(out, parsed{text: text})
	}
	if len(out) == 0 {
		out = parseProse(e.Answer)
	}
	return out
}

// decode reads JSON, if need be after taking out trailing commas and line breaks in strings.
func decode(object string, v any) bool {
	if json.Unmarshal([]byte(object), v) == nil {
		return true
	}
	return json.Unmarshal([]byte(comma.ReplaceAllString(breaks.Replace(object), "$1")), v) == nil
}

// fromObjects reads the balanced {…} of text. Of nested ones the outermost that is a statement
// itself counts, so that references may be objects; what is around statements is passed over,
// since it never closes when the answer was cut off. One pass; braces in strings do not count.
func fromObjects(text string) []parsed {
	type begun struct{ at, before int } // where an object began, and how many statements were there
	var stack []begun
	var out []parsed
	inString := false
	for i := 0; i < len(text) && len(stack) <= maxDepth && len(out) <= maxRaw; i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"' && len(stack) > 0:
			inString = !inString
		case inString:
		case c == '{':
			stack = append(stack, begun{i, len(out)})
		case c == '}' && len(stack) > 0:
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			object := text[o.at : i+1]
			if s := own(object); s != nil {
				out = append(out[:o.before], s...)
			} else if len(out) == o.before {
				out = append(out, envelope(object)...)
			}
		}
	}
	return out
}

var listMark = regexp.MustCompile(`^(?:(\d{1,2})[.)、]|[-*•–])\s+`)

// parseProse splits lines and sentences. Numbered lines are steps, bulleted ones items.
func parseProse(text string) []parsed {
	var out []parsed
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") || strings.Trim(line, "-=*_ ") == "" {
			continue
		}
		kind := kb.Sentence
		if m := listMark.FindStringSubmatch(line); m != nil {
			line = line[len(m[0]):]
			if kind = kb.Item; m[1] != "" {
				kind = kb.Step
			}
			out = append(out, parsed{text: line, kind: kind})
			continue
		}
		for _, s := range sentences(line) {
			out = append(out, parsed{text: s})
		}
		if len(out) > maxRaw {
			break
		}
	}
	return out
}

// sentences splits a line after closing punctuation and the marks that follow it. It is the
// fall-back of a fall-back: it would rather leave two sentences together than cut one.
func sentences(line string) []string {
	var out []string
	start := 0
	for i, r := range line {
		if i < start || !strings.ContainsRune(".!?。！？؟۔।", r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		end += len(closing.FindString(line[end:]))
		rest := strings.TrimLeft(line[end:], " ")
		wide := r > 0x3000
		if rest == "" || (!wide && rest == line[end:]) || (r == '.' && !ends(line[start:i], rest)) {
			continue
		}
		out = append(out, line[start:end])
		start = len(line) - len(rest)
	}
	return append(out, line[start:])
}

var closing = regexp.MustCompile(`^(?:["'”’»)\]）」』]|\s*` + markPattern + `)+`)

// ends reports whether a full stop between before and rest ends a sentence: not after a number
// or one letter ("3. März", "z. B."), nor before a small letter.
func ends(before, rest string) bool {
	first, _ := utf8.DecodeRuneInString(rest)
	if unicode.IsLower(first) {
		return false
	}
	word := before[strings.LastIndexAny(before, " .(\u00a0")+1:]
	if utf8.RuneCountInString(word) <= 1 {
		return false
	}
	_, err := strconv.Atoi(word)
	return err != nil || len(word) > 2
}

// markPattern is a reference in a text: [1], [2, 3], [1-3], [^4], [passage 2], 【5†source】.
const markPattern = `(?:\[\^?(?:[Pp]assages?\s+)?\d{1,2}(?:\s*[,;、，–-]\s*\d{1,2})*\]|【\d{1,2}(?:\s*[,;、，]\s*\d{1,2})*(?:[†:][^】]{0,40})?】)`

var (
	mark      = regexp.MustCompile(`\s*` + markPattern)
	markTail  = regexp.MustCompile(`[†:].*`)
	span      = regexp.MustCompile(`(\d+)(?:\s*[–-]\s*(\d+))?`)
	link      = regexp.MustCompile(`!?\[([^\]\n]+)\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	strong    = regexp.MustCompile(`(\*\*|__|~~)(\S(?:.*?\S)?)(\*\*|__|~~)`)
	emphasis  = regexp.MustCompile(`(^|[\s("'])[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_]($|[\s.,;:!?)"'])`)
	code      = regexp.MustCompile("`+([^`]+)`+")
	lineStart = regexp.MustCompile(`^(?:#{1,6}\s+|>\s*)+`)
)

// clean makes a statement plain: no list marks, no references, no Markdown, no control
// characters. It reports false for one without words or longer than any statement.
func clean(s parsed, passages int) (parsed, bool) {
	text := strings.Join(strings.Fields(s.text), " ")
	if m := listMark.FindStringSubmatch(text); m != nil && len(text) > len(m[0]) {
		text = text[len(m[0]):]
		if s.kind == kb.Sentence && m[1] != "" {
			s.kind = kb.Step
		} else if s.kind == kb.Sentence {
			s.kind = kb.Item
		}
	}
	for _, m := range mark.FindAllString(text, -1) {
		s.refs = append(s.refs, numbers(m)...)
	}
	text = mark.ReplaceAllString(text, "")
	text = lineStart.ReplaceAllString(text, "")
	text = link.ReplaceAllString(text, "$1")
	text = code.ReplaceAllString(text, "$1")
	text = strong.ReplaceAllString(text, "$2")
	text = emphasis.ReplaceAllString(text, "$1$2$3")
	text = strings.TrimSpace(strings.Map(visible, text))
	refs := s.refs
	s.text, s.refs = text, nil
	for _, n := range refs {
		if n >= 1 && n <= passages && !slices.Contains(s.refs, n) {
			s.refs = append(s.refs, n)
		}
	}
	words := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	return s, words && utf8.RuneCountInString(text) <= maxTextChars
}

// numbers reads the references of one mark; "1-3" is 1, 2, 3.
func numbers(mark string) []int {
	var out []int
	for _, m := range span.FindAllStringSubmatch(markTail.ReplaceAllString(mark, ""), -1) {
		from, _ := strconv.Atoi(m[1])
		to, err := strconv.Atoi(m[2])
		if err != nil || to < from {
			to = from
		}
		for n := from; n <= to; n++ { // at most 99: marks have two digits
			out = append(out, n)
		}
	}
	return out
}

// visible drops control characters and those that turn the direction of what follows.
func visible(r rune) rune {
	if unicode.IsControl(r) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0xfeff {
		return -1
	}
	return r
}
