package roster

import (
	"math"
	"strconv"
	"strings"

	"sovang/ledger/viet"
)

// legacyVote is what the texts of a file say about its encoding.
type legacyVote struct {
	votes map[viet.Encoding]int
	fonts bool // fonts name it: texts in other fonts are Unicode
}

// voteLegacy finds the encoding of the file and asks about it once. Fonts know; without them the texts vote,
// and the header where its labels could be read in one encoding only.
func (b *builder) voteLegacy() {
	b.legacy.votes = map[viet.Encoding]int{}
	if b.s.header.legacy != viet.Unicode {
		b.legacy.votes[b.s.header.legacy] += 3
	}
	for i := range b.s.lines {
		for _, c := range b.s.lines[i].cells {
			b.vote(c)
		}
	}
	best := viet.Unicode
	for _, e := range []viet.Encoding{viet.TCVN3, viet.VNI, viet.Mojibake, viet.TCVN3Capitals} {
		if b.legacy.votes[e] > b.legacy.votes[best] {
			best = e
		}
	}
	if best == viet.Unicode {
		return
	}
	b.l.Legacy = best
	b.showReadings()
	if b.o.Legacy == ReadingAsk {
		b.file(Problem{Code: CodeLegacy, Level: Question, Text: short(b.l.LegacyText), Summed: short(b.l.LegacyRead)})
	}
}

// vote counts the encoding of one cell.
func (b *builder) vote(c cell) {
	if c.number || isASCII(c.text) || len(c.text) > MaxCell {
		return
	}
	if c.decoded != "" {
		b.legacy.fonts = true
		b.legacy.votes[c.font] += 3
		return
	}
	if e, ok := viet.DetectLegacy(c.text); ok {
		b.legacy.votes[e]++
	}
}

// showReadings picks a text that shows the difference: a name if it can.
func (b *builder) showReadings() {
	for i := range b.s.lines {
		l := &b.s.lines[i]
		for _, c := range l.cells {
			if read := b.inUnicode(c); len(c.text) <= MaxCell && !c.number && read != viet.NFC(c.text) {
				b.l.LegacyText, b.l.LegacyRead = viet.Clean(c.text), viet.Clean(read)
				if l.no > b.s.header.row {
					return
				}
			}
		}
	}
}

// plain is the text of a cell, in the encoding that was answered.
func (b *builder) plain(c cell) string {
	if c.number {
		return wholeText(c.text)
	}
	if b.o.Legacy == Convert && b.l.Legacy != viet.Unicode {
		return viet.Clean(b.inUnicode(c))
	}
	return viet.Clean(c.text)
}

// inUnicode reads a cell by its font, or by the encoding of the file where the cell itself is not good Unicode:
// files mix both (domain.md Q6).
func (b *builder) inUnicode(c cell) string {
	if c.decoded != "" {
		return c.decoded
	}
	if isASCII(c.text) || len(c.text) > MaxCell {
		return c.text
	}
	if _, ok := viet.DetectLegacy(c.text); ok || b.headerOnly() {
		return b.l.Legacy.Decode(c.text)
	}
	return c.text
}

// headerOnly says that the labels alone could be read: then every text of Latin letters is of that encoding.
func (b *builder) headerOnly() bool {
	return b.s.header.legacy == b.l.Legacy && !b.legacy.fonts && b.legacy.votes[b.l.Legacy] == 3
}

// wholeText is a number of a workbook as a person writes it: a telephone number is 0912345678 and not 9.1E8.
func wholeText(s string) string {
	s = strings.TrimSpace(s)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e18 || f != math.Trunc(f) {
		return s
	}
	if isDigits(s) {
		return s
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// legacyOf is the encoding of a text of Latin letters: what most of its words vote for.
func legacyOf(text string) viet.Encoding {
	votes := map[viet.Encoding]int{}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\t\r\n\"", r) })
	for _, w := range words[:min(len(words), 2000)] {
		if isASCII(w) || len(w) > MaxCell {
			continue
		}
		if e, ok := viet.DetectLegacy(w); ok {
			votes[e]++
		}
		if len(w) <= maxLabel {
			if _, e := labelKey(cell{text: w}); e != viet.Unicode {
				votes[e] += 3
			}
		}
	}
	best := viet.Unicode
	for _, e := range []viet.Encoding{viet.TCVN3, viet.VNI} {
		if votes[e] > votes[best] {
			best = e
		}
	}
	return best
}
