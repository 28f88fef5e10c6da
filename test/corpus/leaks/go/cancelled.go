package cancelled

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func dropped(ctx context.Context) context.Context {
	// ruleid: go/context-cancel
	ctx, _ = context.WithTimeout(ctx, time.Second)
	return ctx
}

func onePath(ctx context.Context, fast bool) error {
	// ruleid: go/context-cancel
	ctx, cancel := context.WithCancel(ctx)
	if fast {
		return errors.New("fast")
	}
	defer cancel()
	<-ctx.Done()
	return ctx.Err()
}

func allPaths(ctx context.Context) error {
	// ok: go/context-cancel
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	<-ctx.Done()
	return ctx.Err()
}

func returned(ctx context.Context) (context.Context, context.CancelFunc) {
	// ok: go/context-cancel
	ctx, cancel := context.WithCancel(ctx)
	return ctx, cancel
}

type worker struct {
	ctx  context.Context
	stop context.CancelFunc
}

func newWorker(ctx context.Context) *worker {
	// ok: go/context-cancel
	ctx, stop := context.WithCancel(ctx)
	return &worker{ctx: ctx, stop: stop}
}

func (w *worker) start(ctx context.Context) {
	// ok: go/context-cancel
	w.ctx, w.stop = context.WithCancel(ctx)
}

func (w *worker) Close() { w.stop() }

func goroutine(ctx context.Context, done chan struct{}) {
	// ok: go/context-cancel
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-ctx.Done():
		case <-done:
		}
	}()
}

func TestX(t *testing.T) {
	// ok: go/context-cancel
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	t.Cleanup(cancel)
	_ = ctx
}

func conditional(ctx context.Context, timeout time.Duration) error {
	// ok: go/context-cancel
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	<-ctx.Done()
	return nil
}

func inLoop(ctx context.Context, urls []string) error {
	for _, u := range urls {
		// ruleid: go/context-cancel
		c, cancel := context.WithTimeout(ctx, time.Second)
		req, err := http.NewRequestWithContext(c, "GET", u, nil)
		if err != nil {
			return err
		}
		_ = req
		cancel()
	}
	return nil
}

func causes(ctx context.Context, n int) error {
	// ruleid: go/context-cancel
	ctx, cancel := context.WithCancelCause(ctx)
	if n == 0 {
		return nil
	}
	cancel(errors.New("x"))
	return ctx.Err()
}

func afterFunc(ctx context.Context, cancel2 func()) error {
	// ok: go/context-cancel
	ctx2, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	<-ctx2.Done()
	return nil
}

func inSelect(ctx context.Context, ch chan int) int {
	// ruleid: go/context-cancel
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	select {
	case v := <-ch:
		cancel()
		return v
	case <-ctx.Done():
		return 0
	}
}
