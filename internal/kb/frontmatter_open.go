package kb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headLines is how many lines are searched for keys of ours where front matter may have been meant.
const headLines = 30

// markKey is a line of YAML or TOML, and braceKey a line of JSON, that sets a key of ours; guardKey
// one that keeps readers from the article.
var (
	guards   = "audiences?|draft|published|unlisted|expirydate|expiry_date|expires|unpublishdate|publishdate|search_exclude"
	allKeys  = guards + "|" + strings.ToLower(strings.Join(ourKeys, "|")) + "|translation_key|pubdate|redirect_from|lastmod|params|search\\.[a-z]+|sidebar_[a-z]+|visibility|internal|private"
	markKey  = regexp.MustCompile(`(?i)^[\s\p{Cf}]*(?:[-?,{]\s*)?["']?(?:` + allKeys + `)["']?\s*[:=：]`)
	guardKey = regexp.MustCompile(`(?i)^[\s\p{Cf}]*["']?(?:` + guards + `)["']?\s*[:=：]`)
	braceKey = regexp.MustCompile(`(?i)(?:^|[{,])\s*["']?(?:` + allKeys + `)["']?\s*:`)
)

// foldKey is a key as it is compared: lower case, without what nobody sees.
func foldKey(key string) string {
	for i := range len(key) {
		if c := key[i]; c <= ' ' || c >= 0x7F {
			key = strings.TrimSpace(strings.Map(func(r rune) rune {
				if invisible(r) && r != ' ' {
					return -1
				}
				return r
			}, key))
			break
		}
	}
	return strings.ToLower(key)
}

// invisible reports whether a character shows nothing: white space, controls, zero-width characters.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// preamble returns where, past white space, invisible characters and HTML comments, src begins.
func preamble(src []byte, i int) int {
	for i < len(src) {
		if bytes.HasPrefix(src[i:], []byte("<!--")) {
			n := bytes.Index(src[i:], []byte("-->"))
			if n < 0 {
				return i
			}
			i += n + 3
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if !invisible(r) {
			return i
		}
		i += n
	}
	return i
}

// opens reports whether a first line may have been meant to open front matter: it begins with a
// mark, or consists of dashes or plus signs of any kind.
func opens(line string) bool {
	if strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") {
		return true
	}
	n := 0
	for _, r := range line {
		switch {
		case r == '\u2013' || r == '\u2014' || r == '\u2015' || r == '\u2212': // an editor's dashes
			n += 2
		case r == '-' || r == '+' || unicode.Is(unicode.Pd, r):
			n++
		case !invisible(r):
			return false
		}
	}
	return n > 1
}

// markFault says what is wrong with the first line of front matter.
func markFault(line string) string {
	if i := strings.IndexByte(line, '\r'); i >= 0 && i < len(line)-2 {
		return "skipped: its lines end with a carriage return alone (CR); save it with line feeds (LF)"
	}
	if len(line) > 40 {
		line = firstBytes(line, 40) + "…"
	}
	return "skipped: front matter must begin with a line --- (or +++), not " + strconv.Quote(strings.TrimSpace(line)) + "; where no front matter is meant, write a horizontal rule as ***"
}

// meant reports whether one of the first lines of src sets a key of ours.
func meant(src []byte, key *regexp.Regexp) bool {
	return slices.ContainsFunc(headOf(src), key.MatchString)
}

// meantBelow reports whether one of the first lines of src, what follows a mark, sets a key of ours.
// Below a blank line and a text, which follow a horizontal rule, only a key that keeps readers away
// counts.
func meantBelow(src []byte) bool {
	if blank(src[:nextLine(src, 0)]) {
		for _, line := range headOf(src) {
			if strings.TrimSpace(line) != "" {
				if !markKey.MatchString(line) {
					return meant(src, guardKey)
				}
				break
			}
		}
	}
	return meant(src, markKey)
}

// bareKeys reports whether src begins with keys, one that keeps readers away among them, without a
// mark above them.
func bareKeys(src []byte) bool {
	for n, line := range headOf(src) {
		if n == 0 && !markKey.MatchString(line) || strings.TrimSpace(line) == "" {
			return false
		}
		if guardKey.MatchString(line) {
			return true
		}
	}
	return false
}

// headOf returns the first lines of src, whatever ends them.
func headOf(src []byte) []string {
	src = src[:min(len(src), 64<<10)]
	lines := strings.FieldsFunc(strings.NewReplacer("\r\n", " \n", "\n", " \n", "\r", " \n").Replace(string(src)), func(r rune) bool {
		return r == '\n' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
	})
	return lines[:min(len(lines), headLines)]
}

const misplacedFault = "skipped: front matter must be the first thing in the file, in one block; move it there (as an example, put it in a code block)"

// misplaced finds front matter with a key that keeps readers away where none is read: a block
// between two marks among the first lines, below a heading, a licence, or other front matter.
func misplaced(src []byte, body int) *Fault {
	open, fence, guard := -1, false, false
	i := body
	for n := 0; n < headLines && i < len(src); n++ {
		next := nextLine(src, i)
		line := bytes.TrimSpace(src[i:next])
		mark := bytes.Equal(line, []byte("---")) || bytes.Equal(line, []byte("+++"))
		switch {
		case bytes.HasPrefix(line, []byte("```")) || bytes.HasPrefix(line, []byte("~~~")):
			fence, open = !fence, -1
		case fence:
		case mark && open >= 0 && guard:
			return &Fault{Line: lineAt(src, open), Message: misplacedFault, Fatal: true}
		case mark:
			open, guard = i, false
		case len(line) == 0:
			open = -1
		case open >= 0 && guardKey.Match(line):
			guard = true
		}
		i = next
	}
	return nil
}

// jsonFields reads JSON front matter: an object that begins at at.
func jsonFields(src []byte, start, at int) ([]field, int, *Fault) {
	rest := src[at:]
	inside := bytes.TrimLeft(rest[1:], " \t\r\n")
	if len(inside) == 0 || strings.IndexByte("{%#:.<", inside[0]) >= 0 || inside[0] == '/' && len(inside) == len(rest)-1 {
		return nil, start, nil // a template's tag, an attribute list, an MDX comment
	}
	fields, n, err := decodeObject(rest)
	if err == nil {
		ours := false
		for i := range fields {
			fields[i].line = lineAt(src, at)
			ours = ours || knownKeys[fields[i].key] || doubted(fields[i].key) != ""
		}
		if ours {
			return fields, at + n, nil
		}
		return nil, start, nil
	}
	if meant(rest, braceKey) {
		return nil, start, &Fault{Line: lineAt(src, at), Message: "skipped: JSON front matter: " + err.Error(), Fatal: true}
	}
	return nil, start, nil
}

// decodeObject reads the JSON object that src begins with, and returns where it ends.
func decodeObject(src []byte) ([]field, int, error) {
	d := json.NewDecoder(bytes.NewReader(src))
	if _, err := d.Token(); err != nil {
		return nil, 0, err
	}
	var fields []field
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, 0, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, 0, fmt.Errorf("a key must be a text, not %v", token)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, 0, err
		}
		low := foldKey(name)
		if seen[low] {
			return nil, 0, fmt.Errorf("the key %q is there twice", name)
		}
		seen[low] = true
		fields = append(fields, field{low, name, value, 0})
	}
	if _, err := d.Token(); err != nil {
		return nil, 0, err
	}
	return fields, int(d.InputOffset()), nil
}
