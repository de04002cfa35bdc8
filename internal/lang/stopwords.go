package lang

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// stopWords are the words that say nothing about the subject: articles, pronouns, auxiliaries,
// prepositions, and the phrases with which people wrap a question. Negations are not in here:
// they change what a sentence says.
var stopWords = map[string]string{
	"en": `a an the this that these those it its i me my mine we us our you your yours he she him her his they them their
is are was were be been being am do does did doing done have has had having will would shall should can could may might must
of in on at to from for with by as into about over under out up off than then and or but if so because while when where what which who whom whose why how
there here just also too very any some all each long much many often soon something anything someone anyone m ve d s re ll please tell know want need get got let take takes hello hi hey dear thanks thank question help kindly wondering wonder good morning afternoon whats wheres hows whens whos im ive`,
	"de": `der die das den dem des ein eine einen einem einer eines ich du er sie es wir ihr mich mir dich dir uns euch ihnen ihm ihn mein meine meinen meinem meiner meines dein deine deinen sein seine unser unsere euer eure
ist sind war waren bin bist seid sei wird werden wurde würde worden habe hat haben hatte hast kann könnte können kannst konnte soll sollte muss müssen musste darf dürfen mag möchte möchten will wollen
von in im an am auf zu zum zur aus bei beim mit nach für über unter vor um durch gegen als wie so und oder aber wenn ob dass weil da dann denn also wo was wer wem wen welche welcher welches welchen wann warum wieso weshalb wohin woher wofür womit
man sich hier dort noch schon auch nur mal sehr gibt s bitte hallo danke guten tag sagen wüsste wissen gern gerne liebe lieber frage etwas mehr viel viele wieviel wieviele lange lang oft hoch alle diese dieser dieses diesen diesem jede jeder bekomme tun machen dauert dauern`,
	"ar": `ال وال بال لل في من على إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم انا أنا انت أنت نحن كان كانت يكون تكون ان أن إن او أو ثم قد هل ما ماذا متى كيف اين أين لماذا كم اي أي أية من ل ب و ف ك لي لك له لها لهم لنا عند عندما حتى بعد قبل بين كل بعض أنه انه يمكن يمكنني يمكنك أستطيع استطيع أريد اريد يجب عبر حول حيث إذا اذا لو فقط أيضا ايضا بها به فيها فيه منها منه عليها عليه إليها مرحبا فضلك رجاء شكرا ليا بتاع عايز فضلكم إخباري يمكنكم السلام عليكم أهلا سمحت سمحتم أخبروني أخبرني يستغرق لدي عندي`,
	"bg": `и в във на с със за от до по при о об към под над пред след между че да ли ще се си съм е сме сте са бях беше бяха бъде бъдат би бих аз ти той тя то ние вие те ме ми те му я ѝ им ги го ни ви ни мой моя моят моята мое моето мои моите твой ваш нашия вашия този тази това тези онзи онази кой коя кое кои какъв каква какво какви къде кога как колко дълго често защо дали ако или но а обаче като когато където което който която които може мога можете можем трябва имам има имате имат искам един една едно някой някоя нещо тук там също само още вече много моля здравейте благодаря здравей бихте казали кажете знам питам интересувам`,
	"ko": `이 그 저 것 수 등 및 또는 그리고 하지만 그러나 제 제가 저는 나는 내 내가 우리 우리는 여기 거기 무엇 무엇을 무엇인가요 뭐 뭔가요 어떻게 어떤 언제 어디 어디서 어디에 어디에서 왜 누가 누구 얼마 얼마나 몇 어느 있나요 있습니까 있어요 있는 있습니다 하나요 하면 해야 되나요 됩니까 될까요 할까요 인가요 입니까 합니까 합니다 하는 하고 싶어요 싶습니다 알려주세요 알고 궁금해요 궁금합니다 가능한가요 가능해요 대해 대한 대해서 위해 위한 통해 경우 좀 수가 안녕하세요 감사합니다 주세요 안녕 알려 언제쯤 혹시 있을까요 부탁드립니다 싶은데`,
	"zh": `的 有几天时间 几天时间 几天 有几天 几日 有几 有多少 多少天 了 吗 呢 吧 啊 嘛 呀 嗎 我 你 您 他 她 它 我们 你们 他们 咱们 我的 你的 您的 是 是不是 是否 有没有 或者 但是 如果 因为 所以 这 那 这个 那个 这些 那些 哪 哪个 哪些 哪里 哪儿 什么 为什么 怎么 怎样 怎么样 怎么办 如何 多少 多久 几个 什么时候 何时 谁 可以 可否 能否 能不能 可不可以 会不会 要不要 想要 请 请问 一下 一个 对于 关于 以及 需要 應該 個 這 那個 這個 為什麼 什麼 怎麼 們 與 哪裡 多長 多长时间 您好 你好 谢谢 麻烦 想问 我想`,
	"es": `el la los las un una unos unas lo de del al a en por para con desde hasta sobre entre y o u e pero si que qué quién cuál cuáles cuándo dónde cómo cuánto cuánta cuántos cuántas porque es son era fue ser está están estar estoy hay he ha han haber puedo puede pueden podría poder debo debe tengo tiene tienen tener yo tú él ella nosotros ustedes me te se nos le les mi mis tu tus su sus este esta estos estas ese esa eso esto mi muy más ya también como cuando donde hola gracias favor`,
	"fr": `le la les l un une des du de d à au aux en dans par pour sur avec sous vers chez entre et ou où mais si que qu qui quoi quel quelle quels quelles quand comment combien pourquoi est sont était être suis es sommes êtes ai as a avons avez ont avoir peut peux pouvez puis pouvoir dois doit devez je j tu il elle on nous vous ils elles me m te t se s mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce c cet cette ces y très plus aussi faire bonjour merci plaît`,
	"it": `il lo la l i gli le un uno una di del dello della dell d dei degli delle a al allo alla all ai agli alle da dal dalla dall in nel nella nell con su sul sulla sull per tra fra e o ma se che chi cosa quale quali quando dove dov come com quanto quanta quanti perché c è sono era essere sei siamo ho ha hanno avere posso può possono devo deve io tu lui lei noi voi loro mi ti si ci vi mio mia miei tuo suo sua questo questa questi quello molto più anche ciao grazie favore`,
	"pt": `o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sobre entre e ou mas se que quem qual quais quando onde como quanto quanta quantos porque é são era foi ser está estão estar tem têm ter há posso pode podem devo deve eu tu ele ela nós você vocês eles me te lhe meu minha meus seu sua seus este esta esse essa isto isso muito mais também já olá obrigado favor`,
	"nl": `de het een van in op aan te tot uit bij met naar voor door over onder om en of maar als dat die dit deze wat wie waar wanneer hoe hoeveel waarom welke is zijn was waren ben bent word wordt worden heb heeft hebben had kan kun kunnen kunt mag moet moeten wil zal zou ik jij je u hij zij ze wij we jullie mij me mijn jouw uw zijn haar ons onze hun er hier daar ook nog al zeer meer hallo dank alstublieft`,
	"pl": `i w we na z ze do od o u za po przy przez dla pod nad przed między a ale lub albo oraz czy że żeby jeśli jeżeli jak kiedy gdzie co kto który która które jaki jaka jakie ile dlaczego jest są był była było być będzie mam ma mają mieć mogę może można mogą muszę trzeba ja ty on ona ono my wy oni mnie mi ci cię go jej ich się mój moja moje twój swój swoje ten ta to te tego tej tym tych tam tu także też już tylko bardzo więcej proszę dziękuję`,
	"ru": `и в во на с со за от до по при о об к ко под над перед после между что чтобы ли же бы я ты он она оно мы вы они меня мне мой моя мое мои тебя тебе его ее её их нас нам вас вам наш ваш ваша это этот эта эти тот та те то кто какой какая какое какие который которая которые где когда как сколько почему зачем если или но а да так был была было были быть есть будет могу может можно нужно надо хочу здесь там тоже также только уже еще ещё очень здравствуйте спасибо пожалуйста`,
	"uk": `і й та в у на з із зі за від до по при о об про під над перед після між що щоб чи же би я ти він вона воно ми ви вони мене мені мій моя моє мої тебе його її їх нас вас наш ваш це цей ця ці той та те хто який яка яке які де коли як скільки чому якщо або але а так був була було були бути є буде можу може можна треба потрібно тут там також тільки вже ще дуже`,
	"tr": `bir bu şu o ve veya ya da ile için mi mı mu mü ne nedir nasıl neden niçin nerede nereye nereden ne zaman kim kaç hangi kadar gibi daha çok en de da ki ben sen biz siz onlar bana beni benim senin onun bizim sizin var olan olarak olur oldu ise eğer ama fakat her merhaba teşekkürler lütfen`,
	"cs": `a i v ve na z ze s se si do od o u za po při pro pod nad před mezi nebo ale že aby jestli pokud když jak kdy kde co kdo který která které jaký jaká jaké kolik proč je jsou byl byla bylo být bude mám má mají mít mohu může lze musím já ty on ona ono my vy oni mě mi mne tě ho jí jich můj moje svůj ten ta to ty toho tom tam tu také už jen velmi více prosím děkuji`,
	"ro": `un o niște și sau dar dacă că să ca la în din de pe cu pentru prin despre între al a ai ale lui cel cea cei ce cine care când unde cum cât câtă câți câte de ce este e sunt era fi am ai are avem aveți au pot poate pot trebuie eu tu el ea noi voi ei ele mă te se ne vă îmi îți meu mea mei ta său sa acest această acești aceste foarte mai și bună mulțumesc rog`,
	"el": `ο η το οι τα του της των τον την στο στη στην στον στα στις σε από για με προς και ή αλλά αν ότι που πού πως πώς ποιος ποια ποιο πότε πόσο πόσα γιατί τι είναι ήταν έχω έχει έχουν μπορώ μπορεί πρέπει εγώ εσύ αυτός αυτή αυτό εμείς εσείς μου σου μας σας τους ένα ένας μια να θα πολύ πιο επίσης`,
	"sv": `en ett den det de i på av till från med för om vid under över och eller men att som är var vara har hade kan kunde ska skulle måste jag du han hon vi ni mig dig mitt min mina din er sin vad vem vilken vilka när var hur varför om här där också mycket mer hej tack`,
	"no": `en et ei den det de i på av til fra med for om ved under over og eller men at som er var være har hadde kan kunne skal skulle må jeg du han hun vi dere meg deg min mitt mine din deres sin hva hvem hvilken hvilke når hvor hvordan hvorfor her der også veldig mer hei takk vennligst`,
	"fi": `ja tai mutta että jos kun kuin on ovat oli ole olla voi voin voiko voinko voitte pitää mikä mitä mitkä missä mistä mihin milloin miten miksi kuka kuinka minä sinä hän me te he minun sinun minulla tämä tämän nämä se sen ne joka jotka myös vain jo hyvin hei kiitos`,
	"hu": `a az egy és vagy de hogy ha mint is van vannak volt lesz lehet kell tud tudok ki mi mit melyik hol hova honnan mikor hogyan miért mennyi milyen én te ő mi ti ők ez azt ezt ezek azok csak már még nagyon kérem köszönöm szia`,
	"da": `en et den det de i på af til fra med for om ved under over og eller men at som er var være har havde kan kunne skal skulle må jeg du han hun vi i mig dig min mit mine din jeres sin hvad hvem hvilken hvilke hvornår hvor hvordan hvorfor her der også meget mere hej tak`,
	"ja": `の は が を に で と も へ や から まで より です ます した する して いる ある か ね よ この その あの どの これ それ あれ どれ 何 なに いつ どこ だれ 誰 なぜ どう どうして どうやって いくら いくつ こと もの ため よう られ れる ください ですか ますか`,
}

