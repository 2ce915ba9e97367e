package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"text/tabwriter"

	"sovang/ledger"
	"sovang/ledger/proof"
	"sovang/receipts"
)

// receipt checks one sheet without any database or server.
func (c *verifyCmd) receipt(m *Main) error {
	if c.JSON || c.Checkpoint != "" {
		return misused("--json và --checkpoint không dùng cùng với tệp biên lai")
	}
	pdf, err := readFile(c.Receipt, receipts.MaxPDF+1)
	if err != nil {
		return err
	}
	vkeys, err := c.receiptKeys(m, pdf)
	if err != nil {
		return err
	}
	p, err := receipts.Prove(pdf, vkeys...)
	if why := receipts.WhyNot(err); why != "" {
		fmt.Fprintf(m.Stdout, "CHƯA CHỨNG MINH ĐƯỢC: %s\n", why)
		return said()
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "ĐÃ CHỨNG MINH: phiếu này đứng ở dòng %d của sổ %s. Mốc đã ký có %d dòng.\n",
		p.EntryNo, p.Checkpoint.Origin, p.Checkpoint.Size)
	fmt.Fprintln(m.Stdout, "Sổ ghi như sau. Chữ in trên giấy không được ký: hãy so từng dòng, khác một chỗ là tờ phiếu đã bị sửa.")
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range p.Facts() {
		fmt.Fprintf(w, "  %s\t%s\n", f.Label, f.Value)
	}
	_ = w.Flush() // a terminal that is gone is told by the next write
	if len(p.Texts) == 0 {
		fmt.Fprintln(m.Stdout, "Tệp không kèm phần mở tên và nội dung, nên các mục ấy chưa được chứng minh.")
	}
	if p.Gift == nil {
		fmt.Fprintln(m.Stdout, "Phiếu này thay cho một phiếu khác; tệp không kèm bằng chứng về số tiền.")
	}
	if void := p.VoidText(); void != "" { // a void sheet never verifies as good
		fmt.Fprintln(m.Stdout, void)
		return said()
	}
	_, err = fmt.Fprintln(m.Stdout, "Phiếu có thể bị huỷ sau mốc này: muốn biết hôm nay còn giá trị không, hãy tra mã trên trang của quỹ.")
	return err
}

// receiptKeys are the keys that the person gave, else those of this installation's own key file.
func (c *verifyCmd) receiptKeys(m *Main, pdf []byte) ([]string, error) {
	if len(c.Key) > 0 {
		return keyTexts(c.Key)
	}
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return nil, err
	}
	file := signFlag{}.path(m, folder)
	if _, err := os.Stat(file); file == "" || err != nil {
		return nil, misused("cần khoá kiểm tra của quỹ: --key 'KHOÁ' hoặc --key TỆP. Khoá niêm yết tại trụ sở và ở trang /khoa của quỹ; đừng lấy khoá từ chính tờ phiếu.")
	}
	keys, err := signFlag{}.have(m, folder)
	if err != nil {
		return nil, err
	}
	return keys.Verifiers(path.Base(receipts.LogOf(pdf))), nil
}

// readFile reads at most limit bytes of a file.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail("Không có tệp %s.", name)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, limit))
}

// against compares the books with a checkpoint that was published before.
func (c *verifyCmd) against(ctx context.Context, m *Main, l *ledger.Ledger) error {
	const maxNote = 64 << 10
	data, err := readFile(c.Checkpoint, maxNote)
	if err != nil {
		return err
	}
	signed := strings.TrimRight(string(data), "\r\n") + "\n" // an editor may have added a line end
	want, err := proof.PeekCheckpoint(signed)
	if err != nil {
		return fail("%s", checkpointWords["malformed"])
	}
	vkeys, err := keyTexts(c.Key)
	if err != nil {
		return err
	}
	log := ledger.AllFunds
	if code := logCode(want.Origin); code != "" {
		f, err := fundByCode(ctx, l, code)
		if err != nil {
			return err
		}
		log = f.ID
	}
	problems, err := l.VerifyAgainst(ctx, log, signed, nil, vkeys...)
	var refused *ledger.Error
	if errors.As(err, &refused) && checkpointWords[refused.Reason] != "" {
		return fail("%s", checkpointWords[refused.Reason])
	}
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(m.Stdout, "SAI LỆCH: %s\n", finding(p))
	}
	if len(problems) > 0 {
		fmt.Fprintf(m.Stdout, "SỔ KHÔNG KHỚP với mốc đã công bố (%d dòng). Sổ đã bị sửa, bị xoá hoặc được phục hồi từ bản sao lưu cũ.\n", want.Size)
		return said()
	}
	_, err = fmt.Fprintf(m.Stdout, "Sổ khớp với mốc đã công bố: %d dòng đầu của %s còn nguyên.\n", want.Size, want.Origin)
	return err
}

// logCode is the code of the fund whose log has this name; "" is the log over all funds, "host/log".
func logCode(origin string) string {
	if code := path.Base(origin); code != origin && code != "log" {
		return code
	}
	return ""
}

// checkpointWords say why a checkpoint is refused, by Error.Reason.
var checkpointWords = map[string]string{
	"key":        "Khoá kiểm tra không đúng dạng. Hãy chép nguyên cả dòng khoá đã niêm yết.",
	"malformed":  "Đây không phải một mốc đã ký: sai mẫu, bị sửa hoặc bị cắt.",
	"other_log":  "Mốc thuộc sổ khác với khoá kiểm tra.",
	"wrong_key":  "Mốc được ký bằng khoá khác, không phải khoá đã cho.",
	"signature":  "Chữ ký trên mốc không khớp: mốc đã bị sửa.",
	"index":      "Bằng chứng nối tiếp của sổ không khớp với kích thước của mốc.",
	"root":       "Bằng chứng nối tiếp của sổ dẫn đến chỗ khác.",
	"other_size": "Mốc đã ghi nhận vừa thay đổi. Hãy chạy lại.",
	"split_view": "SỔ CÓ HAI MẶT: cùng một số dòng nhưng nội dung khác mốc đã chứng kiến trước đây. Không ký làm chứng. Hãy giữ cả hai mốc và báo cơ quan thanh tra.",
	"fork":       "SỔ KHÔNG NỐI TIẾP mốc đã chứng kiến trước đây: dòng cũ đã bị sửa hoặc bị xoá. Không ký làm chứng. Hãy giữ cả hai mốc và báo cơ quan thanh tra.",
	"missing":    "Chưa có khoá ký. Khoá được tạo khi chạy sovang serve lần đầu.",
}
