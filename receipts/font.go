package receipts

import (
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"github.com/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"
)

// family is the name under which a document knows our three fonts.
const family = "serif"

// style is one face of Liberation Serif, by fpdf's letter for it.
type style string

const (
	regular style = ""
	bold    style = "B"
	italic  style = "I"
)

// repertoire lists the characters that a sheet can print, as first and last of each range: Latin with all of
// Vietnamese, Greek and Cyrillic for foreign names, the signs of an office. Every one has a glyph in each of
// the three faces (a test says so). The list is part of template 1: a character added here would change
// sheets that printed □ for it.
var repertoire = [][2]rune{
	{0x20, 0x7e}, {0xa0, 0xac}, {0xae, 0x36f}, {0x384, 0x38a}, {0x38c, 0x38c}, {0x38e, 0x3a1}, {0x3a3, 0x3ce},
	{0x3d0, 0x513}, {0x1e00, 0x1e9b}, {0x1e9e, 0x1e9e}, {0x1ea0, 0x1ef9}, {0x2010, 0x2010}, {0x2012, 0x2022},
	{0x2026, 0x2026}, {0x2030, 0x2030}, {0x2032, 0x2034}, {0x2039, 0x203a}, {0x2044, 0x2044}, {0x2074, 0x2078},
	{0x207f, 0x2089}, {0x20a0, 0x20b5}, {0x2116, 0x2117}, {0x2122, 0x2122}, {0x2153, 0x2154}, {0x215b, 0x215e},
	{0x2190, 0x2195}, {0x2212, 0x2212}, {0x221e, 0x221e}, {0x2248, 0x2248}, {0x2260, 0x2260}, {0x2264, 0x2265},
	{missing, missing},
}

// missing stands for a character that the fonts lack: seen by the reader, and always the same.
const missing = '□'

// dropped are the characters that print as nothing: invisible marks of direction and joining, and emoji.
var dropped = [][2]rune{
	{0xad, 0xad}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x2600, 0x27bf}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
	{0x1f000, 0x1faff}, {0xe0000, 0xe0fff},
}

// spaces are the characters that print as one space, however many stand together.
var spaces = [][2]rune{
	{0, ' '}, {0x7f, 0x9f}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
}

// maxText is the longest text printed, in characters. The ledger's own limits lie below it (names 200, contents
// 500); a longer text ends in "…", for all to see.
const maxText = 1000

// face is a font ready for use: cut to the repertoire, with the width of each character in 1/1000 em.
type face struct {
	ttf    []byte
	widths [missing + 1]uint16
}

// faces cuts the three fonts once for the life of the program; documents then take only the characters used.
var faces = sync.OnceValue(func() map[style]*face {
	full := map[style][]byte{
		regular: liberationserifregular.TTF,
		bold:    liberationserifbold.TTF,
		italic:  liberationserifitalic.TTF,
	}
	var all strings.Builder
	for _, span := range repertoire {
		for r := span[0]; r <= span[1]; r++ {
			all.WriteRune(r)
		}
	}
	ready := map[style]*face{}
	for s, ttf := range full {
		ready[s] = newFace(fpdf.UTF8CutFont(ttf, all.String()))
	}
	return ready
})

// newFace measures the characters of a font in a document that nobody prints.
func newFace(ttf []byte) *face {
	f := &face{ttf: ttf}
	scale := fpdf.New("P", "pt", "A4", "")
	scale.AddUTF8FontFromBytes(family, "", ttf)
	scale.SetFont(family, "", 1)
	for _, span := range repertoire {
		for r := span[0]; r <= span[1]; r++ {
			f.widths[r] = uint16(scale.GetStringSymbolWidth(string(r)))
		}
	}
	return f
}

// printable turns any text into one line that the fonts can draw: NFC (decomposed marks would overlap), each
// run of white space and control characters one space, emoji gone, what no glyph exists for as □.
func printable(s string) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range norm.NFC.String(strings.Map(keep, s)) {
		if within(spaces, r) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
			count++
		}
		space = false
		if count >= maxText {
			b.WriteRune('…')
			break
		}
		if !within(repertoire, r) {
			r = missing
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// keep drops the characters that print as nothing, before marks on either side of one are composed.
func keep(r rune) rune {
	if within(dropped, r) {
		return -1
	}
	return r
}

// within says that r lies in one of the ranges.
func within(spans [][2]rune, r rune) bool {
	for _, span := range spans {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

// pen is a face at a size in points.
type pen struct {
	style style
	size  float64
}

// millimetres in a point.
const mmPerPt = 25.4 / 72

// width is how wide s will be, in mm. s must be printable.
func (p pen) width(s string) float64 {
	f, units := faces()[p.style], 0
	for _, r := range s {
		units += int(f.widths[r])
	}
	return float64(units) * p.size * mmPerPt / 1000
}

// wrap breaks s into lines: the first at most first mm wide, the others at most rest. It breaks at spaces, and
// inside a word only when the word alone is wider than a line. The empty text is one empty line.
func (p pen) wrap(s string, first, rest float64) []string {
	var lines []string
	line, room := "", first
	for word := range strings.SplitSeq(s, " ") {
		joined := word
		if line != "" {
			joined = line + " " + word
		}
		if p.width(joined) <= room {
			line = joined
			continue
		}
		if line != "" || len(lines) == 0 && p.width(word) > room && p.width(word) <= rest {
			lines, room = append(lines, line), rest
		}
		for p.width(word) > room {
			head := p.head(word, room)
			lines, room = append(lines, head), rest
			word = word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// head is the longest beginning of word that fits into room, and at least one character.
func (p pen) head(word string, room float64) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if i > 0 && p.width(word[:next]) > room {
			break
		}
		end = next
	}
	return word[:end]
}

// balance breaks s into as few lines of at most w mm as wrap does, but of about the same width.
func (p pen) balance(s string, w float64) []string {
	lines := p.wrap(s, w, w)
	if len(lines) == 1 {
		return lines
	}
	for narrower := w - 2; narrower > 0; narrower -= 2 {
		next := p.wrap(s, narrower, narrower)
		if len(next) > len(lines) {
			break
		}
		lines = next
	}
	return lines
}

// shrink makes p smaller, in steps of a quarter point but not below least, until s fits into room mm.
func (p pen) shrink(s string, room, least float64) pen {
	for p.size > least && p.width(s) > room {
		p.size -= 0.25
	}
	return p
}
