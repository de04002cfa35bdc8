package kb

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// apply sets what front matter says of a document. Faults are appended to d.faults.
func (d *Document) apply(fields []field) {
	m := metadata{d: d}
	for _, f := range fields {
		if strings.HasPrefix(f.key, "ms.") {
			m.microsoft = true
		}
		m.field(f)
	}
	m.finish()
}

// metadata collects the keys that depend on each other.
type metadata struct {
	d           *Document
	microsoft   bool // front matter of Microsoft's documentation, where audience is a job: Admin, ITPro
	audiences   []field
	params      []field // nested in params or extra: they restrict only
	publish     time.Time
	hasPublish  bool
	date        time.Time
	rank        int // of the key that set d.Updated
	unpublished bool
	dated       []field // keys that were probably meant for a date of ours
}

// field applies one key.
func (m *metadata) field(f field) {
	d := m.d
	switch f.key {
	case "title":
		d.Title = plainTitle(m.text(f))
	case "description":
		d.Description = m.text(f)
	case "slug", "permalink", "url":
		if s := m.text(f); leadsAway(s) {
			m.fault(f, fmt.Sprintf("%s: %q is no address that a page may link to", f.name, s))
		} else if s != "" {
			d.URL, d.address, d.addressLine = s, s, f.line
		}
	case "aliases", "redirect_from":
		d.Aliases = append(d.Aliases, m.list(f)...)
	case "tags", "keywords":
		d.Tags = append(d.Tags, m.list(f)...)
	case "questions":
		d.Questions = m.list(f)
	case "lang", "language":
		m.lang(f)
	case "translationkey", "translation_key":
		d.TranslationKey = m.text(f)
	case "draft":
		d.Draft = d.Draft || m.flag(f, true)
	case "published":
		m.published(f)
	case "unlisted":
		d.Unlisted = d.Unlisted || m.flag(f, true)
	case "search", "search.exclude", "search.boost":
		m.search(f)
	case "audience", "audiences":
		m.audiences = append(m.audiences, f)
	case "search_exclude", "searchexclude", "search-exclude":
		m.search(field{"search.exclude", f.name, f.value, f.line})
	case "status":
		m.status(f)
	case "params", "extra": // Hugo's and Zola's own keys
		m.params = append(m.params, nested(f)...)
	default:
		if !m.dates(f) {
			m.doubt(f)
		}
	}
}

// nested returns the keys of a field that is a mapping, sorted.
func nested(f field) []field {
	var fields []field
	add := func(name string, v any) {
		fields = append(fields, field{foldKey(name), f.name + "." + name, v, f.line})
	}
	switch values := f.value.(type) {
	case map[string]any:
		for name, v := range values {
			add(name, v)
		}
	case map[any]any:
		for name, v := range values {
			add(fmt.Sprint(name), v)
		}
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i].name < fields[j].name })
	return fields
}

// status reads what some generators have instead of draft.
func (m *metadata) status(f field) {
	if s, ok := f.value.(string); ok {
		switch s = strings.ToLower(strings.TrimSpace(s)); s {
		case "draft", "drafts", "unpublished", "private", "hidden", "pending", "trash":
			m.d.Draft = true
		default:
			if namesInternal(s) {
				m.audiences = append(m.audiences, f)
			}
		}
	}
}

// doubt handles a key that none of ours is: where it probably stands for one that keeps readers
// from an article, a fault says so, and what it plainly forbids is forbidden.
func (m *metadata) doubt(f field) {
	m.restrictions(f)
	meant := doubted(f.key)
	if meant == "" {
		return
	}
	m.fault(f, "unknown front matter key "+strconv.Quote(f.name)+": did you mean "+meant+"?")
	silent := metadata{d: &Document{Boost: 1}}
	switch meant {
	case "audience":
		word := strings.ToLower(silent.text(field{"audience", f.name, f.value, f.line}))
		yes := f.key == "internal" || f.key == "private" || f.key == "confidential"
		if namesInternal(word) || word == "private" || word == "confidential" || yes && silent.flag(f, true) || f.key == "public" && f.value != nil && !silent.flag(f, false) {
			m.d.Audience = Internal
		}
	case "draft":
		m.d.Draft = m.d.Draft || silent.flag(f, false)
	case "published":
		m.d.Draft = m.d.Draft || f.value == false || f.key == "unpublished" && silent.flag(f, false)
	case "unlisted":
		m.d.Unlisted = m.d.Unlisted || silent.flag(f, false)
	case "publishDate", "expiryDate":
		m.dated = append(m.dated, field{strings.ToLower(meant), f.name, f.value, f.line})
	}
}

