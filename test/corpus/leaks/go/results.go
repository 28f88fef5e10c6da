package store

import (
	"context"
	"database/sql"
	"errors"
)

func rowsScanError(db *sql.DB) ([]string, error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return nil, err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func rowsRunDry(db *sql.DB) (n int) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return 0
	}
	for rows.Next() {
		n++
	}
	return n
}

func rowsDeferred(db *sql.DB) ([]string, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func rowsExists(db *sql.DB) (bool, error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT 1 FROM t")
	if err != nil {
		return false, err
	}
	return rows.Next(), nil
}

func rowsFirstOnly(db *sql.DB) (name string, err error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return "", err
	}
	if rows.Next() {
		err = rows.Scan(&name)
	}
	return name, err
}

func rowsBreak(db *sql.DB) error {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return err
	}
	for rows.Next() {
		var name string
		rows.Scan(&name)
		if name == "last" {
			break
		}
	}
	return rows.Err()
}

func rowsBreakClosed(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM t")
	if err != nil {
		return err
	}
	for rows.Next() {
		var name string
		rows.Scan(&name)
		if name == "last" {
			break
		}
	}
	rows.Close()
	return rows.Err()
}

func rowsInsteadOfExec(db *sql.DB) error {
	// ruleid: go/sql-rows
	_, err := db.Query("DELETE FROM t")
	return err
}

func rowsNoRows(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	return rows.Close()
}

func rowsIsNoRows(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	return nil
}

func rowsSecondQuery(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return err
	}
	defer rows.Close()
	// ruleid: go/sql-rows
	rows, err = db.Query("SELECT 2")
	if err != nil {
		return err
	}
	return nil
}

func rowsNilChecked(db *sql.DB, ask bool) error {
	var rows *sql.Rows
	var err error
	if ask {
		// ok: go/sql-rows
		rows, err = db.Query("SELECT 1")
	}
	if rows != nil {
		defer rows.Close()
	}
	return err
}

func eachRow(rows *sql.Rows, visit func(int)) error {
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err
		}
		visit(n)
	}
	return rows.Err()
}

func rowsGivenToHelper(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT n FROM t")
	if err != nil {
		return err
	}
	return eachRow(rows, func(n int) {})
}

func firstRow(rows *sql.Rows) (n int, err error) {
	if rows.Next() {
		err = rows.Scan(&n)
	}
	return n, err
}

func rowsGivenToReader(db *sql.DB) (int, error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT n FROM t")
	if err != nil {
		return 0, err
	}
	return firstRow(rows)
}

func rowsOfTransaction(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// ok: go/sql-rows
	rows, err := tx.Query("SELECT 1")
	if err != nil {
		return err
	}
	rows.Next()
	return tx.Commit()
}

func query(db *sql.DB, id int) (*sql.Rows, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT n FROM t WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func queryTwice(db *sql.DB, id int) (*sql.Rows, error) {
	// ok: go/sql-rows
	return query(db, id+1)
}

func callerOfTwo(db *sql.DB) bool {
	// ruleid: go/sql-rows
	rows, err := queryTwice(db, 3)
	if err != nil {
		return false
	}
	return rows.Next()
}

func callerOfTwoCloses(db *sql.DB) bool {
	// ok: go/sql-rows
	rows, err := queryTwice(db, 3)
	if err != nil {
		return false
	}
	defer rows.Close()
	return rows.Next()
}

func statementForgotten(db *sql.DB, n int) error {
	// ruleid: go/sql-statement
	stmt, err := db.Prepare("INSERT INTO t VALUES (?)")
	if err != nil {
		return err
	}
	_, err = stmt.Exec(n)
	return err
}

func statementClosed(db *sql.DB, n int) error {
	// ok: go/sql-statement
	stmt, err := db.Prepare("INSERT INTO t VALUES (?)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	_, err = stmt.Exec(n)
	return err
}

func statementOfTransaction(tx *sql.Tx, n int) error {
	// ruleid: go/sql-statement
	stmt, err := tx.Prepare("INSERT INTO t VALUES (?)")
	if err != nil {
		return err
	}
	_, err = stmt.Exec(n)
	return err
}

func statementGoesWithTransaction(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	// ok: go/sql-statement
	stmt, err := tx.Prepare("INSERT INTO t VALUES (?)")
	if err != nil {
		tx.Rollback()
		return err
	}
	if _, err = stmt.Exec(n); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func connectionKept(ctx context.Context, db *sql.DB) error {
	// ruleid: go/sql-connection
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	if err := conn.PingContext(ctx); err != nil {
		return err
	}
	return conn.Close()
}

func connectionDeferred(ctx context.Context, db *sql.DB) error {
	// ok: go/sql-connection
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.PingContext(ctx)
}

type reader struct {
	rows *sql.Rows
}

func newReader(db *sql.DB) (*reader, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return nil, err
	}
	return &reader{rows: rows}, nil
}

func captured(db *sql.DB) (func() bool, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return nil, err
	}
	return func() bool {
		if rows.Next() {
			return true
		}
		rows.Close()
		return false
	}, nil
}

func onlyUsedInClosure(db *sql.DB, each func(func() bool)) error {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return err
	}
	each(func() bool { return rows.Next() })
	return nil
}

