package answer

import (
	"math"
	"testing"

	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/verify"
)

func TestListedAndEvidence(t *testing.T) {
	document := &kb.Document{ID: "en/gift-cards", Lang: "en", Questions: []string{"How long is a gift card valid?", "Can I give a voucher back?"}}
	hits := []retrieve.Hit{{Document: document, Chunk: &kb.Chunk{DocumentID: document.ID}}}
	cite := func(lang, quote, title string, headings ...string) []verify.Statement {
		return []verify.Statement{{Citations: []verify.Citation{{DocumentID: document.ID, Lang: lang, QuoteText: quote, Title: title, Headings: headings}}}}
	}
	for _, c := range []struct {
		name, question, lang string
		statements           []verify.Statement
		listed, evidence     float64
	}{
		{"the listed question", "how long is a gift card valid", "en", cite("en", "It lasts two years.", "Gift cards"), 1, 1},
		{"a listed question, another article cited", "how long is a gift card valid", "en", nil, 0, 0},
		{"two words", "Is a gift card refundable in Narnia?", "en", cite("en", "A gift card lasts two years.", "Vouchers"), 0.57, 1},
		{"one of several words, in passing", "What will the weather be like in London?", "en", cite("en", "Bad weather delays parcels.", "Delivery"), 0, 0.5},
		{"the only word, in passing", "What is the weather?", "en", cite("en", "Bad weather delays parcels.", "Delivery"), 0, 0.5},
		{"the only word, in a heading", "Weather?", "en", cite("en", "Parcels wait.", "Delivery", "Bad weather"), 0, 1},
		{"none", "Quantum chromodynamics?", "en", cite("en", "A gift card lasts two years.", "Gift cards"), 0, 0},
		{"Chinese, by bigrams", "礼品卡有效期多久？", "zh", cite("zh", "礼品卡的有效期为三年。", "礼品卡"), 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newQuestionWords(c.question, c.lang)
			if got := q.listed(c.statements, hits); math.Abs(got-c.listed) > 0.01 {
				t.Errorf("listed %.2f, want %.2f", got, c.listed)
			}
			if got := q.evidence(c.statements); got != c.evidence {
				t.Errorf("evidence %g, want %g", got, c.evidence)
			}
		})
	}
}
