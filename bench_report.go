package main

import (
	"fmt"
	"io"
)

// print writes the result as a table for people.
func (r benchResult) print(w io.Writer) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%s "+format+"\n", append([]any{pad(label, 34)}, args...)...)
	}
	line("Phép đo", "%s, %d người ghi cùng lúc", r.Workload, r.Clients)
	line("Làm được mỗi giây", "%.0f %s", r.Figure, r.unit)
	if r.Floor > 0 {
		line("Mức nền (chỉ chèn cùng số dòng)", "%.0f", r.Floor)
		line("Tỷ lệ", "%.2f", r.Ratio)
	}
	if r.P99 > 0 {
		line("Thời gian chờ p50 / p99", "%.2f ms / %.2f ms", r.P50, r.P99)
	}
	if r.WAL > 0 {
		line("WAL mỗi khoản", "%.0f byte", r.WAL)
		line("Số lần fsync mỗi giây", "%.0f", r.Fsyncs)
	}
	if r.Memory > 0 {
		line("Bộ nhớ lớn nhất của chương trình", "%.0f MB", r.Memory)
	}
	if r.Refused > 0 {
		line("Bị từ chối", "%d", r.Refused)
	}
	if r.Bytes > 0 {
		line("Dung lượng mỗi khoản", "%.0f byte, gồm:", r.Bytes)
	}
	for _, x := range r.relations {
		line("  "+x.name, "%.0f", x.bytes)
	}
}
