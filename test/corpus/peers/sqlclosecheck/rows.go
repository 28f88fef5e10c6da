// After what sqlclosecheck says it is for: rows and statements of database/sql that somebody closes, or nobody.
package sqlclosecheck

import (
	"database/sql"
	"log"
)

type server struct {
	statement *sql.Stmt
}

func (s *server) Close() {
	s.statement.Close()
}

func readToTheEndAndClosed(db *sql.DB, age int) ([]string, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM users WHERE age = ?", age)
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

func closedByADeferredClosure(db *sql.DB) error {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT name FROM users")
	if err != nil {
		return err
	}
	defer func() {
		if err := rows.Close(); err != nil {
			log.Print(err)
		}
	}()
	rows.Next()
	return nil
}

func neverClosed(db *sql.DB, age int) (string, error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM users WHERE age = ?", age)
	if err != nil {
		return "", err
	}
	var name string
	if rows.Next() {
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
	}
	return name, nil
}

func closedOnlyAtTheEnd(db *sql.DB, age int) ([]string, error) {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT name FROM users WHERE age = ?", age)
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
	rows.Close()
	return names, nil
}

func genericNeverClosed[T ~int64](db *sql.DB, id T) bool {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb WHERE id = ?", id)
	if err != nil {
		return false
	}
	return rows.Next()
}

func genericClosed[T ~int64](db *sql.DB, id T) bool {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb WHERE id = ?", id)
	if err != nil {
		return false
	}
	defer rows.Close()
	return rows.Next()
}

func thrownAway(db *sql.DB) error {
	// ruleid: go/sql-rows
	_, err := db.Query("SELECT 1")
	return err
}

func handedBack(db *sql.DB) (*sql.Rows, error) {
	// ok: go/sql-rows
	rows, err := db.Query("SELECT 1")
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func handedBackAtOnce(db *sql.DB) (*sql.Rows, error) {
	// ok: go/sql-rows
	return db.Query("SELECT 1")
}

func statementNeverClosed(db *sql.DB) int {
	// ruleid: go/sql-statement
	statement, err := db.Prepare("SELECT 1")
	if err != nil {
		return 0
	}
	var one int
	statement.QueryRow().Scan(&one)
	return one
}

func finish(statement *sql.Stmt) {
	if statement != nil {
		statement.Close()
	}
}

func statementClosedByAFunction(db *sql.DB) int {
	// ok: go/sql-statement
	statement, err := db.Prepare("SELECT 1")
	if err != nil {
		return 0
	}
	defer finish(statement)
	var one int
	statement.QueryRow().Scan(&one)
	return one
}

func forget(statement *sql.Stmt) {
	if statement != nil {
		log.Print("still open")
	}
}

func statementClosedByNobody(db *sql.DB) int {
	// ruleid: go/sql-statement
	statement, err := db.Prepare("SELECT 1")
	if err != nil {
		return 0
	}
	defer forget(statement)
	var one int
	statement.QueryRow().Scan(&one)
	return one
}

func (s *server) keptInAField(db *sql.DB) int {
	// ok: go/sql-statement
	statement, err := db.Prepare("SELECT 1")
	if err != nil {
		return 0
	}
	s.statement = statement
	var one int
	statement.QueryRow().Scan(&one)
	s.Close()
	return one
}
