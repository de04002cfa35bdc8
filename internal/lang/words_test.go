package lang

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cited/internal/devdata"

	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/unicode/norm"
)

// joined shows words as tests compare them: their texts, divided by spaces.
func joined(list []Word) string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}

var wordTests = []struct{ name, lang, text, want string }{
	{"empty", "en", "", ""},
	{"white space", "en", " \t\n\u00a0\u3000", ""},
	{"punctuation alone", "en", "... ?! — „“ () 🙂", ""},
	{"plain", "en", "How do I return an item?", "how do i return an item"},
	{"hyphen", "de", "Rückgabe-Frist", "rückgabe frist"},
	{"apostrophes divide", "fr", "l'article d’accord", "l article d accord"},
	{"clitic", "en", "It's Luther'in", "it s luther in"},
	{"apostrophe of Ukrainian", "uk", "п'ять зв’язок обʼєкт", "п'ять зв'язок об'єкт"},
	{"Latin name, Cyrillic ending", "uk", "iPhone'у", "iphone у"},

	{"sharp s", "de", "Straße STRASSE ẞ", "strasse strasse ss"},
	{"ligature, full width", "en", "ﬁle ＡＢＣ１２３", "file abc123"},
	{"decomposed", "de", "Ru\u0308ckgabe Café Cafe\u0301", "rückgabe café café"},
	{"Vietnamese", "vi", "Tiếng Vie\u0323\u0302t", "tiếng việt"},
	{"final sigma", "el", "ΚΩΔΙΚΟΣ κωδικος", "κωδικοσ κωδικοσ"},
	{"Turkish", "tr", "IŞIK ISPARTA İstanbul I'ın", "ışık ısparta istanbul ı ın"},
	{"Azeri", "az", "QIŞ", "qış"},
	{"Turkish word elsewhere", "en", "İstanbul IŞIK i\u0307", "istanbul işik i"},

	{"numbers", "en", "3.14 1,000 1.000,50 v2.0.1 10.30", "3.14 1,000 1.000,50 v2.0.1 10.30"},
	{"number at the end", "en", "Size 3. abc. 3,. x..y", "size 3 abc 3 x y"},
	{"codes", "en", "A-1034 A1034 1034A", "a 1034 a1034 1034a"},
	{"units", "en", "½kg 1½ 10² m² CO₂ ① 5€ 5%", "1⁄2 kg 1 1⁄2 10 2 m 2 co2 1 5 5"},
	{"keycap", "en", "3\ufe0f\u20e3 apples", "3 apples"},
	{"addresses", "en", "shop.example.com/x?y=1 a.b@c.de", "shop.example.com x y 1 a.b c.de"},
	{"abbreviations", "de", "z.B. U.S. e.V.", "z.b u.s e.v"},
	{"symbols", "en", "C++ C# R&D #tag @user snake_case", "c c r d tag user snake case"},

	{"soft hyphen", "de", "Rück\u00adgabe Ende\u00ad", "rückgabe ende"},
	{"word joiner, direction mark", "en", "a\u2060b c\u200e d\u200be", "ab c d e"},
	{"ZWNJ", "fa", "می\u200cخواهم کتاب\u200cها", "ميخواهم كتابها"},
	{"emoji", "en", "👍🏽 hello😀world 👨\u200d👩\u200d👧 ❤️", "hello world"},
	{"invalid UTF-8", "en", "a\xffb \xff\xfe abc\xe4\xb8", "a b abc"},
	{"NUL", "en", "a\x00b", "a b"},
	{"replacement character", "en", "a\ufffdb", "a b"},

	{"Arabic marks and tatweel", "ar", "الْمُنْتَجَات المـنـتـج ـــ", "المنتجات المنتج"},
	{"Arabic letters", "ar", "أحمد إرجاع آخر ٱلله مدرسة على", "احمد ارجاع اخر الله مدرسه علي"},
	{"Arabic digits", "ar", "١٢٣ ۴۵۶ ٣٫١٤ ١٬٠٠٠", "123 456 3.14 1,000"},
	{"Arabic and Latin", "ar", "الـPDF وiPhone", "ال pdf و iphone"},
	{"Hebrew points", "he", "שָׁלוֹם ב-3", "שלום ב 3"},

	{"stress mark", "ru", "за\u0301мок й и\u0306", "замок й й"},
	{"Latin beside Cyrillic", "bg", "PDFфайл", "pdf файл"},
	{"Catalan", "ca", "col·lecció coŀlecció", "collecció collecció"},
	{"Devanagari", "hi", "उत्पाद की वापसी नीति हिन्दी १२३", "उत्पाद की वापसी नीति हिन्दी 123"},
	{"Bengali, Tamil", "", "বাংলা தமிழ்", "বাংলা தமிழ்"},
	{"Thai", "th", "สินค้าที่ซื้อแล้ว 3 วัน ๓", "สินค้าที่ซื้อแล้ว 3 วัน 3"},
	{"Khmer, Lao, Burmese", "", "កម្ពុជា ສິນຄ້າ မြန်မာ ၅", "កម្ពុជា ສິນຄ້າ မြန်မာ 5"},
	{"Georgian, Armenian, Ethiopic", "", "ქართული Հայերեն አማርኛ።", "ქართული հայերեն አማርኛ"},

	{"Han beside Latin", "zh", "Commerce云基础架构 第3章", "commerce 云基础架构 第 3 章"},
	{"Han punctuation", "zh", "云 计算，退货。", "云 计算 退货"},
	{"Han zero, rare Han", "zh", "二〇二四 𠀀𠀁", "二〇二四 𠀀𠀁"},
	{"Kana", "ja", "カタカナとひらがなABC東京2024年 ｶﾞｿﾘﾝ データ・ベース 々", "カタカナとひらがな abc 東京 2024 年 ガソリン データ ベース 々"},
	{"Hangul beside Latin", "ko", "SharePoint에서 환불을 3일 API를", "sharepoint 에서 환불을 3 일 api 를"},
	{"decomposed Hangul", "ko", norm.NFD.String("환불을"), "환불을"},
	{"stop without a space", "ko", "가능합니다.배송은", "가능합니다 배송은"},
}

