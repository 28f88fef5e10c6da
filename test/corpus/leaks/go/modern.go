package modern

import (
	"context"
	"database/sql"
	"iter"
	"net"
	"net/http"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Range over a function, and over a number.
func overFunction(db *sql.DB, each iter.Seq[int]) error {
	for id := range each {
		// ruleid: go/sql-rows
		rows, err := db.Query("SELECT 1", id)
		if err != nil {
			return err
		}
		rows.Next()
	}
	return nil
}

func overNumber(db *sql.DB) error {
	for range 3 {
		// ok: go/sql-rows
		rows, err := db.Query("SELECT 1")
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		rows.Close()
	}
	return nil
}

// Generics.
func within[T any](db *sql.DB, work func(*sql.Tx) (T, error)) (T, error) {
	var zero T
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return zero, err
	}
	value, err := work(tx)
	if err != nil {
		return zero, err
	}
	return value, tx.Commit()
}

func withinWell[T any](db *sql.DB, work func(*sql.Tx) (T, error)) (T, error) {
	var zero T
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return zero, err
	}
	defer tx.Rollback()
	value, err := work(tx)
	if err != nil {
		return zero, err
	}
	return value, tx.Commit()
}

// errgroup: each function is one of its own.
func grouped(ctx context.Context, urls []string) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		group.Go(func() error {
			request, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
			// ok: go/http-response-body
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			return nil
		})
		group.Go(func() error {
			request, _ := http.NewRequestWithContext(ctx, "HEAD", url, nil)
			// ruleid: go/http-response-body
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			println(answer.Status)
			return nil
		})
	}
	return group.Wait()
}

// t.Cleanup takes over.
func dialled(t *testing.T, address string) {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.Write(nil)
}
