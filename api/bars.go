package api

import (
	"fmt"
	"strconv"
	"strings"

	"sovang/ledger"
	"sovang/ledger/money"
)

// bars is the chart of a fund's days: what came in beside what went out, drawn on the server.
type bars struct {
	Title string
	Unit  string
	Days  []ledger.DayTotal // the same figures, for the table beneath
	In    money.VND
	Out   money.VND
	Lines []barLine
	Bars  []bar
	Ticks []barTick
}

type bar struct {
	Class      string // "in" or "out"
	X, Y, W, H string // in the units of the drawing
	Title      string
}

type barLine struct {
	Y     int
	Label string
}

type barTick struct {
	X     string
	Label string
}

// The drawing is 720 × 170: figures on the left, the base line at 140.
const (
	barsLeft, barsRight = 52, 712
	barsTop, barsBase   = 14, 140
)

// newBars draws n days up to the last one. Days without movement stay empty. A day on which more was taken back
// than came in draws no bar: its figure stands in the table.
func newBars(last ledger.Date, n int, days []ledger.DayTotal) bars {
	b := bars{Days: days, In: money.Dong(0), Out: money.Dong(0)}
	top := int64(0)
	for _, d := range days {
		b.In, b.Out = b.In.Add(d.In), b.Out.Add(d.Out)
		top = max(top, d.In.Int64(), d.Out.Int64())
	}
	first := last.AddDays(1 - n)
	b.Title = fmt.Sprintf("Thu %s đ, chi %s đ từ %s đến %s", b.In.Format(), b.Out.Format(), first.Format(), last.Format())
	limit := roundUp(top)
	unit, name := int64(1_000_000), "triệu đồng"
	if limit < 4_000_000 {
		unit, name = 1_000, "nghìn đồng"
	}
	b.Unit = name
	for i := range int64(3) {
		b.Lines = append(b.Lines, barLine{
			Y:     barsBase - int((barsBase-barsTop)*i/2),
			Label: axisLabel(limit*i/2, unit),
		})
	}
	on := map[ledger.Date]ledger.DayTotal{}
	for _, d := range days {
		on[d.On] = d
	}
	step := float64(barsRight-barsLeft) / float64(n)
	for i := range n {
		day, x := first.AddDays(i), barsLeft+step*float64(i)
		if (n-1-i)%7 == 0 {
			b.Ticks = append(b.Ticks, barTick{units(x + step/2), fmt.Sprintf("%d/%d", day.Day, int(day.Month))})
		}
		if d, ok := on[day]; ok {
			b.add("in", "Thu", x+step*0.14, step*0.36, d.On, d.In, limit)
			b.add("out", "Chi", x+step*0.50, step*0.36, d.On, d.Out, limit)
		}
	}
	return b
}

func (b *bars) add(class, word string, x, w float64, on ledger.Date, sum money.VND, limit int64) {
	if sum.Sign() <= 0 {
		return
	}
	h := max(1, float64(barsBase-barsTop)*float64(sum.Int64())/float64(limit))
	b.Bars = append(b.Bars, bar{class, units(x), units(barsBase - h), units(w), units(h),
		fmt.Sprintf("%s ngày %s: %s đ", word, on.Format(), sum.Format())})
}

// units writes a length of the drawing with one decimal.
func units(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// roundUp is the next 1, 2, 4 or 10 times a power of ten: a top whose half is round as well.
func roundUp(n int64) int64 {
	power := int64(100_000)
	for {
		for _, m := range []int64{1, 2, 4} {
			if n <= m*power {
				return m * power
			}
		}
		power *= 10
	}
}

// axisLabel writes an amount in the axis' unit, with a comma before decimals.
func axisLabel(n, unit int64) string {
	if n%unit == 0 {
		return money.Dong(n / unit).Format()
	}
	return strings.Replace(strconv.FormatFloat(float64(n)/float64(unit), 'f', -1, 64), ".", ",", 1)
}
