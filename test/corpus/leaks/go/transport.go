package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

type service struct {
	http *http.Client
	url  string
}

func New(url string, c *http.Client) *service {
	if c == nil {
		c = http.DefaultClient
	}
	return &service{http: c, url: url}
}

func (s *service) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return nil, err
	}
	// ok: go/http-response-body
	return s.http.Do(req)
}

func (s *service) Create(ctx context.Context, in any) error {
	// ruleid: go/http-response-body
	resp, err := s.send(ctx, "POST", "/things", in)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("status %s", resp.Status)
	}
	return resp.Body.Close()
}

func (s *service) Read(ctx context.Context, out any) error {
	// ok: go/http-response-body
	resp, err := s.send(ctx, "GET", "/things", nil)
	if err != nil {
		return err
	}
	return decode(resp, out)
}

func decode(resp *http.Response, out any) error {
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return fmt.Errorf("status %s", resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

func check(resp *http.Response) error {
	if resp.StatusCode >= 400 {
		return fmt.Errorf("status %s", resp.Status)
	}
	return nil
}

func (s *service) Delete(ctx context.Context) error {
	// ruleid: go/http-response-body
	resp, err := s.send(ctx, "DELETE", "/things", nil)
	if err != nil {
		return err
	}
	if err := check(resp); err != nil {
		return err
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return nil
}

func (s *service) do(req *http.Request, out any) (err error) {
	// ok: go/http-response-body
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := resp.Body.Close(); cerr != nil && err == nil {
			err = cerr
		}
	}()
	switch resp.StatusCode {
	case http.StatusOK:
		return json.NewDecoder(resp.Body).Decode(out)
	case http.StatusNotFound:
		return fmt.Errorf("not found")
	default:
		return fmt.Errorf("status %d", resp.StatusCode)
	}
}

func (s *service) Stream(ctx context.Context) (io.ReadCloser, error) {
	// ok: go/http-response-body
	resp, err := s.send(ctx, "GET", "/stream", nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != 200 {
		resp.Body.Close()
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return resp.Body, nil
}

func (s *service) StreamLeak(ctx context.Context) (io.ReadCloser, error) {
	// ruleid: go/http-response-body
	resp, err := s.send(ctx, "GET", "/stream", nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != 200 {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return resp.Body, nil
}

func (s *service) UseStream(ctx context.Context) (int64, error) {
	// ruleid: go/http-response-body
	r, err := s.Stream(ctx)
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, r)
}

func (s *service) UseStreamOk(ctx context.Context) (int64, error) {
	// ok: go/http-response-body
	r, err := s.Stream(ctx)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return io.Copy(io.Discard, r)
}
