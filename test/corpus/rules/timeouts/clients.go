package clients

import (
	"net/http"
	"time"
)

// ruleid: go/http-no-timeout
var patient = http.Client{}

// ok: go/http-no-timeout
var hasty = &http.Client{Timeout: time.Second}

type Service struct {
	client *http.Client
	later  *http.Client
}

func New(limit time.Duration) *Service {
	service := &Service{
		// ruleid: go/http-no-timeout
		client: &http.Client{},
		// ok: go/http-no-timeout
		later: &http.Client{},
	}
	service.later.Timeout = limit
	return service
}

func Local(url string) (*http.Response, error) {
	// ok: go/http-no-timeout
	client := http.Client{}
	client.Timeout = time.Second
	return client.Get(url)
}

func Shadowed(url string, http interface{ Get(string) error }) error {
	// ok: go/http-no-timeout
	return http.Get(url)
}

func Default(url string) (*http.Response, error) {
	// ruleid: go/http-no-timeout
	return http.Get(url)
}