// restrictions looks for an audience deep inside a field that we do not read.
func (m *metadata) restrictions(f field) {
	for _, n := range nested(f) {
		if n.key == "audience" || n.key == "audiences" {
			if s := (&metadata{d: &Document{}}).text(field{"audience", n.name, n.value, n.line}); namesInternal(s) {
				m.d.Audience = Internal
				m.fault(n, n.name+" is read as audience: internal; write audience at the top level")
			}
			continue
		}
		m.restrictions(n)
	}
}

// namesInternal reports whether a word of s begins like internal.
func namesInternal(s string) bool {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) >= 6 && strings.EqualFold(w[:6], "intern") {
			return true
		}
	}
	return false
}

// dates applies the keys that hold a date; false if f is none.
func (m *metadata) dates(f field) bool {
	switch f.key {
	case "date":
		if dates, ok := f.value.(map[string]any); ok { // MkDocs: created, updated
			for name, v := range dates {
				m.dates(field{map[string]string{"created": "date", "updated": "lastmod"}[strings.ToLower(name)], f.name, v, f.line})
			}
			return true
		}
		if t, ok := m.time(f, false); ok {
			m.date = t
			m.updated(t, 1)
		}
	case "lastmod", "last_modified_at", "last_updated", "updated", "modified":
		if t, ok := m.time(f, false); ok {
			m.updated(t, 2)
		}
	case "last_update": // Docusaurus: date, author
		for _, n := range nested(f) {
			if n.key == "date" {
				m.dates(field{"lastmod", f.name, n.value, f.line})
			}
		}
	case "publishdate", "pubdate":
		m.publish, m.hasPublish = m.time(f, true)
	case "expirydate", "unpublishdate":
		m.d.ValidUntil, _ = m.time(f, true)
	default:
		return false
	}
	return true
}

func (m *metadata) updated(t time.Time, rank int) {
	if rank >= m.rank {
		m.d.Updated, m.rank = t, rank
	}
}

// published reads Jekyll's and Docusaurus' flag, or Hugo's date of that name.
func (m *metadata) published(f field) {
	switch v := f.value.(type) {
	case nil:
	case bool:
		m.unpublished = !v
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
			m.unpublished = !b
			return
		}
		m.publish, m.hasPublish = m.time(f, true)
	default:
		m.publish, m.hasPublish = m.time(f, true)
	}
}

// finish applies what depends on several keys.
func (m *metadata) finish() {
	d := m.d
	m.nested()
	d.Draft = d.Draft || m.unpublished
	switch {
	case m.hasPublish:
		d.ValidFrom = m.publish
	case !m.date.IsZero(): // a date to come: not yet
		d.ValidFrom = m.date
	}
	for _, f := range m.audiences {
		m.audience(f)
	}
}

// audience narrows the document's audience to what one key says.
func (m *metadata) audience(f field) {
	d := m.d
	s := strings.ToLower(strings.TrimSpace(m.text(field{"audience", f.name, f.value, f.line})))
	_, word := f.value.(string)
	switch {
	case s == string(Internal):
		d.Audience = Internal
	case s == string(Public):
		if d.place.internal {
			m.fault(f, "audience: public has no effect in a folder named internal: the article stays internal")
		}
	case f.value == nil:
	case m.microsoft && !namesInternal(s) && (s != "" || word):
	default:
		d.Audience = Internal
		m.fault(f, fmt.Sprintf("unknown audience %q (public or internal): the article is treated as internal", s))
	}
}

// nested applies what params holds and what was probably meant for a date. Neither overrides a key
// at its right place.
func (m *metadata) nested() {
	for _, f := range m.params {
		switch f.key {
		case "audience", "audiences", "draft", "unlisted", "search", "search.exclude", "search_exclude", "status":
			m.field(f)
		case "published":
			m.d.Draft = m.d.Draft || f.value == false
		case "publishdate", "expirydate":
			m.dated = append(m.dated, f)
		default:
			m.doubt(f)
		}
	}
	for _, f := range m.dated {
		t, ok := (&metadata{d: &Document{}}).time(f, false)
		switch {
		case !ok:
		case f.key == "publishdate" && !m.hasPublish:
			m.publish, m.hasPublish = t, true
		case f.key == "expirydate" && m.d.ValidUntil.IsZero():
			m.d.ValidUntil = t
		}
	}
}

func (m *metadata) fault(f field, message string) {
	m.d.faults = append(m.d.faults, Fault{Path: m.d.Path, Line: f.line, Message: message})
}

