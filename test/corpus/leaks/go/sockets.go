package sockets

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/rpc"
	"net/smtp"
	"net/textproto"
	"time"
)

func tick(stop chan struct{}) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-stop:
			return
		}
	}
}

func secure(addr string) error {
	// ruleid: go/net-connection
	c, err := tls.Dial("tcp", addr, nil)
	if err != nil {
		return err
	}
	if err := c.Handshake(); err != nil {
		return err
	}
	return c.Close()
}

func upgrade(addr string) (net.Conn, error) {
	// ok: go/net-connection
	raw, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, &tls.Config{})
	if err := c.Handshake(); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

func upgradeLeak(addr string) (net.Conn, error) {
	// ruleid: go/net-connection
	raw, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, &tls.Config{})
	if err := c.Handshake(); err != nil {
		return nil, err
	}
	return c, nil
}

func mail(addr string) error {
	// todoruleid: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	cl, err := smtp.NewClient(c, "host")
	if err != nil {
		return err
	}
	defer cl.Close()
	return cl.Noop()
}

func call(addr string) error {
	c, err := rpc.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Call("A.B", 1, nil)
}

func text(addr string) error {
	// ok: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	tp := textproto.NewConn(c)
	defer tp.Close()
	return tp.PrintfLine("x")
}

func dialer(ctx context.Context, addr string) error {
	d := net.Dialer{Timeout: time.Second}
	// ruleid: go/net-connection
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	buf := make([]byte, 4)
	if _, err := io.ReadFull(c, buf); err != nil {
		return err
	}
	c.Close()
	return nil
}

func udp(addr string) error {
	// ruleid: go/net-connection
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	buf := make([]byte, 1500)
	for {
		n, _, err := pc.ReadFrom(buf)
		if err != nil {
			return err
		}
		log.Println(n)
	}
}

func drain(c *http.Client, url string) error {
	// ok: go/http-response-body
	resp, err := c.Head(url)
	if err != nil {
		return err
	}
	defer func() {
		io.Copy(io.Discard, io.LimitReader(resp.Body, 4096))
		resp.Body.Close()
	}()
	return nil
}

func clientPerCall(url string) error {
	c := &http.Client{}
	// ok: go/http-response-body
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return nil
}

func acceptLoop(l net.Listener) {
	for {
		// ruleid: go/net-connection
		c, err := l.Accept()
		if err != nil {
			log.Println(err)
			continue
		}
		if tc, ok := c.(*net.TCPConn); ok {
			if err := tc.SetKeepAlive(true); err != nil {
				continue
			}
		}
		go serve(c)
	}
}

func serve(c net.Conn) {
	defer c.Close()
	io.Copy(c, c)
}

type handler struct{}

func (h *handler) handle(c net.Conn) {
	buf := make([]byte, 1)
	c.Read(buf)
}

func (h *handler) loop(l net.Listener) error {
	defer l.Close()
	for {
		// ruleid: go/net-connection
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go h.handle(c)
	}
}

func (h *handler) wrapped(l net.Listener) error {
	for {
		// ok: go/net-connection
		c, err := l.Accept()
		if err != nil {
			return err
		}
		s := newSession(c)
		go s.run()
	}
}

type session struct{ c net.Conn }

func newSession(c net.Conn) *session { return &session{c: c} }
func (s *session) run() {
	defer s.c.Close()
	io.Copy(s.c, s.c)
}

func udpOk(addr string) error {
	// ok: go/net-connection
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer pc.Close()
	_, _, err = pc.ReadFrom(make([]byte, 1500))
	return err
}

func secureOk(addr string) error {
	// ok: go/net-connection
	c, err := tls.Dial("tcp", addr, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Handshake()
}
