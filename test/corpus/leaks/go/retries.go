package retries

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

type HTTPDoer interface {
	Do(req *http.Request) (*http.Response, error)
}

type Client struct {
	client HTTPDoer
	base   string
}

// retried: the response of a 503 is overwritten by the next turn.
func (c *Client) Get(path string) ([]byte, error) {
	var resp *http.Response
	var err error
	for attempt := 0; attempt < 3; attempt++ {
		req, rerr := http.NewRequest(http.MethodGet, c.base+path, nil)
		if rerr != nil {
			return nil, rerr
		}
		// ruleid: go/http-response-body
		resp, err = c.client.Do(req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(time.Second)
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (c *Client) GetClosed(path string) ([]byte, error) {
	var resp *http.Response
	var err error
	for attempt := 0; attempt < 3; attempt++ {
		req, rerr := http.NewRequest(http.MethodGet, c.base+path, nil)
		if rerr != nil {
			return nil, rerr
		}
		// ok: go/http-response-body
		resp, err = c.client.Do(req)
		if err != nil {
			continue
		}
		if resp.StatusCode < 500 {
			break
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		resp = nil
	}
	if err != nil {
		return nil, err
	}
	if resp == nil {
		return nil, errors.New("no answer")
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (c *Client) Redirected(req *http.Request) (*http.Response, error) {
	redirects := 0
START:
	// ruleid: go/http-response-body
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == 307 && redirects < 1 {
		loc, err := resp.Location()
		if err != nil {
			return resp, err
		}
		req.URL = loc
		redirects++
		goto START
	}
	return resp, nil
}

func (c *Client) RedirectedClosed(req *http.Request) (*http.Response, error) {
	redirects := 0
AGAIN:
	// ok: go/http-response-body
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == 307 && redirects < 1 {
		loc, err := resp.Location()
		resp.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("location: %w", err)
		}
		req.URL = loc
		redirects++
		goto AGAIN
	}
	return resp, nil
}
