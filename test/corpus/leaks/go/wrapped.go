package wrapped

import (
	"context"
	"database/sql"
	"log"
)

type DB struct {
	*sql.DB
}

type Tx struct {
	*sql.Tx
	log *log.Logger
}

func Open(dsn string) (*DB, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	return &DB{db}, nil
}

func (db *DB) Begin() (*Tx, error) {
	// ok: go/sql-transaction
	tx, err := db.DB.Begin()
	if err != nil {
		return nil, err
	}
	return &Tx{Tx: tx, log: log.Default()}, nil
}

func (tx *Tx) CreateUser(name string) error {
	_, err := tx.Exec("INSERT INTO users(name) VALUES($1)", name)
	return err
}

func leaky(db *DB, name string) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := tx.CreateUser(name); err != nil {
		return err
	}
	return tx.Commit()
}

func fine(db *DB, name string) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := tx.CreateUser(name); err != nil {
		return err
	}
	return tx.Commit()
}

func embedded(ctx context.Context, db *DB) (int, error) {
	// ruleid: go/sql-rows
	rows, err := db.QueryContext(ctx, "SELECT id FROM users")
	if err != nil {
		return 0, err
	}
	n := 0
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		n += id
	}
	return n, rows.Err()
}

func inTx(tx *Tx) (int, error) {
	// ruleid: go/sql-rows
	rows, err := tx.Query("SELECT id FROM users")
	if err != nil {
		return 0, err
	}
	n := 0
	for rows.Next() {
		n++
		if n > 100 {
			return n, nil
		}
	}
	rows.Close()
	return n, rows.Err()
}

func inTxOk(tx *Tx) (int, error) {
	// ok: go/sql-rows
	rows, err := tx.Query("SELECT id FROM users")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}
