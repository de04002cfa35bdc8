// Package sqlite keeps answers, reviews and feedback in one SQLite file. It is the one place
// with SQL, and implements the small interfaces of the packages that need something kept.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Options are what a Store takes from outside. The zero value is ready to use.
type Options struct {
	Now   func() time.Time // nil: time.Now
	NewID func() string    // ids of reviews, at least 128 random bits; nil: crypto/rand

	pragmas []string // tests only: a small page limit stands in for a full disk
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	// One connection writes, so that writers of this process queue in Go and never meet a busy
	// database; busy_timeout is for other processes. Readers see the last commit and never wait.
	write *sql.DB
	read  *sql.DB
	now   func() time.Time
	newID func() string
}

// Open opens the database at path, makes it and its folder when they are not there, and brings
// its tables up to date. Files that it makes are the owner's alone: they hold what customers ask.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{now: o.Now, newID: o.NewID}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = rand.Text
	}
	if err := s.open(ctx, path, o.pragmas); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, explain(errors.Join(err, s.Close())))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string, pragmas []string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(abs, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if s.write, err = sql.Open("sqlite", dsn(abs, pragmas...)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write, s.now, migrations()); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn(abs, "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	return s.read.PingContext(ctx)
}

// dsn is the address of the file for the driver: its pragmas are run on every new connection.
func dsn(abs string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)",
	}, pragmas...)}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: q.Encode()}
	return u.String()
}

// Close closes the database. What was recorded is in the file.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// inTx runs fn in one transaction: all of it is kept, or nothing.
func inTx(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		// After a full disk SQLite has rolled back by itself, and a second time is an error that
		// says nothing.
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// explain puts into words what an operator can do something about.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full: %w", err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the file is damaged or is not a SQLite database: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("the file or its folder cannot be written: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("another process holds the database: %w", err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk does not read or write: %w", err)
	}
	return err
}
