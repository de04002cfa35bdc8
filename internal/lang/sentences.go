package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Sentences returns the sentences of text, in order and without overlap, white space around them
// left out. It follows UAX #29 and mends what the standard leaves to the language: abbreviations
// («z. B.», «e.g.», «т.е.»), ordinals («3. Mai»), initials, decimals, URLs. A line break always ends a sentence: callers join the
// lines of a paragraph first. lang is a BCP-47 primary tag; "" is fine.
func Sentences(text, lang string) []Span {
	var spans []Span
	it := sentences.FromString(text)
	for it.Next() {
		spans = appendSentence(spans, text, it.Start(), it.Start()+len(it.Value()), lang)
	}
	return spans
}

func appendSentence(spans []Span, text string, start, end int, lang string) []Span {
	s := trimSpace(text, start, end)
	if s.Start == s.End {
		return spans
	}
	if n := len(spans); n > 0 && continues(text, spans[n-1], s, lang) {
		spans[n-1].End = s.End
		return spans
	}
	return append(spans, s)
}

func trimSpace(text string, start, end int) Span {
	part := text[start:end]
	left := strings.TrimLeftFunc(part, unicode.IsSpace)
	return Span{end - len(left), end - len(left) + len(strings.TrimRightFunc(left, unicode.IsSpace))}
}

// continues reports whether next belongs to the sentence prev, although UAX #29 divides them.
func continues(text string, prev, next Span, lang string) bool {
	before, gap, after := text[prev.Start:prev.End], text[prev.End:next.Start], text[next.Start:next.End]
	if strings.ContainsAny(gap, "\n\u2028\u2029") {
		return false // the standard divides at line ends; paragraphs reach us with theirs removed
	}
	first, _ := utf8.DecodeRuneInString(after)
	last, _ := utf8.DecodeLastRuneInString(before)
	if last < utf8.RuneSelf && gap == "" && !wide(first) {
		return true // a URL's ?, a version number, a file name
	}
	if !hasLetterOrDigit(after) || (!hasLetterOrDigit(before) && len(before) < 8) {
		return true // a lone bracket or emoji belongs to what stands before it, «1)» to what follows
	}
	if last != '.' {
		return false
	}
	word := lastWord(before[:len(before)-1])
	return abbreviation(word, lang) || ordinal(before, word, after, lang)
}

// wide reports scripts that write the next sentence without a space before it.
func wide(r rune) bool {
	s, ok := scriptOf(r)
	return ok && (s == Ideographic || s == Hangul) || unicode.Is(unicode.Arabic, r) || unicode.Is(unicode.Ps, r) && r > 0x2000
}

func hasLetterOrDigit(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// lastWord is what stands after the last space, opening bracket or hyphen of s.
func lastWord(s string) string {
	i := strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([{«„“\"'-–/", r) })
	if i < 0 {
		return s
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return s[i+n:]
}

// abbreviations end in a full stop that does not end the sentence. Those that often do end one
// (etc., usw., и др.) are not in here.
var abbreviations = map[string]string{
	"en": "mr mrs ms dr prof st no nos vs e.g i.e eg ie approx incl excl fig cf dept ext tel vol min max jan feb apr jun jul aug sep sept oct nov dec al est a.k.a",
	"de": "z b z.b d h d.h u a u.a ca bzw ggf inkl exkl evtl max min nr tel str dr prof hr fr st abs art bsp vgl sog zzgl zzt lt gem o.ä i.d.r d.i jan feb apr jun jul aug sep sept okt nov dez mio mrd mind evt geb s u.u z.t",
	"bg": "т.е т е напр гр бул ул ж.к бл вх ет ап тел д-р проф инж г-н г-жа г-ца стр чл ал т.нар т.н бр мин макс вкл св кв обл общ инж ок прибл",
	"ru": "т.е т е напр г гр ул д кв тел стр проф им т.к т.н т.д руб тыс млн млрд см рис мин макс вкл",
	"uk": "т.е напр вул буд кв тел стр проф ім грн тис млн див рис",
	"fr": "m mm mme mlle dr prof st av bd env p.ex ex cf tél no art max min janv févr avr juil sept oct nov déc",
	"es": "sr sra srta dr dra prof ud uds p.ej ej tel núm pág av avda aprox máx mín art depto ee",
	"pt": "sr sra dr dra prof p.ex ex tel núm pág av aprox máx mín art depto",
	"it": "sig sigg sig.ra dott prof p.es es tel pag art ca max min n",
	"nl": "dhr mevr dr prof bijv bv d.w.z o.a m.b.t i.v.m t.a.v nr tel ca max min incl excl evt resp",
	"pl": "np tzn tj dr prof ul tel nr str ok godz min max art m.in ww tzw pkt zł",
	"cs": "např tj tzn dr prof ul tel č str cca min max odst resp popř mj",
	"ro": "dl dna dr prof str nr tel ex pag art max min aprox",
	"tr": "örn vb dr prof sn tel no cad sok mah apt max min vs",
	"sv": "t.ex bl.a dvs ca nr tel kl dr prof resp inkl exkl max min",
	"da": "f.eks bl.a dvs ca nr tlf kl dr prof inkl ekskl max min",
	"no": "f.eks bl.a dvs ca nr tlf kl dr prof inkl ekskl maks min",
	"el": "π.χ δηλ κ κα κος δρ τηλ αρ σελ οδ",
}

func abbreviation(word, lang string) bool {
	if word == "" {
		return false
	}
	if r, n := utf8.DecodeRuneInString(word); n == len(word) && unicode.IsLetter(r) && unicode.IsUpper(r) && r != 'I' {
		return true // an initial
	}
	if lang == "" || abbreviations[lang] == "" {
		lang = "en"
	}
	return hasField(abbreviations[lang], strings.ToLower(word))
}

// hasField reports whether word is one of the fields of list, which single spaces divide.
func hasField(list, word string) bool {
	for field := range strings.FieldsSeq(list) {
		if field == word {
			return true
		}
	}
	return false
}

// Languages that write ordinals with a full stop, with the words after which a number is one.
var ordinalBefore = map[string]string{
	"de": "am vom zum beim der die das den dem des im bis ab seit und", "cs": "od do dne ve v na", "da": "den d fra til",
	"no": "den fra til", "fi": "", "tr": "", "hu": "a az", "pl": "od do dnia", "sk": "od do dňa", "sl": "od do", "hr": "od do", "et": "", "lv": "",
}

var monthStems = map[string]string{
	"de": "jan feb mär mar apr mai jun jul aug sep okt nov dez quartal tag", "cs": "led úno bře dub kvě čer srp zář říj lis pro",
	"da": "jan feb mar apr maj jun jul aug sep okt nov dec", "no": "jan feb mar apr mai jun jul aug sep okt nov des",
	"fi": "tam hel maa huh tou kes hei elo syy lok mar jou", "tr": "oca şub mar nis may haz tem ağu eyl eki kas ara",
	"hu": "jan feb már ápr máj jún júl aug sze okt nov dec", "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
}

func ordinal(before, word, after, lang string) bool {
	list, ok := ordinalBefore[lang]
	if !ok || word == "" || len(word) > 2 || strings.Trim(word, "0123456789") != "" {
		return false
	}
	next := strings.ToLower(after)
	for month := range strings.FieldsSeq(monthStems[lang]) {
		if strings.HasPrefix(next, month) {
			return true
		}
	}
	rest := strings.TrimRight(before[:len(before)-1-len(word)], " \u00a0")
	return hasField(list, strings.ToLower(lastWord(rest)))
}
