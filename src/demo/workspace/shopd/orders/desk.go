// Package orders is the order desk.
package orders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
)

var errSoldOut = errors.New("sold out")

// Desk serves the order endpoints.
type Desk struct {
	db *sql.DB
}

// NewDesk gives a desk that keeps its orders in db.
func NewDesk(db *sql.DB) *Desk {
	return &Desk{db: db}
}

// Place writes a new order. The deferred rollback does nothing after the commit.
func (d *Desk) Place(w http.ResponseWriter, r *http.Request) {
	tx, err := d.db.BeginTx(r.Context(), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer tx.Rollback()

	if err := d.reserve(r.Context(), tx, r.FormValue("item")); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	log.Printf("an order of %s was placed", r.FormValue("item"))
}

// Cancel takes an order back. It rolls back by hand on each way out.
func (d *Desk) Cancel(w http.ResponseWriter, r *http.Request) {
	tx, err := d.db.BeginTx(r.Context(), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if _, err := tx.ExecContext(r.Context(), "DELETE FROM orders WHERE id = ?", r.FormValue("id")); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	log.Printf("order %s was cancelled", r.FormValue("id"))
}

func (d *Desk) reserve(ctx context.Context, tx *sql.Tx, item string) error {
	var left int
	if err := tx.QueryRowContext(ctx, "SELECT amount FROM stock WHERE item = ? FOR UPDATE", item).Scan(&left); err != nil {
		return err
	}
	if left == 0 {
		return fmt.Errorf("%s: %w", item, errSoldOut)
	}
	_, err := tx.ExecContext(ctx, "UPDATE stock SET amount = amount - 1 WHERE item = ?", item)
	return err
}

// List shows the open orders.
func (d *Desk) List(w http.ResponseWriter, r *http.Request) {
	rows, err := d.db.QueryContext(r.Context(), "SELECT id, item FROM orders")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	listed := 0
	for rows.Next() {
		listed++
		var id, item string
		if err := rows.Scan(&id, &item); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, id, item)
	}
	if err := rows.Err(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	log.Printf("%d orders were listed", listed)
}
