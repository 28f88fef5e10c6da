package locks

import (
	"context"
	"database/sql"
	"fmt"
)

func lock(ctx context.Context, db *sql.DB, key int64) (bool, error) {
	// ruleid: go/sql-connection
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	var got bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&got); err != nil {
		return false, err
	}
	if !got {
		return false, conn.Close()
	}
	defer conn.Close()
	return true, nil
}

type Lock struct {
	conn *sql.Conn
	key  int64
}

func Acquire(ctx context.Context, db *sql.DB, key int64) (*Lock, error) {
	// ok: go/sql-connection
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return &Lock{conn: conn, key: key}, nil
}

func (l *Lock) Release(ctx context.Context) error {
	defer l.conn.Close()
	_, err := l.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", l.key)
	return err
}

func withLock(ctx context.Context, db *sql.DB, key int64, fn func() error) error {
	// ruleid: go/sql-connection
	l, err := Acquire(ctx, db, key)
	if err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return l.Release(ctx)
}

func withLockOk(ctx context.Context, db *sql.DB, key int64, fn func() error) (err error) {
	// ok: go/sql-connection
	l, err := Acquire(ctx, db, key)
	if err != nil {
		return err
	}
	defer func() {
		if uerr := l.Release(ctx); err == nil {
			err = uerr
		}
	}()
	return fn()
}

func stmts(ctx context.Context, tx *sql.Tx, tables []string) error {
	for _, t := range tables {
		// ruleid: go/sql-statement
		st, err := tx.PrepareContext(ctx, "DELETE FROM "+t+" WHERE id = ?")
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(ctx, 1); err != nil {
			return err
		}
		st.Close()
	}
	return nil
}

func rowsInLoop(db *sql.DB, tables []string) (int, error) {
	total := 0
	for _, t := range tables {
		// ok: go/sql-rows
		rows, err := db.Query("SELECT id FROM " + t)
		if err != nil {
			return 0, err
		}
		for rows.Next() {
			total++
		}
	}
	return total, nil
}

func lastRows(db *sql.DB, tables []string) (int, error) {
	var rows *sql.Rows
	var err error
	for _, t := range tables {
		// ruleid: go/sql-rows
		rows, err = db.Query("SELECT id FROM " + t)
		if err != nil {
			return 0, err
		}
		if !rows.Next() {
			continue
		}
	}
	if rows != nil {
		rows.Close()
	}
	return 0, nil
}

func lockOk(ctx context.Context, db *sql.DB, key int64) (bool, error) {
	// ok: go/sql-connection
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	var got bool
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&got)
	return got, err
}
