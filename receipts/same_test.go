package receipts

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"sovang/ledger"
)

// printHashes makes the test program print the hash of each case and end: a second process, to compare with.
const printHashes = "RECEIPTS_PRINT_HASHES"

func TestMain(m *testing.M) {
	if os.Getenv(printHashes) != "" {
		out, err := hashes()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(out)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hashes is a line for each case: its name and the hash of its document.
func hashes() (string, error) {
	var b strings.Builder
	for _, c := range cases() {
		var pdf bytes.Buffer
		if err := Write(&pdf, c.r, c.o); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s %x\n", c.name, sha256.Sum256(pdf.Bytes()))
	}
	return b.String(), nil
}

func TestBytesAreTheSameInAnotherProcessZoneAndLocale(t *testing.T) {
	t.Parallel()
	want, err := hashes()
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{"UTC", "Pacific/Auckland"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), printHashes+"=1", "TZ="+zone, "LC_ALL=tr_TR.UTF-8")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if string(out) != want {
				t.Errorf("a process in %s prints\n%s\nand this one\n%s", zone, out, want)
			}
		})
	}
}

func TestBytesAreTheSameFromManyGoroutines(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for _, r := range []ledger.Receipt{with(full), with(transfer, void), with(goods), with(roster(40))} {
		want := render(t, sheetCase{r: r})
		for range 4 {
			wg.Go(func() {
				var got bytes.Buffer
				if err := Write(&got, r, Options{}); err != nil || !bytes.Equal(got.Bytes(), want) {
					t.Errorf("together with others: %v, or other bytes", err)
				}
			})
		}
	}
	wg.Wait()
}

func TestBytesDoNotDependOnTheZoneOfTheMoment(t *testing.T) {
	t.Parallel()
	here, there := cash(), cash()
	there.RecordedAt = there.RecordedAt.In(ledger.Zone)
	if !bytes.Equal(render(t, sheetCase{r: here}), render(t, sheetCase{r: there})) {
		t.Error("the same moment in two zones gives two documents")
	}
}

func TestWriteLeavesTheReceiptAlone(t *testing.T) {
	t.Parallel()
	r := with(roster(3), purged, goodsOf(2))
	name, thing := r.Givers[0].Name, r.Printed.Goods[0].Description
	r.Amount = r.Givers[0].Amount.Add(r.Givers[1].Amount).Add(r.Givers[2].Amount)
	render(t, sheetCase{r: r})
	if r.Givers[0].Name != name || r.Printed.Goods[0].Description != thing || r.Printed.Payer != "" {
		t.Error("Write changed the receipt that it prints")
	}
}

// goodsOf gives r goods in a form that is not composed.
func goodsOf(n int) func(*ledger.Receipt) {
	return func(r *ledger.Receipt) {
		for range n {
			r.Printed.Goods = append(r.Printed.Goods, line("Ga\u0323o", "kg", "1", 0, 0))
		}
	}
}

// all yields receipts, then err if there is one.
func all(err error, receipts ...ledger.Receipt) iter.Seq2[ledger.Receipt, error] {
	return func(yield func(ledger.Receipt, error) bool) {
		for _, r := range receipts {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(ledger.Receipt{}, err)
		}
	}
}

func TestWriteAllIsTheSameTwice(t *testing.T) {
	t.Parallel()
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := WriteAll(b, all(nil, with(), with(transfer), with(goods), with(field), with(roster(120)), with(void)), Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same receipts make two different documents")
	}
	checked(t, one.Bytes())
}

// checked passes a document through qpdf, which reads every object and stream of it.
func checked(t *testing.T, pdf []byte) {
	t.Helper()
	path := t.TempDir() + "/sheet.pdf"
	write(t, path, pdf)
	if out := run(t, nil, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors found") {
		t.Error(out)
	}
}
