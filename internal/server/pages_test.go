package server

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cited/internal/answer"
	"cited/internal/kb"
)

const form = "Content-Type: application/x-www-form-urlencoded"

// TestPagesEscape: nothing that a person or an article says becomes markup or a script's address.
func TestPagesEscape(t *testing.T) {
	f := newFixture(t, nil)
	q := "question=" + "%3Cscript%3Ealert(%22x%22)%3C/script%3E%22%20onfocus=alert(1)%20"
	for name, body := range map[string]string{
		"answer":  f.call("POST", "/", q, form).Body.String(),
		"doubt":   f.call("POST", "/", q+"doubt", form).Body.String(),
		"home":    f.call("GET", "/?lang=%22%3E%3Cscript%3E", "").Body.String(),
		"article": f.call("GET", "/help/en/returns", "").Body.String(),
		"error":   f.call("GET", "/help/%3Cscript%3Ealert(%22x%22)%3C/script%3E", "", "Accept: text/html").Body.String(),
	} {
		tags := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(body, `""`) // attributes without their values
		if strings.Contains(body, "<script>") || strings.Contains(body, "javascript:") || regexp.MustCompile(`<[^>]*\son\w+=`).MatchString(tags) {
			t.Errorf("%s is not escaped:\n%s", name, body)
		}
		// What the content policy would refuse anyway.
		if regexp.MustCompile(`<style|\sstyle=|<script(?: type="module")?>`).MatchString(body) {
			t.Errorf("%s has inline style or script:\n%s", name, body)
		}
		for _, m := range regexp.MustCompile(`(?:src|href|action)="(https?:)?//[^"]*"`).FindAllString(body, -1) {
			if name != "article" || !strings.Contains(m, "https://example.com") {
				t.Errorf("%s loads or leads elsewhere: %s", name, m)
			}
		}
	}
}

func TestAnswerPages(t *testing.T) {
	f := newFixture(t, nil)
	answered := f.call("POST", "/", "question=How%3F&lang=ar", form).Body.String()
	for _, want := range []string{`<html lang="ar" dir="rtl">`, "How?", `href="#source-1"`, `id="source-2"`, "30 days.", f.pages.words["ar"]["sources"]} {
		if !strings.Contains(answered, want) {
			t.Errorf("no %s in\n%s", want, answered)
		}
	}
	for question, word := range map[string]string{"doubt": "in_review", "no+hit": "abstained"} {
		body := f.call("POST", "/", "question="+question+"&lang=ko", form).Body.String()
		if !strings.Contains(body, ">"+f.pages.words["ko"][word]+"<") || !strings.Contains(body, f.pages.words["ko"]["suggestions"]) || strings.Contains(body, "<blockquote") {
			t.Errorf("%s:\n%s", question, body)
		}
	}
	for body, word := range map[string]string{
		"question=+": "empty", "": "empty", "question=" + strings.Repeat("a", 3000): "too_long", "question=%ff": "failed",
	} {
		w := f.call("POST", "/", body, form, "Accept-Language: bg-BG,bg;q=0.9,en;q=0.8")
		if w.Code != 400 || !strings.Contains(w.Body.String(), ">"+f.pages.words["bg"][word]+"<") {
			t.Errorf("%.20q: %d\n%s", body, w.Code, w.Body)
		}
	}
	w := f.call("POST", "/", "question=break+early", form, "Accept: text/html", "Accept-Language: de")
	if w.Code != 500 || !strings.Contains(w.Body.String(), f.pages.words["de"]["failed"]) || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestChooseLanguage(t *testing.T) {
	f := newFixture(t, nil)
	for _, tc := range []struct{ target, accept, want string }{
		{"/", "", "en"}, {"/?lang=ko", "de", "ko"}, {"/?lang=zh-CN", "", "zh"}, {"/?lang=xx", "de-AT,en;q=0.5", "de"},
		{"/", "fr,ar;q=0.3,bg;q=0.8", "bg"}, {"/", "de;q=0,ko;q=0.1", "ko"}, {"/", ";;q=,=,de;q=x", "en"},
		{"/help/de/rueckgabe", "ko", "de"}, {"/help/de/rueckgabe?lang=ar", "ko", "ar"},
	} {
		w := f.call("GET", tc.target, "", "Accept-Language: "+tc.accept)
		if got := w.Header().Get("Content-Language"); got != tc.want {
			t.Errorf("%s with %q: %s, want %s", tc.target, tc.accept, got, tc.want)
		}
	}
}

// TestWords: every language has every word that English has, and none is empty.
func TestWords(t *testing.T) {
	p, err := loadPages()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.words) != len(languages) {
		t.Errorf("%d languages have words, %d are offered", len(p.words), len(languages))
	}
	for _, l := range languages {
		for key := range p.words["en"] {
			if strings.TrimSpace(p.words[l.Code][key]) == "" {
				t.Errorf("%s lacks %q", l.Code, key)
			}
		}
		if len(p.words[l.Code]) != len(p.words["en"]) {
			t.Errorf("%s has %d words, en %d", l.Code, len(p.words[l.Code]), len(p.words["en"]))
		}
	}
}

