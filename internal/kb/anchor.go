package kb

import (
	"strconv"
	"strings"
	"unicode"
)

// slug is GitHub's anchor of a heading: lower case, letters, marks, digits, "-" and "_" kept,
// spaces to "-", everything else dropped.
func slug(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) ||
			unicode.Is(unicode.Pc, r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// anchors gives every heading its anchor: the explicit id, else GitHub's, numbered from the
// second of the same name on.
func (p *page) anchor() {
	used := map[string]int{}
	for _, h := range p.headings {
		if h.anchor != "" {
			used[h.anchor] = 0
		}
	}
	for i := range p.headings {
		h := &p.headings[i]
		if h.anchor != "" {
			continue
		}
		base := slug(h.text)
		id := base
		for {
			n, taken := used[id]
			if !taken {
				break
			}
			if m, ok := used[base]; ok {
				n = m
			}
			used[base] = n + 1
			id = base + "-" + strconv.Itoa(n+1)
		}
		used[id] = 0
		h.anchor = id
	}
}
