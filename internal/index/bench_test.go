package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cited/internal/devdata"
	"cited/internal/kb"
	"cited/internal/lang"
)

// helpCenters are the chunks of all knowledge bases of DATA/dev/kb.
var helpCenters = sync.OnceValues(func() (*kb.Corpus, error) {
	return kb.Load(context.Background(), helpCentersFolder, time.Now())
})

var helpCentersFolder string

// grown is a corpus of n chunks: those of the help centers, in one language or all (""), again and
// again. Each copy renames its documents, the numbers and a twentieth of the capitalised words.
func grown(tb testing.TB, n int, language string) *kb.Corpus {
	tb.Helper()
	helpCentersFolder = filepath.Join(devdata.Folder(tb), "dev", "kb")
	base, err := helpCenters()
	if err != nil {
		tb.Fatal(err)
	}
	c := &kb.Corpus{}
	var doc *kb.Document
	for copied := 0; len(c.Chunks) < n; copied++ {
		r := rand.New(rand.NewPCG(uint64(copied), 1))
		for _, k := range base.Chunks {
			if len(c.Chunks) == n {
				break
			}
			if language != "" && k.Lang != language {
				continue
			}
			renamed := copyOf(k)
			renamed.DocumentID = fmt.Sprintf("c%03d/%s", copied, k.DocumentID)
			renamed.ID = fmt.Sprintf("c%03d/%s", copied, k.ID)
			if copied > 0 {
				renamed.Plain = rename(r, copied, k.Plain)
			}
			if doc == nil || doc.ID != renamed.DocumentID {
				doc = &kb.Document{ID: renamed.DocumentID, Title: k.Title, Lang: k.Lang, Boost: 1}
				c.Documents = append(c.Documents, doc)
			}
			c.Chunks = append(c.Chunks, renamed)
		}
	}
	return c
}

func rename(r *rand.Rand, copied int, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		switch {
		case w[0] >= '0' && w[0] <= '9':
			words[i] = strconv.Itoa(r.IntN(100_000))
		case w[0] >= 'A' && w[0] <= 'Z' && r.IntN(20) == 0:
			words[i] = w + strconv.FormatInt(int64(copied), 36)
		}
	}
	return strings.Join(words, " ")
}

// benchSizes are the numbers of chunks to measure: CITED_BENCH_CHUNKS, or a small one.
func benchSizes() []int {
	sizes := []int{20_000}
	if list := os.Getenv("CITED_BENCH_CHUNKS"); list != "" {
		sizes = nil
		for s := range strings.FieldsSeq(list) {
			n, _ := strconv.Atoi(s)
			sizes = append(sizes, n)
		}
	}
	return sizes
}

var benchQuestions = []Query{
	{Text: "Wie richte ich die zweistufige Überprüfung ein?", Lang: "de"},
	{Text: "Outlook synchronisiert keine E-Mails", Lang: "de"},
	{Text: "how do I reset the password of my Arduino account", Lang: "en"},
	{Text: "catalog price rule is not applied after reindex", Lang: "en"},
	{Text: "Warum startet Windows nach dem Update nicht mehr?", Lang: "de"},
	{Text: "How can I change the shipping cost of a carrier in the back office?", Lang: "en"},
	{Text: "كيف يمكنني إعادة تعيين كلمة المرور", Lang: "ar"},
	{Text: "如何恢复已删除的文件", Lang: "zh"},
	{Text: "비밀번호를 재설정하려면 어떻게 해야 하나요", Lang: "ko"},
	{Text: "What is the licence of an open source project?", Lang: "en"},
}

func BenchmarkLexicalSearch(b *testing.B) {
	for _, n := range benchSizes() {
		for _, language := range []string{"en", ""} {
			l := NewLexical(grown(b, n, language), lang.Stemmed)
			questions := slices.DeleteFunc(slices.Clone(benchQuestions), func(q Query) bool { return language != "" && q.Lang != language })
			for _, limit := range []int{10, 100} {
				b.Run(fmt.Sprintf("chunks=%d%s/limit=%d", n, language, limit), func(b *testing.B) {
					b.ReportAllocs()
					reportProcessor(b, func() {
						for i := 0; b.Loop(); i++ {
							q := questions[i%len(questions)]
							q.Limit = limit
							if _, err := l.Search(context.Background(), q); err != nil {
								b.Fatal(err)
							}
						}
					})
				})
			}
		}
	}
}

// BenchmarkLexicalTyping is what search as you type adds: prefixes, short and long, and words that
// have to be corrected.
func BenchmarkLexicalTyping(b *testing.B) {
	for _, n := range benchSizes() {
		l := NewLexical(grown(b, n, ""), lang.Stemmed)
		for name, q := range map[string]Query{
			"prefix=2":   {Text: "how to re", Lang: "en", Prefix: true},
			"prefix=4":   {Text: "shipping cost carr", Lang: "en", Prefix: true},
			"corrected":  {Text: "shipping cost of a cxrrier", Lang: "en"},
			"corrected5": {Text: "shipping cost of a ordxr", Lang: "en"},
			"clean":      {Text: "shipping cost of a carrier", Lang: "en"},
		} {
			q.Limit = 10
			b.Run(fmt.Sprintf("chunks=%d/%s", n, name), func(b *testing.B) {
				reportProcessor(b, func() {
					for b.Loop() {
						if _, err := l.Search(context.Background(), q); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkLexicalWith is one edited document.
func BenchmarkLexicalWith(b *testing.B) {
	for _, n := range benchSizes() {
		c := grown(b, n, "")
		l := NewLexical(c, lang.Stemmed)
		b.Run(fmt.Sprintf("chunks=%d", n), func(b *testing.B) {
			reportProcessor(b, func() {
				for i := 0; b.Loop(); i++ {
					l = l.With(c, c, []string{c.Documents[i*7919%len(c.Documents)].ID})
				}
			})
			b.ReportMetric(float64(len(l.layers)), "segments")
		})
		b.Run(fmt.Sprintf("open/chunks=%d", n), func(b *testing.B) {
			data := stored(l)
			for b.Loop() {
				if _, err := OpenLexical(data, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLexicalBuild(b *testing.B) {
	for _, n := range benchSizes() {
		c := grown(b, n, "")
		bytes := 0
		for _, k := range c.Chunks {
			bytes += len(k.Plain)
		}
		b.Run(fmt.Sprintf("chunks=%d", n), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			var l *Lexical
			reportProcessor(b, func() {
				for b.Loop() {
					l = NewLexical(c, lang.Stemmed)
				}
			})
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "chunks/s")
			s := l.layers[0].segment
			b.ReportMetric(float64(s.Size())/float64(n), "B/chunk")
			b.ReportMetric(float64(len(s.postings))/float64(n), "postingsB/chunk")
			b.ReportMetric(float64(len(s.ids)+len(s.idStarts))/float64(n), "idsB/chunk")
			b.ReportMetric(float64(s.wordCount), "words")
			runtime.KeepAlive(l)
		})
	}
}
