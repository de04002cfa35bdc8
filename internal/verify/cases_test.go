package verify

import (
	"strings"
	"testing"

	"cited/internal/draft"
	"cited/internal/kb"
)

// TestWordings holds what other wordings may and may not do, one mechanism a row.
func TestWordings(t *testing.T) {
	v := New(NoSimilarity{}, EqualWeights{})
	for _, tt := range []struct {
		code, source, statement string
		want                    bool
	}{
		// «Unless» and «until» say the same of what is denied once.
		{"en", "We do not charge your card unless you choose a paid plan.", "Your card is not charged before you choose a paid plan.", true},
		{"en", "We do not charge your card unless you choose a paid plan.", "Your card is charged before you choose a paid plan.", false},
		// A preposition that denies stands by itself beside «free».
		{"en", "Your free trial lasts 14 days. You don't have to enter a card.", "You can try it free for two weeks without a card.", true},
		// What has a price is not free; what is free has none.
		{"en", "Express delivery to the islands costs extra.", "Express delivery to the islands is free.", false},
		{"zh", "在江海银行取款机取现免手续费。", "在江海银行取款机取现要收手续费。", false},
		// A name in quotation marks denies nothing.
		{"ar", "يشمل العرض باقة «بلا حدود» حتى 31 مايو.", "العرض يشمل باقة «بلا حدود» حتى 31 مايو.", true},
		// A denial belongs to the sentence that the statement has it from.
		{"en", "The code changes every 30 seconds. We do not send codes by mail.", "The code does not change every 30 seconds.", false},
		// Korean joins clauses behind the denial.
		{"ko", "주말에는 출고하지 않습니다. 평일에는 당일 출고됩니다.", "주말에는 출고하지 않지만 평일에는 당일 출고됩니다.", true},
		// The unit of a list stands behind its last number.
		{"bg", "Номиналите са 20, 50 и 100 лв.", "Има номинали от 20 лв., 50 лв. и 100 лв.", true},
		{"ko", "상황실은 12월부터 2월까지 운영합니다.", "상황실은 12~2월에 운영합니다.", true},
		// Beside the same word stands another name.
		{"de", "Die Spedition Hellmer bringt das Paket bis zur Bordsteinkante.", "Das Paket bringt die Spedition Schenker bis zur Bordsteinkante.", false},
		{"ko", "현장 결제는 삼성카드로 하실 수 있고 카드를 바꾸면 다시 등록합니다.", "카드를 바꾸면 다시 등록하고 현장 결제는 현대카드로 하실 수 있습니다.", false},
		// A day is no month.
		{"zh", "智能灯每天最多设置8个定时任务。", "智能灯每小时最多设置8个定时任务。", false},
	} {
		_, reason := v.check(v.read(tt.statement, tt.code), v.read(tt.source, tt.code))
		if (reason == "") != tt.want {
			t.Errorf("%q from %q: reason %q, want supported %v", tt.statement, tt.source, reason, tt.want)
		}
	}
}

