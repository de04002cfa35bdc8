package server

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"cited/internal/lang"
	"cited/internal/retrieve"
)

// marksOf marks what of a text equals one of the terms, as a highlighter does: in the order of the
// text, equal terms with equal numbers.
func marksOf(text string, terms ...string) (marks []retrieve.Mark) {
	for n, term := range terms {
		for at := 0; term != ""; {
			i := strings.Index(text[at:], term)
			if i < 0 {
				break
			}
			at += i
			marks = append(marks, retrieve.Mark{Span: lang.Span{Start: at, End: at + len(term)}, Term: n, Weight: 1 / float64(len(terms))})
			_, size := utf8.DecodeRuneInString(term)
			at += size
		}
	}
	slices.SortStableFunc(marks, func(a, b retrieve.Mark) int { return a.Start - b.Start })
	return marks
}

// bracketed shows a snippet with its highlights.
func bracketed(text string, places []highlight) string {
	var b strings.Builder
	at := 0
	for _, p := range places {
		b.WriteString(text[at:p.Start] + "[" + text[p.Start:p.End] + "]")
		at = p.End
	}
	return b.String() + text[at:]
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("Some words that fill the page. ", 20) + "Refunds take 14 days. " + strings.Repeat("And more after it. ", 20)
	endless := strings.Repeat("words without an end ", 30) + "a refund " + strings.Repeat("and more of them ", 30)
	han := strings.Repeat("我们会在收到商品后处理。", 30) + "退款需要十四天。" + strings.Repeat("谢谢您的耐心等待。", 30)
	accents := strings.Repeat("e\u0301", 400)
	for _, tc := range []struct {
		name, plain string
		terms       []string
		want        string // with an ellipsis: begins or ends so; else all of it
	}{
		{"short", "Short\n\n text. ", nil, "Short text."},
		{"nothing", "", []string{"x"}, ""},
		{"marks on both sides of a break", "a refund\n\n refund b", []string{"refund"}, "a [refund] [refund] b"},
		{"bigrams become one", "申请退款期限", []string{"退款", "款期"}, "申请[退款期]限"},
		{"white space before all", " \n refund", []string{"refund"}, "[refund]"},
		{"the sentence", long, []string{"Refunds", "days"}, "…[Refunds] take 14 [days]. And more after it."},
		{"no match", long, nil, "Some words that fill the page. Some words"},
		{"two terms beat one that comes often", long, []string{"Some", "Refunds", "more"}, "[Refunds] take"},
		{"no sentence near: some words before", endless, []string{"refund"}, "…without an end words without an end a [refund] and"},
		{"a script without spaces", han, []string{"退款"}, "…[退款]需要十四天。谢谢您的耐心等待。"},
		{"a match at the end", strings.TrimSpace(long) + " Refund.", []string{"Refund."}, "And more after it. [Refund.]"},
		{"accents", accents, nil, "e\u0301e\u0301"},
	} {
		text, places := snippet(tc.plain, marksOf(tc.plain, tc.terms...))
		if n := utf8.RuneCountInString(text); n > maxSnippet {
			t.Errorf("%s: %d characters: %s", tc.name, n, text)
		}
		got := bracketed(text, places)
		if !strings.Contains(got, tc.want) || len(tc.plain) < 100 && got != tc.want || strings.HasPrefix(tc.want, "…") && !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
		if rest := strings.TrimSuffix(strings.TrimPrefix(text, ellipsis), ellipsis); strings.HasPrefix(rest, "\u0301") || tc.plain == accents && !strings.HasSuffix(rest, "\u0301") {
			t.Errorf("%s: cut inside a character: %q", tc.name, text)
		}
	}
}

// FuzzSnippet: a snippet is part of the text, on one line, and its highlights are parts of marks:
// within it, on the borders of characters, ascending, apart.
func FuzzSnippet(f *testing.F) {
	f.Add("Some words. Refunds take 14 days.", "Refunds", "days")
	f.Add(strings.Repeat("退款需要十四天。", 60), "退款", "款需")
	f.Add(strings.Repeat("a", 500), "", "aa")
	f.Add("a\n\n refund\u00a0 refund "+strings.Repeat("of \n\t them ", 60), "refund", "them")
	f.Add(strings.Repeat("e\u0301", 300), "e\u0301e", "\u0301")
	f.Fuzz(func(t *testing.T, plain, a, b string) {
		if !utf8.ValidString(plain) || !utf8.ValidString(a) || !utf8.ValidString(b) || strings.TrimSpace(a) != a || strings.TrimSpace(b) != b || len(strings.Fields(a+"x"+b)) > 1 {
			t.Skip() // no text of an article, no words
		}
		marks := marksOf(plain, a, b)
		text, places := snippet(plain, marks)
		if n := utf8.RuneCountInString(text); n > maxSnippet || !utf8.ValidString(text) {
			t.Errorf("%d characters", n)
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(text, ellipsis), ellipsis)
		if flat := strings.Join(strings.Fields(plain), " "); !strings.Contains(flat, inner) {
			t.Errorf("%q is not in %q", inner, flat)
		}
		last := -1
		for _, p := range places {
			if p.Start <= last || p.End <= p.Start || p.End > len(text) || !utf8.RuneStart(text[p.Start]) || p.End < len(text) && !utf8.RuneStart(text[p.End]) {
				t.Fatalf("%v of %q", places, text)
			}
			marked := text[p.Start:p.End]
			if first := marksOf(marked, a, b); len(first) == 0 || first[0].Start != 0 {
				t.Errorf("%q of %q is no match of %q, %q", marked, text, a, b)
			}
			last = p.End
		}
		if len(marks) > 0 && len(places) == 0 && utf8.RuneCountInString(a+b) < 60 {
			t.Errorf("%q shows no match of %q, %q", text, a, b)
		}
	})
}
