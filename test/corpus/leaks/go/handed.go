package handed

import (
	"errors"
	"net"
	"sync"

	"golang.org/x/sync/errgroup"
)

type server struct {
	listener net.Listener
	open     map[net.Conn]bool
	incoming chan net.Conn
}

func (s *server) inGoroutine() error {
	for {
		// ruleid: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		go s.answer(conn)
	}
}

func (s *server) answer(conn net.Conn) {
	line := make([]byte, 64)
	n, err := conn.Read(line)
	if err != nil || n == 0 {
		return
	}
	conn.Write(line[:n])
	conn.Close()
}

func (s *server) inPlace() error {
	for {
		// ruleid: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		s.answer(conn)
	}
}

func (s *server) inClosure(group *errgroup.Group) error {
	for {
		// ruleid: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		group.Go(func() error {
			if _, err := conn.Write([]byte("hello")); err != nil {
				return err
			}
			return conn.Close()
		})
	}
}

func (s *server) inArgument() error {
	for {
		// ruleid: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		go func(c net.Conn) {
			if _, err := c.Write([]byte("hello")); err != nil {
				return
			}
			c.Close()
		}(conn)
	}
}

// Through another function, which only looks first.
func (s *server) further() error {
	for {
		// ruleid: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		go s.greet(conn)
	}
}

func (s *server) greet(conn net.Conn) {
	conn.Write([]byte("hello"))
	s.answer(conn)
}

func (s *server) closedByAll() error {
	for {
		// ok: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		go s.answerAndClose(conn)
	}
}

func (s *server) answerAndClose(conn net.Conn) {
	defer conn.Close()
	line := make([]byte, 64)
	if _, err := conn.Read(line); err != nil {
		return
	}
	conn.Write(line)
}

func (s *server) closedHere() error {
	for {
		// ok: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		s.answer(conn)
		conn.Close()
	}
}

func (s *server) onlyShown() {
	// ok: go/net-connection
	conn, err := s.listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	s.answer(conn)
}

func (s *server) kept() error {
	for {
		// ok: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		s.open[conn] = true
		go s.answer(conn)
	}
}

func (s *server) sent() error {
	for {
		// ok: go/net-connection
		conn, err := s.listener.Accept()
		if err != nil {
			return err
		}
		s.incoming <- conn
	}
}

func (s *server) askedByFlag(keep bool) error {
	// ok: go/net-connection
	conn, err := s.listener.Accept()
	if err != nil {
		return err
	}
	finish(conn, keep)
	return nil
}

func finish(conn net.Conn, keep bool) {
	if keep {
		return
	}
	conn.Close()
}

func (s *server) toldByError() error {
	// ok: go/net-connection
	conn, err := s.listener.Accept()
	if err != nil {
		return err
	}
	if err := handshake(conn); err != nil {
		return err
	}
	return conn.Close()
}

func handshake(conn net.Conn) error {
	if _, err := conn.Write([]byte("hello")); err != nil {
		conn.Close()
		return errors.New("no handshake")
	}
	return nil
}

func (s *server) waitedFor(group *sync.WaitGroup) error {
	// ok: go/net-connection
	conn, err := s.listener.Accept()
	if err != nil {
		return err
	}
	group.Go(func() {
		defer conn.Close()
		conn.Write([]byte("hello"))
	})
	return nil
}
