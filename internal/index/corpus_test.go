package index

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cited/internal/kb"
)

// chunkOf is a chunk of a document of its own.
func chunkOf(id, language, plain string) *kb.Chunk {
	return &kb.Chunk{ID: id + "#1", DocumentID: id, Plain: plain, Lang: language, Audience: kb.Public}
}

// corpusOf is a corpus of chunks, given in the order of their ids, with a bare document each.
func corpusOf(chunks ...*kb.Chunk) *kb.Corpus {
	c := &kb.Corpus{Chunks: chunks}
	for _, k := range chunks {
		c.Documents = append(c.Documents, &kb.Document{ID: k.DocumentID, Title: k.Title, Lang: k.Lang, Boost: 1})
	}
	return c
}

// vocabulary has words whose stems differ by language, stop words, a name and a code.
var vocabulary = map[string][]string{
	"en": strings.Fields("return returns returned returning parcel parcels the a how when refund refunds shoe shoes Fennwick A1034 rat rate"),
	"de": strings.Fields("Rückgabe Rückgaben zurückgeben Paket Pakete der die wie wann Erstattung Schuhe Schuh Fennwick A1034 Rat Rate"),
	"ar": strings.Fields("الإرجاع ارجاع كيف متى الطرد طرود حذاء أحذية Fennwick"),
	"bg": strings.Fields("връщане връщането пратка пратки как кога обувки обувка Fennwick"),
	"ko": strings.Fields("반품은 반품을 어떻게 언제 택배가 택배를 신발은 Fennwick에서"),
	"zh": strings.Fields("如何退货 退货期限 什么时候退款 包裹 鞋子 Fennwick礼品卡 的"),
	"":   strings.Fields("xyzzy plugh Fennwick A1034"),
}

var vocabularies = []string{"en", "de", "ar", "bg", "ko", "zh", ""}

func sentence(r *rand.Rand, language string, most int) string {
	words := vocabulary[language]
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

// randomCorpus fills every field that the index reads.
func randomCorpus(r *rand.Rand, documents int, languages []string) *kb.Corpus {
	c := &kb.Corpus{}
	for i := range documents {
		language := languages[r.IntN(len(languages))]
		d := &kb.Document{ID: fmt.Sprintf("d%05d", i), Title: sentence(r, language, 3), Lang: language, Description: sentence(r, language, 4),
			Tags: strings.Fields(sentence(r, language, 2)), Questions: []string{sentence(r, language, 5)}, Boost: float64(r.IntN(4)) / 2}
		c.Documents = append(c.Documents, d)
		for n := range r.IntN(3) + 1 {
			k := &kb.Chunk{ID: fmt.Sprintf("%s#%d", d.ID, n), DocumentID: d.ID, Title: d.Title, Lang: language, Plain: sentence(r, language, 12),
				Context: sentence(r, language, 2), Headings: []string{sentence(r, language, 3)}, Audience: kb.Public}
			if r.IntN(4) == 0 {
				k.Audience = kb.Internal
			}
			c.Chunks = append(c.Chunks, k)
		}
	}
	return c
}

func search(t testing.TB, l *Lexical, q Query) []Match {
	t.Helper()
	matches, err := l.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return matches
}

func ids(matches []Match) string {
	var b strings.Builder
	for _, m := range matches {
		b.WriteString(m.ChunkID + " ")
	}
	return strings.TrimSuffix(b.String(), " ")
}

// copyOf is a chunk of its own with what indexes read of k.
func copyOf(k *kb.Chunk) *kb.Chunk {
	return &kb.Chunk{
		ID: k.ID, DocumentID: k.DocumentID, Title: k.Title, Headings: k.Headings, Anchor: k.Anchor, Text: k.Text, Plain: k.Plain,
		Context: k.Context, Start: k.Start, End: k.End, Lang: k.Lang, Audience: k.Audience,
	}
}
