package kb

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// manyFields is how many keys simpleFields reads: it looks through all of them for each.
const manyFields = 100

// simpleFields reads YAML front matter that consists of nothing but "key: text" lines and lists
// of "- text" lines, which is most of it, thirty times as fast as the YAML parser. ok is false
// where anything else is there, a broken line among it: the parser decides then.
func simpleFields(block []byte) (fields []field, ok bool) {
	n := 0
	list := -1 // index of the field whose list is open
	indent := 0
	fields = make([]field, 0, 16)
	for line := range bytes.Lines(block) {
		n++
		line = bytes.TrimRight(line, " \r\n")
		if len(line) == 0 {
			continue
		}
		dash := 0
		for dash < len(line) && line[dash] == ' ' {
			dash++
		}
		if line[dash] == '-' {
			if list < 0 || dash+1 >= len(line) || line[dash+1] != ' ' {
				return nil, false
			}
			f := &fields[list]
			items, _ := f.value.([]any)
			if len(items) == 0 {
				indent = dash
			}
			value, simple := simpleScalar(f.key, line[dash+2:])
			if !simple || dash != indent || value == nil {
				return nil, false
			}
			f.value = append(items, value)
			continue
		}
		key, rest, found := bytes.Cut(line, []byte(":"))
		if !found || dash > 0 || !simpleKey(key) || len(rest) > 0 && rest[0] != ' ' {
			return nil, false
		}
		name := string(key)
		low := strings.ToLower(name)
		value, simple := simpleScalar(low, bytes.TrimLeft(rest, " "))
		if !simple || len(fields) > manyFields || slices.ContainsFunc(fields, func(f field) bool { return f.key == low }) {
			return nil, false
		}
		fields = append(fields, field{low, name, value, n + 1})
		list = -1
		if value == nil {
			list = len(fields) - 1
		}
	}
	return fields, len(fields) > 0
}

// simpleKey reports whether a key is a plain word that YAML reads as text.
func simpleKey(key []byte) bool {
	for _, c := range key {
		if !isAlnum(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return len(key) > 1 && key[0]|0x20 >= 'a' && key[0]|0x20 <= 'z' && (len(key) > 5 || !yamlWords[strings.ToLower(string(key))])
}

// yamlWords are plain words that are no text in YAML.
var yamlWords = set("true false null yes no on off y n")

// simpleScalar reads a text without escapes and other special marks; nil for none at all. Of keys
// that we use, what may be a number, a date or a truth value is read by the YAML parser.
func simpleScalar(key string, s []byte) (any, bool) {
	if len(s) == 0 {
		return nil, true
	}
	for i, c := range s {
		if c < 0x20 || c == 0x7F || c == 0xC2 || c == 0xE2 && i+1 < len(s) && s[i+1] == 0x80 ||
			c == 0xEF && i+1 < len(s) && (s[i+1] == 0xBB || s[i+1] == 0xBF) {
			return nil, false
		}
	}
	if q := s[0]; q == '"' || q == '\'' {
		if len(s) < 2 || s[len(s)-1] != q || bytes.IndexByte(s[1:len(s)-1], q) >= 0 || bytes.IndexByte(s, '\\') >= 0 {
			return nil, false
		}
		return string(s[1 : len(s)-1]), true
	}
	if !isAlnum(s[0]) && s[0] < 0x80 || s[len(s)-1] == ':' || bytes.Contains(s, []byte(": ")) || bytes.Contains(s, []byte(" #")) {
		return nil, false
	}
	text := string(s)
	if s[0] >= '0' && s[0] <= '9' || len(s) < 6 && yamlWords[strings.ToLower(text)] {
		if !knownKeys[key] {
			return text, true
		}
		var value any
		if err := yaml.Unmarshal(s, &value); err != nil {
			return nil, false
		}
		return value, true
	}
	return text, true
}
