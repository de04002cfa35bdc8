package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Sentences returns the sentences of text, in order and without overlap, white space around them
// left out. It follows UAX #29 and mends what the standard leaves to the language: abbreviations
// («z. B.», «e.g.», «т.е.»), ordinals («3. Mai»), initials, decimals, URLs, list markers,
// quotation marks and brackets. A line break always ends a sentence: callers join the lines of a
// paragraph first. lang is a BCP-47 primary tag; "" is fine.
func Sentences(text, lang string) []Span { return AppendSentences(nil, text, lang) }

// AppendSentences is Sentences into dst, which is empty.
func AppendSentences(dst []Span, text, lang string) []Span {
	spans := dst[:0]
	it := sentences.FromString(text)
	for it.Next() {
		start, end := it.Start(), it.Start()+len(it.Value())
		for at := start; at < end; {
			n := missed(text[at:end], lang)
			spans = appendSentence(spans, text, at, at+n, lang)
			at += n
		}
	}
	return spans
}

// missed returns the length of the first sentence of s, in which UAX #29 sees a single one. It
// goes on after a full stop that a small letter follows; in scripts without capitals that letter
// begins a name («주세요. file.txt를»), as in «iPhone». Greek asks with a semicolon.
func missed(s, lang string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '.' && (s[i] != ';' || lang != "el") {
			continue
		}
		gap := spaces(s[i+1:])
		if i == 0 || gap == 0 || i+1+gap == len(s) {
			continue
		}
		prev, _ := utf8.DecodeLastRuneInString(s[:i])
		next, _ := utf8.DecodeRuneInString(s[i+1+gap:])
		switch {
		case s[i] == ';':
			if unicode.Is(unicode.Greek, prev) {
				return i + 1 + gap
			}
		case !unicode.IsLetter(prev) || !unicode.IsLower(next):
		case uncased(prev) && !abbreviation(s[:i], s[i+1+gap:], lang),
			camelCase(s[i+1+gap:]) && !abbreviation(s[:i], s[i+1+gap:], lang):
			return i + 1 + gap
		}
	}
	return len(s)
}

// spaces is the length of the white space that s begins with.
func spaces(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

func uncased(r rune) bool {
	return unicode.IsLetter(r) && !unicode.IsLower(r) && !unicode.IsUpper(r) && !unicode.IsTitle(r)
}

// camelCase reports names such as iPhone and macOS.
func camelCase(s string) bool {
	return strings.ContainsFunc(firstWord(s), unicode.IsUpper)
}

// firstWord is the letters that s begins with.
func firstWord(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }); i >= 0 {
		return s[:i]
	}
	return s
}

func appendSentence(spans []Span, text string, start, end int, lang string) []Span {
	s := trimSpace(text, start, end)
	if s.Start == s.End {
		return spans
	}
	n := len(spans)
	if n == 0 {
		return append(spans, s)
	}
	prev := &spans[n-1]
	if strings.ContainsAny(text[prev.End:s.Start], "\n\r\v\f\u0085\u2028\u2029") {
		return append(spans, s) // the standard divides at line ends; paragraphs reach us with theirs removed
	}
	moveMarks(text, prev, &s)
	if prev.Start == prev.End {
		*prev = s
		return spans
	}
	if s.Start == s.End || continues(text, *prev, s, lang) {
		prev.End = max(prev.End, s.End)
		return spans
	}
	return append(spans, s)
}

func trimSpace(text string, start, end int) Span {
	part := text[start:end]
	left := strings.TrimLeftFunc(part, unicode.IsSpace)
	return Span{end - len(left), end - len(left) + len(strings.TrimRightFunc(left, unicode.IsSpace))}
}

// moveMarks puts brackets and quotation marks on the side of the border where they belong: UAX #29
// leaves «可以。“好的» its opening mark before the border, and «Oui ? » its closing one after it.
func moveMarks(text string, prev, next *Span) {
	for prev.End == next.Start && prev.End > prev.Start {
		before := text[prev.Start:prev.End]
		r, n := utf8.DecodeLastRuneInString(before)
		if !opens(r, before[:len(before)-n]) {
			break
		}
		prev.End -= n
		next.Start -= n
	}
	after := text[next.Start:next.End]
	r, n := utf8.DecodeRuneInString(after)
	if next.Start > prev.End && (r == '»' || r == '”' || r == ')') && (n == len(after) || spaces(after[n:]) > 0) {
		prev.End = next.Start + n
		*next = trimSpace(text, prev.End, next.End)
	}
}

// opens reports whether r, which follows before, opens a bracket or a quotation.
func opens(r rune, before string) bool {
	switch {
	case r == '"':
		return strings.Count(before, `"`)%2 == 0
	case r == '“':
		return strings.Count(before, "„") <= strings.Count(before, "“")
	}
	return unicode.Is(unicode.Ps, r) && r != '„' || r == '‘' || r == '«'
}

