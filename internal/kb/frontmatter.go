package kb

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
)

// field is one top-level key of front matter.
type field struct {
	key   string // lower case
	name  string // as written
	value any
	line  int // in the file, from 1; 0 when unknown
}

var bom = []byte("\xEF\xBB\xBF")

// frontMatter splits a file. It returns the fields in file order and where the body begins. What
// looks like front matter and cannot be read as such is a fatal fault, never text: it may say that
// the article is not meant for everybody.
func frontMatter(src []byte) (fields []field, body int, fault *Fault) {
	start := 0
	if bytes.HasPrefix(src, bom) {
		start = len(bom)
	}
	fields, body, fault = leadingFields(src, start)
	if fault == nil {
		fault = misplaced(src, body)
	}
	if fault == nil && len(fields) > 0 && guardKey.Match(src[body:nextLine(src, body)]) {
		fault = &Fault{Line: lineAt(src, body), Message: misplacedFault, Fatal: true}
	}
	return fields, body, fault
}

// leadingFields is frontMatter without a look at what follows.
func leadingFields(src []byte, start int) (fields []field, body int, fault *Fault) {
	at := preamble(src, start)
	first := nextLine(src, at)
	line := string(src[at:first])
	mark := strings.TrimRight(line, " \t\r\n")
	if rest, ok := strings.CutPrefix(mark, "---"); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") && rest[0] != '#' {
		mark = "---" // --- # a comment of YAML's
	}
	switch {
	case strings.HasPrefix(mark, "{"):
		return jsonFields(src, start, at)
	case mark != "---" && mark != "+++":
		if opens(mark) && meant(src[at:], markKey) || markKey.MatchString(mark) && bareKeys(src[at:]) {
			return nil, start, &Fault{Line: lineAt(src, at), Message: markFault(line), Fatal: true}
		}
		return nil, start, nil
	}
	end, body := closingMark(src, first, mark)
	if end < 0 {
		if looksLikeField(src[first:nextLine(src, first)]) && mark == "---" || meantBelow(src[first:]) {
			return nil, start, &Fault{Line: lineAt(src, at), Message: "front matter is not closed: no line with " + mark + " ends it; where no front matter is meant, write a horizontal rule as ***", Fatal: true}
		}
		return nil, start, nil
	}
	block := src[first:end]
	before := lineAt(src, at) // the mark's line
	var err error
	if mark == "+++" {
		fields, err = tomlFields(block)
	} else {
		fields, err = yamlFields(block)
	}
	switch {
	case err != nil:
		if at > start && !meantBelow(src[first:]) { // rules in a text
			return nil, start, nil
		}
		line, message := errorLine(err)
		return nil, start, &Fault{Line: line + before, Message: "front matter: " + message, Fatal: true}
	case len(fields) > 0:
		for i := range fields {
			if fields[i].line > 0 {
				fields[i].line += before - 1
			}
		}
		return fields, body, nil
	case meantBelow(src[first:]):
		return nil, start, &Fault{Line: before, Message: "front matter holds no keys between its first and its second " + mark + ", but keys follow; put them there (a horizontal rule can be written ***)", Fatal: true}
	case mark == "+++" || blank(block) || onlyComments(block):
		return nil, body, nil
	case at > start || blank(src[first:nextLine(src, first)]): // a rule, a text, a rule
		return nil, start, nil
	}
	return nil, start, &Fault{Line: before + 1, Message: "front matter holds no keys", Fatal: true}
}

// closingMark finds the line that ends the front matter: its start and its end, -1 if there is none.
func closingMark(src []byte, i int, mark string) (int, int) {
	for i < len(src) {
		next := nextLine(src, i)
		if line := string(bytes.TrimRight(src[i:next], " \t\r\n")); line == mark || mark == "---" && line == "..." {
			return i, next
		}
		i = next
	}
	return -1, -1
}

