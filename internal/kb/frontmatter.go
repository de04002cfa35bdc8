package kb

import (
	"bytes"
	"errors"
	"fmt"
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

// frontMatter splits a file. It returns the fields in file order and where the body begins.
func frontMatter(src []byte) (fields []field, body int, fault *Fault) {
	start := 0
	if bytes.HasPrefix(src, bom) {
		start = len(bom)
	}
	first := nextLine(src, start)
	mark := strings.TrimRight(string(src[start:first]), " \t\r\n")
	if mark != "---" && mark != "+++" {
		return nil, start, nil
	}
	end, body := closingMark(src, first, mark)
	if end < 0 {
		if mark == "+++" || !looksLikeField(src[first:nextLine(src, first)]) {
			return nil, start, nil
		}
		return nil, start, &Fault{Line: 1, Message: "front matter is not closed: no line with --- ends it", Fatal: true}
	}
	block := src[first:end]
	var err error
	if mark == "+++" {
		fields, err = tomlFields(block)
	} else {
		fields, err = yamlFields(block)
	}
	if err == nil {
		if fields == nil && mark == "---" && !blank(block) && !onlyComments(block) {
			if blank(src[first:nextLine(src, first)]) { // a rule, a text, a rule
				return nil, start, nil
			}
			return nil, start, &Fault{Line: 2, Message: "front matter holds no keys", Fatal: true}
		}
		return fields, body, nil
	}
	line, message := errorLine(err)
	return nil, start, &Fault{Line: line + 1, Message: "front matter: " + message, Fatal: true}
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
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := m.Content[i].Value
		low := strings.ToLower(key)
		if seen[low] && low != "<<" {
			return nil, &fieldError{m.Content[i].Line, "the key " + strconv.Quote(key) + " is there twice"}
		}
		seen[low] = true
		var value any
		if err := m.Content[i+1].Decode(&value); err != nil {
			return nil, &fieldError{m.Content[i+1].Line, strings.TrimPrefix(err.Error(), "yaml: ")}
		}
		fields = append(fields, field{low, key, value, m.Content[i].Line + 1})
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
	for _, key := range meta.Keys() {
		if len(key) == 1 {
			name := key[0]
			fields = append(fields, field{strings.ToLower(name), name, values[name], lineOf(block, name) + 1})
		}
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
