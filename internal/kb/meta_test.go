package kb

import (
	"fmt"
	"strings"
	"testing"
)

func TestFrontMatter(t *testing.T) {
	const yaml = `---
TITLE: "Returns &amp; *refunds* [!DNL Shop]"
Description: >
  How to
  return.
permalink: /returns/
redirect_from: [/old, /older]
tags: [a, {label: b}, 3]
keywords: c, d
questions:
  - How long can I return?
Language: pt-BR
translationKey: returns
search: {boost: 2.5}
lastmod: 2025-02-03 04:05:06 +0100
date: 2025-01-01
audience: internal
unknown: {x: [1]}
---
# Body

Text.
`
	const toml = "\ufeff+++\r\ntitle = 'T'\r\naliases = ['/x']\r\nlastmod = 2025-02-03\r\n[search]\r\nexclude = true\r\n+++\r\n\r\nText.\r\n"
	d, faults := ParseDocument("en/returns.md", []byte(yaml))
	got := fmt.Sprint(d.Title, "|", d.Description, "|", d.URL, d.Aliases, d.Tags, d.Questions, d.Lang, d.TranslationKey, d.Boost, d.Updated, d.ValidFrom, d.Audience, d.Boost, len(faults))
	want := "Returns & refunds Shop|How to return.|/returns/[/old /older][a b 3 c d][How long can I return?]ptreturns2.52025-02-03 03:05:06 +0000 UTC2025-01-01 00:00:00 +0000 UTCinternal2.50"
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got\n%s\nwant\n%s\n%v", got, want, faults)
	}
	d, faults = ParseDocument("a.md", []byte(toml))
	if d.Title != "T" || !d.Unlisted || fmt.Sprint(d.Aliases) != "[/x]" || d.Updated.Year() != 2025 || len(faults) != 0 {
		t.Errorf("%+v %v", d, faults)
	}
	if k := d.chunks[0]; k.Plain != "Text." || d.Source[k.Start:k.End] != "Text." {
		t.Errorf("%+v", k)
	}
}

func TestNoFrontMatter(t *testing.T) {
	for _, in := range []string{"---\n\nText.\n\n---\n\nMore.\n", "Text.\n", "---\nText\n", "---\n---\nText.\n", "---\n# only a comment\n---\nText.\n", "+++\nTitle\n"} {
		if d, faults := ParseDocument("a.md", []byte(in)); d == nil || !strings.Contains(d.chunks[0].Plain, "T") {
			t.Errorf("%q: %v", in, faults)
		}
	}
}

func TestAudience(t *testing.T) {
	for _, c := range []struct {
		path, front string
		want        Audience
		fault       string
	}{
		{"a.md", "", Public, ""},
		{"a.md", "audience: Internal", Internal, ""},
		{"a.md", "audience: [public, internal]", Internal, ""},
		{"a.md", "audience: agents", Internal, "unknown audience"},
		{"a.md", "audience: Admin\nms.topic: article", Public, ""},
		{"a.md", "audience:", Public, ""},
		{"a.md", "audience: 3", Internal, "unknown audience"},
		{"internal/a.md", "", Internal, ""},
		{"en/Internal/x/a.md", "", Internal, ""},
		{"internal.md", "", Public, ""},
		{"internals/a.md", "", Public, ""},
		{"internal/a.md", "audience: public", Internal, "stays internal"},
	} {
		d, faults := ParseDocument(c.path, []byte("---\ntitle: T\n"+c.front+"\n---\nText.\n"))
		if d.Audience != c.want || d.chunks[0].Audience != c.want || len(faults) > 1 ||
			(len(faults) == 1) != (c.fault != "") || len(faults) == 1 && !strings.Contains(faults[0].Message, c.fault) {
			t.Errorf("%s %q: %s %v", c.path, c.front, d.Audience, faults)
		}
	}
}

func TestLanguage(t *testing.T) {
	english := strings.Repeat("You can return an item within thirty days of its delivery if it is unused. ", 8)
	german := strings.Repeat("Sie können einen Artikel innerhalb von dreißig Tagen nach der Lieferung zurückgeben. ", 8)
	for _, c := range []struct{ path, text, doc, chunk string }{
		{"a.md", german, "de", "de"},
		{"de/a.md", german, "de", "de"},
		{"de/a.md", english, "de", "en"},
		{"de/a.md", "OK.", "de", "de"},
		{"shop/pt-br/a.md", "OK.", "pt", "pt"},
		{"zh-Hant/a.md", "好。", "zh", "zh"},
		{"a.de.md", "OK.", "de", "de"},
		{"en/a.ko.md", "OK.", "ko", "ko"},
		{"it/a.md", english, "en", "en"},
		{"hr/de/a.md", german, "de", "de"},
		{"de-escalation/a.md", english, "en", "en"},
		{"sw/a.md", "---\nlang: de\n---\n" + german, "de", "de"},
		{"a.md", "---\nlanguage: ar-SA\n---\nOK.", "ar", "ar"},
	} {
		d, faults := ParseDocument(c.path, []byte(c.text))
		if d.Lang != c.doc || d.chunks[0].Lang != c.chunk {
			t.Errorf("%s: %s, chunks %s, want %s, %s %v", c.path, d.Lang, d.chunks[0].Lang, c.doc, c.chunk, faults)
		}
	}
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ path, in, want string }{
		{"a.md", "---\ntitle: Front\n---\n# Head\n\nx\n", "Front"},
		{"a.md", "## Two\n\n# <a name=\"x\"></a>Head `code` {#id}\n\nx\n", "Head code"},
		{"en/return-policy_2.md", "x\n", "Return policy 2"},
		{"en/returns/README.md", "x\n", "Returns"},
		{"a.md", "<h1 align=\"center\">In HTML</h1>\n\nx\n", "In HTML"},
	} {
		if d, _ := ParseDocument(c.path, []byte(c.in)); d.Title != c.want {
			t.Errorf("%s: %q, want %q", c.path, d.Title, c.want)
		}
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Hello, World!": "hello-world", "A & B": "a--b", "반품 정책": "반품-정책", "سياسة الإرجاع": "سياسة-الإرجاع",
		"退货（30天）": "退货30天", "snake_case v1.2": "snake_case-v12", "Größe": "größe",
	} {
		if got := slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
