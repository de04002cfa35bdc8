package lang

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFKC returns text in Unicode's normalisation form KC, as norm.NFKC.String does: text itself when
// it is so already, which is told several times as fast. It is safe for concurrent use.
func NFKC(text string) string { return composers().nfkc.string(text) }

// nfc is NFKC for form C.
func nfc(text string) string { return composers().nfc.string(text) }

// composers are made when a text beyond ASCII is first seen: a millisecond.
var composers = sync.OnceValue(func() *struct{ nfc, nfkc composer } {
	return &struct{ nfc, nfkc composer }{newComposer(norm.NFC), newComposer(norm.NFKC)}
})

// class is what a rune means for composition.
type class uint8

const (
	joining  class = iota // it may combine with what stands before it
	changing              // it stands for other runes, but never combines with what stands before it
	settled               // it stays as it is, and never combines with what stands before it
)

// composerEnd is where the table of a composer ends; beyond it stand Han, Hangul and rare scripts.
const composerEnd = 0x3400

// composer normalises texts of which nearly all is in normal form.
type composer struct {
	form    norm.Form
	classes [composerEnd]class
	wide    [0x10000 - wideStart]class // of compatibility forms: full-width letters and punctuation
	changed map[rune]string            // what the changing runes of both tables stand for
}

// wideStart is where the table of compatibility forms begins.
const wideStart = 0xF900

func newComposer(form norm.Form) composer {
	c := composer{form: form, changed: make(map[rune]string, 1<<12)}
	add := func(table []class, first rune) {
		for i := range table {
			r := first + rune(i)
			if table[i] = c.look(r); table[i] == changing {
				c.changed[r] = form.String(string(r))
			}
		}
	}
	add(c.classes[:], 0)
	add(c.wide[:], wideStart)
	return c
}

// look asks the norm package for the class of a rune.
func (c *composer) look(r rune) class {
	s := string(r)
	switch {
	case !c.form.PropertiesString(s).BoundaryBefore():
		return joining
	case !c.form.IsNormalString(s):
		return changing
	}
	return settled
}

// class is the class of a rune, of which n bytes were read; a damaged one is joining, so that the
// norm package sees what stands around it.
func (c *composer) class(r rune, n int) class {
	switch {
	case r < composerEnd:
		return c.classes[r]
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return settled
	case r == utf8.RuneError && n <= 1:
		return joining
	case r >= wideStart && r < 0x10000:
		return c.wide[r-wideStart]
	}
	return c.look(r)
}

// string returns text in normal form. What stands between two settled runes is normalised by
// itself, since neither combines with anything before it; a settled rune before a joining one
// belongs to it. A changing one that nothing joins, such as a full-width comma, is looked up.
func (c *composer) string(text string) string {
	var out []byte
	done, last := 0, 0 // text[:done] is in out; last is where the rune before i begins
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			last = i
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		k := c.class(r, n)
		if k == settled {
			last = i
			i += n
			continue
		}
		if out == nil {
			out = make([]byte, 0, len(text)+len(text)/8)
		}
		if s, ok := c.changed[r]; k == changing && ok && !c.joins(text[i+n:]) {
			out = append(append(out, text[done:i]...), s...)
			i += n
			done, last = i, i
			continue
		}
		from := i
		if k == joining {
			from = last
		}
		to := c.unsettled(text, i)
		out = append(out, text[done:from]...)
		out = c.form.AppendString(out, text[from:to])
		i, done, last = to, to, to
	}
	if out == nil {
		return text
	}
	return string(append(out, text[done:]...))
}

// unsettled is where the first settled rune at or after i begins.
func (c *composer) unsettled(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if c.class(r, n) == settled {
			break
		}
		i += n
	}
	return i
}

// joins reports whether text begins with a joining rune.
func (c *composer) joins(text string) bool {
	if text == "" || text[0] < utf8.RuneSelf {
		return false
	}
	r, n := utf8.DecodeRuneInString(text)
	return c.class(r, n) == joining
}
