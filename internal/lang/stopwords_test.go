package lang

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestStopWordsNormalised holds that every entry can be met: it is one word, as Words gives it.
func TestStopWordsNormalised(t *testing.T) {
	for lang, list := range stopWords {
		for entry := range strings.FieldsSeq(list) {
			got := Words(entry, lang)
			if len(got) != 1 || got[0].Text != Normalise(entry, lang) || !StopWord(got[0].Text, lang) {
				t.Errorf("%s: %q comes as %q", lang, entry, joined(got))
			}
			if n := utf8.RuneCountInString(entry); len(got) == 1 && got[0].Script == Ideographic && n > longestStop {
				t.Errorf("%s: %q has %d characters, longestStop is %d", lang, entry, n, longestStop)
			}
		}
	}
}

// negations change what a sentence says, so that none is a stop word.
var negations = map[string]string{
	"en": "not no never without none nothing neither nor don cannot t nobody hardly except",
	"de": "nicht kein keine keinen keiner keines nie niemals ohne nichts weder niemand außer kaum",
	"ar": "لا لم لن ليس ليست غير بدون دون عدم ما عدا إلا ممنوع",
	"bg": "не няма нямам никога без нито никой нищо освен недей",
	"ko": "안 못 않 아니 없이 없나요 없습니다 없는 말고 제외 외에 않습니다 않나요 불가",
	"zh": "不 没 无 非 勿 别 没有 不能 不是 不可以 无法 除了 沒有 未",
	"es": "no nunca sin ni ningún ninguna nada nadie jamás tampoco excepto",
	"fr": "ne n pas jamais sans aucun aucune rien ni non personne sauf",
	"it": "non mai senza nessun nessuno nessuna niente nulla né no tranne",
	"pt": "não nunca sem nem nenhum nenhuma nada ninguém jamais exceto",
	"nl": "niet geen nooit zonder niets niemand noch nergens behalve",
	"pl": "nie nigdy bez żaden żadna nic nikt ani brak oprócz",
	"ru": "не нет нельзя никогда без ни никто ничего кроме",
	"uk": "не ні немає ніколи без нічого ніхто крім",
	"tr": "değil yok hiç olmadan hayır asla hariç hiçbir",
	"cs": "ne není nikdy bez žádný nic nikdo ani kromě nelze",
	"ro": "nu niciodată fără nici nimic nimeni niciun",
	"el": "δεν δε μη μην όχι χωρίς ποτέ κανένα κανένας τίποτα ούτε",
	"sv": "inte ej aldrig utan ingen inget inga inte",
	"da": "ikke aldrig uden ingen intet",
	"no": "ikke aldri uten ingen intet ikkje",
	"fi": "ei en et emme eivät ilman koskaan älä paitsi",
	"hu": "nem ne soha nélkül nincs semmi senki sem kivéve",
	"ja": "ない ません なし ず ぬ ではない 不 無 以外",
}

// shopNouns are what people ask a shop about.
var shopNouns = map[string]string{
	"en": "order return refund price shipping delivery payment account card size cost exchange warranty code",
	"de": "bestellung rückgabe preis versand zahlung konto karte größe kosten umtausch garantie gutschein lieferung",
	"ar": "طلب إرجاع سعر شحن دفع حساب بطاقة مقاس ضمان توصيل استرداد",
	"bg": "поръчка връщане цена доставка плащане акаунт карта размер гаранция срок",
	"ko": "주문 환불 반품 가격 배송 결제 계정 카드 사이즈 보증 교환 비용",
	"zh": "订单 退货 退款 价格 运费 配送 付款 账户 卡 尺码 保修 换货",
	"es": "pedido devolución precio envío pago cuenta tarjeta talla", "fr": "commande retour prix livraison paiement compte carte taille",
	"it": "ordine reso prezzo spedizione pagamento conto carta taglia", "pt": "pedido devolução preço envio pagamento conta cartão tamanho",
	"nl": "bestelling retour prijs verzending betaling account kaart maat", "pl": "zamówienie zwrot cena wysyłka płatność konto karta rozmiar",
	"ru": "заказ возврат цена доставка оплата счет карта размер", "uk": "замовлення повернення ціна доставка оплата картка розмір",
	"tr": "sipariş iade fiyat kargo ödeme hesap kart beden", "ja": "注文 返品 価格 配送 支払 カード サイズ 返金",
}

