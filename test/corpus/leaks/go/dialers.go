package dialers

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"time"
)

type Dialer interface {
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

func probe(ctx context.Context, d Dialer, addr string) error {
	// ruleid: go/net-connection
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	return c.Close()
}

type dialFunc func(ctx context.Context, addr string) (net.Conn, error)

func probeFunc(ctx context.Context, dial dialFunc, addr string) error {
	// todoruleid: go/net-connection
	c, err := dial(ctx, addr)
	if err != nil {
		return err
	}
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	return c.Close()
}

type pool struct {
	Dial func() (net.Conn, error)
	idle chan net.Conn
}

func (p *pool) get() (net.Conn, error) {
	select {
	case c := <-p.idle:
		return c, nil
	default:
	}
	// ok: go/net-connection
	return p.Dial()
}

func (p *pool) put(c net.Conn) {
	select {
	case p.idle <- c:
	default:
		c.Close()
	}
}

func (p *pool) ping() error {
	// todoruleid: go/net-connection
	c, err := p.get()
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte("ping")); err != nil {
		return err
	}
	p.put(c)
	return nil
}

func (p *pool) pingOk() error {
	// ok: go/net-connection
	c, err := p.get()
	if err != nil {
		return err
	}
	defer p.put(c)
	_, err = c.Write([]byte("ping"))
	return err
}

type Executor interface {
	Query(query string, args ...any) (*sql.Rows, error)
}

func exists(ex Executor) (bool, error) {
	// ruleid: go/sql-rows
	rows, err := ex.Query("x")
	if err != nil {
		return false, err
	}
	return rows.Next(), nil
}

func existsOk(ex Executor) (bool, error) {
	// ok: go/sql-rows
	rows, err := ex.Query("x")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), nil
}

type Fetcher interface {
	Fetch(ctx context.Context, key string) (io.ReadCloser, error)
}

type api struct{ f Fetcher }

func (a *api) size(ctx context.Context, key string) (int64, error) {
	r, err := a.f.Fetch(ctx, key)
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, r)
}

type Requester interface {
	Request(method, path string) (*http.Response, error)
}

func remove(r Requester) error {
	// ruleid: go/http-response-body
	resp, err := r.Request("DELETE", "/x")
	if err != nil {
		return err
	}
	if resp.StatusCode == 404 {
		return nil
	}
	return resp.Body.Close()
}

func beginner(b interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}) error {
	// todoruleid: go/sql-transaction
	tx, err := b.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("x"); err != nil {
		return err
	}
	return tx.Commit()
}
