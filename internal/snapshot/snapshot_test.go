package snapshot

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// bytesOf are n bytes that a seed determines.
func bytesOf(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func create(t testing.TB, path string, sections ...Section) {
	t.Helper()
	if err := Create(path, sections); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // a test's file
	return f
}

func section(t testing.TB, f *File, commit int, name string) []byte {
	t.Helper()
	b, ok := f.Commits[commit].Section(name)
	if !ok {
		t.Fatalf("commit %d has no section %s", commit, name)
	}
	return b
}

func TestSnapshot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	text, vectors := bytesOf(1, 3<<20), bytesOf(2, 1000)
	create(t, path, Bytes("text", text), Bytes("vectors", vectors), Bytes("empty", nil))
	f := open(t, path)
	if err := f.Append([]Section{early(Bytes("edit", []byte("one")))}); err != nil {
		t.Fatal(err)
	}
	if err := f.Append([]Section{Bytes("edit", []byte("two")), Bytes("more", vectors)}); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if len(again.Commits) != 3 || again.Cut || again.Size() != f.Size() {
		t.Fatalf("%d commits, cut %v, %d bytes of %d", len(again.Commits), again.Cut, again.Size(), f.Size())
	}
	for _, c := range []struct {
		commit int
		name   string
		want   []byte
	}{{0, "text", text}, {0, "vectors", vectors}, {0, "empty", nil}, {1, "edit", []byte("one")}, {2, "edit", []byte("two")}, {2, "more", vectors}} {
		if got := section(t, again, c.commit, c.name); !bytes.Equal(got, c.want) {
			t.Errorf("commit %d, %s: %d bytes differ", c.commit, c.name, len(got))
		}
	}
	if _, ok := again.Commits[0].Section("other"); ok {
		t.Error("a section that was never written")
	}
	if err := again.Verify(context.Background()); err != nil {
		t.Error(err)
	}
	create(t, path, Bytes("text", []byte("new")))
	if got := open(t, path); len(got.Commits) != 1 || string(section(t, got, 0, "text")) != "new" {
		t.Error("not replaced")
	}
	if !bytes.Equal(section(t, again, 0, "text"), text) {
		t.Error("what was mapped changed when the file was replaced")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCreateFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	create(t, path, Bytes("text", []byte("old")))
	full := errors.New("disk full")
	err := Create(path, []Section{Bytes("text", []byte("new")), {Name: "more", Early: true, Write: func(io.Writer) error { return full }}})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if got := section(t, open(t, path), 0, "text"); string(got) != "old" {
		t.Errorf("the former snapshot is %q", got)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := Create(filepath.Join(path, "no", "folder"), nil); err == nil {
		t.Error("written into a folder that is not there")
	}
}

// TestTruncated cuts a snapshot at every 4 KiB and around every border: what was committed before
// the cut is there, and the next append makes it whole.
func TestTruncated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	base, edit := bytesOf(1, 50_000), bytesOf(2, 20_000)
	create(t, path, Bytes("text", base))
	f := open(t, path)
	ends := []int64{f.Size()}
	for range 3 {
		if err := f.Append([]Section{Bytes("edit", edit)}); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, f.Size())
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cuts := []int64{0, 1, 15, 16, 17, 63, 64, 65, 127}
	for at := int64(0); at < int64(len(whole)); at += 4 << 10 {
		cuts = append(cuts, at)
	}
	for _, end := range ends {
		cuts = append(cuts, end-1, end, end+1, end+64, end+128)
	}
	for _, at := range cuts {
		if at > int64(len(whole)) {
			continue
		}
		cut := filepath.Join(dir, "cut"+strconv.FormatInt(at, 10))
		if err := os.WriteFile(cut, whole[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, end := range ends {
			if at >= end {
				want++
			}
		}
		got, err := Open(cut)
		if want == 0 {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("cut at %d: %v", at, err)
			}
			continue
		}
		if err != nil || len(got.Commits) != want || got.Cut != (at != ends[want-1]) {
			t.Fatalf("cut at %d: %v, %+v", at, err, got)
		}
		if err := got.Verify(context.Background()); err != nil {
			t.Errorf("cut at %d: %v", at, err)
		}
		if err := got.Append([]Section{Bytes("edit", []byte("after the crash"))}); err != nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
		got.Close() //nolint:errcheck // a test's file
		again := open(t, cut)
		if len(again.Commits) != want+1 || again.Cut || string(section(t, again, want, "edit")) != "after the crash" {
			t.Errorf("cut at %d: %d commits after an append", at, len(again.Commits))
		}
	}
}

// TestFlipped changes single bytes: a damaged snapshot is told from a whole one, or what is
// damaged is not among its commits.
func TestFlipped(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	create(t, path, Bytes("text", bytesOf(1, 5000)), Bytes("vectors", bytesOf(2, 3000)))
	f := open(t, path)
	if err := f.Append([]Section{Bytes("edit", bytesOf(3, 1000))}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var used [][2]uint64 // ranges of bytes that mean something
	used = append(used, [2]uint64{0, 16})
	for _, c := range open(t, path).Commits {
		for _, e := range c.entries {
			used = append(used, [2]uint64{uint64(c.at) + e.offset, uint64(c.at) + e.offset + e.length})
		}
		used = append(used, [2]uint64{uint64(c.at), uint64(c.at) + headerSize + 29})
	}
	flipped := filepath.Join(dir, "flipped")
	step := 7
	for at := 0; at < len(whole); at += step {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		if err := os.WriteFile(flipped, b, 0o600); err != nil {
			t.Fatal(err)
		}
		matters := false
		for _, u := range used {
			matters = matters || uint64(at) >= u[0] && uint64(at) < u[1]
		}
		got, err := Open(flipped)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("byte %d: %v", at, err)
			}
			continue
		}
		err = got.Verify(context.Background())
		if !errors.Is(err, ErrDamaged) && len(got.Commits) == 2 && matters {
			t.Errorf("byte %d changed and nobody noticed", at)
		}
		got.Close() //nolint:errcheck // a test's file
	}
}

// TestKilled kills a process that writes without end, over and over: what it said was durable is
// there afterwards.
func TestKilled(t *testing.T) {
	if path := os.Getenv("CITED_TEST_SNAPSHOT"); path != "" {
		writeForever(path)
	}
	path := filepath.Join(t.TempDir(), "s")
	for round := range 8 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "CITED_TEST_SNAPSHOT="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		durable := 0
		lines := bufio.NewScanner(out)
		for range 3 + 5*round {
			if lines.Scan() {
				durable, _ = strconv.Atoi(lines.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() //nolint:errcheck // it was killed
		f := open(t, path)
		if err := f.Verify(context.Background()); err != nil {
			t.Fatal(err)
		}
		last := f.Commits[len(f.Commits)-1]
		b, ok := last.Section("n")
		n, err := strconv.Atoi(string(b))
		if !ok || err != nil || n < durable {
			t.Errorf("round %d: the last commit is %q, %d was durable", round, b, durable)
		}
	}
}

// writeForever writes snapshots of ten commits, says the number of each when it is durable, and
// goes on where the file ends.
func writeForever(path string) {
	n := 0
	if f, err := Open(path); err == nil {
		b, _ := f.Commits[len(f.Commits)-1].Section("n")
		n, _ = strconv.Atoi(string(b))
	}
	for {
		n++
		check(Create(path, []Section{Bytes("text", bytesOf(uint64(n), 100_000)), Bytes("n", []byte(strconv.Itoa(n)))}))
		fmt.Println(n)
		f, err := Open(path)
		check(err)
		for range 9 {
			n++
			check(f.Append([]Section{Bytes("text", bytesOf(uint64(n), 10_000)), Bytes("n", []byte(strconv.Itoa(n)))}))
			fmt.Println(n)
		}
		check(f.Close())
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, ok, err := Lock(path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := Lock(path); err != nil || ok {
		t.Errorf("locked twice: %v, %v", ok, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, ok, err := Lock(path)
	if err != nil || !ok {
		t.Fatalf("not free again: %v, %v", ok, err)
	}
	second.Close() //nolint:errcheck // a test's file
}

// FuzzOpen: whatever a file holds, it opens, or is damaged; nothing that is read lies outside.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "s")
	create(f, path, Bytes("text", []byte("some text")), Bytes("v", bytesOf(1, 200)))
	s := open(f, path)
	if err := s.Append([]Section{Bytes("edit", []byte("x"))}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:100])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(name)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		defer s.Close() //nolint:errcheck // a test's file
		sum := 0
		for _, c := range s.Commits {
			for _, b := range c.sections {
				for _, x := range b {
					sum += int(x)
				}
			}
		}
		if err := s.Verify(context.Background()); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}

// early asks for a section to reach the disk before the next.
func early(s Section) Section {
	s.Early = true
	return s
}
