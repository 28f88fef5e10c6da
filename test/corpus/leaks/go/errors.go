package errors

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func fatal(url string) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	if resp.StatusCode != 200 {
		log.Fatalf("status %d", resp.StatusCode)
	}
	resp.Body.Close()
}

func exit(url string) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer resp.Body.Close()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func musty(url string) string {
	// ruleid: go/http-response-body
	resp := must(http.Get(url))
	return resp.Status
}

func mustyOk(url string) string {
	// ok: go/http-response-body
	resp := must(http.Get(url))
	defer resp.Body.Close()
	return resp.Status
}

func read(resp *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func chained(url string) ([]byte, error) {
	// ok: go/http-response-body
	return read(http.Get(url))
}

func readOpen(resp *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

func chainedLeak(url string) ([]byte, error) {
	// ruleid: go/http-response-body
	return readOpen(http.Get(url))
}

func joined(db *sql.DB) (err error) {
	// ok: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
	}
	return rows.Err()
}

func nested(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.QueryContext(ctx, "x")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		// ruleid: go/sql-rows
		inner, err := db.QueryContext(ctx, "y")
		if err != nil {
			return err
		}
		for inner.Next() {
			if err := inner.Scan(new(int)); err != nil {
				return err
			}
		}
		if err := inner.Close(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func exhausted(db *sql.DB) (int, error) {
	// ok: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return 0, err
	}
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func ifElse(url string) (string, error) {
	// ruleid: go/http-response-body
	if resp, err := http.Get(url); err != nil {
		return "", err
	} else if resp.StatusCode == 200 {
		defer resp.Body.Close()
		return "ok", nil
	} else {
		return resp.Status, nil
	}
}

func errIsNil(url string) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err == nil {
		resp.Body.Close()
	}
}

func errIs(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.QueryContext(ctx, "x")
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	return nil
}

func errSwitch(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.QueryContext(ctx, "x")
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	defer rows.Close()
	return nil
}

func wrapErr(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.QueryContext(ctx, "x")
	if e := convert(err); e != nil {
		return e
	}
	defer rows.Close()
	return nil
}

func convert(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("db: %w", err)
}

type arr struct{ rows []*sql.Rows }

func keep(db *sql.DB, a *arr) error {
	// ok: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return err
	}
	a.rows = append(a.rows, rows)
	return nil
}

func pair(db *sql.DB) (a, b *sql.Rows, err error) {
	// ruleid: go/sql-rows
	a, err = db.Query("x")
	if err != nil {
		return
	}
	// ok: go/sql-rows
	b, err = db.Query("y")
	if err != nil {
		return nil, nil, err
	}
	return a, b, nil
}

func pairOk(db *sql.DB) (a, b *sql.Rows, err error) {
	// ok: go/sql-rows
	a, err = db.Query("x")
	if err != nil {
		return
	}
	// ok: go/sql-rows
	b, err = db.Query("y")
	if err != nil {
		a.Close()
		return
	}
	return
}

func twoDefers(db *sql.DB) error {
	// ruleid: go/sql-rows
	a, err := db.Query("x")
	if err != nil {
		return err
	}
	// ok: go/sql-rows
	b, err := db.Query("y")
	if err != nil {
		return err
	}
	defer a.Close()
	defer b.Close()
	return nil
}

func loopUntil(c *http.Client, req *http.Request) (*http.Response, error) {
	for i := 0; ; i++ {
		// ruleid: go/http-response-body
		resp, err := c.Do(req)
		if err == nil && resp.StatusCode < 500 {
			return resp, nil
		}
		if i == 3 {
			return nil, fmt.Errorf("gave up: %v", err)
		}
	}
}

func loopUntilOk(c *http.Client, req *http.Request) (*http.Response, error) {
	for i := 0; ; i++ {
		// ok: go/http-response-body
		// ruleid: go/http-body-not-drained
		resp, err := c.Do(req)
		if err == nil && resp.StatusCode < 500 {
			return resp, nil
		}
		if err == nil {
			resp.Body.Close()
		}
		if i == 3 {
			return nil, fmt.Errorf("gave up: %v", err)
		}
	}
}

func wrappedTwice(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.QueryContext(ctx, "x")
	if err = convert(err); err != nil {
		return err
	}
	return rows.Close()
}

func onlyDeclared(db *sql.DB, tables []string) error {
	for _, t := range tables {
		// ok: go/sql-rows
		rows, err := db.Query(t)
		if err != nil {
			return err
		}
		var n int
		err = rows.Scan(&n)
		if n == 0 || err != nil {
			rows.Close()
			return err
		}
		rows.Close()
	}
	return nil
}
