package retrieve

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cited/internal/kb"
	"cited/internal/lang"
)

const long = "Send the parcel back with the label from the box and keep the receipt of the post office until the refund " +
	"has reached your account, which takes a few working days after the parcel has been scanned at our warehouse"

func TestRepeats(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		lang       string // of b
		want       bool
	}{
		{"the same", long, long, "en", true},
		{"case, marks and spaces", long, strings.ToUpper(strings.ReplaceAll(long, " ", "  ")) + "!", "en", true},
		{"one more word", long, long + " again", "en", true},
		{"another ending", long, long + " and then the whole thing starts again from its very beginning, as it always did", "en", false},
		{"another language", long, long, "de", false},
		{"another number", long + " within 30 days", long + " within 14 days", "en", false},
		{"a number more", long, long + " 30", "en", false},
		{"the same numbers", long + " 30 or 14", long + " 14 or 30", "en", true},
		{"another order of words", "one two three four five six", "six five four three two one", "en", false},
		{"Chinese", "退货期限为收货之后的第三十天，包裹请寄回仓库", "退货期限为收货之后的第三十天，包裹请寄回仓库。", "en", true},
		{"Chinese, another", "退货期限为收货之后的第三十天", "礼品卡有效期为两年", "en", false},
		{"one word", "Returns", "returns.", "en", true},
		{"numbers in words and signs", long + " (v2, 3½ or ٣٠)", long + " (v2, 3½ or 30)", "en", true},
		{"another sign", long + " for 2½ days", long + " for 2¼ days", "en", false},
		{"a code is no number", long + " with the code A1034", long + " with the code A1035", "en", true},
		{"nothing", "", "", "en", false},
		{"nothing and something", "", "Returns", "en", false},
	} {
		a, b := newReader(&kb.Chunk{Plain: tt.a, Lang: "en"}), newReader(&kb.Chunk{Plain: tt.b, Lang: tt.lang})
		if a.repeats(b) != tt.want || b.repeats(a) != tt.want {
			t.Errorf("%s: %v and %v, want %v", tt.name, a.repeats(b), b.repeats(a), tt.want)
		}
	}
}

// TestRetrieveMerges: the best of near-duplicates stays, the ranks close up, and what lies
// deeper fills the limit. Rank keeps them all.
func TestRetrieveMerges(t *testing.T) {
	var chunks []*kb.Chunk
	for i := range 30 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("copy%02d", i), long))
	}
	for i := range 8 {
		chunks = append(chunks, chunkOf(fmt.Sprintf("other%d", i), fmt.Sprintf("The refund of the parcel number %d is on its way; %s", i, strings.Repeat("please wait ", i+1))))
	}
	for _, mode := range []Mode{Lexical, Hybrid} {
		x := build(t, corpusOf("", chunks...), mode, &letters{}, nil)
		q := english("send the parcel back with the label from the box", 6)
		got := retrieve(t, x, q)
		if len(got.Hits) != 6 || got.Hits[0].Chunk.DocumentID != "copy00" || strings.Count(documents(got.Hits), "copy") != 1 {
			t.Errorf("%s: %s", mode, documents(got.Hits))
		}
		for i, h := range got.Hits {
			if h.Rank != i+1 || i > 0 && h.Score > got.Hits[i-1].Score {
				t.Errorf("%s: hit %d has rank %d and score %v", mode, i, h.Rank, h.Score)
			}
		}
		ranked, err := x.Rank(context.Background(), q)
		if err != nil || strings.Count(documents(ranked.Hits), "copy") != 6 {
			t.Errorf("%s: rank merges: %s, %v", mode, documents(ranked.Hits), err)
		}
	}
}

// TestRetrievePrefersOwnFolder: of copies that score the same, the one in the folder of its own
// language stays.
func TestRetrievePrefersOwnFolder(t *testing.T) {
	bengali := chunkOf("bn/howto", "পার্সেল তিন দিনে আসে।")
	bengali.Lang, bengali.ID = "bn", "bn/howto#1"
	x := build(t, corpusOf("", chunkOf("bn/guide", long), bengali, chunkOf("en/guide", long)), Lexical, &letters{}, nil)
	got := retrieve(t, x, english("send the parcel back with the label from the box", 3))
	if len(got.Hits) == 0 || got.Hits[0].Chunk.DocumentID != "en/guide" || strings.Contains(documents(got.Hits), "bn/guide") {
		t.Errorf("found %s", documents(got.Hits))
	}
}

// TestSketch: chunks that repeat each other have sketches alike, on all that the shop says: the
// sketch saves work and decides nothing.
func TestSketch(t *testing.T) {
	corpus, err := kb.Load(context.Background(), filepath.Join("..", "..", "kb"), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	readers := make([]*reader, len(corpus.Chunks))
	for i, c := range corpus.Chunks {
		readers[i] = newReader(c)
	}
	// What an edit leaves alike: a word replaced, the end cut off.
	for _, c := range corpus.Chunks {
		words := strings.Fields(c.Plain)
		if len(words) < 20 {
			continue
		}
		words[len(words)/2] = "altogether"
		for _, plain := range []string{strings.Join(words, " "), strings.Join(words[:len(words)-1], " ")} {
			readers = append(readers, newReader(&kb.Chunk{Plain: plain, Lang: c.Lang}))
		}
	}
	repeats, alike := 0, 0
	for i := range readers {
		for j := range i {
			same, like := readers[i].repeats(readers[j]), readers[i].sketch.like(&readers[j].sketch)
			if same {
				repeats++
			}
			if like {
				alike++
			}
			if same && !like {
				t.Fatalf("%d and %d say the same, their sketches do not", i, j)
			}
		}
	}
	if repeats < 500 || alike > 10*repeats {
		t.Errorf("%d pairs repeat each other, %d sketches are alike of %d", repeats, alike, len(readers)*len(readers)/2)
	}
}

// TestNumbers: what reading the fields with digits finds is what reading all words would.
func TestNumbers(t *testing.T) {
	corpus, err := kb.Load(context.Background(), filepath.Join("..", "..", "kb"), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	corpus.Chunks = append(corpus.Chunks, &kb.Chunk{Plain: "1 000,5 и ½\u00a0x₂ 3일 第30天、٣٠٫٥ ①Ⅳ 4\u200b5\v6 7.\n8\r9", Lang: "ru"})
	numbers := 0
	for _, c := range corpus.Chunks {
		var want []uint64
		for _, w := range lang.Words(c.Plain, c.Lang) {
			if w.Script == lang.Digits {
				want = append(want, hash(hashStart, w.Text))
			}
		}
		got := numbersIn(c)
		if want = distinct(want); !slices.Equal(got, want) {
			t.Errorf("%q: %d numbers, want %d", c.Plain, len(got), len(want))
		}
		numbers += len(want)
	}
	if numbers < 1000 {
		t.Errorf("%d numbers in the shop", numbers)
	}
}
