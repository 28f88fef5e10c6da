package loops

import (
	"database/sql"
	"net"
)

// The next turn's call may fail: then the connection of this one is still open.
func greetAll(listener net.Listener) {
	for {
		// ruleid: go/net-connection
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		conn.Write([]byte("hello"))
	}
}

func greetAndClose(listener net.Listener) {
	for {
		// ok: go/net-connection
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		conn.Write([]byte("hello"))
		conn.Close()
	}
}

func greetElsewhere(listener net.Listener, greet func(net.Conn)) {
	for {
		// ok: go/net-connection
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go greet(conn)
	}
}

func untilOneFails(db *sql.DB, statements []string) error {
	for _, statement := range statements {
		// ruleid: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(statement); err != nil {
			continue
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func eachByItself(db *sql.DB, statements []string) error {
	for _, statement := range statements {
		// ok: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(statement); err != nil {
			tx.Rollback()
			continue
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}
