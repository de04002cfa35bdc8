package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema. Its name is its version: steps run in name order, each
// once, and a released step never changes.
type migration struct{ name, sql string }

// migrations returns the embedded steps in name order.
func migrations() []migration {
	entries, err := fs.ReadDir(migrationFiles, "migrations") // sorted by name
	if err != nil {
		panic(err) // embedded: it cannot fail in a binary that was built
	}
	out := make([]migration, 0, len(entries))
	for _, e := range entries {
		text, err := fs.ReadFile(migrationFiles, "migrations/"+e.Name())
		if err != nil {
			panic(err)
		}
		out = append(out, migration{e.Name(), string(text)})
	}
	return out
}

// migrate runs the steps that the database has not had, one transaction each. Two processes may
// start at once: whether a step is due is decided inside its transaction.
func migrate(ctx context.Context, db *sql.DB, now func() time.Time, steps []migration) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migrations (
		name TEXT PRIMARY KEY, applied TEXT NOT NULL) STRICT`)
	if err != nil {
		return err
	}
	last := ""
	if len(steps) > 0 {
		last = steps[len(steps)-1].name
	}
	var newest string
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(name), '') FROM migrations`).Scan(&newest); err != nil {
		return err
	}
	if newest > last {
		return fmt.Errorf("the database was written by a newer version of cited (it has %s, this one knows %s): use that version, or restore a backup", newest, last)
	}
	for _, step := range steps {
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			var done bool
			err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM migrations WHERE name = ?)`, step.name).Scan(&done)
			if err != nil || done {
				return err
			}
			if _, err := tx.ExecContext(ctx, step.sql); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO migrations (name, applied) VALUES (?, ?)`, step.name, stamp(now()))
			return err
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
	}
	return nil
}

// stamp writes a time so that stamps sort as text.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
