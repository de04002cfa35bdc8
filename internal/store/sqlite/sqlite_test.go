package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/internal/review"
	"cited/internal/verify"
)

// The store is what wire.go hands to these.
var _ answer.Recorder = (*Store)(nil)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// open opens a store in path, with ids r1, r2, … and a clock that stands still.
func open(t *testing.T, path string, pragmas ...string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, options(pragmas...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func options(pragmas ...string) Options {
	var mu sync.Mutex
	n := 0
	return Options{pragmas: pragmas, Now: func() time.Time { return noon }, NewID: func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("r%d", n)
	}}
}

// example is an answer with every field set, text that JSON escapes among them.
func example(id string, d answer.Decision, of kb.Audience) answer.Answer {
	return answer.Answer{
		ID: id, Object: "answer", Created: noon.Add(123456789), Question: "Wie <b>lange</b> & warum? نعم\u2028", Lang: "de",
		Decision: d, Text: "30 Tage. [1]", Audience: of,
		Statements: []answer.Statement{{Text: "30 Tage.", Supported: true, Citations: []int{1}}},
		Citations: []answer.Citation{{N: 1, DocumentID: "de/r", Section: "de/r#x", Title: "R", Headings: []string{"X"},
			URL: "/help/de/r#x", Quote: "**30** Tage.", QuoteText: "30 Tage.", Start: 3, End: 15, SourceHash: "sha256:00", Lang: "de", Score: 0.71}},
		Confidence:  answer.Confidence{Score: 0.3, Signals: verify.Signals{verify.Support: 1}},
		Suggestions: []answer.Suggestion{{Title: "R", URL: "/help/de/r"}}, Options: []answer.Option{},
		Drafter: "extractive", Degraded: []string{"vector: slow"}, Corpus: "sha256:01", TimingsMS: map[string]float64{"total": 2.4},
		Draft: []verify.Statement{
			{Text: "30 Tage.", Kind: kb.Step, Supported: true, Citations: []verify.Citation{{DocumentID: "de/r", Quote: "**30** Tage.", Start: 3, End: 15}}},
			{Text: "31 Tage.", Reason: "number 31 is not in the quote"},
		},
	}
}

func TestRecordThenAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder?#%41", "cited.db")
	s := open(t, path)
	sent := map[string][]byte{}
	for _, d := range []answer.Decision{answer.Answered, answer.Abstained, answer.InReview} {
		a := example("id-"+string(d), d, kb.Public)
		reviewID, err := s.Record(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		if (reviewID != "") != (d == answer.InReview) {
			t.Errorf("%s: review id %q", d, reviewID)
		}
		if reviewID != "" {
			a.ReviewID = &reviewID
		}
		if sent[a.ID], err = json.Marshal(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	for id, want := range sent {
		got, err := s.Answer(t.Context(), id, kb.Public)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("Answer(%s) = %v\n%s\nwant\n%s", id, err, got, want)
		}
	}
	if n := count(t, s, "migrations"); n != len(migrations()) {
		t.Errorf("%d migrations recorded, want %d", n, len(migrations()))
	}
}

func TestRecordOpensReviewWithDraft(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "cited.db"))
	if _, err := s.Record(t.Context(), example("a1", answer.InReview, kb.Internal)); err != nil {
		t.Fatal(err)
	}
	var text, state, answerID string
	if err := s.read.QueryRow(`SELECT item, state, answer_id FROM reviews WHERE id = 'r1'`).Scan(&text, &state, &answerID); err != nil {
		t.Fatal(err)
	}
	var item review.Item
	if err := json.Unmarshal([]byte(text), &item); err != nil {
		t.Fatal(err)
	}
	if state != "open" || answerID != "a1" || item.ID != "r1" || item.Audience != kb.Internal {
		t.Errorf("state %q of %q: %+v", state, answerID, item)
	}
	if len(item.Draft) != 2 || item.Draft[0].Kind != "step" || item.Draft[0].Citations[0].Quote != "**30** Tage." || item.Draft[1].Supported {
		t.Errorf("draft = %+v", item.Draft)
	}
	if want := []string{"number 31 is not in the quote", "vector: slow"}; !slices.Equal(item.Reasons, want) {
		t.Errorf("reasons = %q, want %q", item.Reasons, want)
	}
}

func TestAnswerKeepsItsAudience(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "cited.db"))
	for id, of := range map[string]kb.Audience{"pub": kb.Public, "int": kb.Internal, "none": ""} {
		if _, err := s.Record(t.Context(), example(id, answer.Answered, of)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		id     string
		reader kb.Audience
		found  bool
	}{
		{"pub", kb.Public, true}, {"pub", kb.Internal, true}, {"pub", "", true}, {"none", "", true},
		{"int", kb.Public, false}, {"int", "", false}, {"int", "INTERNAL", false}, {"int", kb.Internal, true},
		{"nowhere", kb.Internal, false}, {"", kb.Internal, false},
	} {
		_, err := s.Answer(t.Context(), tc.id, tc.reader)
		if tc.found != (err == nil) || !tc.found && !errors.Is(err, review.ErrNotFound) {
			t.Errorf("Answer(%q, %q): %v", tc.id, tc.reader, err)
		}
		err = s.Feedback(t.Context(), tc.id, tc.reader, review.Feedback{Thumbs: 1})
		if tc.found != (err == nil) || !tc.found && !errors.Is(err, review.ErrNotFound) {
			t.Errorf("Feedback(%q, %q): %v", tc.id, tc.reader, err)
		}
	}
}

