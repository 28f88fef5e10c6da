package wrappedtypes

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
)

type Tx interface {
	Commit() error
	Rollback() error
	Exec(ctx context.Context, q string, args ...any) error
}

type sqlTx struct{ tx *sql.Tx }

func (t *sqlTx) Commit() error   { return t.tx.Commit() }
func (t *sqlTx) Rollback() error { return t.tx.Rollback() }
func (t *sqlTx) Exec(ctx context.Context, q string, args ...any) error {
	_, err := t.tx.ExecContext(ctx, q, args...)
	return err
}

type Store struct{ db *sql.DB }

func (s *Store) Begin(ctx context.Context) (Tx, error) {
	// ok: go/sql-transaction
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &sqlTx{tx: tx}, nil
}

func work(ctx context.Context, s *Store) error {
	// ruleid: go/sql-transaction
	tx, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	if err := tx.Exec(ctx, "x"); err != nil {
		return err
	}
	return tx.Commit()
}

func workSafely(ctx context.Context, s *Store) error {
	// ok: go/sql-transaction
	tx, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := tx.Exec(ctx, "x"); err != nil {
		return err
	}
	return tx.Commit()
}

type link struct {
	conn net.Conn
	name string
}

func (l *link) Close() error { return l.conn.Close() }
func (l *link) Ping() error {
	_, err := l.conn.Write([]byte("ping"))
	return err
}

func newLink(address, name string) (*link, error) {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &link{conn: conn, name: name}
	return l, nil
}

func newLinkChecked(address, name string) (*link, error) {
	// ruleid: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &link{conn: conn, name: name}
	if err := l.Ping(); err != nil {
		return nil, err
	}
	return l, nil
}

func newLinkCheckedSafely(address, name string) (*link, error) {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &link{conn: conn, name: name}
	if err := l.Ping(); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func served(address string) error {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	l := &link{conn: conn}
	go l.serve()
	return nil
}

func (l *link) serve() {
	defer l.Close()
	for l.Ping() == nil {
	}
}

func deferredInClosure(address string) error {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	l := &link{conn: conn}
	defer func() {
		_ = l.Close()
	}()
	return l.Ping()
}

func throughTheField(address string) error {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	l := &link{conn: conn}
	err = l.Ping()
	l.conn.Close()
	return err
}

func ping(address string) error {
	// ruleid: go/net-connection
	l, err := newLink(address, "x")
	if err != nil {
		return err
	}
	return l.Ping()
}

func pingSafely(address string) error {
	// ok: go/net-connection
	l, err := newLink(address, "x")
	if err != nil {
		return err
	}
	defer l.Close()
	return l.Ping()
}

func main() {
	// ok: go/net-connection
	l, err := newLink("x:1", "x")
	if err != nil {
		panic(err)
	}
	_ = l.Ping()
}

// Nothing of the type closes what it holds: who has it may reach into it.
type held struct{ Conn net.Conn }

func newHeld(address string) (*held, error) {
	// ok: go/net-connection
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &held{Conn: conn}, nil
}

func useHeld(address string) (int, error) {
	// ok: go/net-connection
	h, err := newHeld(address)
	if err != nil {
		return 0, err
	}
	return h.Conn.Write([]byte("x"))
}

type Response struct{ *http.Response }

// The response of the first try is lost when it is tried again.
func follow(c *http.Client, req *http.Request) (*Response, error) {
	tries := 0
START:
	// ruleid: go/http-response-body
	resp, err := c.Do(req)
	var result *Response
	if resp != nil {
		result = &Response{Response: resp}
	}
	if err != nil {
		return result, err
	}
	if resp.StatusCode == http.StatusTemporaryRedirect && tries < 1 {
		loc, err := resp.Location()
		if err != nil {
			return result, err
		}
		req.URL = loc
		tries++
		goto START
	}
	return result, nil
}

func followSafely(c *http.Client, req *http.Request) (*Response, error) {
	tries := 0
START:
	// ok: go/http-response-body
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	result := &Response{Response: resp}
	if resp.StatusCode == http.StatusTemporaryRedirect && tries < 1 {
		resp.Body.Close()
		tries++
		goto START
	}
	if resp.StatusCode >= 400 {
		result.Body.Close()
		return nil, errors.New(result.Status)
	}
	return result, nil
}
