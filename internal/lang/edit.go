package lang

import "unicode/utf8"

// OneEdit reports whether a and b, which differ, do so by one insertion, deletion, substitution or
// swap of neighbours, counted in runes.
func OneEdit(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && (i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i])) {
		i--
	}
	a, b = a[i:], b[i:]
	ra, n := utf8.DecodeRuneInString(a)
	rb, m := utf8.DecodeRuneInString(b)
	switch {
	case a == "" || b == "":
		return len(a) == n && len(b) == m && a != b
	case a[n:] == b || a == b[m:] || a[n:] == b[m:]:
		return true
	}
	ra2, n2 := utf8.DecodeRuneInString(a[n:])
	rb2, m2 := utf8.DecodeRuneInString(b[m:])
	return n2 > 0 && ra == rb2 && rb == ra2 && a[n+n2:] == b[m+m2:]
}