func TestFeedbackIsAppended(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "cited.db"))
	if _, err := s.Record(t.Context(), example("a", answer.Answered, kb.Public)); err != nil {
		t.Fatal(err)
	}
	for _, f := range []review.Feedback{{Thumbs: 1}, {Thumbs: 0, Tags: []string{"outdated", "other"}, Notes: "alt"}, {Thumbs: 1}} {
		if err := s.Feedback(t.Context(), "a", kb.Public, f); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, s, "feedback"); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	bad := map[string]review.Feedback{
		"thumbs": {Thumbs: 2}, "tags": {Tags: []string{"rude"}}, "notes": {Notes: strings.Repeat("ä", review.MaxNotes+1)},
	}
	for field, f := range bad {
		var fe *review.FeedbackError
		if err := s.Feedback(t.Context(), "a", kb.Public, f); !errors.As(err, &fe) || fe.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestConcurrentRecordsLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cited.db")
	// Two stores on one file are two processes, as far as SQLite can tell.
	stores := []*Store{open(t, path), open(t, path)}
	stores[1].newID = func() string { return "x" + stores[0].newID() }
	var wg sync.WaitGroup
	errs := make(chan error, 100)
	for i := range 50 {
		wg.Go(func() {
			d := []answer.Decision{answer.Answered, answer.InReview}[i/2%2]
			_, err := stores[i%2].Record(context.Background(), example(fmt.Sprint(i), d, kb.Public))
			errs <- err
			_, err = stores[(i+1)%2].Answer(context.Background(), fmt.Sprint(i), kb.Public)
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if a, r := count(t, stores[0], "answers"), count(t, stores[0], "reviews"); a != 50 || r != 24 {
		t.Errorf("%d answers, %d reviews; want 50, 24", a, r)
	}
}

func TestFullDiskLeavesNothingHalfWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cited.db")
	s := open(t, path, "max_page_count(40)")
	kept := 0
	var err error
	for ; err == nil && kept < 1000; kept++ {
		_, err = s.Record(t.Context(), example(fmt.Sprint(kept), answer.InReview, kb.Public))
	}
	kept-- // the one that failed
	if err == nil || !strings.Contains(err.Error(), "store: record answer") || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("after %d answers: %v", kept, err)
	}
	if a, r := count(t, s, "answers"), count(t, s, "reviews"); a != kept || r != kept {
		t.Errorf("%d answers and %d reviews, want %d of each", a, r, kept)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path) // room again
	if _, err := s.Record(t.Context(), example("later", answer.Answered, kb.Public)); err != nil {
		t.Error(err)
	}
	if _, err := s.Answer(t.Context(), fmt.Sprint(kept-1), kb.Public); err != nil {
		t.Error(err)
	}
}

func TestOpenFaults(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, []byte("x"))
	garbage := filepath.Join(dir, "garbage.db")
	write(t, garbage, []byte(strings.Repeat("this is no database\n", 300)))
	cut := filepath.Join(dir, "cut.db")
	s := open(t, cut)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(cut)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < 3*4096; i++ {
		whole[i] = 0xff
	}
	write(t, cut, whole)
	newer := filepath.Join(dir, "newer.db")
	s = open(t, newer)
	if _, err := s.write.Exec(`INSERT INTO migrations VALUES ('9999_future.sql', '')`); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(file, "sub", "cited.db"): "not a directory",
		dir:                                    "is a directory",
		garbage:                                "damaged or is not a SQLite database",
		cut:                                    "damaged or is not a SQLite database",
		newer:                                  "written by a newer version",
	} {
		s, err := Open(t.Context(), path, Options{})
		if err == nil || s != nil || !strings.HasPrefix(err.Error(), "store: open "+path) || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s) = %v, %v; want %q", path, s, err, want)
		}
	}
	if got, err := os.ReadFile(garbage); err != nil || !bytes.HasPrefix(got, []byte("this is no database")) {
		t.Errorf("a file that is no database was changed: %v", err)
	}
}

func TestMigrateStepwise(t *testing.T) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(t.TempDir(), "m.db")))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := func() time.Time { return noon }
	one := []migration{{"0001_a.sql", "CREATE TABLE a (x)"}}
	two := append(slices.Clone(one), migration{"0002_b.sql", "CREATE TABLE b (x); INSERT INTO b VALUES (1)"})
	bad := append(slices.Clone(two), migration{"0003_c.sql", "CREATE TABLE c (x); INSERT INTO nowhere VALUES (1)"})
	for _, steps := range [][]migration{one, one, two, two} {
		if err := migrate(t.Context(), db, now, steps); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(t.Context(), db, now, bad); err == nil || !strings.Contains(err.Error(), "0003_c.sql") {
		t.Errorf("a broken step: %v", err)
	}
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name = 'c'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("half of a broken step is there: %d, %v", n, err)
	}
	if err := migrate(t.Context(), db, now, one); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("an older binary: %v", err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "cited.db")
	open(t, path)
	for _, p := range []string{path, filepath.Dir(path)} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *Store, table string) int {
	t.Helper()
	var n int
	if err := s.read.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
