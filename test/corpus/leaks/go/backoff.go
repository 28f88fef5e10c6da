package backoff

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

func retry(n int, f func() error) error {
	var err error
	for i := 0; i < n; i++ {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}

func viaClosure(c *http.Client, req *http.Request) ([]byte, error) {
	var resp *http.Response
	err := retry(3, func() error {
		var err error
		// ok: go/http-response-body
		resp, err = c.Do(req)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func viaClosureLeak(c *http.Client, req *http.Request) ([]byte, error) {
	var resp *http.Response
	err := retry(3, func() error {
		var err error
		// todoruleid: go/http-response-body
		resp, err = c.Do(req)
		return err
	})
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

func viaClosureStatus(c *http.Client, req *http.Request) ([]byte, error) {
	var out []byte
	err := retry(3, func() error {
		// ruleid: go/http-response-body
		resp, err := c.Do(req)
		if err != nil {
			return err
		}
		if resp.StatusCode >= 500 {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		defer resp.Body.Close()
		out, err = io.ReadAll(resp.Body)
		return err
	})
	return out, err
}

type conns struct {
	mu sync.Mutex
	c  net.Conn
}

func (k *conns) ensure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.c != nil {
		return nil
	}
	// ok: go/net-connection
	c, err := net.DialTimeout("tcp", "x:1", time.Second)
	if err != nil {
		return err
	}
	k.c = c
	return nil
}

func (k *conns) reset() {
	if k.c != nil {
		k.c.Close()
		k.c = nil
	}
}

var (
	once sync.Once
	db   *sql.DB
)

func DB() *sql.DB {
	once.Do(func() {
		var err error
		db, err = sql.Open("x", "y")
		if err != nil {
			panic(err)
		}
	})
	return db
}

func perRequest(w http.ResponseWriter, r *http.Request) {
	db, err := sql.Open("x", "y")
	if err != nil {
		return
	}
	var n int
	db.QueryRow("SELECT 1").Scan(&n)
}

func waitUp(ctx context.Context, addr string) error {
	for {
		// ok: go/net-connection
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func waitUpLeak(ctx context.Context, addr string) error {
	for {
		// ruleid: go/net-connection
		_, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
}

func health(url string) bool {
	client := http.Client{Timeout: time.Second}
	// ruleid: go/http-response-body
	resp, err := client.Get(url)
	return err == nil && resp.StatusCode == 200
}

func healthOk(url string) bool {
	client := http.Client{Timeout: time.Second}
	// ok: go/http-response-body
	resp, err := client.Get(url)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == 200
}

func waitHTTP(url string) error {
	for i := 0; i < 10; i++ {
		// ruleid: go/http-response-body
		resp, err := http.Get(url)
		if err == nil && resp.StatusCode == 200 {
			resp.Body.Close()
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("down")
}
