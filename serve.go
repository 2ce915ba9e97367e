package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"sovang/api"
	"sovang/ledger"
)

// Limits of the server. A batch of 1.000 gifts and a document of 10.000 sheets are the longest requests.
const (
	headerLimit  = 10 * time.Second
	readLimit    = time.Minute
	writeLimit   = 2 * time.Minute
	idleLimit    = 2 * time.Minute
	drainLimit   = 20 * time.Second // for requests under way when the program is asked to stop
	headerBytes  = 64 << 10
	sweepSession = time.Hour
)

// serveCmd serves the books until it is told to stop.
type serveCmd struct {
	dataFlag
	signFlag
	LogName string `name:"log-name" placeholder:"TÊN" help:"Tên của sổ khi tạo khoá lần đầu, ví dụ quy.example.vn/log; sau đó không đổi nữa (mặc định theo tên máy)."`
	Addr    string `default:"127.0.0.1:8080" placeholder:"ĐỊA-CHỈ:CỔNG" help:"Địa chỉ và cổng (mặc định: ${default})."`
	Secure  bool   `help:"Người dùng vào trang qua HTTPS (có máy chủ HTTPS đứng trước): cookie chỉ gửi qua HTTPS."`
}

// Run is kong's.
func (c *serveCmd) Run(ctx context.Context, m *Main) error {
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := m.start(ctx, folder)
	if err != nil {
		return err
	}
	keys, err := c.make(m, folder, logName(c.LogName))
	if err != nil {
		return errors.Join(err, d.close())
	}
	err = openLedger(ctx, d.app, ledger.Options{Keys: keys}, func(l *ledger.Ledger) error {
		fmt.Fprintf(m.Stdout, "Sổ Vàng đang chạy tại http://%s/ — dừng bằng Ctrl-C.\n", listener.Addr())
		m.printKey(keys, listener.Addr().String())
		return m.serve(ctx, listener, l, d, c.Secure)
	})
	if stopErr := d.close(); err == nil {
		err = stopErr
	}
	return err
}

// serve answers until ctx ends or the database is gone for good; then it lets running requests finish.
func (m *Main) serve(ctx context.Context, listener net.Listener, l *ledger.Ledger, d *database, secure bool) error {
	site, err := api.New(l, api.Options{Secure: secure})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: site, ReadHeaderTimeout: headerLimit, ReadTimeout: readLimit, WriteTimeout: writeLimit,
		IdleTimeout: idleLimit, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var behind sync.WaitGroup
	aside, stopAside := context.WithCancel(ctx)
	defer behind.Wait() // the ledger is closed next
	defer stopAside()
	behind.Go(func() { sweep(aside, l) })
	behind.Go(func() { l.BuildLogs(aside) })
	if m.Serving != nil {
		m.Serving(listener.Addr().String())
	}
	var gone <-chan struct{}
	if d.server != nil {
		gone = d.server.Gone()
	}
	select {
	case err = <-failed:
	case <-gone:
		err = d.server.Err()
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
	defer cancel()
	if stopErr := server.Shutdown(drain); err == nil && !errors.Is(stopErr, context.DeadlineExceeded) {
		err = stopErr
	}
	return err
}

// printKey tells what the log's checkpoints are checked with.
func (m *Main) printKey(keys *ledger.Keys, address string) {
	if keys != nil {
		fmt.Fprintf(m.Stdout, "Khoá kiểm tra sổ chung: %s\nKhoá của từng quỹ: http://%s/khoa\n", keys.Verifiers("")[0], address)
	}
}

// sweep removes sessions that ended by themselves.
func sweep(ctx context.Context, l *ledger.Ledger) {
	ticker := time.NewTicker(sweepSession)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := l.Sessions().Sweep(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "sessions: not swept", "error", err)
			}
		}
	}
}
