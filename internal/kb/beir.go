package kb

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// maxLine is the size in bytes up to which a line of a corpus.jsonl is read.
const maxLine = MaxFile

// record is one line of a BEIR corpus.
type record struct {
	ID    string  `json:"_id"`
	Title string  `json:"title"`
	Text  *string `json:"text"`
	line  int
	doc   *Document
}

// loadLines reads a BEIR corpus.jsonl: one document a line.
func loadLines(ctx context.Context, file string, former map[string]*Document, o Observer) (*Corpus, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("kb: read %s: %w", file, err)
	}
	defer f.Close() //nolint:errcheck // only read
	name := filepath.Base(file)
	if isMarkdown(name) || strings.HasSuffix(name, ".json") {
		return nil, fmt.Errorf("kb: read %s: neither a folder of Markdown files nor a corpus.jsonl", file)
	}
	records, faults, err := readLines(ctx, f, name)
	if err != nil {
		return nil, fmt.Errorf("kb: read %s: %w", file, err)
	}
	seen := observation{Observer: o, total: len(records)}
	err = parallel(ctx, len(records), func(i int) {
		r := &records[i]
		path := name + "#" + r.ID
		h := hash([]byte(*r.Text))
		old := former[path]
		if r.doc = old; old == nil || old.Hash != h || old.Title != r.Title {
			r.doc = plainDocument(r.ID, path, r.Title, *r.Text, h)
		}
		seen.document(r.doc, old)
	})
	if err != nil {
		return nil, fmt.Errorf("kb: read %s: %w", file, err)
	}
	c := &Corpus{rest: Rest{Skipped: faults}}
	for _, r := range records {
		c.Documents = append(c.Documents, r.doc)
	}
	return c, nil
}

// readLines decodes the lines of a corpus, without the broken and the repeated ones.
func readLines(ctx context.Context, f io.Reader, name string) ([]record, []Fault, error) {
	var records []record
	var faults []Fault
	seen := map[string]int{}
	r := bufio.NewReaderSize(f, 1<<20)
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		line, long, err := readLine(r)
		if err != nil && err != io.EOF {
			return nil, nil, err
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, bom)
		}
		if long {
			faults = append(faults, Fault{Path: name, Line: n, Message: "skipped: the line is larger than 10 MB", Fatal: true})
		} else if len(bytes.TrimSpace(line)) > 0 {
			rec, message := decodeRecord(line)
			if first := seen[rec.ID]; message == "" && first > 0 {
				message = fmt.Sprintf("skipped: line %d has the same _id %q", first, rec.ID)
			}
			if message != "" {
				faults = append(faults, Fault{Path: name, Line: n, Message: message, Fatal: true})
			} else {
				rec.line, seen[rec.ID] = n, n
				records = append(records, rec)
			}
		}
		if err == io.EOF {
			return records, faults, nil
		}
	}
}

// decodeRecord decodes a line; message says what is wrong with it.
func decodeRecord(line []byte) (rec record, message string) {
	if !utf8.Valid(line) {
		return rec, "skipped: not UTF-8"
	}
	if err := json.Unmarshal(line, &rec); err != nil {
		return rec, "skipped: " + err.Error()
	}
	if rec.ID == "" || rec.Text == nil {
		return rec, "skipped: _id or text is missing"
	}
	return rec, ""
}

// readLine reads one line without its end; long is true where it is over the limit.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
		}
		if len(line) > maxLine {
			long, line = true, nil
		}
		if err != bufio.ErrBufferFull {
			return bytes.TrimRight(line, "\r\n"), long, err
		}
	}
}

// plainDocument makes a document of plain text.
func plainDocument(id, path, title, text, hash string) *Document {
	d := &Document{ID: id, Path: path, Title: title, Audience: Public, Boost: 1, Source: text, Hash: hash}
	d.identify(firstBytes(title+"\n"+text, sample), false)
	c := &chunker{page: plainPage(text), doc: d, plain: text, lang: d.Lang, slack: lineSlack, seen: map[string]int{}}
	if len(c.page.atoms) > 0 {
		c.section(0, len(c.page.atoms))
	}
	d.chunks = c.out
	return d
}

func firstBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// plainPage is a page whose plain text is its source: each line is a paragraph.
func plainPage(text string) *page {
	p := &page{}
	p.orig = text
	p.runs = []run{{0, len(text), 0, len(text)}}
	for i := 0; i < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
			end = i + n
		}
		from, to := i, end
		for from < to && isBlank(text[from]) {
			from++
		}
		for to > from && isBlank(text[to-1]) {
			to--
		}
		if from < to {
			p.blocks++
			p.atoms = append(p.atoms, atom{kind: Sentence, start: from, end: to, from: from, to: to,
				block: p.blocks, group: p.blocks, header: -1, section: -1})
		}
		i = end + 1
	}
	return p
}
