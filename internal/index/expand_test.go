package index

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
)

// shop is a small corpus in several scripts.
func shop() *kb.Corpus {
	return corpusOf(
		chunkOf("a", "en", "Returned parcels are refunded within ten days."),
		chunkOf("b", "en", "Free returns: the free shipping of a parcel, order A10345."),
		chunkOf("c", "en", "Shipping is free; returns are not."),
		chunkOf("d", "de", "Die Rücksendung ist kostenlos. Rücksendungen dauern zehn Tage."),
		chunkOf("e", "de", "Der Versand kostet fünf Euro."),
		chunkOf("f", "ar", "يمكن إرجاع المنتجات خلال ثلاثين يوما"),
		chunkOf("g", "zh", "退货期限为三十天"),
		chunkOf("h", "zh", "请联系客服"),
		chunkOf("i", "ru", "Возврат товара возможен в течение десяти дней."),
	)
}

func TestExpand(t *testing.T) {
	l := NewLexical(shop(), lang.Stemmed)
	for _, test := range []struct {
		q    Query
		want string // ids; "" for none
	}{
		{Query{Text: "refumded", Lang: "en"}, "a#1"},        // another letter
		{Query{Text: "refnded", Lang: "en"}, "a#1"},         // a letter less
		{Query{Text: "refundeed", Lang: "en"}, "a#1"},       // a letter more
		{Query{Text: "refudned", Lang: "en"}, "a#1"},        // two letters swapped
		{Query{Text: "erfunded", Lang: "en"}, "a#1"},        // the first two
		{Query{Text: "refnuded", Lang: "en"}, "a#1"},        // those in the middle
		{Query{Text: "rfunde", Lang: "en"}, ""},             // two edits
		{Query{Text: "dayz", Lang: "en"}, ""},               // too short
		{Query{Text: "A10346", Lang: "en"}, ""},             // another order
		{Query{Text: "Rücksendumg", Lang: "de"}, "d#1"},     // a stem that the typo would spoil
		{Query{Text: "Возвраат", Lang: "ru"}, "i#1"},        // Cyrillic
		{Query{Text: "المنتحات", Lang: "ar"}, "f#1"},        // Arabic
		{Query{Text: "ret", Lang: "en"}, ""},                // not a prefix
		{Query{Text: "ret", Lang: "en", Prefix: true}, "*"}, // returns, returned
		{Query{Text: "refu", Lang: "en", Prefix: true}, "a#1"},
		{Query{Text: "free refun", Lang: "en", Prefix: true}, "a#1*"},
		{Query{Text: "refu ", Lang: "en", Prefix: true}, ""}, // a blank ends the word
		{Query{Text: "A103", Lang: "en", Prefix: true}, "b#1"},
		{Query{Text: "Rückse", Lang: "de", Prefix: true}, "d#1"}, // the stem has no umlaut
		{Query{Text: "ruckse", Lang: "de", Prefix: true}, "d#1"},
		{Query{Text: "возвр", Lang: "ru", Prefix: true}, "i#1"},
		{Query{Text: "إرج", Lang: "ar", Prefix: true}, "f#1"},
		{Query{Text: "退", Lang: "zh", Prefix: true}, "g#1"},
		{Query{Text: "退货期", Lang: "zh", Prefix: true}, "g#1"},
		{Query{Text: "r", Lang: "en", Prefix: true}, ""}, // says too little
	} {
		test.q.Limit = 10
		got := ids(search(t, l, test.q))
		want, more := strings.CutSuffix(test.want, "*")
		if got != want && !(more && strings.HasPrefix(got, want) && got != "") {
			t.Errorf("%q (prefix %v): %q, want %q", test.q.Text, test.q.Prefix, got, test.want)
		}
	}
}

// TestExpandKeepsWords: a word that is there is never taken for another, and one that had to be
// corrected weighs less.
func TestExpandKeepsWords(t *testing.T) {
	l := NewLexical(corpusOf(chunkOf("a", "en", "contract"), chunkOf("b", "en", "contrast"), chunkOf("c", "de", "kontrast")), lang.Stemmed)
	if got := search(t, l, Query{Text: "contrast", Lang: "en", Limit: 5}); ids(got) != "b#1" {
		t.Error(got)
	}
	if got := search(t, l, Query{Text: "kontrast", Lang: "en", Limit: 5}); ids(got) != "c#1" { // there, in German
		t.Error(got)
	}
	exact, corrected := search(t, l, Query{Text: "contract", Lang: "en", Limit: 1}), search(t, l, Query{Text: "xontract", Lang: "en", Limit: 1})
	if ids(corrected) != "a#1" || !(corrected[0].Score < exact[0].Score) {
		t.Errorf("%v, mistyped %v", exact, corrected)
	}
}

