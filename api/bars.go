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
	Wide  drawing // for a screen
	Slim  drawing // for a telephone: the same figures in half the width
}

// drawing is the chart in one width.
type drawing struct {
	ID    string // of the pattern and the title in the page
	Title string
	Width int // the height is always 170
	Right int // where the base line ends
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

// A drawing is 170 high: figures on the left, the base line at 140.
const (
	barsLeft, barsMargin = 52, 8
	barsTop, barsBase    = 14, 140
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
	b.Wide = newDrawing("wide", 720, last, n, days, limit, unit)
	b.Slim = newDrawing("slim", 340, last, n, days, limit, unit)
	b.Wide.Title, b.Slim.Title = b.Title, b.Title
	return b
}

func newDrawing(id string, width int, last ledger.Date, n int, days []ledger.DayTotal, limit, unit int64) drawing {
	d := drawing{ID: id, Width: width, Right: width - barsMargin}
	for i := range int64(3) {
		d.Lines = append(d.Lines, barLine{barsBase - int((barsBase-barsTop)*i/2), axisLabel(limit*i/2, unit)})
	}
	on := map[ledger.Date]ledger.DayTotal{}
	for _, day := range days {
		on[day.On] = day
	}
	step := float64(d.Right-barsLeft) / float64(n)
	for i := range n {
		day, x := last.AddDays(i+1-n), barsLeft+step*float64(i)
		if (n-1-i)%7 == 0 {
			d.Ticks = append(d.Ticks, barTick{units(x + step/2), fmt.Sprintf("%d/%d", day.Day, int(day.Month))})
		}
		if total, ok := on[day]; ok {
			d.add("in", "Thu", x+step*0.12, step*0.38, day, total.In, limit)
			d.add("out", "Chi", x+step*0.52, step*0.38, day, total.Out, limit)
		}
	}
	return d
}

func (d *drawing) add(class, word string, x, w float64, on ledger.Date, sum money.VND, limit int64) {
	if sum.Sign() <= 0 {
		return
	}
	h := max(1, float64(barsBase-barsTop)*float64(sum.Int64())/float64(limit))
	d.Bars = append(d.Bars, bar{class, units(x), units(barsBase - h), units(w), units(h),
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
