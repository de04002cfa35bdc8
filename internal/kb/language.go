package kb

import (
	"path"
	"slices"
	"strings"

	"cited/internal/lang"
)

// Below these an identification does not overrule what the path or the front matter says.
const (
	sureConfidence = 0.9
	sureLetters    = 300
	titledLetters  = 40 // with fewer the title is identified, too
)

// sample is how many bytes of an article's text its language is identified from; the first glance
// of them suffice where they leave no doubt, which is nearly always.
const (
	glance = 500
	sample = 3 << 10
)

// pathLanguages are the primary tags that a folder or a suffix may name.
var pathLanguages = set(`af am ar as az be bg bn bs ca cs cy da de el en eo es et eu fa fi fil fr ga gl gu
	ha he hi hr hu hy id ig is it ja ka kk km kn ko ku ky lb lo lt lv mg mi mk ml mn mr ms mt my nb ne nl nn no
	or pa pcm pl ps pt ro ru rw sa sd si sk sl so sq sr st sv sw ta te tg th tk tl tr tt uk ur uz vi xh yi yo yue zh zu`)

// wordLanguages are tags that folders have for other reasons too: the "it" or "hr" department.
var wordLanguages = set("am as be hr id is it me my no or pa so st")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// tagOf returns the primary language that a path part names ("de", "pt-br", "zh_Hant"), "" if none.
func tagOf(part string) string {
	base := lang.Base(part)
	if base == "" || !pathLanguages[base] {
		return ""
	}
	rest := part[len(base):]
	if rest == "" {
		return base
	}
	rest = rest[1:]
	if n := len(rest); n < 2 || n > 8 || n == 2 && !isAlpha(rest) || strings.Count(rest, "-") > 1 {
		return ""
	}
	for i := range len(rest) {
		if !isAlnum(rest[i]) && rest[i] != '-' && rest[i] != '_' {
			return ""
		}
	}
	switch rest := strings.ToLower(rest); {
	case len(rest) == 2, len(rest) == 4, rest == "419", len(rest) > 4 && (rest[2] == '-' || rest[4] == '-' || rest[4] == '_'):
		return base
	}
	return ""
}

func isAlpha(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// pathLanguage returns the language that a document's path names, and whether the name could
// mean something else.
func pathLanguage(p string) (tag string, doubtful bool) {
	dir, file := path.Split(p)
	stem := trimExt(file)
	if i := strings.LastIndexByte(stem, '.'); i > 0 {
		if tag := tagOf(stem[i+1:]); tag != "" {
			return tag, false
		}
	}
	for _, part := range strings.Split(strings.TrimSuffix(dir, "/"), "/") {
		if t := tagOf(part); t != "" && (tag == "" || doubtful) {
			tag, doubtful = t, wordLanguages[strings.ToLower(part)]
		}
	}
	return tag, doubtful
}

// identify sets the document's language where neither front matter nor path names it, and returns
// the language of its text, which differs for an article that nobody translated.
func (d *Document) identify(plain string, doubtful bool) string {
	g := lang.Identify(firstBytes(plain, glance), "")
	if g.Confidence < 0.97 && len(plain) > glance {
		g = lang.Identify(plain, "")
	}
	sure := g.Lang != "" && g.Confidence >= sureConfidence && letters(plain, sureLetters) >= sureLetters
	switch {
	case d.Lang == "" || doubtful && sure:
		d.Lang = g.Lang
	case sure && !related(g.Lang, d.Lang) && (g.Lang == "en" || slices.Contains(lang.Supported(), d.Lang)):
		return g.Lang // of a language that nobody identifies, only English is taken for untranslated
	}
	return d.Lang
}

// related reports whether a text in a may well have been taken for b by an identifier.
func related(a, b string) bool {
	if a == b {
		return true
	}
	for _, group := range [...]string{"id ms", "hr sr bs", "no nb nn da", "cs sk", "hi mr ne sa", "en pcm", "bg mk", "pt gl es", "zh yue"} {
		if strings.Contains(group, a) && strings.Contains(group, b) {
			return true
		}
	}
	return false
}

// letters counts what is no white space, punctuation or digit, roughly, up to limit or a little more.
func letters(s string, limit int) int {
	n := 0
	for _, r := range s {
		if r >= 0x80 {
			n++
			if unspaced(r) {
				n += 2
			}
		} else if c := byte(r) | 0x20; c >= 'a' && c <= 'z' {
			n++
		}
		if n >= limit {
			break
		}
	}
	return n
}

// languageTag returns the primary tag of a BCP-47 tag, "" if s is none.
func languageTag(s string) string { return lang.Base(s) }