// attackCases are wordings that an attacker tried, one mechanism a block, in several languages.
var attackCases = []struct {
	code, source, statement string
	want                    bool
}{
	// Whole numbers are equal to the last digit, amounts to the last cent.
	{"en", "Call +49 30 1234567 on weekdays.", "Please call +49 30 1234568 on weekdays.", false},
	{"en", "Call +49 30 1234567 on weekdays.", "On weekdays call +49 30 1234567.", true},
	{"de", "Das Limit liegt bei 1234567,10 Euro im Jahr.", "Im Jahr liegt das Limit bei 1234567,20 Euro.", false},
	{"ko", "주문 번호 20261234567을 입력하세요.", "주문 번호로 20261234568을 입력하세요.", false},
	{"zh", "请拨打4001234567联系客服。", "联系客服请拨打4001234568。", false},
	{"ar", "اتصل بالرقم 920001234 لطلب المساعدة.", "لطلب المساعدة اتصل بالرقم 920001235.", false},
	{"bg", "Обадете се на 070012345 за помощ.", "За помощ се обадете на 070012346.", false},
	// Working days are no calendar days.
	{"en", "The refund arrives within 5 working days.", "The refund arrives within 5 calendar days.", false},
	{"en", "The refund arrives within 5 working days.", "The refund arrives within 5 working weeks.", false},
	{"en", "The refund arrives within 5 working days.", "The refund will arrive within five business days.", true},
	{"de", "Die Erstattung dauert 5 Werktage.", "Die Erstattung dauert 5 Kalendertage.", false},
	{"de", "Die Erstattung dauert 5 Werktage.", "Die Erstattung dauert 5 Arbeitswochen.", false},
	{"ar", "يصل المبلغ خلال 5 أيام عمل.", "يصل المبلغ خلال 5 أيام تقويمية.", false},
	{"bg", "Сумата се връща до 5 работни дни.", "Сумата се връща до 5 календарни дни.", false},
	{"ko", "환불은 영업일 기준 5일 걸립니다.", "환불은 달력일 기준 5일 걸립니다.", false},
	{"zh", "退款需要5个工作日。", "退款需要5个自然日。", false},
	// What has a price is not free.
	{"en", "Shipping to Germany costs €4.90.", "Shipping to Germany is free.", false},
	{"en", "Shipping to Germany costs €4.90. Shipping to Austria is free.", "Shipping to Austria is free.", true},
	{"en", "Germany costs €4.90 and France €7.50.", "Shipping to Germany is free.", false},
	{"de", "Der Versand nach Deutschland kostet 4,90 €.", "Der Versand nach Deutschland ist kostenlos.", false},
	{"ar", "الشحن إلى الرياض بسعر 25 ريالا.", "الشحن إلى الرياض مجاني.", false},
	{"bg", "Доставката до София е 4,90 лв.", "Доставката до София е безплатна.", false},
	{"ko", "제주 배송은 3,000원입니다.", "제주 배송은 무료입니다.", false},
	{"zh", "寄往德国的运费为30元。", "寄往德国免运费。", false},
	// Pairs of a name and an amount.
	{"en", "Germany costs €4.90 and France €7.50.", "France costs €4.90.", false},
	{"en", "Germany costs €4.90 and France €7.50.", "Germany costs €7.50.", false},
	{"en", "Germany costs €4.90 and France €7.50.", "Shipping to France costs €7.50.", true},
	{"en", "Standard delivery takes 3 days, express delivery 1 day.", "Express delivery takes 3 days.", false},
	{"en", "Standard delivery takes 3 days, express delivery 1 day.", "Express delivery takes 1 day.", true},
	{"en", "You pay €4.90 for Germany and €7.50 for France.", "For France you pay €4.90.", false},
	{"de", "Deutschland kostet 4,90 € und Frankreich 7,50 €.", "Frankreich kostet 4,90 €.", false},
	{"de", "Deutschland kostet 4,90 € und Frankreich 7,50 €.", "Frankreich kostet 7,50 €.", true},
	{"bg", "Германия струва 4,90 лв., а Франция 7,50 лв.", "Франция струва 4,90 лв.", false},
	{"ar", "الشحن إلى مصر 25 ريالا وإلى تونس 40 ريالا.", "الشحن إلى تونس 25 ريالا.", false},
	{"ko", "서울은 3,000원, 제주는 6,000원입니다.", "제주는 3,000원입니다.", false},
	{"ko", "서울은 3,000원, 제주는 6,000원입니다.", "제주는 6,000원입니다.", true},
	{"zh", "德国运费30元，法国运费50元。", "法国运费30元。", false},
	{"zh", "德国运费30元，法国运费50元。", "法国运费是50元。", true},
	// Who does and who does not.
	{"en", "The owner approves the request, not the administrator.", "The administrator approves the request, not the owner.", false},
	{"en", "The owner approves the request, not the administrator.", "The request is approved by the owner, not the administrator.", true},
	{"de", "Der Inhaber genehmigt den Antrag, nicht der Administrator.", "Der Administrator genehmigt den Antrag, nicht der Inhaber.", false},
	{"bg", "Собственикът одобрява заявката, не администраторът.", "Администраторът одобрява заявката, не собственикът.", false},
	{"ar", "يوافق المالك على الطلب وليس المشرف.", "يوافق المشرف على الطلب وليس المالك.", false},
	{"ko", "관리자가 아니라 소유자가 승인합니다.", "소유자가 아니라 관리자가 승인합니다.", false},
	{"zh", "由所有者审批，不是管理员审批。", "由管理员审批，不是所有者审批。", false},
	// The ends of a range.
	{"en", "We are open from 9:00 to 17:00.", "We are open from 17:00 to 9:00.", false},
	{"en", "We are open from 9:00 to 17:00.", "Opening hours: 9 am–5 pm.", true},
	{"de", "Wir haben von 9 bis 17 Uhr geöffnet.", "Wir haben von 17 bis 9 Uhr geöffnet.", false},
	{"ar", "نعمل من الساعة 9:00 إلى 17:00.", "نعمل من الساعة 17:00 إلى 9:00.", false},
	{"bg", "Работим от 9:00 до 17:00.", "Работим от 17:00 до 9:00.", false},
	{"ko", "운영 시간은 9:00~17:00입니다.", "운영 시간은 17:00~9:00입니다.", false},
	{"zh", "营业时间为9:00至17:00。", "营业时间为17:00至9:00。", false},
	// Quantifiers and bounds.
	{"en", "Most items ship within a day.", "All items ship within a day.", false},
	{"en", "Most items ship within a day.", "Few items ship within a day.", false},
	{"en", "Delivery takes 5 days.", "Delivery takes more than 5 days.", false},
	{"en", "The warranty lasts two years.", "The warranty lasts at least two years.", false},
	{"en", "The deposit is at least 20 %.", "The deposit is at most 20 %.", false},
	{"en", "You can add up to 5 users.", "You can add at most 5 users.", true},
	{"en", "You can add up to 5 users.", "You can add no more than 5 users.", true},
	{"de", "Die meisten Artikel sind auf Lager.", "Alle Artikel sind auf Lager.", false},
	{"de", "Die Anzahlung beträgt mindestens 20 %.", "Die Anzahlung beträgt höchstens 20 %.", false},
	{"de", "Sie können bis zu 5 Nutzer anlegen.", "Sie können höchstens 5 Nutzer anlegen.", true},
	{"de", "Die Lieferung dauert 5 Tage.", "Die Lieferung dauert mehr als 5 Tage.", false},
	{"ar", "تتوفر معظم المنتجات في الفرع.", "تتوفر جميع المنتجات في الفرع.", false},
	{"ar", "يجب دفع 20% على الأقل.", "يجب دفع 20% على الأكثر.", false},
	{"ar", "يستغرق التوصيل 5 أيام.", "يستغرق التوصيل أكثر من 5 أيام.", false},
	{"bg", "Повечето артикули са налични.", "Всички артикули са налични.", false},
	{"bg", "Вноската е поне 20 %.", "Вноската е най-много 20 %.", false},
	{"bg", "Доставката отнема 5 дни.", "Доставката отнема повече от 5 дни.", false},
	{"ko", "대부분의 상품은 당일 출고됩니다.", "모든 상품은 당일 출고됩니다.", false},
	{"ko", "20% 이상 선납해야 합니다.", "20% 이하로 선납해야 합니다.", false},
	{"ko", "배송은 5일 걸립니다.", "배송은 5일 이상 걸립니다.", false},
	{"ko", "사용자는 최대 5명까지 추가됩니다.", "사용자는 5명 이하로 추가됩니다.", true},
	{"zh", "大部分商品当天发货。", "所有商品当天发货。", false},
	{"zh", "至少支付20%的定金。", "最多支付20%的定金。", false},
	{"zh", "配送需要5天。", "配送需要超过5天。", false},
	{"zh", "最多可添加5名用户。", "可添加不超过5名用户。", true},
	// Before and after.
	{"en", "Return the item within 30 days of delivery.", "Return the item up to 30 days before delivery.", false},
	{"en", "Return the item within 30 days of delivery.", "Return the item up to 30 days after delivery.", true},
	{"de", "Senden Sie den Artikel innerhalb von 30 Tagen ab Lieferung zurück.", "Senden Sie den Artikel bis zu 30 Tage vor Lieferung zurück.", false},
	{"ar", "أعد المنتج خلال 30 يوما من الاستلام.", "أعد المنتج خلال 30 يوما قبل الاستلام.", false},
	{"bg", "Върнете артикула до 30 дни от доставката.", "Върнете артикула до 30 дни преди доставката.", false},
	{"ko", "수령일로부터 30일 이내에 반품하세요.", "수령일 전 30일 이내에 반품하세요.", false},
	{"zh", "请在收货后30天内退货。", "请在收货前30天内退货。", false},
	// Words that lost the prefix that denies.
	{"en", "Unopened items can be returned.", "Opened items can be returned.", false},
	{"en", "Unopened items can be returned.", "Items that were not opened can be returned.", true},
	{"de", "Ungeöffnete Artikel können Sie umtauschen.", "Geöffnete Artikel können Sie umtauschen.", false},
	{"ar", "يمكن إرجاع المنتجات غير المفتوحة.", "يمكن إرجاع المنتجات المفتوحة.", false},
	{"bg", "Неотворени артикули се приемат обратно.", "Отворени артикули се приемат обратно.", false},
	{"ko", "미개봉 상품은 반품할 수 있습니다.", "개봉 상품은 반품할 수 있습니다.", false},
	{"zh", "未开封的商品可以退货。", "开封的商品可以退货。", false},
	// Clauses that were added.
	{"en", "You can return shoes within 30 days.", "You can return shoes within 30 days, even if used.", false},
	{"en", "You can return shoes within 30 days.", "You can return shoes within 30 days and get a free gift.", false},
	{"en", "Change your password every 90 days.", "Change your password every 90 days or lose your account.", false},
	{"de", "Sie können Schuhe 30 Tage lang zurückgeben.", "Sie können Schuhe 30 Tage lang zurückgeben und erhalten ein Geschenk.", false},
	{"de", "Sie können Schuhe 30 Tage lang zurückgeben.", "Sie können Schuhe 30 Tage lang zurückgeben, auch wenn sie getragen sind.", false},
	{"ar", "يمكنك إرجاع الأحذية خلال 30 يوما.", "يمكنك إرجاع الأحذية خلال 30 يوما والحصول على هدية مجانية.", false},
	{"bg", "Можете да върнете обувките до 30 дни.", "Можете да върнете обувките до 30 дни и получавате подарък.", false},
	{"ko", "신발은 30일 안에 반품할 수 있습니다.", "신발은 30일 안에 반품할 수 있고 사은품도 받습니다.", false},
	{"zh", "鞋子可以在30天内退货。", "鞋子可以在30天内退货，并且获得赠品。", false},
	{"en", "Refunds go to the card rather than the account.", "Refunds go to the account rather than the card.", false},
	{"de", "Nutzen Sie die App statt der Website.", "Nutzen Sie die Website statt der App.", false},
	{"bg", "Използвайте приложението вместо сайта.", "Използвайте сайта вместо приложението.", false},
	{"ko", "월요일부터 금요일까지 운영합니다.", "금요일부터 월요일까지 운영합니다.", false},
	{"zh", "周一至周五营业。", "周五至周一营业。", false},
	{"ar", "نعمل من الأحد إلى الخميس.", "نعمل من الخميس إلى الأحد.", false},
	{"en", "The majority of customers get a reply the same day.", "All customers get a reply the same day.", false},
	{"en", "Files may be no larger than 10 MB.", "Files may be up to 10 MB.", true},
	{"en", "Files may be no larger than 10 MB.", "Files must be larger than 10 MB.", false},
	{"de", "Ab 50 € liefern wir versandkostenfrei.", "Bis 50 € liefern wir versandkostenfrei.", false},
	{"bg", "Безплатна доставка над 50 лв.", "Безплатна доставка под 50 лв.", false},
	{"ko", "5만원 이상 주문하면 무료 배송입니다.", "5만원 미만 주문하면 무료 배송입니다.", false},
	{"zh", "满50元免运费。", "不满50元免运费。", false},
	{"ar", "الشحن مجاني للطلبات فوق 200 ريال.", "الشحن مجاني للطلبات دون 200 ريال.", false},
	{"en", "Passwords have 8 characters.", "Passwords have more than 8 characters.", false},
	{"en", "The Basic plan has 5 GB. The Pro plan has 50 GB.", "The Pro plan has 5 GB.", false},
	{"en", "Basic | 5 GB\nPro | 50 GB", "Pro has 5 GB.", false},
	{"en", "Adults pay €12, children €6 and seniors €9.", "Seniors pay €6.", false},
	{"en", "Adults pay €12, children €6 and seniors €9.", "Children pay €6 and adults €12.", true},
	{"de", "Das Konto ist kostenlos, die Karte kostet 5 €.", "Die Karte ist kostenlos.", false},
	{"de", "Das Konto ist kostenlos, die Karte kostet 5 €.", "Das Konto ist kostenlos.", true},
	{"en", "Cancel up to 2 days before arrival.", "Cancel at least 2 days before arrival.", true},
	{"ko", "파일은 30일간 보관됩니다.", "파일은 계정을 삭제하더라도 30일간 보관됩니다.", false},
	{"zh", "文件保存30天。", "即使注销账号，文件也保存30天。", false},
	{"ar", "تحفظ الملفات 30 يوما.", "تحفظ الملفات 30 يوما حتى لو حذفت حسابك.", false},
	{"bg", "Запазва се за 30 дни.", "Запазва се за 30 дни, дори ако акаунтът е изтрит.", false},
}