func TestHomeLists(t *testing.T) {
	f := newFixture(t, nil)
	for lang, want := range map[string][]string{
		"en": {"/help/en/a%20b%3Fc", "/help/en/returns"},
		"de": {"/help/de/rueckgabe"},
		"ko": {"/help/en/a%20b%3Fc", "/help/en/returns", "/help/de/rueckgabe"}, // none of its own: all
	} {
		var got []string
		for _, m := range regexp.MustCompile(`href="(/help/[^"]*)"`).FindAllStringSubmatch(f.call("GET", "/?lang="+lang, "").Body.String(), -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %q, want %q", lang, got, want)
		}
	}
}

// TestHomeLimit: a list that nobody reads to its end is cut, and the page says so.
func TestHomeLimit(t *testing.T) {
	f := newFixture(t, nil)
	note := f.pages.words["en"]["more"]
	for n, more := range map[int]bool{maxArticles: false, maxArticles + 1: true} {
		f.library.corpus = &kb.Corpus{}
		for i := range n {
			f.library.corpus.Documents = append(f.library.corpus.Documents, &kb.Document{ID: fmt.Sprintf("en/%04d", i), Title: "T", Lang: "en"})
		}
		body := f.call("GET", "/", "").Body.String()
		if got := strings.Count(body, `href="/help/`); got != maxArticles || strings.Contains(body, note) != more {
			t.Errorf("of %d articles %d are listed; the note that there are more: %v", n, got, !more)
		}
	}
}

// TestAnswerLists: steps are a numbered list, items and rows one of bullets, each with its
// citations; a sentence between them ends a list.
func TestAnswerLists(t *testing.T) {
	f := newFixture(t, nil)
	a := echoAnswer(answer.Question{Text: "How?"})
	a.Statements = nil
	for _, kind := range []string{"sentence", "step", "step", "sentence", "step", "item", "row", "code"} {
		n := len(a.Statements)
		a.Statements = append(a.Statements, answer.Statement{Text: fmt.Sprintf("%s<%d", kind, n), Kind: kind, Supported: true, Citations: []int{1 + n%2}})
	}
	var b strings.Builder
	err := f.pages.templates["home.html"].Execute(&b, page{UI: "en", T: f.pages.words["en"], Answer: &a})
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(b.String(), `<div class="statements"`)
	body, _, _ = strings.Cut(body, "</div>")
	body = regexp.MustCompile(`&nbsp;<a class="cite" href="#source-(\d)"[^>]*>(\d)</a>`).ReplaceAllString(body[strings.Index(body, ">")+1:], "[$1$2]")
	const want = `<p>sentence&lt;0[11]</p><ol><li>step&lt;1[22]</li><li>step&lt;2[11]</li></ol><p>sentence&lt;3[22]</p>` +
		`<ol><li>step&lt;4[11]</li></ol><ul><li>item&lt;5[22]</li><li>row&lt;6[11]</li></ul><p>code&lt;7[22]</p>`
	if got := strings.NewReplacer("\n", "", ` dir="auto"`, "").Replace(body); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAssets(t *testing.T) {
	f := newFixture(t, nil)
	body := f.call("GET", "/", "").Body.String()
	found := regexp.MustCompile(`"(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(found) < 3 {
		t.Fatalf("assets: %q", found)
	}
	for _, m := range found {
		w := f.call("GET", m[1], "")
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", m[1], w.Code, w.Header())
		}
	}
}
