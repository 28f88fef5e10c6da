package orders

import (
	"log"
	"net/http"
)

// Update changes the amount of an order.
func (d *Desk) Update(w http.ResponseWriter, r *http.Request) {
	id, amount := r.FormValue("id"), r.FormValue("amount")

	tx, err := d.db.Begin()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if amount == "" {
		log.Printf("order %s: no amount, nothing to do", id)
		http.Error(w, "amount is missing", http.StatusBadRequest)
		return
	}
	if _, err := tx.Exec("UPDATE orders SET amount = ? WHERE id = ?", amount, id); err != nil {
		tx.Rollback()
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := tx.Commit(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	log.Printf("order %s: the amount is %s now", id, amount)
}
