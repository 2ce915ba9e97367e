package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sovang/ledger"
)

// verifyCmd derives the books again, or checks one sheet. It writes nothing.
type verifyCmd struct {
	dataFlag
	Receipt    string   `arg:"" optional:"" name:"biên-lai.pdf" help:"Kiểm tra một biên lai bằng bằng chứng kèm trong tệp, không cần cơ sở dữ liệu."`
	Key        []string `sep:"none" placeholder:"KHOÁ|TỆP" help:"Khoá kiểm tra của quỹ, niêm yết tại trụ sở và ở trang /khoa."`
	Checkpoint string   `placeholder:"TỆP" help:"So sổ với một mốc đã công bố trước đây (tệp checkpoint)."`
	JSON       bool     `name:"json" help:"In kết quả dạng JSON."`
}

// Run is kong's. The exit status tells whether the books are whole.
func (c *verifyCmd) Run(ctx context.Context, m *Main) error {
	if c.Receipt != "" {
		return c.receipt(m)
	}
	return m.withKnownKeys(ctx, c.Data, func(l *ledger.Ledger) error {
		if c.Checkpoint != "" {
			return c.against(ctx, m, l)
		}
		report, err := m.verify(ctx, l)
		if err != nil {
			return err
		}
		if c.JSON {
			err = json.NewEncoder(m.Stdout).Encode(verdictOf(report))
		} else {
			m.printReport(report)
		}
		if err == nil && !report.OK {
			return said()
		}
		return err
	})
}

// verify runs the ledger's own check under a progress bar.
func (m *Main) verify(ctx context.Context, l *ledger.Ledger) (ledger.Report, error) {
	bar := m.bar("Đang kiểm tra sổ")
	defer bar.done()
	return l.Verify(ctx, bar.show)
}

func (m *Main) printReport(r ledger.Report) {
	for _, p := range r.Problems {
		fmt.Fprintf(m.Stdout, "SAI LỆCH: %s\n", finding(p))
	}
	state := "Sổ khớp: mọi số dư, số chứng từ và mã băm đều tính lại được từ bút toán."
	if !r.OK {
		state = fmt.Sprintf("SỔ KHÔNG KHỚP: %d chỗ sai lệch. Hãy giữ nguyên dữ liệu, sao lưu và tìm nguyên nhân trước khi ghi tiếp.",
			len(r.Problems))
	}
	fmt.Fprintf(m.Stdout, "%s\nĐã kiểm tra %d bút toán, %d định khoản.\n", state, r.Entries, r.Postings)
}

// verdict is a report in JSON.
type verdict struct {
	OK       bool     `json:"ok"`
	Entries  int64    `json:"entries"`
	Postings int64    `json:"postings"`
	Problems []string `json:"problems"`
}

func verdictOf(r ledger.Report) verdict {
	v := verdict{OK: r.OK, Entries: r.Entries, Postings: r.Postings, Problems: []string{}}
	for _, p := range r.Problems {
		v.Problems = append(v.Problems, p.String())
	}
	return v
}

// bar is a progress bar on a terminal, and nothing elsewhere.
type bar struct{ b *progressbar.ProgressBar }

func (m *Main) bar(what string) bar {
	f, ok := m.Stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return bar{}
	}
	return bar{progressbar.NewOptions64(1, progressbar.OptionSetWriter(io.Writer(f)), progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// show moves the bar. Not for several goroutines with different totals.
func (b bar) show(done, total int64) {
	if b.b != nil {
		b.b.ChangeMax64(max(total, 1))
		_ = b.b.Set64(done) // a bar that cannot be drawn holds up nothing
	}
}

func (b bar) done() {
	if b.b != nil {
		_ = b.b.Finish()
	}
}
