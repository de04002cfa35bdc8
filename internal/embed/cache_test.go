package embed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var exact = NewHashed()

// counting embeds exactly and counts what it was asked for.
type counting struct {
	*Hashed
	mu    sync.Mutex
	name  string
	dims  int // cut or zero-padded to so many; 0 for Hashed's
	fail  int // fails after so many texts; 0 for never
	texts []string
}

func (c *counting) Model() string { return c.name }

func (c *counting) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail > 0 && len(c.texts)+len(texts) > c.fail {
		return nil, errors.New("embed: the endpoint is gone")
	}
	c.texts = append(c.texts, texts...)
	v, err := c.Hashed.EmbedDocuments(ctx, texts)
	for i := range v {
		if c.dims > 0 {
			v[i] = v[i][:c.dims]
		}
	}
	return v, err
}

// warnings collects what a cache reports.
type warnings struct {
	mu  sync.Mutex
	all []string
}

func (w *warnings) add(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, err.Error())
}

func (w *warnings) want(t *testing.T, parts ...string) {
	t.Helper()
	if len(w.all) != len(parts) {
		t.Fatalf("warnings %q, want %q", w.all, parts)
	}
	for i, p := range parts {
		if !strings.Contains(w.all[i], p) || !strings.HasPrefix(w.all[i], "embed: cache: ") {
			t.Errorf("warning %q, want %q", w.all[i], p)
		}
	}
	w.all = nil
}

func numbered(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("text number %d", i)
	}
	return texts
}

