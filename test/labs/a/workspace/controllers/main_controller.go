// Package controllers answers the shop's requests.
package controllers

import (
	"fmt"
	"net/http"

	"example.com/lab/shopd/store"
)

// Main changes stock.
type Main struct {
	shop *store.Store
}

// NewMain gives the main controller.
func NewMain(shop *store.Store) *Main { return &Main{shop: shop} }

// Update sets the amount of an item.
func (m *Main) Update(w http.ResponseWriter, r *http.Request) {
	item := r.FormValue("item")
	tx, err := m.shop.Begin()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	var amount int
	if err := tx.QueryRow("SELECT amount FROM stock WHERE item = ?", item).Scan(&amount); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if amount == 0 {
		http.Error(w, "sold out", http.StatusConflict)
		return
	}
	if _, err := tx.Exec("UPDATE stock SET amount = amount - 1 WHERE item = ?", item); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "ok")
}
