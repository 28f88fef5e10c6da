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

// Items gives the names of all items.
func (s *Store) Items(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT item FROM stock")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []string
	for rows.Next() {
		var item string
		if err := rows.Scan(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// Total adds up all amounts.
func (s *Store) Total(ctx context.Context) (int, error) {
	var total int
	err := s.db.QueryRowContext(ctx, "SELECT COALESCE(SUM(amount), 0) FROM stock").Scan(&total)
	return total, err
}