func TestWords(t *testing.T) {
	for _, test := range wordTests {
		t.Run(test.name, func(t *testing.T) {
			got := Words(test.text, test.lang)
			if joined(got) != test.want {
				t.Errorf("Words(%q) = %q, want %q", test.text, joined(got), test.want)
			}
			checkWords(t, test.text, test.lang, got)
		})
	}
}

func TestWordsScript(t *testing.T) {
	for text, want := range map[string]Script{
		"Frist": Alphabetic, "срок": Alphabetic, "A1034": Alphabetic, "1034A": Alphabetic, "المنتج": Alphabetic,
		"환불": Hangul, "3.14": Digits, "٣": Digits, "½": Digits, "๓": Digits, "退货": Ideographic, "カート": Ideographic, "สินค้า": Ideographic,
	} {
		got := Words(text, "")
		if len(got) != 1 || got[0].Script != want || got[0].Span != (Span{0, len(text)}) {
			t.Errorf("Words(%q) = %+v, want one word of script %d", text, got, want)
		}
	}
}

// checkWords checks what holds for the words of any text.
func checkWords(t *testing.T, text, lang string, list []Word) {
	t.Helper()
	end := 0
	for _, w := range list {
		if w.Start < end || w.End <= w.Start || w.End > len(text) {
			t.Fatalf("%q: word %+v out of order or bounds (after %d)", text, w, end)
		}
		end = w.End
		raw := text[w.Start:w.End]
		if !utf8.ValidString(raw) || !utf8.ValidString(w.Text) || w.Text == "" {
			t.Fatalf("%q: word %+v is empty or not valid UTF-8", text, w)
		}
		if got := Normalise(raw, lang); got != w.Text {
			t.Fatalf("%q: word %+v, but Normalise(%q) = %q", text, w, raw, got)
		}
		if again := Normalise(w.Text, lang); again != w.Text {
			t.Fatalf("%q: Normalise(%q) = %q", text, w.Text, again)
		}
	}
	var kept strings.Builder
	for _, w := range list {
		kept.WriteString(letters(text[w.Start:w.End]))
	}
	if all := letters(text); kept.String() != all {
		t.Fatalf("%q: letters and digits %q, %q of them in words", text, all, kept.String())
	}
}

// letters are the letters and decimal digits of s, without those that words may leave out:
// tatweel alone, and the letters that stand for apostrophes.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if !strings.ContainsRune("ـʼʻ", r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, s)
}

func TestNormaliseDigits(t *testing.T) {
	for _, r := range ranges32(unicode.Nd) {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("digits %U to %U: no run of tens", r.Lo, r.Hi)
		}
		for c := r.Lo; c <= r.Hi; c++ {
			want := string(rune('0' + (c-r.Lo)%10))
			if got := Normalise(string(rune(c)), ""); got != want {
				t.Errorf("Normalise(%U) = %q, want %q", c, got, want)
			}
		}
	}
}

func ranges32(table *unicode.RangeTable) []unicode.Range32 {
	all := slices.Clone(table.R32)
	for _, r := range table.R16 {
		all = append(all, unicode.Range32{Lo: uint32(r.Lo), Hi: uint32(r.Hi), Stride: uint32(r.Stride)})
	}
	return all
}

