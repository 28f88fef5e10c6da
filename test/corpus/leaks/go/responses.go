package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
)

type API struct {
	client *http.Client
}

func statusOnly(url string) (int, error) {
	// ruleid: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func deferred(url string) ([]byte, error) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func statusBeforeDefer(url string) ([]byte, error) {
	// ruleid: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func readIsNotClosed(url string) ([]byte, error) {
	// ruleid: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

func bodyAlias(url string) error {
	// ok: go/http-body-not-drained
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	body := resp.Body
	defer body.Close()
	var v any
	return json.NewDecoder(body).Decode(&v)
}

func deferredClosure(url string) error {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer func() {
		if err := resp.Body.Close(); err != nil {
			fmt.Println(err)
		}
	}()
	return nil
}

func (a *API) do(req *http.Request) (*http.Response, error) {
	// ok: go/http-response-body
	return a.client.Do(req)
}

func (a *API) checked(req *http.Request) (*http.Response, error) {
	// ruleid: go/http-response-body
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 500 {
		return nil, errors.New("server error")
	}
	return resp, nil
}

func (a *API) usesHelper(req *http.Request) error {
	// ruleid: go/http-response-body
	resp, err := a.do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != 200 {
		return errors.New("not ok")
	}
	return resp.Body.Close()
}

func (a *API) usesHelperRight(req *http.Request) error {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := a.do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return errors.New("not ok")
	}
	return nil
}

func drain(body io.ReadCloser) {
	io.Copy(io.Discard, body)
	body.Close()
}

func drained(url string) error {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer drain(resp.Body)
	return nil
}

func closeResponse(resp *http.Response) {
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
}

func closedByHelper(url string) error {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get(url)
	defer closeResponse(resp)
	if err != nil {
		return err
	}
	return nil
}

func open(url string) (io.ReadCloser, error) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func callerOfOpen(url string) error {
	// ruleid: go/http-response-body
	body, err := open(url)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, body)
	return err
}

func callerOfOpenCloses(url string) error {
	// ok: go/http-response-body
	body, err := open(url)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(io.Discard, body)
	return err
}

func nilChecked(url string) error {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get(url)
	if resp != nil {
		defer resp.Body.Close()
	}
	return err
}

func discardedResponse(url string) {
	// ruleid: go/http-response-body
	http.Get(url)
}

func blankResponse(url string) bool {
	// ruleid: go/http-response-body
	_, err := http.Get(url)
	return err == nil
}

func retries(url string) (*http.Response, error) {
	var resp *http.Response
	var err error
	for i := 0; i < 3; i++ {
		// ruleid: go/http-response-body
		resp, err = http.Get(url)
		if err == nil && resp.StatusCode < 500 {
			return resp, nil
		}
	}
	return nil, err
}

func retriesClosing(url string) (*http.Response, error) {
	for i := 0; i < 3; i++ {
		// ok: go/http-response-body
		// ruleid: go/http-body-not-drained
		resp, err := http.Get(url)
		if err != nil {
			continue
		}
		if resp.StatusCode < 500 {
			return resp, nil
		}
		resp.Body.Close()
	}
	return nil, errors.New("gave up")
}

func TestGet(t *testing.T) {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get("http://localhost")
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		t.Fatalf("status %d", resp.StatusCode)
	}
	resp.Body.Close()
}

func TestCleanup(t *testing.T) {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get("http://localhost")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
}

// The caller gets the status and the headers of a body that is closed already.
func fetchClosed(url string) (*http.Response, []byte, error) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return resp, content, err
}

func usesClosed(url string) (int, error) {
	// ok: go/http-response-body
	resp, _, err := fetchClosed(url)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func drainResponse(resp *http.Response) {
	if resp.Body != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// Closed together with an error that is not null, open together with none.
func (a *API) request(url string) (*http.Response, error) {
	// ok: go/http-response-body
	resp, err := a.client.Get(url)
	if err != nil {
		return resp, err
	}
	if resp.StatusCode == http.StatusNotModified {
		return resp, nil
	}
	if resp.StatusCode >= 300 {
		defer drainResponse(resp)
		return resp, errors.New("refused")
	}
	return resp, nil
}

func (a *API) describe(resp *http.Response) string {
	if resp == nil {
		return "none"
	}
	return resp.Status
}

func (a *API) requestAndDrain(url string) (string, error) {
	// ok: go/http-response-body
	resp, err := a.request(url)
	if err != nil {
		return a.describe(resp), err
	}
	defer drainResponse(resp)
	return resp.Status, nil
}

func (a *API) requestAndForget(url string) (string, error) {
	// ruleid: go/http-response-body
	resp, err := a.request(url)
	if err != nil {
		return a.describe(resp), err
	}
	return resp.Status, nil
}

// Whoever asks for a stream closes it; where there is none, it is closed here.
func stream(url string) (_ io.ReadCloser, failed error) {
	// ok: go/http-response-body
	// ok: go/http-body-not-drained
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer func() {
		if failed != nil {
			_ = resp.Body.Close()
		}
	}()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New("refused")
	}
	return resp.Body, nil
}

func intoBuffer(url string) (string, error) {
	// ruleid: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return "", err
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(resp.Body); err != nil {
		return "", err
	}
	return content.String(), nil
}

type fetcher interface {
	Do(req *http.Request) (*http.Response, error)
}

// A method of an interface of the workspace's own that net/http's client fits.
func throughInterface(f fetcher, req *http.Request) (int, error) {
	// ruleid: go/http-response-body
	resp, err := f.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func throughInterfaceClosed(f fetcher, req *http.Request) (int, error) {
	// ok: go/http-response-body
	resp, err := f.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// A test's stand-in gives nothing that is open: what the interface is cut to decides.
type fetcherMock struct{}

func (fetcherMock) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
}

type cachedPage interface {
	Last() *http.Response
}

// What an interface of another shape gives may be another's to close.
func throughAnotherInterface(page cachedPage) int {
	// ok: go/http-response-body
	resp := page.Last()
	return resp.StatusCode
}

func statuses(urls []string) ([]string, error) {
	var all []string
	for _, url := range urls {
		// ok: go/http-response-body
		// ruleid: go/http-body-not-drained
		resp, err := http.Get(url)
		if err != nil {
			return all, err
		}
		resp.Body.Close()
		all = append(all, resp.Status)
	}
	return all, nil
}

func (a *API) statuses(reqs []*http.Request) (int, error) {
	good := 0
	for _, req := range reqs {
		// ok: go/http-response-body
		// ruleid: go/http-body-not-drained
		resp, err := a.do(req)
		if err != nil {
			return good, err
		}
		resp.Body.Close()
		if resp.StatusCode == 200 {
			good++
		}
	}
	return good, nil
}
