package generics

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"net/http"
)

func Collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func CollectOpen[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func names(db *sql.DB) ([]string, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return nil, err
	}
	return Collect(rows, func(r *sql.Rows) (string, error) {
		var s string
		return s, r.Scan(&s)
	})
}

func namesLeak(db *sql.DB) ([]string, error) {
	// todoruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return nil, err
	}
	return CollectOpen[string](rows, func(r *sql.Rows) (string, error) {
		var s string
		return s, r.Scan(&s)
	})
}

func Fetch[T any](ctx context.Context, c *http.Client, url string) (T, error) {
	var zero T
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return zero, err
	}
	// ruleid: go/http-response-body
	res, err := c.Do(req)
	if err != nil {
		return zero, err
	}
	var v T
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		return zero, err
	}
	return v, res.Body.Close()
}

func All(db *sql.DB) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		// ruleid: go/sql-rows
		rows, err := db.Query("SELECT id FROM t")
		if err != nil {
			yield(0, err)
			return
		}
		for rows.Next() {
			var id int
			if !yield(id, rows.Scan(&id)) {
				return
			}
		}
		rows.Close()
	}
}

func AllOk(db *sql.DB) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		// ok: go/sql-rows
		rows, err := db.Query("SELECT id FROM t")
		if err != nil {
			yield(0, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			if !yield(id, rows.Scan(&id)) {
				return
			}
		}
	}
}

type Repository[T any] struct {
	db   *sql.DB
	scan func(*sql.Rows) (T, error)
}

func (r *Repository[T]) Find(q string) (T, error) {
	var zero T
	// ok: go/sql-rows
	rows, err := r.db.Query(q)
	if err != nil {
		return zero, err
	}
	if !rows.Next() {
		return zero, sql.ErrNoRows
	}
	defer rows.Close()
	return r.scan(rows)
}

func InTx[T any](ctx context.Context, db *sql.DB, fn func(*sql.Tx) (T, error)) (T, error) {
	var zero T
	// ok: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return zero, err
	}
	defer tx.Rollback()
	v, err := fn(tx)
	if err != nil {
		return zero, err
	}
	return v, tx.Commit()
}
