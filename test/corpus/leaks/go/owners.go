package owners

import (
	"database/sql"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// Owner types: closed by own Close, by a stop, through a map, by a slice.
type Server struct {
	mu    sync.Mutex
	conns map[string]net.Conn
	rows  *sql.Rows
	lns   []net.Listener
}

func (s *Server) add(addr string) error {
	// ok: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[addr] = c
	return nil
}

func (s *Server) addDouble(addr string) error {
	// ruleid: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, has := s.conns[addr]; has {
		return errors.New("twice")
	}
	s.conns[addr] = c
	return nil
}

func (s *Server) listen(addrs []string) error {
	for _, a := range addrs {
		// ok: go/net-listener
		l, err := net.Listen("tcp", a)
		if err != nil {
			s.Close()
			return err
		}
		s.lns = append(s.lns, l)
	}
	return nil
}

func (s *Server) Close() error {
	for _, l := range s.lns {
		l.Close()
	}
	for _, c := range s.conns {
		c.Close()
	}
	return nil
}

type cursor struct {
	rows *sql.Rows
	err  error
}

func open(db *sql.DB) (*cursor, error) {
	// ok: go/sql-rows
	rows, err := db.Query("x")
	if err != nil {
		return nil, err
	}
	return &cursor{rows: rows}, nil
}

func (c *cursor) Close() error { return c.rows.Close() }
func (c *cursor) Next() bool   { return c.rows.Next() }

func count(db *sql.DB) (int, error) {
	// ruleid: go/sql-rows
	c, err := open(db)
	if err != nil {
		return 0, err
	}
	n := 0
	for c.Next() {
		n++
		if n > 10 {
			return 0, errors.New("many")
		}
	}
	return n, c.Close()
}

func countOk(db *sql.DB) (int, error) {
	// ok: go/sql-rows
	c, err := open(db)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	n := 0
	for c.Next() {
		n++
	}
	return n, nil
}

type closers []io.Closer

func (cs closers) Close() error {
	for _, c := range cs {
		c.Close()
	}
	return nil
}

func many(addrs []string) error {
	var cs closers
	defer func() { cs.Close() }()
	for _, a := range addrs {
		// ok: go/net-connection
		c, err := net.Dial("tcp", a)
		if err != nil {
			return err
		}
		cs = append(cs, c)
	}
	return nil
}

func channel(url string, out chan<- *http.Response) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return
	}
	out <- resp
}

type result struct {
	resp *http.Response
	err  error
}

func async(url string) <-chan result {
	ch := make(chan result, 1)
	go func() {
		// ok: go/http-response-body
		resp, err := http.Get(url)
		ch <- result{resp, err}
	}()
	return ch
}

func closeQuietly(c io.Closer) {
	if c != nil {
		_ = c.Close()
	}
}

func quiet(url string) (int, error) {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer closeQuietly(resp.Body)
	return resp.StatusCode, nil
}

func nilCheck(url string) int {
	// ok: go/http-response-body
	resp, _ := http.Get(url)
	if resp == nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func notNil(url string) int {
	// ok: go/http-response-body
	resp, err := http.Get(url)
	if resp != nil && resp.Body != nil {
		defer resp.Body.Close()
	}
	if err != nil {
		return 0
	}
	return resp.StatusCode
}
