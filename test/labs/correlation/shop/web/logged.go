// Package web answers the shop's requests.
package web

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

var numbers atomic.Int64

// Logged writes a line when a request begins and one when it is answered.
func Logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := numbers.Add(1)
		begun := time.Now()
		slog.Info("request begins", "request", number, "path", r.URL.Path, "user", r.FormValue("user"))
		next.ServeHTTP(w, r)
		slog.Info("request answered", "request", number, "took", time.Since(begun))
	})
}
