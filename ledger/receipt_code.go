package ledger

import (
	"strings"
)

// crockford is the alphabet of receipt codes: no I, L, O, U, so that a code read aloud or from paper stays one.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLength = 10 // 50 random bits: a guess hits one of a million receipts once in 10^9 tries

// receiptCode is a fresh code for a sheet. 32 divides 256, so that every letter is as likely.
func (l *Ledger) receiptCode() (string, error) {
	b := make([]byte, codeLength)
	if err := l.rand(b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = crockford[b[i]%32]
	}
	return string(b), nil
}

// CleanCode brings a code as people type it to its stored form: capitals, without spaces and hyphens, O as 0,
// I and L as 1. It says whether the result has the form of a code.
func CleanCode(typed string) (string, bool) {
	if len(typed) > 40 {
		return "", false
	}
	code := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != codeLength {
		return "", false
	}
	for i := range len(code) {
		if strings.IndexByte(crockford, code[i]) < 0 {
			return "", false
		}
	}
	return code, true
}
