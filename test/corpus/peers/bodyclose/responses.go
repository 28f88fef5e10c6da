// After what bodyclose says it is for: a response whose body somebody closes, and one whose body nobody does.
package bodyclose

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
)

func closedAtOnce(url string) error {
	// ok: go/http-response-body
	first, err := http.Get(url)
	if err != nil {
		return err
	}
	first.Body.Close()
	// ok: go/http-response-body
	second, err := http.Get(url)
	if err != nil {
		return err
	}
	return second.Body.Close()
}

func closedByAnotherName(url string) {
	// ok: go/http-response-body
	response, err := http.Get(url)
	if err != nil {
		return
	}
	body := response.Body
	body.Close()
}

func threeTimesTheSameName(url string) {
	// ruleid: go/http-response-body
	response, err := http.Get(url)
	if err != nil {
		return
	}
	fmt.Println(response)

	// ruleid: go/http-response-body
	response, err = http.Get(url)
	if err != nil {
		return
	}
	fmt.Println(response.Status)

	// ruleid: go/http-response-body
	response, err = http.Get(url)
	if err != nil {
		return
	}
	fmt.Println(response.Body)
}

func thrownAwayByName(url string) error {
	// ruleid: go/http-response-body
	_, err := http.Get(url)
	return err
}

func thrownAway(url string) {
	// ruleid: go/http-response-body
	http.Get(url)
}

func closedInAClosureThatIsCalled(url string) {
	// ok: go/http-response-body
	response, _ := http.Get(url)
	finish := func() {
		response.Body.Close()
	}
	finish()
}

func closedInAClosureThatNobodyCalls(url string) {
	// todoruleid: go/http-response-body
	response, _ := http.Get(url)
	_ = func() {
		response.Body.Close()
	}
}

func openedAndClosedInAClosure(url string) {
	ask := func() {
		// ok: go/http-response-body
		response, _ := http.Get(url)
		response.Body.Close()
	}
	ask()
}

func givenToAClosure(url string) {
	// ok: go/http-response-body
	response, _ := http.Get(url)
	finish := func(given *http.Response) {
		given.Body.Close()
	}
	finish(response)
}

func finish(response *http.Response) {
	response.Body.Close()
}

func givenToAFunction(url string) {
	// ok: go/http-response-body
	response, _ := http.Get(url)
	finish(response)
}

func readAll(response *http.Response) {
	if _, err := io.ReadAll(response.Body); err != nil {
		panic(err)
	}
}

func readAndFinish(response *http.Response) {
	readAll(response)
	defer response.Body.Close()
}

func onlyReadByAFunction(url string) {
	// ruleid: go/http-response-body
	response, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	readAll(response)
}

func finishedByADeferredFunction(url string) {
	// ok: go/http-response-body
	response, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	defer readAndFinish(response)
}

func finishCloser(one io.Closer) {
	_ = one.Close()
}

func bodyGivenToACloser(url string) {
	// ok: go/http-response-body
	response, _ := http.Get(url)
	defer finishCloser(response.Body)
}

func deferredClosure(url string) {
	// ok: go/http-response-body
	response, _ := http.Get(url)
	defer func() {
		_ = response.Body.Close()
	}()
}

func closeIsAnArgument(request *http.Request) {
	// ok: go/http-response-body
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer func() { fmt.Println(response.Body.Close()) }()
}

func bodyHandedBack(url string) (io.ReadCloser, error) {
	// ok: go/http-response-body
	response, err := http.DefaultClient.Get(url)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

type kept struct {
	original *http.Response
}

func (k *kept) response() *http.Response {
	return k.original
}

func closedThroughAField(url string) {
	one := &kept{}
	// ok: go/http-response-body
	one.original, _ = http.Get(url)
	_ = one.original.Body.Close()
}

func closedThroughAMethod(url string) {
	one := &kept{}
	// ok: go/http-response-body
	one.original, _ = http.Get(url)
	_ = one.response().Body.Close()
}

var last *http.Response

func keptInAGlobal(url string) {
	// ok: go/http-response-body
	last, _ = http.Get(url)
}

func recorded() {
	recorder := httptest.NewRecorder()
	// ok: go/http-response-body
	response := recorder.Result()
	_, _ = io.ReadAll(response.Body)
}

func ignored(body io.ReadCloser) {}

func bodyGivenToNobody(url string) {
	// ruleid: go/http-response-body
	response, _ := http.Get(url)
	ignored(response.Body)
}

func bodyOnlyWrapped(url string) {
	// ruleid: go/http-response-body
	response, _ := http.Get(url)
	_ = http.MaxBytesReader(nil, response.Body, 1024)
}

func openedOnOneBranch(url string, wanted bool) {
	var response *http.Response
	if wanted {
		// ok: go/http-response-body
		response, _ = http.Get(url)
	}
	if response != nil {
		defer response.Body.Close()
	}
}
