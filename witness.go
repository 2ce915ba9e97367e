package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"sovang/ledger"
	"sovang/ledger/proof"
)

// witnessCmd looks at another installation's logs and cosigns them: each time it sees that nothing of what it saw
// before was changed. What it saw stands in its own books.
type witnessCmd struct {
	dataFlag
	signFlag
	URL    string   `arg:"" name:"địa-chỉ" help:"Địa chỉ trang của nơi có sổ, ví dụ https://quy.example.vn"`
	LogKey []string `name:"log-key" required:"" sep:"none" placeholder:"KHOÁ|TỆP" help:"Khoá kiểm tra các sổ cần chứng kiến, lấy từ bảng niêm yết chứ không lấy từ trang đó."`
}

// Run is kong's. It goes on to the next log when one is refused; the exit code tells.
func (c *witnessCmd) Run(ctx context.Context, m *Main) error {
	base, err := url.Parse(c.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return misused("địa chỉ phải có dạng http://… hoặc https://…")
	}
	vkeys, err := keyTexts(c.LogKey)
	if err != nil {
		return err
	}
	logs, order := map[string][]string{}, []string(nil) // keys by the log's name
	for _, k := range vkeys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return fail("%s", checkpointWords["key"])
		}
		if logs[v.Name()] == nil {
			order = append(order, v.Name())
		}
		logs[v.Name()] = append(logs[v.Name()], k)
	}
	return m.withKeys(ctx, c.Data, c.signFlag, func(l *ledger.Ledger) error {
		var failed error
		for _, name := range order {
			if err := m.witness(ctx, l, base, name, logs[name]); err != nil {
				fmt.Fprintf(m.Stdout, "%s: %s\n", name, sentence(err))
				failed = said()
			}
		}
		return failed
	})
}

// witness looks at one log.
func (m *Main) witness(ctx context.Context, l *ledger.Ledger, base *url.URL, name string, vkeys []string) error {
	client := &http.Client{Timeout: 30 * time.Second}
	where := base.JoinPath("log", logCode(name))
	signed, line, err := l.Follow(ctx, vkeys, func(ctx context.Context, path string) ([]byte, error) {
		return fetchLog(ctx, client, where.JoinPath(path).String())
	})
	var refused *ledger.Error
	if errors.As(err, &refused) && checkpointWords[refused.Reason] != "" {
		return fail("%s", checkpointWords[refused.Reason])
	}
	if err != nil {
		return err
	}
	c, err := proof.PeekCheckpoint(signed)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.Stdout, "%s: đã chứng kiến %d dòng, nối tiếp mọi mốc trước đây.\n%s", name, c.Size, line)
	return err
}

// fetchLog gets one file of a published log.
func fetchLog(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	const maxFile = 1 << 20 // bytes; a tile has 8 kB, a cosigned checkpoint 64
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, fail("Không tải được %s: %v", address, strings.TrimPrefix(err.Error(), "Get "))
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fail("Trang kia trả lời %d cho %s.", resp.StatusCode, address)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxFile))
}
