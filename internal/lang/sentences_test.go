package lang

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// sentenceTests are texts with their borders as bars.
var sentenceTests = map[string][]string{
	"en": {
		"", "One.", "Orders ship in approx. 3 days.| See e.g. this page.| Go.",
		"The U.S. orders go first.| We ship to the U.S. and to the U.K.| The rest waits.",
		"Visit https://shop.example.com/a?b=c.| Mail a.b@c.de.| Open file.txt.| Version 2.0.1 is out!| Really?!| Yes... maybe.| Wait… what?",
		`"Is it?" he said.| (It is.)| Done.`, `He said "Stop."| Then he left.| “Quoted.”| Next.`,
		"1. First step.| 2. Second step.", "(a) Choose it.", "How we (won't!) be involved.",
		"J. K. Rowling and Dr. Smith vs. Mr. Jones.| At 5 p.m. we close.| We close at 5 p.m.| Come early.",
		"No. 5 is best.| Is it?| No.| It is not.", "It takes 5 min.| Then press A.| Then take 200 ms.| Ready.",
		"It costs $3.50.| Sizes S, M, L etc.| The rest.| By 5 Dec. 2026 at the latest.", "Until 5 pm EST.| Orders wait.",
		"Buy it.| iPhone rules.| See fig. 3.| Done.", "😀 Nice.| Thanks!| 👍 Bye.", "One line|\nanother line|\r\nthird.| Fourth|\n\nfifth",
		"Plan B.| Then go.| Press OK.Then wait.",
	},
	"de": {
		"Die Frist beträgt 14 Tage, z. B. bei Schuhen.| Um 10.30 Uhr öffnen wir.| Nr. 5 ist gut.", "Das gilt z. B. Ihre Schuhe.",
		"Am 3. Mai geht es los.| Das ist Punkt 3.| Danach folgt Punkt 4.| Bis zum 24. Dezember.| Der 2. Artikel ist gratis.",
		"«Geht das?»| Ja.| „Nein.“| Doch.| »Ja.«| Gut.", "Das kostet 5 Mio. Euro.| Es kostet 20 Min. im Monat.| Hauptstr. 5 ist es.",
		"Kosten inkl. MwSt. und Versand.| Wir liefern am 1. und 15. des Monats.| Fragen aller Art.| Siehe Art. 5 und S. 7.",
		"Das gilt i. d. R. nicht.| Max. 5 Stück usw.| Danach mehr.", "Von 10 bis 14.| Danach ist zu.",
	},
	"bg": {
		"Доставка на 3 май 2026 г. ще има.| Приехме го през 2026 г.| Това е нов срок.| Цената е 20 лв.| Плащате при доставка.",
		"Вижте т.е. това и т.н.| Живее на ул. Витоша 5, гр. София.| Г-н Иванов и д-р Петров.| И др. неща.",
	},
	"ru": {"Срок до 3 мая 2026 г. включительно.| Это было в 2025 г.| Теперь иначе.| Цена 500 руб. за шт.| Живёт в г. Москва.| А. С. Пушкин здесь, т. е. тут.| Дайте им.| Потом."},
	"ar": {"هل يمكنني الإرجاع؟| نعم.| السعر ٣٫٥ دولار.| انظر ص. ٥؟| لا!| د. أحمد هنا.| العودة.|ثم الدفع", "حمّل التطبيق.| iPhone جديد.| file.txt هنا."},
	"ur": {"یہ ایک ہے۔| یہ دو ہے۔|یہ تین ہے؟| ہاں۔"},
	"hi": {"यह पहला है।| क्या यह है?| डॉ. शर्मा यहाँ हैं॥| अंत"},
	"ko": {
		"환불은 7일 이내에 가능합니다.|배송은 3.5일 걸립니다.| 가능한가요?|네.| 버전 2.0을 사용하세요.| file.txt를 여세요.| a@b.com으로 보내세요.",
		`"환불됩니다."라고 표시됩니다.| 끝!`,
	},
	"zh": {"退货需要7天。|请联系我们！|可以吗？|可以。|“好的。”|他说。|（见下。）|价格为3.5元。|见 https://a.com/x?y=1。|版本2.0已发布.|请更新。"},
	"ja": {"返品できます。|「はい。」と言った。|3.5円です。|終わり！？|次。"},
	"th": {"สินค้าส่งใน 3 วัน กรุณารอ|\nขอบคุณ"},
	"fr": {"Voir p. ex. cela.| M. Dupont et Mme. Durand.| « Oui ? » dit-il.| « Non ! »| Il part.| C’est 3,50 €.| Est-ce possible ?| Oui !"},
	"es": {"¿Puedo devolverlo?| Sí.| ¡Claro!| El Sr. Pérez vive en EE. UU. desde 2020.| P. ej. esto.| Ud. puede."},
	"nl": {"Bijv. dit, d.w.z. dat.| Dhr. Jansen koopt max. 5 stuks.| Klaar."},
	"pl": {"Np. to.| Ul. Długa 5.| To jest m.in. tam.| W 2020 r. było.| W 2020 r.| Potem.| Cena 20 zł.| Kliknij OK.| Potem."},
	"cs": {"Např. toto.| Dne 3. května.| Tel. 123.| Konec je 5.| Potom dál."},
	"tr": {"Dr. Ali geldi.| 3. gün gelir.| Toplam 3.| Sonra gel.| No. 5 burada."},
	"fi": {"Tilaus saapuu 3. toukokuuta.| Hinta on 5.| Seuraava."},
	"da": {"Den 3. maj kommer den.| F.eks. dette.| Kl. 10.30 lukker vi."},
	"el": {"Ποιο είναι;| Αυτό, π.χ. εκείνο.| Κ. Παπαδόπουλος."},
	"it": {"Il sig. Rossi.| L'art. 5 vale.| P. es. questo."},
	"":   {"One.| Two e.g. three.| 四。|五。"},
}

