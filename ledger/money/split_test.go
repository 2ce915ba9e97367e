package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger/money"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
	}{
		{"one share", 7, []int64{3}, []int64{7}},
		{"nothing to share", 0, []int64{1, 2}, []int64{0, 0}},
		{"even shares", 9, []int64{1, 1, 1}, []int64{3, 3, 3}},
		{"one đồng left goes to the first of equals", 10, []int64{1, 1, 1}, []int64{4, 3, 3}},
		{"two đồng left go to the first two of equals", 11, []int64{1, 1, 1}, []int64{4, 4, 3}},
		{"the largest remainder first", 10, []int64{1, 2, 4}, []int64{1, 3, 6}},
		{"less to share than there are shares", 2, []int64{1, 1, 1, 1}, []int64{1, 1, 0, 0}},
		{"a weight of zero takes nothing", 10, []int64{0, 1, 0, 2}, []int64{0, 3, 0, 7}},
		{"a reversal cancels part by part", -10, []int64{1, 1, 1}, []int64{-4, -3, -3}},
		{"the largest amount by the largest weights", money.MaxVND, []int64{math.MaxInt64, math.MaxInt64},
			[]int64{money.MaxVND / 2, money.MaxVND / 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parts, err := money.Split(money.Dong(tt.total), tt.weights)
			if err != nil || len(parts) != len(tt.want) {
				t.Fatalf("Split = %v, %v", parts, err)
			}
			for i, part := range parts {
				if part.Int64() != tt.want[i] || part.String() == "-0" {
					t.Errorf("part %d is %v, want %d", i, part, tt.want[i])
				}
			}
		})
	}
}

func TestSplitRefusesWeights(t *testing.T) {
	t.Parallel()
	for name, weights := range map[string][]int64{"none": nil, "all zero": {0, 0}, "one negative": {1, -1, 2}, "one negative, alone": {-1}} {
		if parts, err := money.Split(money.Dong(10), weights); !errors.Is(err, money.ErrWeights) || parts != nil {
			t.Errorf("%s: %v, %v", name, parts, err)
		}
	}
}

// The parts add up, each is within one đồng of its exact share, and whoever got the odd đồng had no smaller remainder
// than whoever did not, and came first among equals.
func TestSplitIsFairAndAddsUp(t *testing.T) {
	t.Parallel()
	weight := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, 1_000_000), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(-money.MaxVND, money.MaxVND).Draw(t, "total")
		weights := rapid.SliceOfN(weight, 1, 30).Draw(t, "weights")
		parts, err := money.Split(money.Dong(total), weights)
		sum := new(big.Int)
		for _, w := range weights {
			sum.Add(sum, big.NewInt(w))
		}
		if sum.Sign() == 0 {
			if !errors.Is(err, money.ErrWeights) {
				t.Fatalf("weights that are all zero: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		checkShares(t, total, weights, sum, parts)
	})
}

// checkShares redoes the division in whole numbers of math/big.
func checkShares(t *rapid.T, total int64, weights []int64, sum *big.Int, parts []money.VND) {
	sign := int64(1)
	if total < 0 {
		sign = -1
	}
	var added money.VND
	odd, rest := make([]bool, len(parts)), make([]*big.Int, len(parts))
	for i, part := range parts {
		share := new(big.Int).Mul(big.NewInt(sign*total), big.NewInt(weights[i]))
		share, rest[i] = share.QuoRem(share, sum, new(big.Int))
		extra := sign*part.Int64() - share.Int64()
		if extra != 0 && extra != 1 {
			t.Fatalf("part %d is %v, its share is %v and a bit", i, part, share)
		}
		odd[i], added = extra == 1, added.Add(part)
	}
	if added.Int64() != total {
		t.Fatalf("the parts add up to %v, not to %d", added, total)
	}
	for i := range parts {
		for j := range parts {
			if c := rest[i].Cmp(rest[j]); odd[i] && !odd[j] && (c < 0 || c == 0 && i > j) {
				t.Fatalf("part %d got the odd đồng and part %d did not", i, j)
			}
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	weights := make([]int64, 100)
	for i := range weights {
		weights[i] = int64(i + 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Split(money.Dong(123_456_789), weights); err != nil {
			b.Fatal(err)
		}
	}
}
