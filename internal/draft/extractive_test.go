package draft

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// equalWeights lets each word count the same.
type equalWeights struct{}

func (equalWeights) Weight(lang.Word, string) float64 { return 1 }

// hitsOf are the chunks of Markdown articles as hits, in order, each a little worse than the one
// before.
func hitsOf(t *testing.T, articles ...string) []retrieve.Hit {
	t.Helper()
	var hits []retrieve.Hit
	for i, source := range articles {
		d, faults := kb.ParseDocument("article"+string(rune('a'+i))+".md", []byte(source))
		if d == nil {
			t.Fatalf("article %d: %v", i, faults)
		}
		for _, c := range d.Chunks() {
			hits = append(hits, retrieve.Hit{Chunk: c, Document: d, Rank: len(hits) + 1, Score: 1 - 0.05*float64(len(hits))})
		}
	}
	return hits
}

const passwordArticle = `---
title: Password
lang: en
---

You can reset your password yourself.

## How to reset your password

1. Select **Sign in** and then **Forgotten password**.
2. Enter the e-mail address of your account.
3. Open the e-mail and select the link.

## If somebody else used your account

1. Reset your password.
2. Call us about orders that are not yours.
`

const deliveryArticle = `---
title: Delivery
lang: en
---

For more information on delivery costs, see the page on delivery.

| Service | Cost | Time |
|---|---|---|
| Standard delivery | £3.95 | 2–4 working days |
| Express delivery | £6.95 | next working day |

You can pay for delivery with:

- a card
- PayPal
- a gift card

It does not matter which one you choose.
`

const germanArticle = `---
title: Rückgabe
lang: de
---

Artikel können innerhalb von 30 Tagen zurückgegeben werden. Diese Frist beginnt mit der Lieferung.
`

const troubleArticle = `---
title: Checkout shows a blank page
lang: en
---

This article has a fix for a checkout that shows a blank page.

## Issue

The checkout shows a blank page after the payment.

## Solution

Clear the cache of the browser. Then sign in again.

## Related reading

- [The checkout shows an error page](error.md)
`

const removeArticle = `---
title: Removing things
lang: en
---

## The app

Download the assistant.

1. When it opens, select **Remove app**.
2. Restart the device.

## The account

**Remove the account by hand**

1. Open the settings.
2. Delete the account.
`

const contactArticle = `---
title: Contact
lang: en
---

The phone number of customer service is the same in both countries.

| Way | Number |
|---|---|
| Telephone customer service | +44 20 7946 0000 |
| Text message | on request |
`

const maintenanceArticle = `---
title: Maintenance
lang: en
---

Maintenance mode closes the shop to visitors. You put it on under **Settings**, then **General**. Your own address stays open.
`

