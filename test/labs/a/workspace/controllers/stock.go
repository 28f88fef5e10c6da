package controllers

import (
	"database/sql"
	"fmt"
	"net/http"

	"example.com/lab/shopd/store"
)

// Stock answers questions about stock. Everything here ends what it begins.
type Stock struct {
	shop *store.Store
}

// NewStock gives the stock controller.
func NewStock(shop *store.Store) *Stock { return &Stock{shop: shop} }

// Move takes one off, inside a helper that ends the transaction.
func (s *Stock) Move(w http.ResponseWriter, r *http.Request) {
	err := s.shop.Within(r.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE stock SET amount = amount - 1 WHERE item = ? AND amount > 0", r.FormValue("item"))
		return err
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Count ends its transaction on each path by hand.
func (s *Stock) Count(w http.ResponseWriter, r *http.Request) {
	tx, err := s.shop.Begin()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	var total int
	if err := tx.QueryRow("SELECT COALESCE(SUM(amount), 0) FROM stock").Scan(&total); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if total == 0 {
		tx.Rollback()
		http.Error(w, "nothing left", http.StatusNotFound)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, total)
}

// List closes its rows when it returns.
func (s *Stock) List(w http.ResponseWriter, r *http.Request) {
	rows, err := s.shop.Items(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var item string
		if err := rows.Scan(&item); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, item)
	}
}