// TestStable compares the quick check of normal forms with the slow one, letter by letter.
func TestStable(t *testing.T) {
	for r := rune(0x80); r < 0x30000; r++ {
		s := string(r)
		if !utf8.ValidRune(r) {
			continue
		}
		if stable(s) && (norm.NFKC.String(s) != s || unicode.Is(unicode.M, r)) {
			t.Errorf("%U counts as stable", r)
		}
	}
}

// TestWordsStandard holds Words against UAX #29 on real text: the borders of the standard are all
// borders of words, save between the letters of scripts without spaces and at Cyrillic apostrophes.
func TestWordsStandard(t *testing.T) {
	for tag, text := range devTexts(t, 40_000) {
		starts := map[int]bool{}
		for it := words.FromString(text); it.Next(); {
			starts[it.Start()] = true
		}
		list := Words(text, tag)
		checkWords(t, text, tag, list)
		bad := 0
		for _, w := range list {
			for i := w.Start + 1; i < w.End && w.Script != Ideographic; i++ {
				if starts[i] {
					if bad++; bad < 5 {
						t.Errorf("%s: UAX #29 divides %q at %d", tag, text[w.Start:w.End], i-w.Start)
					}
				}
			}
		}
	}
}

// devTexts returns real text by language: the Open Source Guides and the shop help center.
func devTexts(t testing.TB, limit int) map[string]string {
	dir := filepath.Join(devdata.Folder(t), "dev", "kb")
	texts := map[string]string{}
	for _, kb := range []string{"opensource-guide", "adobe-commerce-kb", "ms-alchemy"} {
		langs, _ := filepath.Glob(filepath.Join(dir, kb, "*"))
		for _, folder := range langs {
			tag := Base(filepath.Base(folder))
			_ = filepath.WalkDir(folder, func(path string, _ os.DirEntry, _ error) error {
				if strings.HasSuffix(path, ".md") && len(texts[tag]) < limit {
					raw, _ := os.ReadFile(path)
					texts[tag] += string(raw) + "\n"
				}
				return nil
			})
		}
	}
	delete(texts, "")
	if len(texts) < 10 {
		t.Skipf("DATA: only %d languages", len(texts))
	}
	return texts
}

var fuzzTexts = []string{
	"", "How do I return an item? It's 3.14, A-1034.", "z. B. Rückgabe-Frist bis 3. Mai; l’article «Oui ? » dit-il.",
	"Commerce云基础架构。“好的。”他说（见下）。", "SharePoint에서 3일.배송 file.txt를", "الْمُنْتَجَات ٣٫١٤ الـPDF؟ نعم.",
	"п'ять за\u0301мок 2026 г. Това т.е. лв.", "สินค้าที่ซื้อแล้ว ๓", "की वापसी।", "a\xffb\u200d\u0301c·\u00ad.d", "ﷺ ﱞ ½ Ⅳ ŉ ŀl ẞ İ",
	"1. First.\r\n2. Second.\n\n(a) Third.", "ｶﾞｿﾘﾝ゙ ᄀ\u1161ᆨ 👨‍👩‍👧 3\ufe0f\u20e3", "h\u0301\u0302", "ا\u0654\u0301ٱ",
}

func FuzzWords(f *testing.F) {
	for _, s := range fuzzTexts {
		f.Add(s, "tr")
		f.Add(s, "de")
	}
	f.Fuzz(func(t *testing.T, text, lang string) { checkWords(t, text, lang, Words(text, lang)) })
}

func benchText(b *testing.B, tag string) string {
	text := devTexts(b, 400_000)[tag]
	if len(text) < 50_000 {
		b.Skipf("DATA: no %s text", tag)
	}
	return text
}

func BenchmarkWords(b *testing.B) {
	for _, tag := range []string{"en", "de", "ar", "zh", "ko", "bg"} {
		b.Run(tag, func(b *testing.B) {
			text := benchText(b, tag)
			b.SetBytes(int64(len(text)))
			var dst []Word
			b.ReportAllocs()
			for b.Loop() {
				dst = AppendWords(dst[:0], text, tag)
			}
		})
	}
}

// TestFolded holds the table against the rule, which the quick ranges of former versions stood
// for: letters that are lower case already.
func TestFolded(t *testing.T) {
	f := new(folder)
	for r := rune(utf8.RuneSelf); r < 0xE000; r++ {
		if got, want := f.rune(r), foldRune(r); got != want {
			t.Errorf("%U: %U, want %U", r, got, want)
		}
	}
}
