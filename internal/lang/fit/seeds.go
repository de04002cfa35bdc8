package main

import (
	"math/rand/v2"
	"strings"
)

// seeds holds common words, written for this command, of languages that DATA/train has no text in.
// Without them a Swedish question would pass for German with certainty. The classifier learns
// function words and letter sequences from them, no more: expect it to be right on a sentence, not
// on a single word.
var seeds = map[string]string{
	"sv": `och att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år säga
hon under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då
sedan över bara in blir upp även vad få två vill ha många hur mer går sverige dem mig oss er era ert din ditt dina min
mitt mina vår våra hans hennes detta dessa denna något någon några ingen inget inga varför vilken vilket vilka vem
måste kunna göra gör ger ta tar köpa köpt beställning beställa beställt leverans leveranser leveranstid frakt frakten
fraktkostnad betala betalning betalar kostar kostnad pris priset returnera retur returer byta återbetalning pengar
tillbaka varan varor vara paket paketet spåra skicka skickar skickas kundtjänst konto lösenord glömt inloggning logga
adress ändra avbryta avboka kvitto faktura rabatt rabattkod storlek färg garanti öppettider butik hjälp behöver fråga
frågor svar länge dagar veckor timmar idag imorgon fungerar trasig fel saknas skadad hemma person personer människor
smitta sjuk symptom barn arbete risk använda själv samma första nya stora bättre bäst kanske redan alltid aldrig
mellan utan eftersom medan trots därför således hej tack snälla ursäkta ja nej gärna kring sådan sådana bör får inte
hur lång tid tar det|vad kostar det|var är mitt paket|kan jag lämna tillbaka|hur gör jag för att|när kommer min
|finns det|vad är det för|vad händer om|hur kan jag|kan man|måste jag|ska jag|är det|har ni`,
	"da": `og at det som en på er af for med til den har de ikke om et han men var jeg sig fra vi så kan når år sige hun
under også efter eller nu sin der ved mod skal skulle kommer ud får findes være havde alle andre meget end her da siden
over kun ind bliver op hvad få to vil have mange hvordan mere går danmark dem mig os jer jeres din dit dine min mit mine
vores hans hendes dette disse denne noget nogen nogle ingen intet hvorfor hvilken hvilket hvilke hvem hvor hvornår må
kunne gøre gør giver tage tager købe købt bestilling bestille bestilt ordre levering leveringstid fragt betale betaling
koster pris prisen returnere retur bytte ombytning pengene penge tilbage varen varer pakke pakken spore sende sender
sendes kundeservice konto adgangskode kodeord glemt logge adresse ændre annullere afbestille kvittering faktura rabat
rabatkode størrelse farve garanti åbningstider butik hjælp behøver spørgsmål svar længe dage uger timer i dag i morgen
virker ikke ødelagt fejl mangler beskadiget hjemme folk mennesker bruge selv samme første nye store bedre bedst måske
allerede altid aldrig mellem uden fordi mens derfor hej tak undskyld ja nej gerne omkring sådan bør blev blevet været
hvor lang tid tager det|hvad koster det|hvor er min pakke|kan jeg returnere|hvordan kan jeg|hvornår kommer min|er det
|hvad sker der hvis|hvordan gør jeg|kan man|skal jeg|har I|jeg vil gerne|hvor meget`,
	"no": `og at det som en på er av for med til den har de ikke om et han men var jeg seg fra vi så kan når år si hun under
også etter eller nå sin der ved mot skal skulle kommer ut får finnes være hadde alle andre mye enn her da siden over
bare inn blir opp hva få to vil ha mange hvordan mer går norge dem meg oss dere deres din ditt dine min mitt mine vår
våre hans hennes dette disse denne noe noen ingen ingenting hvorfor hvilken hvilket hvilke hvem hvor må kunne gjøre
gjør gir ta tar kjøpe kjøpt bestilling bestille bestilt ordre levering leveringstid frakt betale betaling koster pris
prisen returnere retur bytte pengene penger tilbake varen varer pakke pakken spore sende sender sendes kundeservice
konto passord glemt logge adresse endre avbestille kansellere kvittering faktura rabatt rabattkode størrelse farge
garanti åpningstider butikk hjelp trenger spørsmål svar lenge dager uker timer i dag i morgen virker fungerer ødelagt
feil mangler skadet hjemme folk mennesker bruke selv samme første nye store bedre best kanskje allerede alltid aldri
mellom uten fordi mens derfor hei takk unnskyld ja nei gjerne rundt slik bør ble blitt vært
hvor lang tid tar det|hva koster det|hvor er pakken min|kan jeg returnere|hvordan kan jeg|når kommer|er det mulig
|hva skjer hvis|hvordan gjør jeg|kan man|skal jeg|har dere|jeg vil gjerne|hvor mye`,
	"fi": `ja on ei se että en oli mutta hän ovat kun niin mitä tämä minä sinä te me he ne olen olet olemme ole olla ollut
joka jotka jos kuin vain myös nyt sitten voi voin voit voiko voinko voitte miten miksi milloin missä mistä mihin kuka
kuinka paljon kauan kestää maksaa maksu maksaminen maksutavat hinta hinnat tilaus tilauksen tilaukseni tilata tilasin
toimitus toimitusaika toimituksen toimitetaan lähetys paketti pakettini palautus palauttaa palautan palautuksen rahat
takaisin vaihtaa vaihto tuote tuotteen tuotteet tuotetta asiakaspalvelu tili tilini salasana salasanan unohdin kirjautua
sisään osoite osoitteen muuttaa peruuttaa peruutus kuitti lasku alennus alennuskoodi koko väri takuu aukioloajat kauppa
myymälä apua tarvitsen kysymys vastaus päivää viikkoa tuntia tänään huomenna toimi toimii rikki viallinen puuttuu
vaurioitunut kotiin kanssa ilman ennen jälkeen aikana koska vaikka siksi hei kiitos anteeksi kyllä ehkä aina koskaan
jo vielä enemmän parempi paras uusi uuden suuri ensimmäinen kaikki monta joku mikään mikä mitkä minun sinun hänen
meidän teidän heidän minulla sinulla onko eikö saako saanko pitääkö käyttää käytän tehdä teen tulee saa haluan haluaisin
ihmiset ihminen lapsi työ suomi suomessa tietoa lisätietoja verkkokauppa sähköposti puhelin numero kortti
kuinka kauan toimitus kestää|missä tilaukseni on|voinko palauttaa tuotteen|miten voin|paljonko se maksaa|onko teillä`,
	"hu": `a az és hogy nem is egy ez de van volt csak meg már el mint ki ha vagy még én te ő mi ti ők azt ezt ami aki amely
hol hova honnan mikor miért hogyan mennyi mennyibe kerül kell lehet tud tudok tudom tudja fog lesz lenne minden más
nagyon több jó jobb legjobb új nagy első után előtt alatt között nélkül mert vagyok vagyunk vannak voltak nincs
nincsenek sem mit kit kinek melyik milyen hány rendelés rendelésem rendelést rendelni megrendelés szállítás szállítási
költség kiszállítás fizetés fizetni fizetési ár ára visszaküldés visszaküldeni visszaküldhetem visszatérítés pénz
vissza csere kicserélni termék terméket termékek csomag csomagom csomagot követés nyomon követni küldeni ügyfélszolgálat
fiók fiókom jelszó jelszavam elfelejtettem bejelentkezés cím címet módosítani megváltoztatni lemondani törölni számla
nyugta kedvezmény kupon méret szín garancia nyitvatartás üzlet bolt segítség szükségem kérdés válasz nap napon hét óra
ma holnap működik elromlott hibás hiányzik sérült otthon emberek ember használni használ saját ugyanaz talán mindig
soha köszönöm kérem elnézést igen szia kapcsolat szeretnék szeretném kapok kaphatok ahol amikor amit akkor ezek azok
ön önök nekem neked neki nekünk velem ennek annak ebben abban erre arra ezért azért így úgy itt ott most majd pedig
illetve azonban szerint által számára ban ben nak nek ról ről tól től hoz hez val vel projekt nyílt forráskódú közösség
mennyi idő alatt|hol van a csomagom|hogyan lehet|vissza lehet küldeni|mennyibe kerül a szállítás|mi a teendő ha`,
	"id": `yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih
kata tahun sudah atau saat oleh menjadi orang ia telah adalah seperti sebagai bahwa dapat para harus namun kita dua satu
masih hari hanya mengatakan kepada kami setelah melakukan lalu belum lain dia kalau terjadi banyak menurut anda hingga
tak baru beberapa ketika saja jalan sekitar secara dilakukan sementara tapi sangat hal sehingga seorang bagi besar lagi
selama antara waktu sebuah jika sampai jadi terhadap tiga serta pun salah merupakan atas sejak membuat baik memiliki
kembali selain tetapi pertama kedua memang pernah apa mulai sama tentang bukan agar semua sedang kali kemudian hasil
apakah bagaimana kapan dimana mana mengapa kenapa siapa berapa lama harga biaya pesanan saya memesan pesan pengiriman
dikirim kirim ongkos bayar membayar pembayaran pengembalian mengembalikan uang tukar menukar barang produk paket lacak
melacak layanan pelanggan akun kata sandi lupa masuk alamat mengubah ganti membatalkan batal faktur struk diskon kode
ukuran warna garansi jam buka toko bantuan butuh pertanyaan jawaban rusak hilang cacat hubungi cara tolong terima kasih
maaf ya boleh menggunakan digunakan kapan pesanan saya tiba berkontribusi proyek sumber terbuka anggota komunitas
berapa lama pengiriman|di mana pesanan saya|bagaimana cara|apakah saya bisa|bisakah saya|berapa biaya`,
	"vi": `và của là có được cho trong không các với người một này đã khi những từ để đến cũng như tôi bạn chúng ta ông bà
anh chị em nó họ ở trên dưới ra vào lên xuống về nếu thì mà nhưng hay hoặc vì nên do bởi tại sao gì nào đâu ai bao nhiêu
bao lâu bao giờ thế nào làm sao cách phải cần muốn thể sẽ đang rất nhiều ít hơn nhất mới cũ lớn nhỏ tốt đầu tiên hai ba
bốn năm tháng ngày giờ tuần hôm nay ngày mai đơn hàng đặt hàng giao hàng vận chuyển phí thanh toán trả tiền giá đổi trả
hoàn tiền hoàn lại sản phẩm gói hàng theo dõi gửi khách hàng dịch vụ tài khoản mật khẩu quên đăng nhập địa chỉ thay đổi
hủy hóa đơn giảm giá mã kích thước màu bảo hành mở cửa cửa hàng giúp đỡ câu hỏi trả lời hỏng thiếu lỗi xin chào cảm ơn
xin lỗi vâng dùng sử dụng tên gọi nước nơi thành phố quốc gia công ty trường đại học thời gian số phần việc con loại
điều ngôn ngữ thế giới chính phủ sau trước giữa theo qua bằng đó đây kia còn chỉ lại đều mỗi mọi vẫn rồi chưa bị ngoài
hiện thuộc nhà nhóm đội trận chiến vua lần tổng quan hệ thống nghiên cứu phát triển sự quyền luật diễn khác nhau
ai là người|bao nhiêu|tại sao|khi nào|ở đâu|cái gì|làm thế nào để|có thể|tên của|điều gì`,
}

// seeded draws one to eight words of a seed list, in their order half of the time, so that pairs
// that belong together are seen together.
func seeded(rng *rand.Rand, list []string) string {
	n := 1 + rng.IntN(8)
	if rng.IntN(2) == 0 {
		at := rng.IntN(len(list) - n)
		return strings.Join(list[at:at+n], " ")
	}
	words := make([]string, n)
	for i := range words {
		words[i] = list[rng.IntN(len(list))]
	}
	return strings.Join(words, " ")
}
