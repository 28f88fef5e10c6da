package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
)

type Client struct {
	*http.Client
	token string
}

func (c *Client) Authed(req *http.Request) (*http.Response, error) {
	req.Header.Set("Authorization", c.token)
	// ok: go/http-response-body
	return c.Do(req)
}

func (c *Client) Ping(url string) error {
	// ruleid: go/http-response-body
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	if resp.StatusCode != 200 {
		return fmt.Errorf("%d", resp.StatusCode)
	}
	return resp.Body.Close()
}

func (c *Client) Post2(req *http.Request) error {
	// ruleid: go/http-response-body
	resp, err := c.Authed(req)
	if err != nil {
		return err
	}
	fmt.Println(resp.Status)
	return nil
}

func (c *Client) Post3(req *http.Request) error {
	// ok: go/http-response-body
	resp, err := c.Authed(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	return nil
}

type base struct{ db *sql.DB }

func (b *base) query(ctx context.Context, q string) (*sql.Rows, error) {
	// ok: go/sql-rows
	return b.db.QueryContext(ctx, q)
}

type users struct{ base }

func (u *users) ids(ctx context.Context) ([]int, error) {
	// ruleid: go/sql-rows
	rows, err := u.query(ctx, "x")
	if err != nil {
		return nil, err
	}
	var out []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Close()
}

type orders struct {
	*base
	cache map[int]string
}

func (o *orders) walk(ctx context.Context, f func(int) error) error {
	// ruleid: go/sql-rows
	rows, err := o.query(ctx, "x")
	if err != nil {
		return err
	}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			rows.Close()
			return err
		}
		if err := f(n); err != nil {
			return err
		}
	}
	return rows.Close()
}

func (o *orders) walkOk(ctx context.Context, f func(int) error) error {
	// ok: go/sql-rows
	rows, err := o.query(ctx, "x")
	if err != nil {
		return err
	}
	defer func() {
		if err := rows.Close(); err != nil {
			fmt.Println(err)
		}
	}()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err
		}
		if err := f(n); err != nil {
			return err
		}
	}
	return nil
}

type txer interface {
	Begin() (*sql.Tx, error)
}

type svc struct {
	txer
	name string
}

func (s *svc) work() error {
	// ruleid: go/sql-transaction
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec("x"); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *svc) workSafely() error {
	// ok: go/sql-transaction
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("x"); err != nil {
		return err
	}
	return tx.Commit()
}
