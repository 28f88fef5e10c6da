// shopd takes orders over HTTP and keeps them in MySQL.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"example.com/shop/shopd/orders"
)

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	db, err := sql.Open("mysql", os.Getenv("SHOP_DSN"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	desk := orders.NewDesk(db)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/place", desk.Place)
	mux.HandleFunc("POST /orders/cancel", desk.Cancel)
	mux.HandleFunc("POST /orders/update", desk.Update)
	mux.HandleFunc("GET /orders", desk.List)

	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
