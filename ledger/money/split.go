package money

import (
	"errors"
	"slices"

	"github.com/cockroachdb/apd/v3"
)

// ErrWeights says that weights cannot share anything: one is negative, or they add up to nothing.
var ErrWeights = errors.New("money: weights must not be negative and not all be zero")

// Split shares total by weights into whole đồng whose sum is total exactly. Each part is its exact share rounded
// down, and the đồng left over go one each to the largest remainders, ties to the lower index. A negative total
// (a reversal) is shared like its opposite, so that it cancels part by part. The error is ErrWeights.
func Split(total VND, weights []int64) ([]VND, error) {
	var sum VND
	for _, w := range weights {
		if w < 0 {
			return nil, ErrWeights
		}
		sum = sum.Add(Dong(w))
	}
	if sum.IsZero() {
		return nil, ErrWeights
	}
	if total.Sign() >= 0 {
		return split(total, sum, weights), nil
	}
	parts := split(total.Neg(), sum, weights)
	for i := range parts {
		parts[i] = parts[i].Neg()
	}
	return parts, nil
}

// split shares a total of at least 0 by weights that add up to sum.
func split(total, sum VND, weights []int64) []VND {
	parts, rests := make([]VND, len(weights)), make([]VND, len(weights))
	left := total
	for i, w := range weights {
		var product apd.Decimal
		weight := Dong(w)
		must(exact.Mul(&product, &total.d, &weight.d))
		must(exact.QuoInteger(&parts[i].d, &product, &sum.d))
		must(exact.Rem(&rests[i].d, &product, &sum.d))
		left = left.Sub(parts[i])
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return rests[j].Cmp(rests[i]) })
	for _, i := range order[:left.Int64()] { // fewer đồng are left than there are parts
		parts[i] = parts[i].Add(Dong(1))
	}
	return parts
}
