// Every construct of the Go grammar at least once. Not meant to compile; it parses without errors.
package everything

import (
	"context"
	renamed "database/sql"
	. "math"
	_ "net/http/pprof"
)
import "fmt"

const (
	first = iota
	second
	third, fourth = 1 << iota, "four"
)
const typed float64 = 1.5

var global, other = 1, 2i
var (
	pool    *renamed.DB
	numbers = [...]int{1, 2, 3}
	array   [4]byte
	signal  chan<- struct{}
)

type (
	Alias      = renamed.Tx
	Set[T any] map[T]struct{}
	Number     interface {
		~int | ~float64
		fmt.Stringer
		Scale(by int) (scaled Number, err error)
	}
)

type Store struct {
	*renamed.DB
	name, path string `json:"name"`
	hook       func(context.Context, ...any) error
	inner      struct{ rows []*renamed.Rows }
	next       (*Store)
	fmt.Stringer
	Set[int]
}

func generic[K comparable, V Number | ~string](m map[K]V, keys ...K) (values []V, err error) {
	for _, key := range keys {
		values = append(values, m[key])
	}
	return
}

func external(x int) int

func (s *Store) begin(ctx context.Context) (*renamed.Tx, error) {
	tx, err := s.BeginTx(ctx, &renamed.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("begin: %w\n", err)
	} else if tx == nil {
		return nil, nil
	} else {
		defer func() { _ = recover() }()
	}
	return tx, nil
}

func (Set[T]) empty() bool { return !false }

func statements(in <-chan int, out chan int, any interface{}) {
	var local int
	local = 'x'
	local += 0x1F
	local++
	local--
	other, global = global, other
	f := (*Store).begin
	g := generic[string, int]
	h := make(map[string]*Store, 4)
	p := new(Store)
	slice := numbers[1:2:3]
	slice = numbers[:]
	nested := []map[string][]int{{"a": {1, 2}}, {`b`: nil}}
	number := -local ^ +local &^ 3
	converted := []byte("text")
	assumed, ok := any.(interface{ Close() error })
	empty := interface{}(nil)
	same := (chan int)(out)
	if ok && !(local == 1 || local <= 2) {
		go worker(f, g, h, p, slice, nested, number, converted, assumed, empty, same)
		go func() {}()
	}
outer:
	for i := 0; i < 10; i++ {
		switch x := i; {
		case x > 5, x < 3:
			continue outer
		case x == 4:
			fallthrough
		default:
			break outer
		}
	}
	for {
		break
	}
	for local < 3 {
		local *= 2
	}
	for range 10 {
	}
	switch v := any.(type) {
	case nil:
	case *renamed.Tx, error:
		v.Rollback()
	case []int, map[string]int, chan int, func(int) string, [2]int, Set[int], (int):
	default:
	}
	switch any.(type) {
	}
	switch local {
	case 1:
	}
	select {
	case v := <-in:
		use(v)
	case <-in:
	case out <- local:
	default:
	}
	out <- <-in
	{
		;
	}
	goto end
end:
	type inside struct{}
	worker(numbers[:]...)
	*p = Store{name: "n"}
	array[0] |= array[1]
}
