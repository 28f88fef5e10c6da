package remotecalls

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

func check(ctx context.Context, addr string) error {
	// ruleid: go/grpc-connection
	cc, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	_, err = healthpb.NewHealthClient(cc).Check(ctx, &healthpb.HealthCheckRequest{})
	if err != nil {
		return err
	}
	return cc.Close()
}

func checkOk(ctx context.Context, addr string) error {
	// ok: go/grpc-connection
	cc, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer cc.Close()
	_, err = healthpb.NewHealthClient(cc).Check(ctx, &healthpb.HealthCheckRequest{})
	return err
}

type Client struct {
	conn *grpc.ClientConn
	healthpb.HealthClient
}

func NewClient(ctx context.Context, addr string) (*Client, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	// ok: go/grpc-connection
	conn, err := grpc.DialContext(ctx, addr, grpc.WithBlock())
	if err != nil {
		return nil, err
	}
	return &Client{conn: conn, HealthClient: healthpb.NewHealthClient(conn)}, nil
}

func (c *Client) Close() error { return c.conn.Close() }

func use(ctx context.Context, addr string) error {
	// ruleid: go/grpc-connection
	c, err := NewClient(ctx, addr)
	if err != nil {
		return err
	}
	_, err = c.Check(ctx, &healthpb.HealthCheckRequest{})
	return err
}

func useOk(ctx context.Context, addr string) error {
	// ok: go/grpc-connection
	c, err := NewClient(ctx, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Check(ctx, &healthpb.HealthCheckRequest{})
	return err
}

func watch(ctx context.Context, c healthpb.HealthClient) error {
	// todoruleid: go/grpc-stream
	st, err := c.Watch(context.Background(), &healthpb.HealthCheckRequest{})
	if err != nil {
		return err
	}
	for {
		m, err := st.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if m.Status == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
	}
}

func watchOk(ctx context.Context, c healthpb.HealthClient) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// ok: go/grpc-stream
	st, err := c.Watch(ctx, &healthpb.HealthCheckRequest{})
	if err != nil {
		return err
	}
	for {
		m, err := st.Recv()
		if err != nil {
			return err
		}
		if m.Status == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
	}
}
