package viet

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// What isPlain lets pass must be what the long way would give.
func TestPlainTextIsLeftAlone(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= 0x2FFF; r++ {
		s := "a" + string(r) + "b"
		if isPlain(s) && (norm.NFC.String(orderMarks(norm.NFD.String(dropUnseen(s)))) != s) {
			t.Errorf("U+%04X is taken for plain", r)
		}
	}
	for _, s := range []string{"Nguyễn Thị Hoà", "Đặng Hữu Ước, tổ 5", "Müller & Søn", "dòng một\nhai"} {
		if !isPlain(s) {
			t.Errorf("%q takes the long way", s)
		}
	}
	for _, s := range []string{"e\u0301", "a\u00a0b", "a\u200bb", "Ðặng", "１", "\xff"} {
		if isPlain(s) {
			t.Errorf("%q is taken for plain", s)
		}
	}
}