// TestAttacks holds what was found by attacking the package.
func TestAttacks(t *testing.T) {
	v := New(NoSimilarity{}, EqualWeights{})
	for _, tt := range attackCases {
		_, reason := v.check(v.read(tt.statement, tt.code), v.read(tt.source, tt.code))
		if (reason == "") != tt.want {
			t.Errorf("%s: %q from %q: reason %q, want supported %v", tt.code, tt.statement, tt.source, reason, tt.want)
		}
	}
}

// TestRowIsCited: what comes with ranges has the first of them, the row, among its quotes.
func TestRowIsCited(t *testing.T) {
	const table = "# Plans\n\n| Feature | Basic plan | Premium plan |\n|---|---|---|\n| Phone support | no | yes |\n| Backup | yes | yes |\n"
	hits := load(t, table)
	v := New(NoSimilarity{}, EqualWeights{})
	chunk := hits[0].Chunk
	var rows []draft.Cite
	for _, u := range chunk.Units() {
		if u.Kind == kb.Row {
			rows = append(rows, draft.Cite{ChunkID: chunk.ID, Start: u.Start, End: u.End})
		}
	}
	for text, want := range map[string]bool{
		"Feature: Phone support; Basic plan: no; Premium plan: yes": true,
		"The feature is in the basic plan and the premium plan.":    false,
		"Feature, basic plan, premium plan":                         false,
		"Phone support is in the basic plan.":                       false,
		"Phone support is in the basic plan and the premium plan.":  false,
	} {
		for _, cites := range [][]draft.Cite{{rows[1], rows[0]}, {{ChunkID: chunk.ID}}} {
			got, _ := v.Verify(draft.Question{Lang: "en"}, draft.Draft{Statements: []draft.Statement{{Text: text, Kind: kb.Row, Cites: cites}}}, hits)
			cited := false
			for _, c := range got[0].Citations {
				cited = cited || strings.Contains(c.Quote, "Phone")
			}
			if want != got[0].Supported || want && !cited {
				t.Errorf("%q by %v: supported %v by %v (%s), want %v", text, cites, got[0].Supported, got[0].Citations, got[0].Reason, want)
			}
		}
	}
}
