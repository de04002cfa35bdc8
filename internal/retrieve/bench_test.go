package retrieve_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cited/internal/devdata"
	"cited/internal/embed"
	"cited/internal/index"
	"cited/internal/kb"
	"cited/internal/lang"
	"cited/internal/retrieve"
)

// German loads the catalogue of 1,490 German files once.
var german = sync.OnceValues(func() (*kb.Corpus, error) {
	return kb.Load(context.Background(), germanTree, time.Now())
})

var germanTree string

func germanCorpus(b *testing.B) *kb.Corpus {
	b.Helper()
	germanTree = filepath.Join(devdata.Folder(b), "dev", "kb", "ms-alchemy", "de")
	c, err := german()
	if err != nil {
		b.Fatal(err)
	}
	return c
}

var germanQuestions = []string{
	"Wie richte ich die zweistufige Überprüfung ein?",
	"Outlook synchronisiert keine E-Mails",
	"Abonnement kündigen und Geld zurück",
	"Warum startet Windows nach dem Update nicht mehr?",
	"OneDrive-Dateien wiederherstellen",
	"Wie kann ich mein Kennwort für Teams zurücksetzen, wenn ich mein Telefon verloren habe?",
}

func BenchmarkBuild(b *testing.B) {
	c := germanCorpus(b)
	for _, mode := range []retrieve.Mode{retrieve.Lexical, retrieve.Hybrid} {
		b.Run(string(mode), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := retrieve.Build(context.Background(), c, retrieve.Settings{Mode: mode, Analysis: lang.Stemmed, Embedder: embed.NewHashed()}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSearch asks one index each.
func BenchmarkSearch(b *testing.B) {
	c := germanCorpus(b)
	e := embed.NewHashed()
	texts := make([]string, len(c.Chunks))
	for i, k := range c.Chunks {
		texts[i] = index.EmbedText(k)
	}
	vectors, err := e.EmbedDocuments(context.Background(), texts)
	if err != nil {
		b.Fatal(err)
	}
	v, err := index.NewVector(context.Background(), e, c.Chunks, vectors)
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]retrieve.Searcher{"lexical": index.NewLexical(c, lang.Stemmed), "vector": v} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q := retrieve.Query{Text: germanQuestions[i%len(germanQuestions)], Lang: "de", Limit: 100}
				if _, err := s.Search(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRetrieve is one question, hybrid, as the server asks it.
func BenchmarkRetrieve(b *testing.B) {
	c := germanCorpus(b)
	x, err := retrieve.Build(context.Background(), c, retrieve.Settings{Mode: retrieve.Hybrid, Analysis: lang.Stemmed, Embedder: embed.NewHashed()}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(c.Chunks)), "chunks")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q := retrieve.Query{Text: germanQuestions[i%len(germanQuestions)], Lang: "de", Limit: 12}
		if _, err := x.Retrieve(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
}