// stopSets are the lists above, normalised as Words normalises.
var stopSets = sync.OnceValue(func() map[string]map[string]bool {
	sets := make(map[string]map[string]bool, len(stopWords))
	for lang, list := range stopWords {
		set := make(map[string]bool)
		for word := range strings.FieldsSeq(list) {
			set[Normalise(word, lang)] = true
		}
		sets[lang] = set
	}
	return sets
})

// StopWord reports whether a normalised word says nothing about the subject in lang.
func StopWord(word, lang string) bool { return stopSets()[lang][word] }

// Informative returns the words of text without its stop words. In scripts without spaces the
// stop words are cut out of the runs, the longest first. When nothing would be left, all words
// are returned: «Wie geht das?» has to search for something.
func Informative(text, lang string) []Word {
	return AppendInformative(nil, Words(text, lang), text, lang)
}

// AppendInformative appends to dst what Informative returns for the words of text, which the
// caller has already.
func AppendInformative(dst, all []Word, text, lang string) []Word {
	set, from := stopSets()[lang], len(dst)
	for _, w := range all {
		switch {
		case w.Script == Ideographic:
			dst = appendRuns(dst, text, w, set)
		case !set[w.Text]:
			dst = append(dst, w)
		}
	}
	if len(dst) == from {
		return append(dst, all...)
	}
	return dst
}

