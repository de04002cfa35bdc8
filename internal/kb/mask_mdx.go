package kb

import "bytes"

// dedent undoes the indentation that MDX authors give to the Markdown inside components, which a
// Markdown parser would take for nesting. No byte may move, so each line's newline does: past the
// indentation, which thus trails the line before.
func (m *masker) dedent() {
	base, tag := 0, false
	for start := 0; start < len(m.src); {
		end := nextLine(m.src, start)
		line := m.src[start:end]
		trimmed := bytes.TrimSpace(line)
		indent := len(line) - len(bytes.TrimLeft(line, " "))
		switch {
		case len(trimmed) == 0:
		case trimmed[0] == '<' && blank(m.text[start:end]):
			base, tag = 0, true
		default:
			if tag && base == 0 {
				base = indent
			}
			tag = false
			if indent < base {
				base = 0
			}
			if base >= 2 && start > 0 && m.text[start-1] == '\n' && blank(m.text[start:start+base]) {
				m.text[start-1], m.text[start+base-1] = ' ', '\n'
			}
		}
		start = end
	}
}