func TestSentences(t *testing.T) {
	for lang, list := range sentenceTests {
		for _, marked := range list {
			var want []string
			for s := range strings.SplitSeq(marked, "|") {
				if s = strings.TrimSpace(s); s != "" {
					want = append(want, s)
				}
			}
			text := strings.ReplaceAll(marked, "|", "")
			var got []string
			for _, s := range checkSentences(t, text, lang) {
				got = append(got, text[s.Start:s.End])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n got %s\nwant %s", lang, strings.Join(got, " | "), strings.Join(want, " | "))
			}
		}
	}
}

// checkSentences checks what holds for the sentences of any text: in order, in bounds, trimmed,
// each with something in it, and nothing visible outside.
func checkSentences(t *testing.T, text, lang string) []Span {
	t.Helper()
	spans := Sentences(text, lang)
	end := 0
	for _, s := range spans {
		if s.Start < end || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("%q: sentence %v out of order or bounds (after %d)", text, s, end)
		}
		if gap := text[end:s.Start]; strings.TrimSpace(gap) != "" {
			t.Fatalf("%q: %q is in no sentence", text, gap)
		}
		if part := text[s.Start:s.End]; strings.TrimSpace(part) != part || utf8.ValidString(text) && !utf8.ValidString(part) {
			t.Fatalf("%q: sentence %q", text, part)
		}
		end = s.End
	}
	if strings.TrimSpace(text[end:]) != "" {
		t.Fatalf("%q: %q is in no sentence", text, text[end:])
	}
	return spans
}

func FuzzSentences(f *testing.F) {
	for lang, list := range sentenceTests {
		for _, text := range list {
			f.Add(strings.ReplaceAll(text, "|", ""), lang)
		}
	}
	for _, s := range fuzzTexts {
		f.Add(s, "de")
	}
	f.Fuzz(func(t *testing.T, text, lang string) { checkSentences(t, text, lang) })
}

// TestSentencesData reads real paragraphs: sentences are of a sane length in every language, few
// begin with a small letter in scripts that have capitals, and no word is cut.
func TestSentencesData(t *testing.T) {
	for tag, text := range devTexts(t, 150_000) {
		var lengths []int
		small, cased := 0, 0
		for line := range strings.Lines(text) {
			if len(line) < 200 || strings.ContainsAny(line, "|<>{") {
				continue
			}
			spans := checkSentences(t, line, tag)
			for _, s := range spans {
				part := line[s.Start:s.End]
				lengths = append(lengths, utf8.RuneCountInString(part))
				r, _ := utf8.DecodeRuneInString(part)
				if cased++; unicode.IsLower(r) {
					small++
				}
			}
			for _, w := range Words(line, tag) {
				if !slices.ContainsFunc(spans, func(s Span) bool { return s.Start <= w.Start && w.End <= s.End }) {
					t.Errorf("%s: %q is cut in %q", tag, w.Text, line)
				}
			}
		}
		if len(lengths) < 100 {
			continue
		}
		slices.Sort(lengths)
		median, low, high := lengths[len(lengths)/2], 40, 160
		if tag == "zh" || tag == "ja" || tag == "ko" {
			low, high = 15, 70
		}
		if tag == "th" || tag == "my" || tag == "km" {
			high = 900 // not divided: Thai has no mark for the end of a sentence
		}
		t.Logf("%s: %d sentences, median %d, 99th of 100 %d, %d begin small", tag, len(lengths), median, lengths[len(lengths)*99/100], small)
		if median < low || median > high || small*25 > cased && tag != "zh" && tag != "ko" && tag != "ar" {
			t.Errorf("%s: median %d, %d of %d begin with a small letter", tag, median, small, cased)
		}
	}
}
