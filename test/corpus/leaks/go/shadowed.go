package shadowed

import (
	sqldb "database/sql"
	"errors"
	nethttp "net/http"
)

type http struct{}

func (http) Get(string) (*resp, error) { return nil, nil }

type resp struct{}

func local() error {
	h := http{}
	// ok: go/http-response-body
	r, err := h.Get("x")
	_ = r
	return err
}

func alias(url string) error {
	// ruleid: go/http-response-body
	r, err := nethttp.Get(url)
	if err != nil {
		return err
	}
	if r.StatusCode != 200 {
		return errors.New(r.Status)
	}
	return r.Body.Close()
}

func shadowed(db *sqldb.DB, ok bool) (err error) {
	var rows *sqldb.Rows
	if ok {
		// ruleid: go/sql-rows
		rows, err := db.Query("x")
		if err != nil {
			return err
		}
		rows.Next()
	}
	if rows != nil {
		rows.Close()
	}
	return nil
}

func assigned(db *sqldb.DB, ok bool) (err error) {
	var rows *sqldb.Rows
	if ok {
		// ok: go/sql-rows
		rows, err = db.Query("x")
	} else {
		// ok: go/sql-rows
		rows, err = db.Query("y")
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	return rows.Err()
}

func labelled(db *sqldb.DB, ts []string) error {
outer:
	for _, t := range ts {
		// ruleid: go/sql-rows
		rows, err := db.Query(t)
		if err != nil {
			return err
		}
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				rows.Close()
				return err
			}
			if n == 0 {
				continue outer
			}
		}
		rows.Close()
	}
	return nil
}

func labelledOk(db *sqldb.DB, ts []string) error {
outer:
	for _, t := range ts {
		// ok: go/sql-rows
		rows, err := db.Query(t)
		if err != nil {
			return err
		}
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				rows.Close()
				break outer
			}
			if n == 0 {
				rows.Close()
				continue outer
			}
		}
		rows.Close()
	}
	return nil
}

func deferInLoop(db *sqldb.DB, ts []string) error {
	for _, t := range ts {
		rows, err := db.Query(t)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
	}
	return nil
}

func funcInLoop(db *sqldb.DB, ts []string) error {
	for _, t := range ts {
		err := func() error {
			// ok: go/sql-rows
			rows, err := db.Query(t)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
			}
			return rows.Err()
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

func typeSwitch(db *sqldb.DB, x any) error {
	// ruleid: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return err
	}
	switch v := x.(type) {
	case int:
		rows.Close()
		_ = v
	case string:
		return errors.New(v)
	default:
		defer rows.Close()
	}
	return nil
}

func fallThrough(db *sqldb.DB, n int) error {
	// ok: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return err
	}
	switch n {
	case 1:
		n++
		fallthrough
	case 2:
		rows.Close()
	default:
		rows.Close()
	}
	return nil
}