// continues reports whether next belongs to the sentence prev, although UAX #29 divides them.
func continues(text string, prev, next Span, lang string) bool {
	before, gap, after := text[prev.Start:prev.End], text[prev.End:next.Start], text[next.Start:next.End]
	first, _ := utf8.DecodeRuneInString(after)
	last, size := utf8.DecodeLastRuneInString(before)
	if gap == "" && (last < utf8.RuneSelf && !wide(first) && !wide(stopped(before)) || quotes(last) && quoting(first)) {
		return true // a URL's ?, a version number, a file name; 「はい。」と言った
	}
	if !hasLetterOrDigit(after) || (!hasLetterOrDigit(before) && len(before) < 8) || listMarker(before) {
		return true // a lone bracket or emoji belongs to what stands before it, «1)» to what follows
	}
	if (quotes(last) || last == ')') && unicode.IsLower(first) && strings.ContainsAny(before[max(0, len(before)-size-3):], ".?!…") {
		return true // "Really?" she asked; the part (or not!) that counts
	}
	if last != '.' {
		return false
	}
	return abbreviation(before[:len(before)-1], after, lang) || ordinal(before[:len(before)-1], after, lang)
}

// stopped is the character before the stop that ends s.
func stopped(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, ".?!"))
	return r
}

func quotes(r rune) bool {
	return r == '"' || r == '\'' || r == '”' || r == '’' || r == '»' || r == '“' || r == '」' || r == '』'
}

// quoting reports the letters with which Japanese and Korean go on after a quotation.
func quoting(r rune) bool { return r >= 0x3041 && r <= 0x3096 || kindOf(r) == hangul }

// wide reports scripts that write the next sentence without a space before it.
func wide(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	k := kindOf(r)
	return k == ideographic || k == hangul || unicode.Is(unicode.Arabic, r) || unicode.Is(unicode.Ps, r) && r > 0x2000
}

func hasLetterOrDigit(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// listMarker reports «1.», «12)», «(a)», «b.» standing alone.
func listMarker(s string) bool {
	body := strings.Trim(s, "().")
	if len(body) == len(s) || len(body) > 2 {
		return false
	}
	if strings.Trim(body, "0123456789") == "" {
		return true
	}
	return len(body) == 1 && (body[0] >= 'a' && body[0] <= 'z' || body[0] >= 'A' && body[0] <= 'Z')
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
// (etc., usw., и др.) are not in here. A capital is written here where it must be there.
var abbreviations = map[string]string{
	"en": "Mr Mrs Ms Messrs Dr Prof St Mt vs e.g i.e eg ie approx incl excl cf dept jan feb apr jun jul aug sep sept oct nov dec al a.k.a fig",
	"de": "z b z.b d h d.h u a u.a u.ä ca bzw ggf ggfs inkl exkl evtl Dr Prof Hr Fr St vgl sog zzgl zzt lt gem o.ä i.d.r d.i jan feb apr jun jul aug sep sept okt nov dez mio mrd tsd mind evt geb u.u z.t bspw einschl",
	"bg": "т.е т е напр гр бул ул ж.к Д-р д-р проф г-н г-жа г-ца т.нар св обл общ инж прибл вкл евент съкр Вж вж",
	"ru": "т.е т е напр г гр ул проф т.к т.н см рис вкл прибл напр пр пер корп",
	"uk": "т.е напр м вул буд проф ім див рис вкл прибл т.зв просп",
	"fr": "M MM Mme Mlle Dr Prof St Ste av bd env p.ex ex cf tél janv févr avr juil sept oct nov déc",
	"es": "sr sra srta sres Dr Dra prof ud uds p.ej ej tel av avda aprox EE depto dpto",
	"pt": "sr sra srs Dr Dra prof p.ex ex tel av aprox depto",
	"it": "sig sigg sig.ra Dott Dr Prof Ing p.es es tel ca",
	"nl": "dhr mevr Dr Prof bijv bv d.w.z o.a m.b.t i.v.m t.a.v ca incl excl evt resp t.o.v m.u.v i.p.v z.g",
	"pl": "np tzn tj Dr dr prof ul al tel m.in ww tzw ok godz św",
	"cs": "např tj tzn Dr prof ul tel cca odst resp popř mj tzv",
	"ro": "Dl Dna Dr Prof str tel ex aprox",
	"tr": "örn Dr Prof Doç sn tel cad sok mah",
	"sv": "t.ex bl.a dvs ca kl Dr Prof resp inkl exkl s.k",
	"da": "f.eks bl.a dvs ca kl Dr Prof inkl ekskl",
	"no": "f.eks bl.a dvs ca kl Dr Prof inkl ekskl",
	"fi": "esim ns mm ym mrs t.ex Dr Prof",
	"hu": "pl kb ill Dr dr Prof ún",
	"el": "π.χ δηλ κ κα κος δρ τηλ αρ οδ",
	"hi": "डॉ श्री सं नं रु कं लि प्रो",
	"ar": "د أ م ص ت ج ه ق هـ أ.د م.م ش ر",
}

// counters are abbreviations only before a number: «No. 5», but «Is it? No.»
const counters = " no nos nr núm num fig figs art arts p pp s pg pag pág págs str st abs ext vol vols tel tlf max min máx mín est n nº ch sec sect ver v aprox approx ca ap " +
	"стр чл ал бл вх ет ап кв тел бр мин макс рис п ст д кв № ок " + "cad sok c č ks mj pkt ust poz lp godz ok okt maks max σελ αρ οδ ص رقم "

// abbreviation reports whether before, of which the last full stop was cut, ends in an
// abbreviation, so that the sentence goes on with after.
func abbreviation(before, after, lang string) bool {
	word := lastWord(before)
	if word == "" {
		return false
	}
	rest := strings.TrimRightFunc(before[:len(before)-len(word)], unicode.IsSpace)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, "([\"'“„«+-~€$£ "))
	lower := strings.ToLower(word)
	shouted := len(word) > 1 && !strings.Contains(word, ".") && word == strings.ToUpper(word) && word != lower // OK, EST
	switch {
	case unicode.IsDigit(next) && !shouted && (hasField(counters, lower) || strings.HasSuffix(lower, "str")):
		return true
	case endsInDigit(rest) && !unicode.IsDigit(next):
		return lang == "de" && hasField("mio mrd tsd", lower) // a unit: 20 лв., 5 min., 2026 г.
	case initial(word):
		return strings.HasSuffix(rest, ".") && endsInInitial(rest) || !begins(after, lang)
	case initials(word):
		return !begins(after, lang)
	}
	if lang == "" || abbreviations[lang] == "" {
		lang = "en"
	}
	if hasField(abbreviations[lang], word) {
		return true
	}
	return !shouted && hasField(abbreviations[lang], lower)
}