func looksLikeField(line []byte) bool {
	key, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(key) == 0 {
		return false
	}
	for _, c := range key {
		if !isAlnum(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func onlyComments(block []byte) bool {
	for line := range bytes.Lines(block) {
		if t := bytes.TrimSpace(line); len(t) > 0 && t[0] != '#' {
			return false
		}
	}
	return true
}

// fieldError is a fault at a line of the front matter block, from 1.
type fieldError struct {
	line    int
	message string
}

func (e *fieldError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.message) }

func yamlFields(block []byte) ([]field, error) {
	if fields, ok := simpleFields(block); ok {
		return fields, nil
	}
	return parsedFields(block)
}

// parsedFields is yamlFields by the YAML parser.
func parsedFields(block []byte) ([]field, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(block, &node); err != nil {
		return nil, err
	}
	if node.Kind != yaml.DocumentNode || len(node.Content) == 0 || node.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	m := node.Content[0]
	fields := make([]field, 0, len(m.Content)/2)
	seen := map[string]bool{}
	merges := false
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := m.Content[i].Value
		if m.Content[i].Kind == yaml.AliasNode && m.Content[i].Alias != nil {
			key = m.Content[i].Alias.Value
		}
		low := foldKey(key)
		if low == "<<" {
			merges = true
			continue
		}
		if seen[low] {
			return nil, &fieldError{m.Content[i].Line, "the key " + strconv.Quote(key) + " is there twice"}
		}
		seen[low] = true
		var value any
		if err := m.Content[i+1].Decode(&value); err != nil {
			return nil, &fieldError{m.Content[i+1].Line, strings.TrimPrefix(err.Error(), "yaml: ")}
		}
		fields = append(fields, field{low, key, value, m.Content[i].Line + 1})
	}
	if merges {
		return mergedFields(m, fields)
	}
	return fields, nil
}

// mergedFields adds what "<<" brings into the mapping m to its own fields.
func mergedFields(m *yaml.Node, fields []field) ([]field, error) {
	var all map[any]any
	if err := m.Decode(&all); err != nil {
		return nil, &fieldError{m.Line, strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	own := map[string]bool{}
	seen := map[string]bool{}
	for _, f := range fields {
		own[f.name], seen[f.key] = true, true
	}
	var names []string
	values := map[string]any{}
	for key, v := range all {
		if name := fmt.Sprint(key); name != "<<" && !own[name] {
			names = append(names, name)
			values[name] = v
		}
	}
	sort.Strings(names)
	for _, name := range names {
		low := foldKey(name)
		if seen[low] {
			return nil, &fieldError{m.Line, "the key " + strconv.Quote(name) + " is there twice"}
		}
		seen[low] = true
		fields = append(fields, field{low, name, values[name], 0})
	}
	return fields, nil
}

func tomlFields(block []byte) ([]field, error) {
	var values map[string]any
	meta, err := toml.Decode(string(block), &values)
	if err != nil {
		return nil, err
	}
	fields := []field{}
	seen := map[string]string{}
	for _, key := range meta.Keys() {
		name := key[0]
		low := foldKey(name)
		switch first, again := seen[low]; {
		case again && first != name:
			return nil, &fieldError{lineOf(block, name), "the key " + strconv.Quote(name) + " is there twice"}
		case again:
			continue
		}
		seen[low] = name
		fields = append(fields, field{low, name, values[name], lineOf(block, name) + 1})
	}
	return fields, nil
}

// lineOf returns the line, from 1, on which a TOML key is set.
func lineOf(block []byte, key string) int {
	n := 0
	for line := range bytes.Lines(block) {
		n++
		t := strings.TrimLeft(string(line), " \t[\"'")
		if rest, ok := strings.CutPrefix(t, key); ok && strings.IndexAny(rest, " \t=.]\"'") == 0 {
			return n
		}
	}
	return 0
}

// errorLine takes the line, in the block, and the message out of a parser's error.
func errorLine(err error) (int, string) {
	var t toml.ParseError
	if errors.As(err, &t) {
		return t.Position.Line, t.Message
	}
	var f *fieldError
	if errors.As(err, &f) {
		return f.line, f.message
	}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return n, text
			}
		}
	}
	return 0, message
}