func TestStopWordsKeepMeaning(t *testing.T) {
	for lang := range stopWords {
		if negations[lang] == "" {
			t.Errorf("%s: no negations listed", lang)
		}
	}
	for _, table := range []map[string]string{negations, shopNouns} {
		for lang, list := range table {
			for word := range strings.FieldsSeq(list) {
				if lang == "ar" && word == "ما" {
					continue // «what» far more often than «not»
				}
				for _, w := range Words(word, lang) {
					if w.Text != "" && StopWord(w.Text, lang) && !(lang == "fi" && w.Text == "en") {
						t.Errorf("%s: %q is a stop word", lang, word)
					}
				}
				if lang == "zh" || lang == "ja" {
					continue // 不是 keeps 不
				}
				if got := Informative(word, lang); joined(got) != joined(Words(word, lang)) {
					t.Errorf("%s: of %q is left %q", lang, word, joined(got))
				}
			}
		}
	}
}

func TestInformative(t *testing.T) {
	for _, test := range []struct{ lang, text, want string }{
		{"en", "How can I return an item?", "return item"},
		{"en", "What is it?", "what is it"},
		{"en", "It's not possible without a receipt", "not possible without receipt"},
		{"de", "Wie geht's?", "geht"},
		{"de", "Was ist das?", "was ist das"},
		{"fr", "Qu'est-ce que l'échange ?", "échange"},
		{"it", "Dov'è l'ordine?", "ordine"},
		{"bg", "Мога ли да върна без касова бележка?", "върна без касова бележка"},
		{"ko", "환불은 어떻게 하나요?", "환불은"},
		{"zh", "我怎么退货？", "退货"},
		{"zh", "退货和退款需要多少天", "退货和退款 天"},
		{"ja", "返品はできますか", "返品 できますか"},
		{"ar", "كيف يمكنني إرجاع المنتج؟", "ارجاع المنتج"},
		{"", "How?", "how"},
		{"en", "", ""},
	} {
		got := Informative(test.text, test.lang)
		if test.lang == "zh" || test.lang == "ja" {
			checkInformative(t, test.text, test.lang)
			if !strings.HasPrefix(joined(got), strings.Fields(test.want)[0]) {
				t.Errorf("%s: Informative(%q) = %q, want %q first", test.lang, test.text, joined(got), test.want)
			}
			continue
		}
		if joined(got) != test.want {
			t.Errorf("%s: Informative(%q) = %q, want %q", test.lang, test.text, joined(got), test.want)
		}
	}
}

// checkInformative checks what holds for any text: what is left are words, or pieces of unspaced
// runs, in order, and something is left of every text with words.
func checkInformative(t *testing.T, text, lang string) {
	t.Helper()
	all, kept := Words(text, lang), Informative(text, lang)
	if (len(all) == 0) != (len(kept) == 0) {
		t.Fatalf("%q: %d words, %d informative", text, len(all), len(kept))
	}
	i := 0
	for n, w := range kept {
		for i < len(all) && all[i].End < w.End {
			i++
		}
		if i == len(all) || w.Start < all[i].Start || w.Start >= w.End || !strings.Contains(all[i].Text, w.Text) || w.Text == "" {
			t.Fatalf("%q: %+v is no part of a word", text, w)
		}
		raw := text[w.Start:w.End]
		if !utf8.ValidString(raw) || w.Span != all[i].Span && raw != w.Text {
			t.Fatalf("%q: %+v stands for %q", text, w, raw)
		}
		if n > 0 && w.Start < kept[n-1].Start {
			t.Fatalf("%q: %+v out of order", text, w)
		}
	}
}

func FuzzInformative(f *testing.F) {
	for _, s := range fuzzTexts {
		f.Add(s, "zh")
		f.Add(s, "en")
	}
	f.Add("ｶﾞの㍿退货的ﾞ可以吗", "ja")
	f.Fuzz(func(t *testing.T, text, lang string) { checkInformative(t, text, lang) })
}