// embedAll asks the cache and checks every vector against the embedder itself.
func embedAll(t *testing.T, c *Cached, dims int, texts []string) {
	t.Helper()
	got, err := c.EmbedDocuments(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	h := exact
	for i, text := range texts {
		want := h.embed(make([]float32, h.dims), text)
		if dims > 0 {
			want = want[:dims]
		}
		if !equal(got[i], want) {
			t.Fatalf("%q: wrong vector", text)
		}
	}
}

func TestCachedEmbedsOnlyWhatChanged(t *testing.T) {
	dir, w := filepath.Join(t.TempDir(), "new", "folder"), &warnings{}
	inner := &counting{Hashed: exact, name: "m"}
	texts := numbered(1000)
	c := NewCached(inner, dir, w.add)
	embedAll(t, c, 0, append(texts, texts[0]))
	if s := c.Stats(); s.Misses != 1000 || s.Hits != 1 {
		t.Errorf("first: %+v", s)
	}
	texts[7], texts[500] = "changed", "changed too"
	embedAll(t, c, 0, texts)
	if s := c.Stats(); s.Misses != 1002 || s.Hits != 999 {
		t.Errorf("after an edit: %+v", s)
	}
	c = NewCached(inner, dir, w.add)
	embedAll(t, c, 0, texts)
	if s := c.Stats(); s.Misses != 0 || s.Hits != 1000 {
		t.Errorf("after a restart: %+v", s)
	}
	other := &counting{Hashed: exact, name: "other"}
	embedAll(t, NewCached(other, dir, w.add), 0, texts[:3])
	if len(other.texts) != 3 {
		t.Errorf("another model used %d new vectors", len(other.texts))
	}
	w.want(t)
}

func TestCachedKeepsWhatCameBeforeAFailure(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	inner := &counting{Hashed: exact, name: "m", fail: 800}
	if _, err := NewCached(inner, dir, w.add).EmbedDocuments(context.Background(), numbered(1000)); err == nil {
		t.Fatal("no error")
	}
	inner = &counting{Hashed: exact, name: "m"}
	embedAll(t, NewCached(inner, dir, w.add), 0, numbered(1000))
	if len(inner.texts) != 1000-2*cacheBatch {
		t.Errorf("%d texts asked for again", len(inner.texts))
	}
	w.want(t)
}

func TestCachedDamage(t *testing.T) {
	header := len(cacheHeader("m", DefaultDims))
	size := recordSize(DefaultDims)
	tests := []struct {
		name   string
		damage func(data []byte) []byte
		warn   string
		misses uint64 // of ten texts
	}{
		{"torn tail", func(d []byte) []byte { return d[:len(d)-5] }, fmt.Sprintf("%d bytes of a torn vector", size-5), 1},
		{"one byte too many", func(d []byte) []byte { return append(d, 0) }, "1 bytes of a torn vector", 0},
		{"flipped in a vector", flip(header + 3*size + 100), "1 damaged vectors and 0 bytes", 1},
		{"flipped in a key", flip(header + 5), "1 damaged vectors", 1},
		{"flipped in a sum", flip(header + size - 1), "1 damaged vectors", 1},
		{"two and torn", func(d []byte) []byte { return flip(header)(flip(header + 2*size)(d[:len(d)-1])) }, "2 damaged vectors and", 3},
		{"zeros at the end", func(d []byte) []byte { return append(d, make([]byte, size)...) }, "1 damaged vectors", 0},
		{"flipped in the header", flip(2), "unreadable header: begun anew", 10},
		{"flipped dimensions", flip(13), "unreadable header: begun anew", 10},
		{"torn header", func(d []byte) []byte { return d[:header-3] }, "unreadable header: begun anew", 10},
		{"empty", func([]byte) []byte { return nil }, "unreadable header: begun anew", 10},
		{"header alone", func(d []byte) []byte { return d[:header] }, "", 10},
		{"something else", func([]byte) []byte { return []byte("# Notes\n") }, "unreadable header: begun anew", 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, w := t.TempDir(), &warnings{}
			inner := &counting{Hashed: exact, name: "m"}
			c := NewCached(inner, dir, w.add)
			embedAll(t, c, 0, numbered(10))
			data, err := os.ReadFile(c.path)
			if err != nil || len(data) != header+10*size {
				t.Fatalf("%d bytes, %v", len(data), err)
			}
			if err := os.WriteFile(c.path, tt.damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			c = NewCached(inner, dir, w.add)
			if tt.warn != "" {
				w.want(t, tt.warn)
			}
			embedAll(t, c, 0, numbered(10))
			if got := c.Stats().Misses; got != tt.misses {
				t.Errorf("%d misses, want %d", got, tt.misses)
			}
			c = NewCached(inner, dir, w.add) // mended: no warning, no miss
			embedAll(t, c, 0, numbered(10))
			if got := c.Stats().Misses; got != 0 {
				t.Errorf("%d misses after mending", got)
			}
			w.want(t)
			if files, _ := os.ReadDir(dir); len(files) != 1 {
				t.Errorf("files left: %v", files)
			}
		})
	}
}

func flip(at int) func([]byte) []byte {
	return func(d []byte) []byte { d[at] ^= 0x10; return d }
}

// fullFile writes half of what it is given, then no more.
type fullFile struct{ *os.File }

func (f fullFile) Write(p []byte) (int, error) {
	n, _ := f.File.Write(p[:len(p)/2])
	return n, &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
}

func TestCachedFullDisk(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	inner := &counting{Hashed: exact, name: "m"}
	c := NewCached(inner, dir, w.add)
	full := true
	c.open = func(path string) (appendFile, error) {
		f, err := openAppend(path)
		if file, ok := f.(*os.File); ok && full {
			return fullFile{file}, err
		}
		return f, err
	}
	embedAll(t, c, 0, numbered(10))
	embedAll(t, c, 0, numbered(20)) // still failing: reported once
	w.want(t, "going on without the file: write ")
	if s := c.Stats(); s.Misses != 20 || s.Hits != 10 {
		t.Errorf("not kept in memory: %+v", s)
	}
	full = false
	embedAll(t, c, 0, numbered(30))
	c = NewCached(inner, dir, w.add)
	embedAll(t, c, 0, numbered(30))
	if s := c.Stats(); s.Hits != 10 {
		t.Errorf("after space was made: %+v", s)
	}
	w.want(t)
}

func TestCachedUnwritableFolder(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inner := &counting{Hashed: exact, name: "m"}
	c := NewCached(inner, file, w.add)
	embedAll(t, c, 0, numbered(3))
	if len(w.all) != 2 { // cannot be read, cannot be written
		t.Errorf("warnings %q", w.all)
	}
	w.all = nil

	inPlace := NewCached(inner, dir, w.add)
	if err := os.Mkdir(inPlace.path, 0o700); err != nil { // a folder where the file should be
		t.Fatal(err)
	}
	c = NewCached(inner, dir, w.add)
	embedAll(t, c, 0, numbered(3))
	w.want(t, "is not a file", "going on without the file")
}

func TestCachedOtherDimension(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	embedAll(t, NewCached(&counting{Hashed: exact, name: "m", dims: 8}, dir, w.add), 8, numbered(10))
	w.want(t)
	c := NewCached(&counting{Hashed: exact, name: "m", dims: 9}, dir, w.add)
	embedAll(t, c, 9, numbered(11)) // ten from the file, one new and longer: all are made anew
	w.want(t, "another dimension: begun anew")
	c = NewCached(&counting{Hashed: exact, name: "m", dims: 9}, dir, w.add)
	embedAll(t, c, 9, numbered(11))
	if s := c.Stats(); s.Misses != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCachedConcurrent(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	inner := &counting{Hashed: exact, name: "m"}
	c := NewCached(inner, dir, w.add)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := c.EmbedDocuments(context.Background(), numbered(50+10*i)); err != nil {
				t.Error(err)
			}
			_ = c.Stats()
		})
	}
	wg.Wait()
	c = NewCached(inner, dir, w.add)
	embedAll(t, c, 0, numbered(120))
	if s := c.Stats(); s.Misses != 0 {
		t.Errorf("%+v", s)
	}
	info, err := os.Stat(c.path)
	if want := int64(len(cacheHeader("m", DefaultDims)) + 120*recordSize(DefaultDims)); err != nil || info.Size() != want {
		t.Errorf("%v bytes, want %d (%v)", info.Size(), want, err)
	}
	w.want(t)
}

// TestCachedEveryByte flips each byte of a file in turn: whatever it was, the vectors that come
// out are right, and the next start finds nothing wrong.
func TestCachedEveryByte(t *testing.T) {
	dir, w := t.TempDir(), &warnings{}
	inner := &counting{Hashed: exact, name: "m", dims: 2}
	c := NewCached(inner, dir, w.add)
	embedAll(t, c, 2, numbered(2))
	whole, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		if err := os.WriteFile(c.path, flip(at)(append([]byte(nil), whole...)), 0o600); err != nil {
			t.Fatal(err)
		}
		embedAll(t, NewCached(inner, dir, w.add), 2, numbered(2))
		if len(w.all) != 1 {
			t.Fatalf("byte %d: warnings %q", at, w.all)
		}
		w.all = nil
		embedAll(t, NewCached(inner, dir, w.add), 2, numbered(2))
		w.want(t)
	}
}
