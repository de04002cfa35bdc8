package kb

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxFile is the size in bytes up to which a Markdown file is read.
const MaxFile = 10 << 20

// extensions are the names of Markdown files.
var extensions = [...]string{".md", ".markdown", ".mdx"}

// trimExt removes a Markdown file's extension.
func trimExt(p string) string {
	for _, e := range extensions {
		if n := len(p) - len(e); n > 0 && strings.EqualFold(p[n:], e) {
			return p[:n]
		}
	}
	return p
}

func isMarkdown(p string) bool { return trimExt(p) != p }

func isMDX(p string) bool { return strings.HasSuffix(strings.ToLower(p), ".mdx") }

// ParseDocument parses the Markdown file at path, relative to the knowledge base's folder and
// with forward slashes. The document is nil when a fault is fatal.
func ParseDocument(path string, source []byte) (*Document, []Fault) {
	d, _ := parseDocument(path, placeOf(path), bytes.Clone(source))
	if d == nil {
		return nil, parseFaults(path, source)
	}
	return d, d.faults
}

// parseFaults returns why a file could not be parsed.
func parseFaults(path string, source []byte) []Fault {
	if f := textFault(source); f != nil {
		f.Path = path
		return []Fault{*f}
	}
	_, body, f := frontMatter(source)
	if f == nil {
		f = costFault(source, mask(source, body, dialect{mdx: isMDX(path)}).weight)
	}
	if f == nil {
		return nil
	}
	f.Path = path
	return []Fault{*f}
}

// parseDocument is ParseDocument that returns the page too; both nil when the file is broken. The
// document keeps source, which must not change any more.
func parseDocument(file string, place place, source []byte) (*Document, *page) {
	if textFault(source) != nil {
		return nil, nil
	}
	fields, body, fault := frontMatter(source)
	if fault != nil {
		return nil, nil
	}
	d := &Document{ID: trimExt(file), Path: file, Audience: Public, Boost: 1, Source: shared(source), Hash: hash(source), place: place, Draft: place.draft}
	if place.internal {
		d.Audience = Internal
	}
	d.apply(fields)
	p := parsePage(d.Source, body, isMDX(file))
	if p.mask.weight.why != "" {
		return nil, nil
	}
	p.anchor()
	d.title(p)
	doubtful := false
	if d.Lang == "" {
		d.Lang, doubtful = pathLanguage(file)
	}
	plain := firstBytes(string(p.out[:min(len(p.out), sample+utf8.UTFMax)]), sample)
	if letters(plain, titledLetters) < titledLetters {
		plain = d.Title + "\n" + plain
	}
	d.chunks = p.chunks(d, d.identify(plain, doubtful))
	return d, p
}

// hasInternal reports whether a folder on the way to file is named internal.
func hasInternal(file string) bool {
	for part := range strings.SplitSeq(path.Dir(file), "/") {
		if strings.EqualFold(part, string(Internal)) {
			return true
		}
	}
	return false
}

// hasDrafts reports whether a folder on the way to file is Jekyll's _drafts.
func hasDrafts(file string) bool {
	for part := range strings.SplitSeq(path.Dir(file), "/") {
		if strings.EqualFold(part, "_drafts") {
			return true
		}
	}
	return false
}

// title completes the document's title and marks the heading that repeats it.
func (d *Document) title(p *page) {
	first := -1
	for i, h := range p.headings {
		if h.section && h.level == 1 && h.text != "" {
			first = i
			break
		}
	}
	switch {
	case d.Title == "" && first >= 0:
		d.Title = p.headings[first].text
	case d.Title == "":
		d.Title = readableName(d.ID)
		d.faults = append(d.faults, Fault{Path: d.Path, Message: "no title: neither in front matter nor as a first-level heading; shown as " + strconv.Quote(d.Title)})
	}
	for i := range p.headings {
		h := &p.headings[i]
		h.title = h.section && h.level == 1 && sameTitle(h.text, d.Title)
	}
}

// sameTitle compares titles without case and punctuation.
func sameTitle(a, b string) bool {
	x, y := slug(a), slug(b)
	return x == y && (x != "" || a == b)
}

// readableName makes a title of a document id: "en/return-policy" → "Return policy".
func readableName(id string) string {
	name := path.Base(id)
	if low := strings.ToLower(name); low == "index" || low == "readme" || low == "_index" {
		if dir := path.Base(path.Dir(id)); dir != "." && dir != "/" {
			name = dir
		}
	}
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " ")
	if name == "" {
		return id
	}
	r, n := utf8.DecodeRuneInString(name)
	return strings.ToUpper(string(r)) + name[n:]
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// textFault says why source is no text, nil if it is one.
func textFault(source []byte) *Fault {
	if i := bytes.IndexByte(source, 0); i >= 0 {
		return &Fault{Line: lineAt(source, i), Message: "not a text file: it holds a zero byte", Fatal: true}
	}
	if utf8.Valid(source) {
		return nil
	}
	i := 0
	for i < len(source) {
		r, n := utf8.DecodeRune(source[i:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		i += n
	}
	return &Fault{Line: lineAt(source, i), Message: "not UTF-8: byte 0x" + hex.EncodeToString(source[i:i+1]) + "; save the file as UTF-8", Fatal: true}
}

// lineAt returns the line, from 1, of a byte offset.
func lineAt(source []byte, at int) int {
	return 1 + bytes.Count(source[:min(at, len(source))], []byte{'\n'})
}
