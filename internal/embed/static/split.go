package static

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is how many characters of a word are read; the rest of a longer run says nothing.
const maxWord = 40

// maxRun is how many characters of a text are brought into NFKC at a time.
const maxRun = 1 << 14

// Splitter cuts texts into words. It keeps buffers: it is not for concurrent use.
type Splitter struct {
	fold  *folder
	runes []rune // the word that is being read
	nfkc  []byte
}

// NewSplitter returns a splitter. It builds its tables, about a millisecond.
func NewSplitter() *Splitter { return newSplitter(newFolder()) }

func newSplitter(f *folder) *Splitter {
	return &Splitter{fold: f, runes: make([]rune, 0, maxWord+4)}
}

// Words calls f for each word of text, folded, in order. A run of Han or kana gives, at each of its
// characters, the one, two and three that end there (gram is true: such a word has no n-grams
// of its own). f must not keep the runes.
func (s *Splitter) Words(text string, f func(word []rune, gram bool)) {
	w := walk{s: s, f: f}
	s.runes = s.runes[:0]
	for len(text) > 0 {
		text = text[w.plain(text):]
		n := s.composable(text)
		s.nfkc = norm.NFKC.AppendString(s.nfkc[:0], text[:n])
		text = text[n:]
		for b := s.nfkc; len(b) > 0; {
			r, size := utf8.DecodeRune(b)
			w.add(r)
			b = b[size:]
		}
		if cap(s.nfkc) > 4*maxRun {
			s.nfkc = nil
		}
	}
	w.flush()
}

// composable is how many bytes of text are brought into NFKC together: up to the second of two plain
// characters in a row, which no composition crosses, or about maxRun bytes.
func (s *Splitter) composable(text string) int {
	before := false
	for i, r := range text {
		now := s.fold.isPlain(r)
		if now && before || i >= maxRun {
			return i
		}
		before = now
	}
	return len(text)
}

// walk is one pass over a text.
type walk struct {
	s    *Splitter
	f    func(word []rune, gram bool)
	last script
}

// plain reads the plain characters that text begins with, except the last one when a character
// follows that might compose with it, and returns how many bytes they were.
func (w *walk) plain(text string) int {
	last, at := rune(-1), 0
	for i, r := range text {
		if !w.s.fold.isPlain(r) {
			return at
		}
		if last >= 0 {
			w.add(last)
		}
		last, at = r, i
	}
	if last >= 0 {
		w.add(last)
	}
	return len(text)
}

func (w *walk) add(r rune) {
	r, kind := w.s.fold.rune(r)
	if kind == dropped {
		return
	}
	if kind == ideograph {
		if w.last != ideograph {
			w.flush()
		}
		w.ideograph(r)
		w.last = kind
		return
	}
	if w.last == ideograph {
		w.s.runes = w.s.runes[:0]
	}
	if kind == separator {
		w.flush()
		w.last = kind
		return
	}
	if len(w.s.runes) > 0 && border(w.last, kind) {
		w.flush()
	}
	w.last = kind
	if len(w.s.runes) < maxWord {
		w.s.runes = append(w.s.runes, r)
		if r == 'ß' {
			w.s.runes[len(w.s.runes)-1] = 's'
			w.s.runes = append(w.s.runes, 's')
		}
	}
}

// ideograph gives the n-grams that end at r. The buffer holds the last three of the run.
func (w *walk) ideograph(r rune) {
	if len(w.s.runes) == maxIdeographs {
		copy(w.s.runes, w.s.runes[1:])
		w.s.runes = w.s.runes[:maxIdeographs-1]
	}
	w.s.runes = append(w.s.runes, r)
	for n := 1; n <= len(w.s.runes); n++ {
		w.f(w.s.runes[len(w.s.runes)-n:], true)
	}
}

// maxIdeographs is the length of the longest n-gram of Han and kana.
const maxIdeographs = 3

func (w *walk) flush() {
	if len(w.s.runes) > 0 && w.last != ideograph {
		w.f(w.s.runes, false)
	}
	w.s.runes = w.s.runes[:0]
}