// TestCorrections holds the search for neighbours to a look at every word.
func TestCorrections(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 1))
	letters := []rune("abcdé中ж")
	random := func(n int) string {
		w := make([]rune, n)
		for i := range w {
			w[i] = letters[r.IntN(len(letters)-4*r.IntN(2))]
		}
		return string(w)
	}
	w := newWriter(lang.Plain, nil, 0)
	var list []lexeme
	for range 1500 {
		list = append(list, lexeme{text: random(3 + r.IntN(6))})
	}
	slices.SortFunc(list, lexeme.compare)
	list = slices.CompactFunc(list, func(a, b lexeme) bool { return a.text == b.text })
	w.group(list)
	w.hash()
	w.corrections()
	s := &Segment{
		wordCount: len(w.words), words: w.sections[sectionWords], wordStarts: w.sections[sectionWordStarts],
		hash: w.sections[sectionHash], forward: w.sections[sectionForward], reversed: w.sections[sectionReversed],
	}
	found := 0
	for range 300 {
		word := random(minCorrected + r.IntN(4))
		var got, want []string
		s.corrections(word, func(n int) { got = append(got, string(s.word(n))) })
		for _, other := range w.words {
			if edits([]rune(word), []rune(other)) == 1 && correctable(other, minCorrected-1) {
				want = append(want, other)
			}
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", word, got, want)
		}
		found += len(want)
	}
	if found < 60 {
		t.Errorf("%d neighbours: the test proves too little", found)
	}
}

// edits is the number of edits between a and b, swaps of neighbours included (the optimal string
// alignment distance).
func edits(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j], d[i][j-1], d[i-1][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestPhrases(t *testing.T) {
	l := NewLexical(shop(), lang.Stemmed)
	for text, want := range map[string]string{
		`"free returns"`:               "b#1",
		`“Free shipping” returns`:      "b#1",
		`"shipping is free"`:           "c#1",
		`"returns free"`:               "b#1 c#1 a#1", // nobody says so: words
		`"free`:                        "b#1 c#1",     // not closed
		`"退货期限"`:                       "g#1",
		`"期限为三十"`:                      "g#1",
		`"free returns" "shipping is"`: "c#1 b#1 a#1", // not both in one
	} {
		language := lang.Identify(text, "en").Lang
		if got := search(t, l, Query{Text: text, Lang: language, Limit: 5, Phrases: true}); ids(got) != want {
			t.Errorf("%s: %s, want %s", text, ids(got), want)
		}
	}
	if got := search(t, l, Query{Text: `"shipping is free"`, Lang: "en", Limit: 5}); len(got) < 2 {
		t.Errorf("without Phrases: %s", ids(got))
	}
}

func TestHighlights(t *testing.T) {
	corpus := shop()
	l := NewLexical(corpus, lang.Stemmed)
	for _, test := range []struct {
		q     Query
		chunk int
		want  string
	}{
		{Query{Text: "how is the return of a parcel refunded", Lang: "en"}, 0, "Returned|parcels|refunded"},
		{Query{Text: "refnded", Lang: "en"}, 0, "refunded"},
		{Query{Text: "a par", Lang: "en", Prefix: true}, 0, "parcels"},
		{Query{Text: "Rücksendung", Lang: "de"}, 3, "Rücksendung|Rücksendungen"},
		{Query{Text: "ruck", Lang: "de", Prefix: true}, 3, "Rücksendung|Rücksendungen"},
		{Query{Text: "退货的期限", Lang: "zh"}, 6, "退货期限"},
		{Query{Text: "退货期限", Lang: "zh"}, 6, "退货期限"},
		{Query{Text: "shoes", Lang: "en"}, 0, ""},
	} {
		c := corpus.Chunks[test.chunk]
		var got []string
		for _, s := range l.Highlights(c, test.q) {
			got = append(got, c.Plain[s.Start:s.End])
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%q: %q, want %q", test.q.Text, got, test.want)
		}
	}
}

// TestHighlightsRanges: ranges ascend, do not overlap and lie on the borders of runes.
func TestHighlightsRanges(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 1))
	corpus := randomCorpus(r, 60, vocabularies)
	l := NewLexical(corpus, lang.Stemmed)
	marked := 0
	for range 500 {
		q, c := randomQuery(r), corpus.Chunks[r.IntN(len(corpus.Chunks))]
		last := 0
		for _, s := range l.Highlights(c, q) {
			if s.Start < last || s.End <= s.Start || s.End > len(c.Plain) || strings.ToValidUTF8(c.Plain[s.Start:s.End], "") != c.Plain[s.Start:s.End] {
				t.Fatalf("%+v, %q: %v", q, c.Plain, s)
			}
			last = s.End
			marked++
		}
	}
	if marked < 100 {
		t.Errorf("%d ranges: the test proves too little", marked)
	}
}
