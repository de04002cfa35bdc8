package retrieve_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cited/internal/embed"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// TestTyping: what a shopper types, from the first letters on, typos included, finds the articles
// that whoever types that wants, and shows why.
func TestTyping(t *testing.T) {
	ctx := context.Background()
	corpus, err := kb.Load(ctx, filepath.Join("..", "..", "kb"), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	x, err := retrieve.Build(ctx, corpus, retrieve.Settings{Mode: retrieve.Hybrid, Analysis: lang.Stemmed, Embedder: embed.NewHashed()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ lang, typed, want string }{ // want: articles, one of which the first three hits are all of
		{"en", "ret|retu|return|retrun|returns l|return  ", "returns return-shipping-costs"},
		{"en", "refu|refund|how long ref|refnud", "refunds"},
		{"en", "deliv|delivry cost|delivery c", "delivery-costs delivery-times international-delivery"},
		{"en", "gift c|gift ca|gift card|gfit card", "gift-cards"},
		{"en", "cancel o|cancel my or|canc", "change-or-cancel-order"},
		{"en", "track|trackng|tracking a", "tracking"},
		{"en", "pass|passwrod|password res", "account-password"},
		{"de", "rück|ruck|Rücksen|rückgabe e|rücksendumg", "return-shipping-costs returns wrong-item"},
		{"de", "lief|liefer|lieferz", "delivery-times missing-parcel"},
		{"de", "storn|stornieren|stornierne", "change-or-cancel-order"},
		{"de", "passw|passwort v|paswort", "account-password"},
		{"bg", "връщ|връщане|вращане", "return-shipping-costs returns"},
		{"bg", "отка|отказ на пор", "change-or-cancel-order"},
		{"bg", "парола|парол", "account-password"},
		{"ko", "반|반품|반품 ㅂ|반품 배", "returns return-shipping-costs"},
		{"ko", "환|환불|환불 기", "refunds"},
		{"ko", "주문 취|주문 취소", "change-or-cancel-order"},
		{"zh", "退|退货|退货运", "returns return-shipping-costs refunds"},
		{"zh", "取消|取消订", "change-or-cancel-order"},
		{"zh", "礼品|礼品卡余", "gift-cards"},
		{"ar", "إرج|ارجاع|إرجاع م", "returns return-shipping-costs"},
		{"ar", "استر|استرداد", "refunds"},
		{"ar", "كلم|كلمة ال", "account-password"},
	} {
		for typed := range strings.SplitSeq(tt.typed, "|") {
			q := retrieve.Query{Text: strings.TrimSpace(typed), Lang: tt.lang, Limit: 3, Prefix: !strings.HasSuffix(typed, " "), Phrases: true}
			found, err := x.Retrieve(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			h := x.Highlighter(q, tt.lang)
			marked := 0
			for _, hit := range found.Hits {
				if name := strings.TrimPrefix(hit.Chunk.DocumentID, tt.lang+"/"); !slices.Contains(strings.Fields(tt.want), name) {
					t.Errorf("%s %q finds %s at %d, want %s", tt.lang, typed, hit.Chunk.Section(), hit.Rank, tt.want)
				}
				marked += len(h.Append(nil, hit.Chunk.Plain, hit.Chunk.Lang)) + len(h.Append(nil, hit.Chunk.Title, hit.Chunk.Lang))
			}
			if len(found.Hits) < 3 || marked == 0 {
				t.Errorf("%s %q: %d hits, %d marks", tt.lang, typed, len(found.Hits), marked)
			}
		}
	}
}
