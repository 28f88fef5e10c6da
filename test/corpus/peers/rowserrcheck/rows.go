// After what rowserrcheck says it is for: rows whose error nobody asks for. Leakline looks at whether they stay open: a loop that is read to its end
// closes them, one that is left early does not. What only lacks the question for the error is innocent here.
package rowserrcheck

import "database/sql"

func readToTheEndWithoutAsking(db *sql.DB) int {
	count := 0
	// ok: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb")
	if err != nil {
		return 0
	}
	for rows.Next() {
		count++
	}
	return count
}

func readToTheEndAndAsked(db *sql.DB) (int, error) {
	count := 0
	// ok: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		count++
	}
	return count, rows.Err()
}

func leftEarly(db *sql.DB) int {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb")
	if err != nil {
		return 0
	}
	for rows.Next() {
		var id int
		if rows.Scan(&id) != nil {
			break
		}
	}
	return 1
}

func askedOnlyForTheError(db *sql.DB) error {
	// ruleid: go/sql-rows
	rows, err := db.Query("SELECT id FROM tb")
	if err != nil {
		return err
	}
	return rows.Err()
}
