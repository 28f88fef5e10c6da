// After what noctx says it is for: requests that nothing limits. It asks for a context; a client with a time limit of its own is as good.
package noctx

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"
)

func packageFunction(url string) error {
	// ruleid: go/http-no-timeout
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func head(url string) error {
	// ruleid: go/http-no-timeout
	response, err := http.Head(url)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func defaultClient(url string) error {
	// todoruleid: go/http-no-timeout
	response, err := http.DefaultClient.Get(url)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func clientWithALimit(url string) error {
	client := &http.Client{Timeout: 5 * time.Second}
	// ok: go/http-no-timeout
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func requestWithAContext(ctx context.Context, url string) error {
	// ok: go/http-no-timeout
	client := &http.Client{}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func requestGivenAContextLater(ctx context.Context, url string) error {
	// ok: go/http-no-timeout
	client := &http.Client{}
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request = request.WithContext(ctx)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func requestOfATest(handler http.Handler) int {
	recorder := httptest.NewRecorder()
	// ok: go/http-no-timeout
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	return recorder.Code
}
