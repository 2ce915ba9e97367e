package receipts

import (
	"strconv"
	"strings"

	"github.com/go-pdf/fpdf"
	"rsc.io/qr"
)

// canvas draws on the current page of a document: all places in mm from the upper left corner, text by its
// base line. A canvas without a document draws nothing: the same code then only measures.
type canvas struct {
	pdf *fpdf.Fpdf
	pen pen // what the document is set to
}

// ink is a grey or a colour that stays readable in grey print.
type ink struct{ r, g, b int }

var (
	black  = ink{0, 0, 0}
	grey   = ink{110, 105, 98}
	leader = ink{150, 145, 138} // dotted lines under what is filled in
	ghost  = ink{228, 224, 219} // THỬ, across the sheet
	struck = ink{240, 205, 200} // ĐÃ HUỶ, across the sheet
	stamp  = ink{155, 28, 28}   // the same said in words
)

// text writes s with its base line at y, from x to the right.
func (c *canvas) text(p pen, x, y float64, s string) { c.tinted(black, p, x, y, s) }

// tinted is text in another ink.
func (c *canvas) tinted(k ink, p pen, x, y float64, s string) {
	if c.pdf == nil || s == "" {
		return
	}
	if c.pen != p {
		c.pen = p
		c.pdf.SetFont(family, string(p.style), p.size)
	}
	c.pdf.SetTextColor(k.r, k.g, k.b)
	c.pdf.Text(x, y, s)
}

// right writes s so that it ends at x.
func (c *canvas) right(p pen, x, y float64, s string) { c.text(p, x-p.width(s), y, s) }

// centre writes s around x.
func (c *canvas) centre(p pen, x, y float64, s string) { c.text(p, x-p.width(s)/2, y, s) }

// rule draws a straight line of the given thickness in mm.
func (c *canvas) rule(k ink, thick, x1, y1, x2, y2 float64) {
	if c.pdf == nil {
		return
	}
	c.pdf.SetDrawColor(k.r, k.g, k.b)
	c.pdf.SetLineWidth(thick)
	c.pdf.Line(x1, y1, x2, y2)
}

// dots draws the dotted line on which a form is filled in.
func (c *canvas) dots(x1, x2, y float64) {
	if c.pdf == nil || x2 <= x1 {
		return
	}
	c.pdf.SetLineCapStyle("round")
	c.pdf.SetDashPattern([]float64{0, 0.9}, 0)
	c.rule(leader, 0.25, x1, y, x2, y)
	c.pdf.SetDashPattern(nil, 0)
	c.pdf.SetLineCapStyle("butt")
}

// box draws a frame.
func (c *canvas) box(k ink, thick, x, y, w, h float64) {
	if c.pdf == nil {
		return
	}
	c.pdf.SetDrawColor(k.r, k.g, k.b)
	c.pdf.SetLineWidth(thick)
	c.pdf.Rect(x, y, w, h, "D")
}

// slanted writes s large and light across the page, around its middle.
func (c *canvas) slanted(k ink, size, x, y float64, s string) {
	if c.pdf == nil {
		return
	}
	p := pen{bold, size}
	c.pdf.TransformBegin()
	c.pdf.TransformRotate(24, x, y)
	c.tinted(k, p, x-p.width(s)/2, y+size*mmPerPt*0.35, s)
	c.pdf.TransformEnd()
}

// qr draws the QR of url as a square of side mm with its quiet zone inside, and makes the square a link. The
// modules are runs of whole units under one matrix: a third of the bytes of single squares in mm.
func (c *canvas) qr(url string, x, y, side float64) error {
	if c.pdf == nil {
		return nil
	}
	code, err := qr.Encode(url, qr.M)
	if err != nil {
		return err
	}
	const quiet = 2 // modules; the paper around goes on being white
	_, pageHeight := c.pdf.GetPageSize()
	unit := side / float64(code.Size+2*quiet) / mmPerPt
	var b strings.Builder
	c.pdf.SetFillColor(255, 255, 255)
	c.pdf.Rect(x, y, side, side, "F") // no mark across the sheet may touch the modules
	b.WriteString("q 0 g ")
	for _, v := range []float64{unit, 0, 0, -unit, x/mmPerPt + quiet*unit, (pageHeight-y)/mmPerPt - quiet*unit} {
		b.WriteString(strconv.FormatFloat(v, 'f', 4, 64) + " ")
	}
	b.WriteString("cm\n")
	for row := range code.Size {
		for col := 0; col < code.Size; col++ {
			start := col
			for code.Black(col, row) {
				col++
			}
			if col > start {
				b.WriteString(strconv.Itoa(start) + " " + strconv.Itoa(row) + " " + strconv.Itoa(col-start) + " 1 re\n")
			}
		}
	}
	b.WriteString("f Q")
	c.pdf.RawWriteStr(b.String())
	c.pdf.LinkString(x, y, side, side, url)
	return nil
}

// mark draws the brand: an open book of two strokes, its right leaf ruled. side is its width in mm.
func (c *canvas) mark(x, y, side float64) {
	if c.pdf == nil {
		return
	}
	u := side / 24
	at := func(px, py float64) (float64, float64) { return x + px*u, y + py*u }
	c.pdf.SetDrawColor(grey.r, grey.g, grey.b)
	c.pdf.SetLineCapStyle("round")
	c.pdf.SetLineJoinStyle("round")
	c.pdf.SetLineWidth(1.5 * u)
	for _, edge := range []float64{1, 23} { // the left stroke, the right stroke
		lean := (12 - edge) / 11 // +1 for the left leaf, −1 for the right
		c.pdf.MoveTo(at(12, 20))
		c.curve(at, 12-4*lean, 16.5, 12-8*lean, 16.5, edge, 17)
		c.pdf.LineTo(at(edge, 3))
		c.curve(at, 12-8*lean, 2.5, 12-4*lean, 2.5, 12, 6)
		c.pdf.DrawPath("D")
	}
	for _, py := range []float64{7.5, 10.5, 13.5} {
		x1, y1 := at(15.5, py-0.4)
		x2, y2 := at(20, py-0.9)
		c.rule(grey, u, x1, y1, x2, y2)
	}
	c.pdf.SetLineCapStyle("butt")
	c.pdf.SetLineJoinStyle("miter")
}

// curve goes on from the last point in a Bézier curve, in the mark's own units.
func (c *canvas) curve(at func(x, y float64) (float64, float64), ax, ay, bx, by, x, y float64) {
	cx0, cy0 := at(ax, ay)
	cx1, cy1 := at(bx, by)
	x1, y1 := at(x, y)
	c.pdf.CurveBezierCubicTo(cx0, cy0, cx1, cy1, x1, y1)
}
