// Package store keeps the shop's data.
package store

import (
	"context"
	"database/sql"
)

// Store is the shop's database.
type Store struct {
	db *sql.DB
}

// New gives a store on db.
func New(db *sql.DB) *Store { return &Store{db: db} }

// Prepare makes the tables.
func (s *Store) Prepare() error {
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS stock (item VARCHAR(40) PRIMARY KEY, amount INT NOT NULL) ENGINE=InnoDB",
		"REPLACE INTO stock (item, amount) VALUES ('tea', 5), ('cup', 0)",
	} {
		if _, err := s.db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// Begin starts a transaction. The caller ends it.
func (s *Store) Begin() (*sql.Tx, error) {
	return s.db.Begin()
}

// Within runs work in a transaction, and ends it whatever happens.
func (s *Store) Within(ctx context.Context, work func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Items asks for all items. The caller closes the rows.
func (s *Store) Items(ctx context.Context) (*sql.Rows, error) {
	return s.db.QueryContext(ctx, "SELECT item FROM stock")
}