// text returns a field as one line of text, "" for null.
func (m *metadata) text(f field) string {
	switch v := f.value.(type) {
	case nil:
		return ""
	case string:
		return strings.Join(strings.Fields(clean(v)), " ")
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		if f.key == "audience" {
			words := m.list(f)
			for _, w := range words {
				if namesInternal(w) {
					return strings.ToLower(w)
				}
			}
			return strings.Join(words, ", ")
		}
	}
	m.fault(f, f.name+" must be a text")
	return ""
}

// list returns a field as a list of texts: a list, or one text separated by commas.
func (m *metadata) list(f field) []string {
	var out []string
	add := func(s string) {
		if s = strings.Join(strings.Fields(clean(s)), " "); s != "" {
			out = append(out, s)
		}
	}
	switch v := f.value.(type) {
	case nil:
	case string:
		if f.key == "questions" {
			add(v)
			break
		}
		for s := range strings.SplitSeq(v, ",") {
			add(s)
		}
	case []any:
		for _, e := range v {
			switch e := e.(type) {
			case string:
				add(e)
			case map[string]any: // Docusaurus: label, permalink
				if s, ok := e["label"].(string); ok {
					add(s)
				}
			case nil:
			default:
				add(fmt.Sprint(e))
			}
		}
	default:
		m.fault(f, f.name+" must be a list of texts")
	}
	return out
}

// flag returns a field as a truth value; otherwise is what a value that is none counts as.
func (m *metadata) flag(f field, otherwise bool) bool {
	switch v := f.value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true", "yes", "on", "1":
			return true
		case "false", "no", "off", "0", "":
			return false
		}
	}
	m.fault(f, f.name+" must be true or false")
	return otherwise
}

// search applies search.exclude and search.boost, nested or dotted.
func (m *metadata) search(f field) {
	switch f.key {
	case "search":
		if inside := nested(f); len(inside) > 0 {
			for _, n := range inside {
				if n.key == "exclude" || n.key == "boost" {
					m.search(field{"search." + n.key, n.name, n.value, f.line})
				}
			}
		} else if b, ok := f.value.(bool); ok && !b { // Just the Docs, Starlight: search: false
			m.d.Unlisted = true
		}
	case "search.exclude":
		m.d.Unlisted = m.d.Unlisted || m.flag(f, true)
	case "search.boost":
		boost, err := strconv.ParseFloat(fmt.Sprint(f.value), 64)
		if err != nil || !(boost > 0 && boost <= 1000) {
			m.fault(f, "search.boost must be a number above 0 and up to 1000")
			return
		}
		m.d.Boost = boost
	}
}

// lang applies the language.
func (m *metadata) lang(f field) {
	s := m.text(f)
	if f.value == false { // YAML 1.1's "no"
		s = "no"
	}
	if tag := languageTag(s); tag != "" {
		m.d.Lang = tag
	} else if s != "" {
		m.fault(f, fmt.Sprintf("%s: %q is no language tag such as de or pt-BR", f.name, s))
	}
}

// timeLayouts are the ways in which the four site generators' users write dates.
var timeLayouts = []string{
	time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -07:00", time.DateTime, "2006-01-02 15:04", "2006-01-02 15:04:05Z07:00", "2006-1-2", "2006/01/02", "02.01.2006",
}

// time returns a field as a point in time (UTC where no zone is given). Where strict, a value
// that is none makes the document a draft: nobody can say whether it may be shown.
func (m *metadata) time(f field, strict bool) (time.Time, bool) {
	switch v := f.value.(type) {
	case nil:
		return time.Time{}, false
	case time.Time:
		if zone := v.Location().String(); zone == "datetime-local" || zone == "date-local" || zone == "time-local" {
			v = time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC)
		}
		return v.UTC(), true
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return time.Time{}, false
		}
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC(), true
			}
		}
	}
	if strict {
		m.d.Draft = true
		m.fault(f, f.name+" is no date: the article is treated as a draft")
	} else {
		m.fault(f, f.name+" is no date")
	}
	return time.Time{}, false
}

// clean drops what no reader sees from a text of front matter.
func clean(s string) string {
	for i := range len(s) {
		if special[s[i]] && s[i] != ' ' && s[i] != '\\' && s[i] != '&' {
			w := writer{src: []byte(s), orig: s}
			w.text(0, len(s), verbatim)
			return string(w.out)
		}
	}
	return s
}

// plainTitle is a title without inline markup.
func plainTitle(s string) string {
	if len(s) > maxTitle || !strings.ContainsAny(s, "[`<&{*\\") {
		return s
	}
	if p := parsePage("# "+s, 0, false); len(p.headings) == 1 && len(p.atoms) == 0 && p.headings[0].text != "" {
		return p.headings[0].text
	}
	return s
}
