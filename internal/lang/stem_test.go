package lang

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// stemGroups are the forms of one word each, which must meet in one stem; a bar divides the words
// of a language, which must not meet.
var stemGroups = map[string]string{
	"ar": "المنتجات المنتج منتجات بمنتج | الطلبات الطلب طلبات | الدفع دفع بالدفع | الشحن شحن | الإرجاع إرجاع والإرجاع | الحساب حساب حسابي",
	"bg": `доставка доставката доставки доставките | поръчка поръчката поръчки поръчките | продукт продукта продуктът продукти продуктите |
		магазин магазина магазинът магазини магазините | клиент клиента клиентът клиенти клиентите | срок срока срокът срокове сроковете |
		плащане плащането плащания плащанията | връщане връщането връщания | цена цената цени цените | артикул артикула артикулът артикули артикулите |
		проблем проблема проблемът проблеми проблемите | профил профила профилът профили профилите | размер размера размерът размери размерите |
		гаранция гаранцията гаранции гаранциите | парола паролата пароли паролите | информация информацията | адрес адреса адресът адреси адресите |
		купувач купувача купувачи купувачите | акаунт акаунта акаунтът акаунти акаунтите | имейл имейла имейлът имейли имейлите |
		браузър браузъра браузърът браузъри браузърите | компютър компютъра компютърът компютри компютрите | домейн домейна домейнът домейни домейните |
		електронен електронна електронно електронни електронната електронният | безплатен безплатна безплатно безплатни безплатната |
		разход разходи разходите | защита защитата | защо | сте | стена стената стени | дом дома домът | при | устройство устройства устройството устройствата | средство средства средствата | език езика езикът езици езиците`,
	"da": "ordre ordren ordrer ordrerne | levering leveringen leveringer | kunde kunden kunder kunderne | pris prisen priser priserne",
	"de": "Rückgabe Rückgaben | Bestellung Bestellungen | Artikel Artikels | Versandkosten | Versand Versandes | Kunde Kunden | Gutschein Gutscheine Gutscheinen Gutscheins | Größe Größen GRÖSSE | Straße Straßen | zahlen zahle | Haus Hauses Häuser Häusern",
	"en": "return returns returned returning | order orders ordered | delivery deliveries | item items | payment payments | card cards | gift gifts | refund refunds refunded",
	"es": "devolución devoluciones | pedido pedidos | envío envíos | tarjeta tarjetas | pago pagos | comprar compra compras | talla tallas",
	"fi": "tilaukset tilauksen | tuotteen tuotteet | hinta hinnat | kortti kortit kortin",
	"fr": "retour retours | commande commandes | livraison livraisons | remboursement remboursements remboursé | taille tailles | payer payé | colis",
	"hu": "termékek termékeket | rendelés rendelések rendelést | ár",
	"it": "ordine ordini | spedizione spedizioni | reso resi | pagamento pagamenti | taglia taglie | carta carte",
	"ko": `환불 환불을 환불은 환불이 환불도 환불에 환불로 환불의 | 주문 주문을 주문은 주문이 주문의 주문에서 주문하세요 주문했습니다 주문하려면 주문하나요 주문합니다 |
		배송 배송은 배송이 배송을 배송됩니다 배송되나요 배송되는 배송되었습니다 배송되도록 | 결제 결제를 결제가 결제는 결제하고 결제할 결제하는 결제한 결제됩니다 결제했나요 |
		고객 고객에게 고객의 고객님 | 판매자 판매자가 판매자에게 판매자는 판매자들은 판매자와 | 사서함 사서함을 사서함이 | 전문가 전문가는 전문가의 전문가와 |
		앱 앱을 앱에서 앱으로 앱에는 | 옷 옷을 | 책 책을 책에서 | 마을 마을을 | 가을 | 검색결과 검색결과는 검색결과를 | 사용 사용하도록 사용하거나 사용하면서 사용해요 | 가능 가능한가요 가능합니까 가능하며 | 쿠폰 쿠폰으로 쿠폰만 쿠폰과`,
	"nl": "bestelling bestellingen | klant klanten | retour retouren | prijs | betaling betalingen | maat | kaart kaarten",
	"no": "ordre ordren ordrer | levering leveringen leveringer | kunde kunden kunder | pris prisen priser",
	"pt": "devolução devoluções | pedido pedidos | cartão | pagamento pagamentos | loja lojas | tamanho tamanhos",
	"ro": "comenzi comenzile | produse produsele | produs produsului | client clienți clienții | plată",
	"ru": "доставка доставки доставку доставкой | заказ заказа заказы заказов заказу | возврат возврата возвраты | товар товара товары товаров | оплата оплаты оплату | магазин магазина магазины | размер размеры",
	"sv": "beställning beställningen beställningar | kund kunden kunder | pris priser | retur returer returen",
	"tr": "sipariş siparişi siparişler siparişim | ürünler ürünleri | iadeler iadeleri | kargo kargolar | fiyat fiyatı fiyatlar",
	"el": "παραγγελία παραγγελια ΠΑΡΑΓΓΕΛΊΑ παραγγελίες παραγγελιών | τιμή τιμη τιμές τιμών | επιστροφή επιστροφές επιστροφών",
	"pl": "zwrot zwrotu zwroty zwrotów zwrotem | dostawa dostawy dostawę dostaw | zamówienie zamówienia zamowienia | płatność platnosc płatności | żółty zolty żółte",
	"cs": "vrácení vraceni | zboží zbozi | objednávka objednávky objednávku | doprava dopravy dopravu",
	"uk": "доставка доставки доставку доставкою | замовлення замовленням замовленню | п'ять п’ять пʼять",
	"zh": "退货 | 退款", "ja": "返品 | 返金", "hi": "वापसी | की | का | के", "th": "สินค้า | ราคา",
	"": "café cafe CAFÉ | A1034 a1034 | A1035 | 3.14 | 3.15",
}

// stemWord is the stem of the one word of a text.
func stemWord(t *testing.T, text, lang string) string {
	t.Helper()
	list := Words(text, lang)
	if len(list) != 1 {
		t.Fatalf("%q is %d words", text, len(list))
	}
	return Stem(list[0].Text, lang)
}

func TestStem(t *testing.T) {
	for lang, list := range stemGroups {
		owner := map[string]string{}
		for group := range strings.SplitSeq(list, "|") {
			forms := strings.Fields(group)
			want := stemWord(t, forms[0], lang)
			for _, form := range forms[1:] {
				if got := stemWord(t, form, lang); got != want {
					t.Errorf("%s: %s → %s, but %s → %s", lang, forms[0], want, form, got)
				}
			}
			if other := owner[want]; other != "" {
				t.Errorf("%s: %s and %s share the stem %s", lang, forms[0], other, want)
			}
			owner[want] = forms[0]
		}
	}
}

func TestStemCodes(t *testing.T) {
	for _, code := range []string{"a1034", "v2.0.1", "1,000", "ipv6s"} {
		for lang := range stemGroups {
			if got := Stem(code, lang); got != code {
				t.Errorf("%s: Stem(%s) = %s", lang, code, got)
			}
		}
	}
}

func FuzzStem(f *testing.F) {
	for lang, list := range stemGroups {
		for word := range strings.FieldsSeq(list) {
			f.Add(word, lang)
		}
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		for _, w := range Words(text, lang) {
			stem := Stem(w.Text, lang)
			if stem == "" || !utf8.ValidString(stem) {
				t.Fatalf("Stem(%q, %q) = %q", w.Text, lang, stem)
			}
		}
	})
}
