package roster

import (
	"math"
	"strconv"
	"strings"

	"sovang/ledger/viet"
)

// legacyVote is what the texts of a file say about its encoding.
type legacyVote struct {
	votes   map[viet.Encoding]int
	texts   int  // that are not ASCII
	unicode bool // some text can only be Unicode, or fonts say what is what: the file is mixed
}

// enoughVotes and a third of the texts: less than both is a foreign name or two, not an encoding.
const enoughVotes = 3

// voteLegacy finds the encoding of the file and asks about it once. Fonts know; without them the texts vote,
// and the header where its labels could be read in one encoding only.
func (b *builder) voteLegacy() {
	b.legacy.votes = map[viet.Encoding]int{}
	if b.s.header.legacy != viet.Unicode {
		b.legacy.votes[b.s.header.legacy] += enoughVotes
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
	if n := b.legacy.votes[best]; best == viet.Unicode || n < enoughVotes && n*3 < b.legacy.texts {
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
	b.legacy.texts++
	if c.decoded != "" {
		b.legacy.unicode = true
		b.legacy.votes[c.font] += enoughVotes
		return
	}
	if strings.ContainsFunc(c.text, isVietnamese) {
		b.legacy.unicode = true
	} else if e, ok := viet.DetectLegacy(c.text); ok {
		b.legacy.votes[e]++
	}
}

// isVietnamese knows the letters that no text of an old encoding can hold: those beyond Latin-1 and Windows-1252.
func isVietnamese(r rune) bool {
	return r >= 0x1EA0 && r <= 0x1EF9 || r > 0xff && strings.ContainsRune("ăĂđĐơƠưƯĩĨũŨ", r)
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

// inUnicode reads a cell by its font, or by the encoding of the file. In a mixed file (domain.md Q6) only what is
// not good Unicode as it stands is read so; in any other all of it, since Dòng may be a man's name, Dũng.
func (b *builder) inUnicode(c cell) string {
	if c.decoded != "" {
		return c.decoded
	}
	if isASCII(c.text) || len(c.text) > MaxCell {
		return c.text
	}
	if b.legacy.unicode && b.l.Legacy != viet.Mojibake {
		if _, ok := viet.DetectLegacy(c.text); !ok {
			return c.text
		}
	}
	return b.l.Legacy.Decode(c.text)
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
