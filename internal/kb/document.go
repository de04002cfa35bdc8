// Package kb turns a folder of Markdown into documents and chunks whose every plain character
// can be traced to a byte of an unchanged source file.
package kb

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Audience says who may read a document.
type Audience string

// Audiences, from the widest to the narrowest.
const (
	Public   Audience = "public"
	Internal Audience = "internal"
)

// Covers reports whether a reader of audience a may read what is meant for audience doc.
// Everything but Internal reads as Public, so that an unknown audience never sees more.
func (a Audience) Covers(doc Audience) bool { return a == Internal || doc != Internal }

// Document is one article: a Markdown file, or one line of a BEIR corpus.
type Document struct {
	ID             string // path without ".md", slashes forward; the _id of a BEIR line
	Path           string // relative to the knowledge base's folder, slashes forward
	Title          string
	Description    string
	Lang           string // BCP-47 primary tag; "" when unknown
	Audience       Audience
	URL            string // from front matter; "" when there is none, or another public document's too
	Aliases        []string
	Tags           []string
	Questions      []string // what people ask that this article answers
	TranslationKey string
	Boost          float64 // search.boost; 1 when not given
	Unlisted       bool    // unlisted or search.exclude: readable, never searched
	Draft          bool    // draft, or published: false
	Updated        time.Time
	ValidFrom      time.Time // zero: always was
	ValidUntil     time.Time // zero: for ever
	Hash           string    // "sha256:" + hex over the source bytes
	Source         string    // the file, byte for byte

	chunks      []*Chunk // in reading order, whether the document is live or not
	faults      []Fault  // what its own parsing reported
	place       place    // what the folders around it made of it
	address     string   // URL as front matter gives it; URL itself is "" where others have the same
	addressLine int
	stat        fileStat // of the file when it was read
}

// Chunks returns the document's chunks in reading order, whether it is live or not.
func (d *Document) Chunks() []*Chunk { return d.chunks }

// Live reports whether the document may be answered from at the time now.
func (d *Document) Live(now time.Time) bool {
	if d.Draft || d.Unlisted {
		return false
	}
	if !d.ValidFrom.IsZero() && now.Before(d.ValidFrom) {
		return false
	}
	return d.ValidUntil.IsZero() || now.Before(d.ValidUntil)
}

// UnitKind is what a Unit is in its article.
type UnitKind uint8

// The kinds of a Unit. An answer quotes whole units only.
const (
	Sentence UnitKind = iota
	Item              // a list item (its own text; nested items are units of their own)
	Step              // an item of an ordered list
	Row               // a table row
	Code              // a code block
	Heading           // a heading inside a chunk (only where sections were merged)
)

var kindNames = [...]string{Sentence: "sentence", Item: "item", Step: "step", Row: "row", Code: "code", Heading: "heading"}

// String is the kind's name in JSON.
func (k UnitKind) String() string { return kindNames[k] }

// Unit is a part of a chunk that may be quoted by itself. Start and End are byte offsets into
// the chunk's Plain, end exclusive; units are in reading order and do not overlap.
type Unit struct {
	Kind       UnitKind
	Start, End int
	Block      int // units of one paragraph, list or table share a number
	Header     int // Row: the index in Units of the table's header row, -1 when there is none
}

// Chunk is a run of whole blocks of one section.
type Chunk struct {
	ID         string // DocumentID + "#" + content address, unique in a corpus, stable while the text is
	DocumentID string
	Title      string   // the document's
	Headings   []string // from the outermost to the section's own; the document's title is not repeated
	Anchor     string   // the section's heading id; "" before the first heading
	Text       string   // Source[Start:End], raw Markdown
	Plain      string   // what a reader sees of Text
	Context    string   // words for the index alone: header cells of a table that began in an earlier chunk
	Start, End int      // byte offsets into the document's Source, end exclusive
	Lang       string
	Audience   Audience

	// packed are its units; its runs, which map Plain to Text: runs[i] says that Plain[p:p+n] shows
	// Text[s:s+m], sorted by plain; and its wraps, the inline markup of Text, the inner before the
	// outer.
	packed string
	layout atomic.Pointer[layout]
}

// run maps a stretch of plain text to the stretch of raw text that it shows. Where the lengths
// are equal the bytes are equal too; elsewhere (entities, escapes) only the borders correspond.
type run struct{ plain, plainEnd, text, textEnd int }

// Section is the address of the chunk's section: DocumentID#Anchor, or the DocumentID alone
// before the first heading. It survives a new chunker; links and judgments use it.
func (c *Chunk) Section() string {
	if c.Anchor == "" {
		return c.DocumentID
	}
	return c.DocumentID + "#" + c.Anchor
}

// SourceRange maps the plain range [start,end) to byte offsets into the document's Source. The
// range covers every byte that shows the plain text, with the marks of links, emphasis and code
// that belong to it; characters that the renderer put between blocks belong to no byte and widen
// nothing.
func (c *Chunk) SourceRange(start, end int) (int, int) {
	runs := c.unpacked().runs
	i := sort.Search(len(runs), func(i int) bool { return runs[i].plainEnd > start })
	j := sort.Search(len(runs), func(i int) bool { return runs[i].plain >= end }) - 1
	if i >= len(runs) || j < i {
		return c.Start, c.Start
	}
	from, to := runs[i].text, runs[j].textEnd
	if r := runs[i]; r.plainEnd-r.plain == r.textEnd-r.text && start > r.plain {
		from = r.text + start - r.plain
	}
	if r := runs[j]; r.plainEnd-r.plain == r.textEnd-r.text && end < r.plainEnd {
		to = r.text + end - r.plain
	}
	from, to = c.widen(from, to)
	return c.Start + from, c.Start + to
}

// Corpus is a loaded knowledge base. It never changes once made.
type Corpus struct {
	Documents []*Document // by ID
	Chunks    []*Chunk    // by document ID, then in reading order; of live documents only
	Hash      string      // "sha256:" + hex over the sorted (path, content hash) pairs
	Faults    []Fault     // what was skipped or looked wrong

	at   time.Time // what is live was decided for
	rest Rest

	linking sync.Once
	links   *Links // made when first asked for
}

// Rest is what of a folder belongs to none of its documents.
type Rest struct {
	Skipped []Fault `json:"skipped,omitempty"` // files that are no documents
	// Unsure says that more than a file's own bytes decides what it is: there are links, ids asked
	// for twice, folders that cannot be read.
	Unsure bool `json:"unsure,omitempty"`
}

// Fault is one thing wrong in the content, at a line of a file.
type Fault struct {
	Path    string // relative to the knowledge base's folder
	Line    int    // from 1; 0 for the file as a whole
	Message string
	Fatal   bool // the file was skipped
}
