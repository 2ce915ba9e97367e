package receipts

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sovang/ledger"
	"sovang/ledger/money"
)

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*ledger.Receipt)
		o      Options
		want   string
	}{
		{"a template of the future", func(r *ledger.Receipt) { r.Heading.Template = 2 }, Options{}, "no template 2"},
		{"no template", func(r *ledger.Receipt) { r.Heading.Template = 0 }, Options{}, "no template 0"},
		{"an unknown series", func(r *ledger.Receipt) { r.Series = "ZZ" }, Options{}, "unknown series"},
		{"an unknown paper", full, Options{Paper: "A3"}, "unknown paper"},
		{"a copy before the original", full, Options{Copy: -1}, "copy -1"},
		{"a roster that is one đồng short", func(r *ledger.Receipt) {
			roster(120)(r)
			r.Amount = r.Amount.Add(money.Dong(1))
		}, Options{}, "do not add up"},
		{"goods worth one đồng more than the sheet says", func(r *ledger.Receipt) {
			goods(r)
			r.Amount = r.Amount.Sub(money.Dong(1))
		}, Options{}, "do not add up"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := Write(&b, with(tt.change), tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Write = %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "Hoà") || b.Len() != 0 {
				t.Errorf("a refusal names a person or wrote %d bytes: %v", b.Len(), err)
			}
		})
	}
}

func TestWriteAllRefuses(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	unknown := with(func(r *ledger.Receipt) { r.Series = "ZZ" })
	for _, tt := range []struct {
		name     string
		receipts []ledger.Receipt
		err      error
		want     string
	}{
		{"nothing", nil, nil, ErrNothing.Error()},
		{"an error before the first", nil, lost, lost.Error()},
		{"an error after some", []ledger.Receipt{with(), with(field)}, lost, lost.Error()},
		{"one that cannot be printed", []ledger.Receipt{with(), unknown}, nil, "unknown series"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := WriteAll(&b, all(tt.err, tt.receipts...), Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() != 0 {
				t.Errorf("WriteAll = %v with %d bytes, want %q and none", err, b.Len(), tt.want)
			}
		})
	}
}

func TestWriteAllStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	for sheets, want := range map[int]error{2: nil, 3: nil, 4: ErrTooMany} {
		receipts := make([]ledger.Receipt, sheets)
		for i := range receipts {
			receipts[i] = with()
		}
		var b bytes.Buffer
		if err := writeAll(&b, all(nil, receipts...), Options{}, 3); err != want || (err == nil) != (b.Len() > 0) {
			t.Errorf("%d sheets where 3 are allowed: %v, and %d bytes", sheets, err, b.Len())
		}
	}
}

func TestWriteSaysWhenTheWriterFails(t *testing.T) {
	t.Parallel()
	if err := Write(fullDisk{}, with(), Options{}); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}

// fullDisk is a disk without room.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }
