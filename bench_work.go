package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"time"

	"sovang/api"
	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/receipts"
)

// benchGift is a usual gift: a name and an address, cash, half a million.
func benchGift(n int) ledger.NewDonation {
	return ledger.NewDonation{
		Payer: "Nguyễn Thị Hoa Mẫu", Address: "Thôn Đông, xã Thử Nghiệm, huyện Mẫu", Method: ledger.MethodCash,
		Amount: money.Dong(int64(50_000 + n%20*10_000)), Memo: "Ủng hộ Quỹ Đền ơn đáp nghĩa",
	}
}

// fundOf spreads gifts: every second one to the first fund, the rest over all others.
func (b *bench) fundOf(client, n int) ledger.FundID {
	if len(b.funds) == 1 || n%2 == 0 {
		return b.funds[0]
	}
	return b.funds[1+(client*7919+n)%(len(b.funds)-1)]
}

// give records one gift in process.
func (b *bench) give(ctx context.Context, client, n int) error {
	_, err := b.ledger.RecordDonation(ctx, b.actor, b.fundOf(client, n), ledger.NewKey(), benchGift(n))
	return err
}

// mixed is what a busy office does: four reads to one gift.
func (b *bench) mixed(ctx context.Context, client, n int) error {
	fund := b.funds[0]
	switch n % 5 {
	case 0:
		return b.give(ctx, client, n)
	case 1:
		_, err := b.ledger.Donations(ctx, b.actor, fund, ledger.DonationFilter{Limit: 20})
		return err
	case 2:
		_, err := b.ledger.FindDonors(ctx, b.actor, fund, "hoa mau", 10)
		return err
	case 3:
		_, err := b.ledger.Balances(ctx, b.actor, fund, ledger.Date{})
		return err
	}
	_, err := b.ledger.Register(ctx, b.actor, fund, ledger.ReceiptFilter{Limit: 20})
	return err
}

// overHTTP runs the API in this process, signs in once, and has clients record gifts through it.
func (b *bench) overHTTP(ctx context.Context) (benchResult, error) {
	client, base, stop, err := b.signedIn(ctx)
	if err != nil {
		return benchResult{}, err
	}
	defer stop()
	if b.cmd.Workload == "http" {
		return b.inTurns(ctx, func(ctx context.Context, _, n int) error {
			return post(ctx, client, base+"/donations", giftJSON(n))
		}, 1)
	}
	return b.inTurns(ctx, func(ctx context.Context, _, n int) error {
		items := make([]map[string]any, 100)
		for i := range items {
			items[i] = map[string]any{"key": ledger.NewKey().String(), "donation": giftJSON(n + i)}
		}
		return post(ctx, client, base+"/donations/batch", map[string]any{"items": items})
	}, 100)
}

func giftJSON(n int) map[string]any {
	g := benchGift(n)
	return map[string]any{"payer": g.Payer, "address": g.Address, "method": "cash", "amount": g.Amount.String(), "memo": g.Memo}
}

func post(ctx context.Context, client *http.Client, url string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ledger.NewKey().String())
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s: %.300s", resp.Status, answer)
	}
	return err
}

const (
	benchLogin    = "nguoido"
	benchPassword = "mật khẩu chỉ để đo"
)

// signedIn serves the API on a free port and gives a client with its session.
func (b *bench) signedIn(ctx context.Context) (client *http.Client, base string, stop func(), err error) {
	u, err := b.ledger.CreateUser(ctx, ledger.Operator, ledger.NewKey(), ledger.NewUser{Login: benchLogin, Name: "Người đo", Password: benchPassword})
	if err != nil {
		return nil, "", nil, err
	}
	err = b.ledger.ChangeRole(ctx, ledger.Operator, ledger.NewKey(), ledger.RoleChange{UserID: u.ID, Fund: b.funds[0], Role: ledger.RoleRecorder, Grant: true})
	if err != nil {
		return nil, "", nil, err
	}
	handler, err := api.New(b.ledger, api.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerLimit}
	go func() { _ = server.Serve(listener) }() // it ends with Close below
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, "", nil, err
	}
	client = &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	root := "http://" + listener.Addr().String()
	err = post(ctx, client, root+"/api/v1/session", map[string]any{"login": benchLogin, "password": benchPassword})
	return client, root + "/api/v1/funds/B-0", func() { _ = server.Close() }, err
}

// verify measures how fast the books are derived again, beside reading the same rows with COPY TO.
func (b *bench) verify(ctx context.Context) (benchResult, error) {
	r := benchResult{Workload: "verify", Clients: 1, unit: "bút toán"}
	if err := b.fill(ctx); err != nil {
		return r, err
	}
	began := time.Now()
	report, err := b.ledger.Verify(ctx, nil)
	if err != nil {
		return r, err
	}
	if !report.OK {
		return r, fmt.Errorf("verify found %d problems, the first: %s", len(report.Problems), report.Problems[0])
	}
	r.Figure = float64(report.Entries) / time.Since(began).Seconds()
	began = time.Now()
	if err := b.copyOut(ctx); err != nil {
		return r, err
	}
	r.Floor = float64(report.Entries) / time.Since(began).Seconds()
	r.Ratio = r.Figure / r.Floor
	r.relations, err = b.sizes(ctx)
	for _, x := range r.relations {
		r.Bytes += x.bytes
	}
	return r, err
}

// fill books the gifts that verify and receipts work on.
func (b *bench) fill(ctx context.Context) error {
	for done := 0; done < b.cmd.Gifts; {
		items := make([]ledger.DonationItem, min(1000, b.cmd.Gifts-done))
		for i := range items {
			items[i] = ledger.DonationItem{Key: ledger.NewKey(), Donation: benchGift(done + i)}
		}
		for _, x := range b.ledger.RecordDonations(ctx, b.actor, b.funds[0], items) {
			if x.Err != nil {
				return x.Err
			}
		}
		done += len(items)
	}
	return b.ledger.RefreshStatistics(ctx)
}

// copyOut reads the rows that Verify reads.
func (b *bench) copyOut(ctx context.Context) error {
	c, err := b.admin.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	for _, table := range []string{"entry", "posting", "document", "entry_person", "donation"} {
		if _, err := c.Conn().PgConn().CopyTo(ctx, io.Discard, `COPY (SELECT * FROM `+table+`) TO STDOUT`); err != nil {
			return err
		}
	}
	return nil
}

// receipts measures single sheets, read and drawn one by one by the clients.
func (b *bench) receipts(ctx context.Context) (benchResult, error) {
	if err := b.fill(ctx); err != nil {
		return benchResult{}, err
	}
	r := benchResult{Workload: "receipts", Clients: b.cmd.Clients, unit: "biên lai"}
	year := ledger.DateOf(time.Now()).Year
	lap := runLoad(ctx, b.cmd.Clients, time.Duration(b.cmd.Seconds)*time.Second, func(ctx context.Context, client, n int) error {
		number := int64((client*7919+n)%b.cmd.Gifts) + 1
		sheet, err := b.ledger.Receipt(ctx, b.actor, b.funds[0], ledger.SeriesCash, year, number)
		if err != nil {
			return err
		}
		return receipts.Write(io.Discard, sheet, receipts.Options{})
	})
	r.Figure, r.P50, r.P99, r.Refused = float64(lap.done)/float64(b.cmd.Seconds), percentile(lap.took, 50), percentile(lap.took, 99), lap.failed
	return r, nil
}