func TestExtractive(t *testing.T) {
	for _, c := range []struct {
		name, question, lang string
		articles             []string
		want                 string // statements, divided by lines
	}{
		{"a procedure keeps all its steps", "How do I reset my password?", "en", []string{passwordArticle},
			"1 Select Sign in and then Forgotten password.\n1 Enter the e-mail address of your account.\n1 Open the e-mail and select the link."},
		{"a row is read with its header", "What does express delivery cost?", "en", []string{deliveryArticle}, "Express delivery – Cost: £6.95; Time: next working day"},
		{"an item keeps the line that introduces it", "Can I pay with PayPal?", "en", []string{deliveryArticle}, "You can pay for delivery with:\n- PayPal"},
		{"a sentence that points back brings the one before", "Wann beginnt die Frist?", "de", []string{germanArticle},
			"Artikel können innerhalb von 30 Tagen zurückgegeben werden.\nDiese Frist beginnt mit der Lieferung."},
		{"a typo still finds its word", "Wie viele Tage für Artikel zurückgegebn?", "de", []string{germanArticle}, "Artikel können innerhalb von 30 Tagen zurückgegeben werden."},
		{"the same sentence is not said twice", "Innerhalb wie vieler Tage kann ich Artikel zurückgeben?", "de", []string{germanArticle, germanArticle}, "Artikel können innerhalb von 30 Tagen zurückgegeben werden."},
		{"a link is no answer", "How do I restore deleted files?", "en", []string{"---\ntitle: Files\n---\n\nSee what fits:\n\n- [Restore deleted files](restore.md)\n\nOpen the recycle bin to restore deleted files within 30 days.\n"},
			"Open the recycle bin to restore deleted files within 30 days."},
		{"a title that names the symptom is answered by its solution", "Checkout shows a blank page", "en", []string{troubleArticle},
			"Clear the cache of the browser.\nThen sign in again."},
		{"the sentence above the steps comes with them", "How do I remove the app?", "en", []string{removeArticle}, "Download the assistant.\n1 When it opens, select Remove app.\n1 Restart the device."},
		{"a line that is a heading in all but name brings its steps", "remove the account", "en", []string{removeArticle}, "Remove the account by hand\n1 Open the settings.\n1 Delete the account."},
		{"a telephone number is wanted, not the word alone", "customer service phone number", "en", []string{contactArticle}, "The phone number of customer service is the same in both countries.\nTelephone customer service – Number: +44 20 7946 0000"},
		{"where the first sentence only says what it is, the next ones are read", "put the shop into maintenance mode", "en", []string{maintenanceArticle},
			"Maintenance mode closes the shop to visitors.\nYou put it on under Settings, then General.\nYour own address stays open."},
		{"nothing in common, nothing drafted", "Quantum chromodynamics?", "en", []string{deliveryArticle}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			hits := hitsOf(t, c.articles...)
			d, err := NewExtractive(equalWeights{}).Draft(context.Background(), Question{Text: c.question, Lang: c.lang}, hits)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range d.Statements {
				mark := map[kb.UnitKind]string{kb.Step: "1 ", kb.Item: "- "}[s.Kind]
				got = append(got, mark+s.Text)
				checkCites(t, s, hits)
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("drafted\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
			if d.Drafter != "extractive" {
				t.Errorf("drafter %q", d.Drafter)
			}
		})
	}
}

// checkCites holds a statement to its promise: it is the text of the range that it cites first.
func checkCites(t *testing.T, s Statement, hits []retrieve.Hit) {
	t.Helper()
	for i, cite := range s.Cites {
		found := false
		for _, h := range hits {
			if h.Chunk.ID != cite.ChunkID {
				continue
			}
			found = true
			quote := strings.Join(strings.Fields(h.Chunk.Plain[cite.Start:cite.End]), " ")
			if i == 0 && s.Kind != kb.Row && quote != s.Text {
				t.Errorf("%q cites %q", s.Text, quote)
			}
		}
		if !found {
			t.Errorf("%q cites chunk %s, which is no hit", s.Text, cite.ChunkID)
		}
	}
	if len(s.Cites) == 0 {
		t.Errorf("%q cites nothing", s.Text)
	}
}

func TestExtractiveEmpty(t *testing.T) {
	e := NewExtractive(equalWeights{})
	if d, err := e.Draft(context.Background(), Question{Text: "What?"}, nil); err != nil || len(d.Statements) != 0 {
		t.Errorf("no hits: %+v, %v", d, err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Draft(ended, Question{Text: "What?"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("context ended: %v", err)
	}
}

func TestRowText(t *testing.T) {
	for _, c := range []struct{ header, row, want string }{
		{"Country | Days | Cost", "Germany | 2–4 | 4,95 €", "Germany – Days: 2–4; Cost: 4,95 €"},
		{"Country |  | Cost", "Germany | fast | ", "Germany – fast"},
		{"Country", "Germany", "Germany"},
		{"A | B", "x | y | z", "x – B: y; z"},
		{"A | B", " | y", " – B: y"},
	} {
		if got := rowText(c.header, c.row); got != c.want {
			t.Errorf("%q under %q: %q, want %q", c.row, c.header, got, c.want)
		}
	}
}

// FuzzExtractive: whatever is asked of whatever article, every statement is the text that it
// cites, and the same again the second time.
func FuzzExtractive(f *testing.F) {
	f.Add("How do I reset my password?", passwordArticle)
	f.Add("كم تكلفة التوصيل؟", "# التوصيل\n\nرسوم التوصيل 15 درهمًا.\n")
	f.Add("退货", "| 商品 | 天数 |\n|---|---|\n| 鞋 | 7 |\n")
	f.Fuzz(func(t *testing.T, question, article string) {
		d, _ := kb.ParseDocument("a.md", []byte(article))
		if d == nil {
			return
		}
		var hits []retrieve.Hit
		for i, c := range d.Chunks() {
			hits = append(hits, retrieve.Hit{Chunk: c, Document: d, Rank: i + 1, Score: 0.5})
		}
		e := NewExtractive(equalWeights{})
		q := Question{Text: question, Lang: lang.Identify(question, "").Lang}
		first, err := e.Draft(context.Background(), q, hits)
		if err != nil {
			t.Fatal(err)
		}
		second, err := e.Draft(context.Background(), q, hits)
		if err != nil {
			t.Fatal(err)
		}
		if len(first.Statements) != len(second.Statements) {
			t.Fatalf("%d statements, then %d", len(first.Statements), len(second.Statements))
		}
		for i, s := range first.Statements {
			checkCites(t, s, hits)
			if s.Text != second.Statements[i].Text {
				t.Errorf("%q, then %q", s.Text, second.Statements[i].Text)
			}
		}
	})
}