// A result called _ can be read by nobody, and yet it is returned.
func blankNamedResult(db *sql.DB) (_ *sql.Rows, err error) {
	defer func() {
		if err != nil {
			println(err.Error())
		}
	}()
	// ok: go/sql-rows
	if rows, err := db.Query("SELECT 1"); err != nil || rows != nil {
		return rows, err
	}
	return nil, nil
}

func blankNamedResultForgotten(db *sql.DB, wanted bool) (_ *sql.Rows, err error) {
	defer func() {
		if err != nil {
			println(err.Error())
		}
	}()
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return nil, err
	}
	if wanted {
		return rows, nil
	}
	return nil, nil
}

// As query generators write it: *sql.DB, *sql.Conn and *sql.Tx fit.
type querier interface {
	ExecContext(context.Context, string, ...interface{}) (sql.Result, error)
	QueryContext(context.Context, string, ...interface{}) (*sql.Rows, error)
}

type queries struct{ db querier }

func (q *queries) names(ctx context.Context) ([]string, error) {
	// ruleid: go/sql-rows
	rows, err := q.db.QueryContext(ctx, "SELECT name FROM users")
	if err != nil {
		return nil, err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func (q *queries) namesClosed(ctx context.Context) ([]string, error) {
	// ok: go/sql-rows
	rows, err := q.db.QueryContext(ctx, "SELECT name FROM users")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

type repository interface {
	all(ctx context.Context) (*sql.Rows, error)
	one(ctx context.Context) *sql.Row
}

type stored struct{ db *sql.DB }

func (s *stored) all(ctx context.Context) (*sql.Rows, error) {
	return s.db.QueryContext(ctx, "SELECT 1")
}
func (s *stored) one(ctx context.Context) *sql.Row { return s.db.QueryRowContext(ctx, "SELECT 1") }

// Another method of that name, of a type that does not fit.
type listing struct{}

func (listing) all(context.Context) (*sql.Rows, error) { return nil, nil }

// Only one type of the workspace has all of the interface's methods.
func throughTheOnlyOne(ctx context.Context, r repository) (bool, error) {
	// ruleid: go/sql-rows
	rows, err := r.all(ctx)
	if err != nil {
		return false, err
	}
	return rows.Next(), nil
}

func throughTheOnlyOneClosed(ctx context.Context, r repository) (bool, error) {
	// ok: go/sql-rows
	rows, err := r.all(ctx)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), nil
}

type statement struct{ failed error }

func (s *statement) addError(err error) error {
	if err != nil {
		s.failed = err
	}
	return s.failed
}

// The error goes through a method that keeps it: what it gives back is told of the error.
func errorThroughHelper(db *sql.DB, s *statement) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if s.addError(err) == nil {
		defer rows.Close()
		println(rows.Next())
	}
}

func errorThroughHelperForgotten(db *sql.DB, s *statement) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if s.addError(err) == nil {
		println(rows.Next())
	}
}
