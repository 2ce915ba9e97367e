package money

import (
	"testing"

	"github.com/cockroachdb/apd/v3"
)

func decimal(t testing.TB, s string) apd.Decimal {
	t.Helper()
	d, _, err := apd.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return *d
}

// What would lose a digit, or is no number, fails instead.
func TestTheTrapsSnap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		operation func(d, x, y *apd.Decimal) (apd.Condition, error)
		x, y      string
	}{
		{"a third", exact.Quo, "1", "3"},
		{"a division by nothing", exact.Quo, "1", "0"},
		{"nothing by nothing", exact.Quo, "0", "0"},
		{"a 61st digit", exact.Add, "1e60", "1"},
		{"a product of 61 digits", exact.Mul, "1000000000000000000000000000001", "1000000000000000000000000000001.1"},
		{"a number that is none", exact.Add, "1", "sNaN"},
		{"infinity less infinity", exact.Sub, "Infinity", "Infinity"},
		{"an exponent without bound", exact.Mul, "1e99999", "1e60"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x, y := decimal(t, tt.x), decimal(t, tt.y)
			var d apd.Decimal
			if _, err := tt.operation(&d, &x, &y); err == nil {
				t.Errorf("passes as %s", d.String())
			}
		})
	}
	half := decimal(t, "0.5")
	if _, err := exact.Quantize(new(apd.Decimal), &half, 0); err == nil {
		t.Error("a half is made whole")
	}
}

func TestASumBeyondSixtyDigitsPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	VND{decimal(t, "1e60")}.Add(Dong(1))
}
