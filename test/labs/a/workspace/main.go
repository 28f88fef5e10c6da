// Command shopd is the service of lab A: one of its handlers leaves a transaction open.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"example.com/lab/shopd/controllers"
	"example.com/lab/shopd/store"
)

func main() {
	db, err := sql.Open("mysql", os.Getenv("SHOPD_DSN"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(40)

	shop := store.New(db)
	if err := shop.Prepare(); err != nil {
		log.Fatal(err)
	}
	main := controllers.NewMain(shop)
	stock := controllers.NewStock(shop)

	mux := http.NewServeMux()
	mux.HandleFunc("/update", main.Update)
	mux.HandleFunc("/move", stock.Move)
	mux.HandleFunc("/count", stock.Count)
	mux.HandleFunc("/list", stock.List)

	server := &http.Server{Addr: os.Getenv("SHOPD_ADDRESS"), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
