package queries

import (
	"context"
	"database/sql"
)

type DBTX interface {
	ExecContext(context.Context, string, ...interface{}) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...interface{}) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...interface{}) *sql.Row
}

func New(db DBTX) *Queries { return &Queries{db: db} }

type Queries struct {
	db DBTX
}

func (q *Queries) WithTx(tx *sql.Tx) *Queries { return &Queries{db: tx} }

type User struct {
	ID   int64
	Name string
}

const listUsers = `SELECT id, name FROM users`

func (q *Queries) ListUsers(ctx context.Context) ([]User, error) {
	// ok: go/sql-rows
	rows, err := q.db.QueryContext(ctx, listUsers)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []User
	for rows.Next() {
		var i User
		if err := rows.Scan(&i.ID, &i.Name); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

func (q *Queries) FirstUser(ctx context.Context) (User, error) {
	var i User
	// ruleid: go/sql-rows
	rows, err := q.db.QueryContext(ctx, listUsers)
	if err != nil {
		return i, err
	}
	if !rows.Next() {
		return i, sql.ErrNoRows
	}
	if err := rows.Scan(&i.ID, &i.Name); err != nil {
		return i, err
	}
	return i, rows.Close()
}

func (q *Queries) Touch(ctx context.Context, ids []int64) error {
	// ruleid: go/sql-statement
	stmt, err := q.db.PrepareContext(ctx, "UPDATE users SET seen = now() WHERE id = $1")
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := stmt.ExecContext(ctx, id); err != nil {
			return err
		}
	}
	return stmt.Close()
}

type Store struct {
	*Queries
	db *sql.DB
}

func NewStore(db *sql.DB) *Store { return &Store{Queries: New(db), db: db} }

func (s *Store) execTx(ctx context.Context, fn func(*Queries) error) error {
	// ok: go/sql-transaction
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q := New(tx)
	if err := fn(q); err != nil {
		if rb := tx.Rollback(); rb != nil {
			return rb
		}
		return err
	}
	return tx.Commit()
}

func (s *Store) Rename(ctx context.Context, id int64, name string) error {
	// ruleid: go/sql-transaction
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q := s.WithTx(tx)
	if err := q.Touch(ctx, []int64{id}); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *Store) RenameOk(ctx context.Context, id int64, name string) error {
	return s.execTx(ctx, func(q *Queries) error {
		return q.Touch(ctx, []int64{id})
	})
}

func (s *Store) RenameDeferred(ctx context.Context, id int64, name string) error {
	// ok: go/sql-transaction
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	qtx := s.Queries.WithTx(tx)
	if err := qtx.Touch(ctx, []int64{id}); err != nil {
		return err
	}
	return tx.Commit()
}