func endsInDigit(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsDigit(r)
}

// initial reports a single capital, or a single letter of a script without capitals. «I» is a word.
func initial(word string) bool {
	r, n := utf8.DecodeRuneInString(word)
	return n == len(word) && r != 'I' && (unicode.IsUpper(r) || unicode.In(r, unicode.Arabic, unicode.Hebrew))
}

// initials reports «U.S» and «B.V».
func initials(word string) bool {
	parts := strings.Split(word, ".")
	for _, p := range parts {
		if r, n := utf8.DecodeRuneInString(p); n != len(p) || !unicode.IsUpper(r) {
			return false
		}
	}
	return len(parts) > 1
}

// endsInInitial reports «z.» before «B.»: a letter and a full stop.
func endsInInitial(s string) bool {
	word := lastWord(strings.TrimSuffix(s, "."))
	return utf8.RuneCountInString(word) == 1 || initials(word)
}

// begins reports whether s looks like the beginning of a sentence: a word such as «The» or «Wir».
func begins(s, lang string) bool {
	word := firstWord(s)
	if initial(word) && strings.HasPrefix(s[len(word):], ".") {
		return false
	}
	return StopWord(Normalise(word, lang), lang)
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
	"de": "am vom zum beim der die das den dem des im", "cs": "od do dne ve v na", "da": "den d fra til",
	"no": "den fra til", "fi": "", "tr": "", "hu": "a az", "pl": "od do dnia", "sk": "od do dňa", "sl": "od do", "hr": "od do", "et": "", "lv": "",
}

var monthStems = map[string]string{
	"de": "jan feb mär mar apr mai jun jul aug sep okt nov dez quartal tag", "cs": "led úno bře dub kvě čer srp zář říj lis pro",
	"da": "jan feb mar apr maj jun jul aug sep okt nov dec", "no": "jan feb mar apr mai jun jul aug sep okt nov des",
	"fi": "tam hel maa huh tou kes hei elo syy lok mar jou", "tr": "oca şub mar nis may haz tem ağu eyl eki kas ara",
	"hu": "jan feb már ápr máj jún júl aug sze okt nov dec", "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
}

// ordinal reports whether before, of which the last full stop was cut, ends in an ordinal number.
func ordinal(before, after, lang string) bool {
	word := lastWord(before)
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
	rest := strings.TrimRight(before[:len(before)-len(word)], " \u00a0")
	return hasField(list, strings.ToLower(lastWord(rest)))
}
