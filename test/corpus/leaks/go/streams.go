package streams

import (
	"bufio"
	"compress/gzip"
	"io"
	"net"
	"os"
	"os/exec"
)

func relay(addr string, in net.Conn) error {
	// ok: go/net-connection
	out, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer out.Close()
	errc := make(chan error, 2)
	go func() {
		_, err := io.Copy(out, in)
		errc <- err
	}()
	go func() {
		_, err := io.Copy(in, out)
		errc <- err
	}()
	return <-errc
}

func handshake(addr string) (net.Conn, error) {
	// ruleid: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	if _, err := c.Write([]byte("HELLO\n")); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || line != "OK\n" {
		c.Close()
		return nil, err
	}
	return c, nil
}

func handshakeOk(addr string) (_ net.Conn, err error) {
	// ok: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if _, err = c.Write([]byte("HELLO\n")); err != nil {
		return nil, err
	}
	return c, nil
}

func handshakeFlag(addr string) (net.Conn, error) {
	// ok: go/net-connection
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	ok := false
	defer func() {
		if !ok {
			c.Close()
		}
	}()
	if _, err := c.Write([]byte("HELLO\n")); err != nil {
		return nil, err
	}
	ok = true
	return c, nil
}

func serve(l net.Listener, handle func(net.Conn)) error {
	for {
		// ok: go/net-connection
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go handle(c)
	}
}

func serveLeak(l net.Listener) error {
	for {
		// ruleid: go/net-connection
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			br := bufio.NewReader(c)
			line, err := br.ReadString('\n')
			if err != nil {
				return
			}
			c.Write([]byte(line))
		}()
	}
}

func serveSem(l net.Listener, sem chan struct{}) error {
	for {
		// ruleid: go/net-connection
		c, err := l.Accept()
		if err != nil {
			return err
		}
		select {
		case sem <- struct{}{}:
		default:
			continue
		}
		go func() {
			defer c.Close()
			defer func() { <-sem }()
			io.Copy(c, c)
		}()
	}
}

func gz(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer zr.Close()
	return io.ReadAll(zr)
}

func out(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	p, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	b, err := io.ReadAll(p)
	if err != nil {
		return "", err
	}
	return string(b), cmd.Wait()
}
