// Command shopd is the service of lab A over time: five kinds of request, all logged; one of them leaves a transaction open now and then.
package main

import (
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"example.com/lab/shopd/store"
	"example.com/lab/shopd/web"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	db, err := sql.Open("mysql", os.Getenv("SHOPD_DSN"))
	if err != nil {
		slog.Error("cannot open the database", "error", err)
		os.Exit(1)
	}
	defer db.Close()
	shop := store.New(db)
	if err := shop.Prepare(); err != nil {
		slog.Error("cannot prepare the tables", "error", err)
		os.Exit(1)
	}
	orders := web.NewOrders(shop)
	go func() {
		for range time.Tick(time.Second) {
			slog.Info("pool checked", "open", db.Stats().OpenConnections)
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("/refund", orders.Refund)
	mux.HandleFunc("/order", orders.Order)
	mux.HandleFunc("/list", orders.List)
	mux.HandleFunc("/count", orders.Count)
	mux.HandleFunc("/show", orders.Show)
	all := http.NewServeMux()
	all.Handle("/", web.Logged(mux))
	all.HandleFunc("/forget", orders.Forget)
	server := &http.Server{Addr: os.Getenv("SHOPD_ADDRESS"), Handler: all, ReadHeaderTimeout: 5 * time.Second}
	slog.Error("the server ended", "error", server.ListenAndServe())
}
