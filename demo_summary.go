package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/receipts"
)

// summary is what demo --once --json prints.
type summary struct {
	Raised struct {
		Province money.VND `json:"province"`
		District money.VND `json:"district"`
	} `json:"raised"`
	Funds      []fundSummary `json:"funds"`
	ReceiptPDF string        `json:"receipt_pdf"`
	Verify     verdict       `json:"verify"`

	differ []string // funds whose gifts and income accounts do not say the same: a problem like those of verify
}

// fundSummary is one fund: raised is money and goods at value less reversals, balance what stands on its accounts,
// donations the gifts that stand, receipts the numbers given out.
type fundSummary struct {
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Level     ledger.Level `json:"level"`
	Donations int64        `json:"donations"`
	Raised    money.VND    `json:"raised"`
	Balance   money.VND    `json:"balance"`
	Receipts  int64        `json:"receipts"`
}

// summarise reads the funds back from the books.
func summarise(ctx context.Context, l *ledger.Ledger) (summary, error) {
	s := summary{Funds: []fundSummary{}}
	s.Raised.Province, s.Raised.District = money.Dong(0), money.Dong(0)
	funds, err := l.Funds(ctx, ledger.Operator)
	if err != nil {
		return s, err
	}
	for _, f := range funds {
		one, gifts, err := summariseFund(ctx, l, f)
		if err != nil {
			return s, fmt.Errorf("fund %s: %w", f.Code, err)
		}
		s.Funds = append(s.Funds, one)
		if !gifts.Equal(one.Raised) {
			s.differ = append(s.differ, fmt.Sprintf("fund %s: gifts and income accounts differ", f.Code))
		}
		switch f.Level {
		case ledger.LevelProvince:
			s.Raised.Province = s.Raised.Province.Add(one.Raised)
		case ledger.LevelDistrict:
			s.Raised.District = s.Raised.District.Add(one.Raised)
		}
	}
	return s, nil
}

// summariseFund takes what was raised from the income accounts; gifts is the same from the gifts themselves.
func summariseFund(ctx context.Context, l *ledger.Ledger, f ledger.Fund) (s fundSummary, gifts money.VND, err error) {
	s = fundSummary{Code: f.Code, Name: f.Name, Level: f.Level, Raised: money.Dong(0), Balance: money.Dong(0)}
	balances, err := l.Balances(ctx, ledger.Operator, f.ID, ledger.Date{})
	if err != nil {
		return s, gifts, err
	}
	for _, b := range balances {
		switch {
		case b.Class == "A":
			s.Balance = s.Balance.Add(b.Balance())
		case strings.HasPrefix(b.Role, "INCOME.") && b.Role != "INCOME.OTHER":
			s.Raised = s.Raised.Add(b.Balance())
		}
	}
	counts, err := l.SeriesCounts(ctx, ledger.Operator, f.ID)
	if err != nil {
		return s, gifts, err
	}
	for _, c := range counts {
		s.Receipts += c.Sheets
	}
	s.Donations, gifts, err = standing(ctx, l, f.ID)
	return s, gifts, err
}

// standing counts and adds up the gifts that were not reversed.
func standing(ctx context.Context, l *ledger.Ledger, fund ledger.FundID) (count int64, sum money.VND, err error) {
	for before := int64(0); ; {
		page, err := l.Donations(ctx, ledger.Operator, fund, ledger.DonationFilter{Before: before})
		if err != nil {
			return 0, sum, err
		}
		for _, d := range page {
			if before = d.EntryNo; d.ReversedBy == 0 {
				count++
				sum = sum.Add(d.Amount)
			}
		}
		if len(page) == 0 {
			return count, sum, nil
		}
	}
}

// sampleReceipt finds a receipt to show: the newest Phiếu thu of one named giver of 2022 in the first fund.
func sampleReceipt(ctx context.Context, l *ledger.Ledger) (ledger.Receipt, error) {
	funds, err := l.Funds(ctx, ledger.Operator)
	if err != nil || len(funds) == 0 {
		return ledger.Receipt{}, err
	}
	lines, err := l.Register(ctx, ledger.Operator, funds[0].ID,
		ledger.ReceiptFilter{Series: ledger.SeriesCash, Year: 2022, State: ledger.ReceiptValid})
	if err != nil {
		return ledger.Receipt{}, err
	}
	for _, line := range lines {
		if line.Payer == "" || line.Payer == ledger.Unnamed {
			continue
		}
		r, err := l.ReceiptOfEntry(ctx, ledger.Operator, funds[0].ID, line.EntryNo)
		if err != nil || len(r.Givers) == 0 {
			return r, err
		}
	}
	return ledger.Receipt{}, &ledger.Error{Code: ledger.CodeNotFound}
}

// writeReceipt prints a receipt with its proof into the data folder and gives the file's name.
func writeReceipt(ctx context.Context, l *ledger.Ledger, folder string, r ledger.Receipt) (name string, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	p, err := receipts.ProofOf(ctx, l, ledger.Operator, r)
	if err != nil {
		return "", err
	}
	name = filepath.Join(folder, fmt.Sprintf("bien-lai-%s-%s-%d-%d.pdf", r.FundCode, r.Series, r.Year, r.Number))
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it shows a name
	if err != nil {
		return "", err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	return name, receipts.Write(io.Writer(f), r, receipts.Options{Proof: p})
}