// longestStop is the longest stop word of the scripts without spaces, in runes.
const longestStop = 6

// appendRuns appends what is left of an unspaced run once its stop words are cut out. What
// is left has offsets of its own only where normalising changed nothing.
func appendRuns(dst []Word, text string, w Word, stops map[string]bool) []Word {
	same := w.Text == text[w.Start:w.End]
	emit := func(from, to int) {
		if from == to {
			return
		}
		piece := Word{Span: w.Span, Text: w.Text[from:to], Script: w.Script}
		if same {
			piece.Span = Span{w.Start + from, w.Start + to}
		}
		dst = append(dst, piece)
	}
	start := 0
	for i := 0; i < len(w.Text); {
		if n := stopAt(w.Text[i:], stops); n > 0 {
			emit(start, i)
			i += n
			start = i
			continue
		}
		_, n := utf8.DecodeRuneInString(w.Text[i:])
		i += n
	}
	emit(start, len(w.Text))
	return dst
}

// stopAt returns the length in bytes of the longest stop word that text begins with, 0 for none.
func stopAt(text string, stops map[string]bool) int {
	best, end := 0, 0
	for range longestStop {
		if end == len(text) {
			break
		}
		_, n := utf8.DecodeRuneInString(text[end:])
		end += n
		if stops[text[:end]] {
			best = end
		}
	}
	return best
}
