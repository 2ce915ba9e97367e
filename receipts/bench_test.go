package receipts

import (
	"io"
	"testing"

	"sovang/ledger"
)

// counted counts the bytes written to it.
type counted struct{ n int64 }

func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func BenchmarkOneReceipt(b *testing.B) {
	r := with(full)
	for b.Loop() {
		if err := Write(io.Discard, r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkThousandReceiptsInOneDocument(b *testing.B) {
	receipts := make([]ledger.Receipt, 1000)
	for i := range receipts {
		receipts[i] = with(full, []func(*ledger.Receipt){func(*ledger.Receipt) {}, transfer, goods, field}[i%4])
		receipts[i].Number = int64(i + 1)
	}
	var c counted
	for b.Loop() {
		c.n = 0
		if err := WriteAll(&c, all(nil, receipts...), Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.n), "bytes")
}

func BenchmarkRosterOfTenThousand(b *testing.B) {
	r := with(transfer, roster(10_000))
	var c counted
	for b.Loop() {
		c.n = 0
		if err := Write(&c, r, Options{Paper: A4}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.n), "bytes")
}
