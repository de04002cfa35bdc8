package kb

import (
	"bytes"
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// TestRecords: what is read back is what was written, for the shop and for a synthetic article
// with everything that a document can have.
func TestRecords(t *testing.T) {
	c, err := Load(context.Background(), filepath.Join("..", "..", "kb"), time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)))
	if err != nil {
		t.Fatal(err)
	}
	full, _ := ParseDocument("de/internal/voll.md", []byte("---\ntitle: Voll\naliases: [/a, /b]\ntags: [x]\nquestions: [\"Wie?\", \"Wo?\"]\nurl: https://shop.example/voll\ndate: 2024-02-29T12:00:00+05:30\nexpiryDate: 2031-01-01\ndescription: d\n---\n\nText **fett** [Link](b.md).\n\n## Tabelle\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"))
	full.stat = fileStat{12, -34, 1 << 63}
	full.faults = []Fault{{Path: "p", Line: 3, Message: "m", Fatal: true}}
	documents := append([]*Document{full}, c.Documents...)
	var r Records
	for _, d := range documents {
		r.Append(d)
	}
	head, body := bytes.Clone(r.Head), bytes.Clone(r.Body)
	got, err := OpenRecords(r.Head, r.Body)
	if err != nil || len(got) != len(documents) {
		t.Fatal(len(got), err)
	}
	forgetUnpacked(got...)
	forgetUnpacked(documents...)
	for i := range got {
		if !sameTimes(got[i], documents[i]) || !reflect.DeepEqual(got[i], documents[i]) {
			t.Errorf("%s differs:\n%+v\n%+v", documents[i].Path, got[i], documents[i])
		}
		checkDocument(t, got[i])
	}
	if !bytes.Equal(head, r.Head) || !bytes.Equal(body, r.Body) {
		t.Error("reading changed the records")
	}
}

// sameTimes compares the times of two documents and makes them the same pointers to zones, which
// DeepEqual looks at.
func sameTimes(a, b *Document) bool {
	same := a.Updated.Equal(b.Updated) && a.ValidFrom.Equal(b.ValidFrom) && a.ValidUntil.Equal(b.ValidUntil) &&
		a.Updated.Format(time.RFC3339Nano) == b.Updated.Format(time.RFC3339Nano)
	a.Updated, a.ValidFrom, a.ValidUntil = b.Updated, b.ValidFrom, b.ValidUntil
	return same
}

// FuzzOpenRecords: whatever the bytes are, they are documents or damaged; nothing that is read
// lies outside of them.
func FuzzOpenRecords(f *testing.F) {
	var r Records
	for _, source := range []string{"# A\n\nOne [two](b.md).\n\n1. x\n2. y\n", "---\ntitle: T\ntags: [a]\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"} {
		d, _ := ParseDocument("a.md", []byte(source))
		r.Append(d)
	}
	f.Add(r.Head, r.Body)
	f.Add(r.Head[:40], r.Body)
	f.Add(r.Head, r.Body[:10])
	f.Fuzz(func(t *testing.T, head, body []byte) {
		documents, err := OpenRecords(head, body)
		if err != nil {
			return
		}
		for _, d := range documents {
			for _, c := range d.Chunks() {
				for _, u := range c.Units() {
					from, to := c.SourceRange(u.Start, u.End)
					if from > to || from < 0 || to > len(d.Source) {
						t.Fatalf("unit %+v comes from [%d,%d) of %d bytes", u, from, to, len(d.Source))
					}
				}
			}
		}
	})
}
