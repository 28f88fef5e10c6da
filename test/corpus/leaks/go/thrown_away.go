package thrownaway

import (
	"database/sql"
	"net"
	"net/http"
	"os"
	"testing"
)

func ping(db *sql.DB) error {
	// ruleid: go/sql-rows
	_, err := db.Query("SELECT 1")
	return err
}

func ping2(db *sql.DB) (err error) {
	// ruleid: go/sql-rows
	_, err = db.Query("SELECT 1")
	return
}

func ignored(db *sql.DB) {
	// ruleid: go/sql-rows
	_, _ = db.Query("SELECT 1")
}

func bare(db *sql.DB) {
	// ruleid: go/sql-rows
	db.Query("DELETE FROM x")
}

func hook(url string) error {
	// ruleid: go/http-response-body
	_, err := http.Post(url, "application/json", nil)
	return err
}

func hookIf(url string) bool {
	// ruleid: go/http-response-body
	if _, err := http.Get(url); err != nil {
		return false
	}
	return true
}

func touch(path string) error {
	_, err := os.Create(path)
	return err
}

func portOpen(addr string) bool {
	// ruleid: go/net-connection
	_, err := net.Dial("tcp", addr)
	return err == nil
}

func portOpenOk(addr string) bool {
	// ok: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err == nil {
		c.Close()
	}
	return err == nil
}

func freePort() int {
	// ruleid: go/net-listener
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0
	}
	return l.Addr().(*net.TCPAddr).Port
}

func freePortOk() (int, error) {
	// ok: go/net-listener
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func beginIgnored(db *sql.DB) {
	// ruleid: go/sql-transaction
	db.Begin()
}

func TestQuery(t *testing.T) {
	var db *sql.DB
	// ok: go/sql-rows
	_, err := db.Query("SELECT 1")
	if err == nil {
		t.Fatal("expected error")
	}
}

func execIsFine(db *sql.DB) error {
	_, err := db.Exec("DELETE FROM x")
	return err
}

func goroutine(url string) {
	// ruleid: go/http-response-body
	go http.Get(url)
}

func deferredCall(url string) {
	// ruleid: go/http-response-body
	defer http.Get(url)
}

func pingOk(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return err
	}
	return rows.Close()
}

func pingNamed(db *sql.DB) (err error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err == nil {
		err = rows.Close()
	}
	return
}

func hookOk(url string) error {
	// ok: go/http-response-body
	resp, err := http.Post(url, "application/json", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func hookIfOk(url string) bool {
	// ok: go/http-response-body
	if resp, err := http.Get(url); err == nil {
		resp.Body.Close()
		return true
	}
	return false
}

func begun(db *sql.DB) {
	// ok: go/sql-transaction
	if tx, err := db.Begin(); err == nil {
		tx.Rollback()
	}
}

func goroutineOk(url string) {
	go func() {
		// ok: go/http-response-body
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
		}
	}()
}

func deferredOk(url string) {
	defer func() {
		// ok: go/http-response-body
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
		}
	}()
}

func fails(t *testing.T, addr string) {
	// ok: go/net-connection
	_, err := net.Dial("tcp", addr)
	if err == nil {
		t.Fatal("connected")
	}
}
