package ports

import (
	"context"
	"database/sql"
	"io"
	"net/http"
)

// Several types do it, and which one runs here nobody says: what it is declared to give is what the caller gets.
type Doer interface {
	Do(request *http.Request) (*http.Response, error)
}

type plain struct{ client *http.Client }

func (p plain) Do(request *http.Request) (*http.Response, error) { return p.client.Do(request) }

type counted struct {
	inner Doer
	calls int
}

func (c *counted) Do(request *http.Request) (*http.Response, error) {
	c.calls++
	return c.inner.Do(request)
}

func statusBy(doer Doer, request *http.Request) (int, error) {
	// ruleid: go/http-response-body
	resp, err := doer.Do(request)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func closedBy(doer Doer, request *http.Request) (int, error) {
	// ok: go/http-response-body
	resp, err := doer.Do(request)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, nil
}

// Nobody in the workspace does it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ListOrders(ctx context.Context) (*sql.Rows, error)
}

type Orders struct{ db Querier }

func (o *Orders) first(ctx context.Context) (bool, error) {
	// ruleid: go/sql-rows
	rows, err := o.db.QueryContext(ctx, "select id from orders")
	if err != nil {
		return false, err
	}
	var id int
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return false, err
		}
	}
	return id > 0, rows.Close()
}

func (o *Orders) firstListed(ctx context.Context) (bool, error) {
	// ruleid: go/sql-rows
	rows, err := o.db.ListOrders(ctx)
	if err != nil {
		return false, err
	}
	var id int
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return false, err
		}
	}
	return id > 0, rows.Close()
}

func (o *Orders) any(ctx context.Context) (bool, error) {
	// ok: go/sql-rows
	rows, err := o.db.ListOrders(ctx)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// What the caller gets is handed on.
func (o *Orders) open(ctx context.Context) (*sql.Rows, error) {
	// ok: go/sql-rows
	return o.db.ListOrders(ctx)
}

// A getter of what is shared.
type Pool interface {
	Current() (*sql.Tx, error)
	Begin() (*sql.Tx, error)
}

func touch(pool Pool) error {
	// ok: go/sql-transaction
	tx, err := pool.Current()
	if err != nil {
		return err
	}
	_, err = tx.Exec("update orders set seen = true")
	return err
}

func touchOnce(pool Pool) error {
	// ruleid: go/sql-transaction
	tx, err := pool.Begin()
	if err != nil {
		return err
	}
	if _, err = tx.Exec("update orders set seen = true"); err != nil {
		return err
	}
	return tx.Commit()
}

// Of the two, one type has all that the interface asks for.
type Source interface {
	Next() (*http.Response, error)
	Name() string
}

type web struct{ client *http.Client }

func (w *web) Name() string                  { return "web" }
func (w *web) Next() (*http.Response, error) { return w.client.Get("http://shop.test/next") }

type list struct{ at int }

func (l *list) Next() (int, error) { return l.at, nil }

func length(source Source) (int64, error) {
	// ruleid: go/http-response-body
	resp, err := source.Next()
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, nil
}

func lengthAndClose(source Source) (int64, error) {
	// ok: go/http-response-body
	resp, err := source.Next()
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return io.Copy(io.Discard, resp.Body)
}

// A wrapper of the package's own around the transaction: who began it ends it.
type tracedTx struct {
	tx   *sql.Tx
	name string
}

func withTraced(db *sql.DB, work func(*tracedTx) error) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := work(&tracedTx{tx, "orders"}); err != nil {
		return err
	}
	return tx.Commit()
}

func withTracedSafely(db *sql.DB, work func(*tracedTx) error) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := work(&tracedTx{tx, "orders"}); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// It keeps the transaction: the wrapper's own Close ends it.
func traced(db *sql.DB) (*tracedTx, error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	return &tracedTx{tx, "orders"}, nil
}

func register(db *sql.DB, keep func(*tracedTx) error) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	return keep(&tracedTx{tx, "orders"})
}
