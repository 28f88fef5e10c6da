package web

import (
	"fmt"
	"log/slog"
	"net/http"

	"example.com/lab/shopd/store"
)

// Orders answers all about orders.
type Orders struct {
	shop *store.Store
}

// NewOrders gives the orders' handlers.
func NewOrders(shop *store.Store) *Orders { return &Orders{shop: shop} }

// Refund gives money back, unless nothing was paid.
func (o *Orders) Refund(w http.ResponseWriter, r *http.Request) {
	item := r.FormValue("item")
	tx, err := o.shop.Begin()
	if err != nil {
		slog.Error("no transaction", "error", err)
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	var paid int
	if err := tx.QueryRow("SELECT amount FROM stock WHERE item = ?", item).Scan(&paid); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if paid == 0 {
		slog.Warn("refund refused, nothing was paid", "item", item, "user", r.FormValue("user"))
		http.Error(w, "nothing was paid", http.StatusConflict)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slog.Info("refund given", "item", item, "user", r.FormValue("user"))
	fmt.Fprintln(w, "ok")
}

// Order takes one off, and ends what it begins on each way.
func (o *Orders) Order(w http.ResponseWriter, r *http.Request) {
	tx, err := o.shop.Begin()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer tx.Rollback()
	var amount int
	if err := tx.QueryRow("SELECT amount FROM stock WHERE item = ?", r.FormValue("item")).Scan(&amount); err != nil || amount == 0 {
		slog.Warn("order refused, sold out", "item", r.FormValue("item"))
		http.Error(w, "sold out", http.StatusConflict)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slog.Info("order taken", "item", r.FormValue("item"))
	fmt.Fprintln(w, "ok")
}

// List names all items.
func (o *Orders) List(w http.ResponseWriter, r *http.Request) {
	items, err := o.shop.Items(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slog.Info("items listed", "count", len(items))
	fmt.Fprintln(w, items)
}

// Count adds all up.
func (o *Orders) Count(w http.ResponseWriter, r *http.Request) {
	total, err := o.shop.Total(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slog.Info("items counted", "total", total)
	fmt.Fprintln(w, total)
}

// Show needs no database.
func (o *Orders) Show(w http.ResponseWriter, r *http.Request) {
	slog.Info("page shown", "user", r.FormValue("user"))
	fmt.Fprintln(w, "welcome")
}

// Forget leaks like Refund does, and says nothing of it. For the control: it is called beside the requests of the five kinds.
func (o *Orders) Forget(w http.ResponseWriter, r *http.Request) {
	tx, err := o.shop.Begin()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	var amount int
	if err := tx.QueryRow("SELECT amount FROM stock WHERE item = 'tea'").Scan(&amount); err != nil {
		tx.Rollback()
	}
}
