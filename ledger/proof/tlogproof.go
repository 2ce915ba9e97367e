package proof

import (
	"encoding/base64"
	"fmt"
	"path"
	"strings"
)

// proofHead is the first line of a proof; another form comes with another line.
const proofHead = "c2sp.org/tlog-proof@v1"

// maxProof is the largest proof that is looked at, in bytes: the largest entry in base64, a path, a checkpoint.
const maxProof = 2*MaxCanonical + maxNote

// Proof shows, without any server, that an entry stands in a log: c2sp.org/tlog-proof. It is what a receipt carries.
type Proof struct {
	Extra      []byte     // the entry's canonical bytes, so that the proof stands alone; nil: the reader has them
	Index      int64      // where in the log
	Path       [][32]byte // from the leaf's neighbour up to the root's child
	Checkpoint string     // signed
}

// Text is the proof as text, the same each time.
func (p Proof) Text() string {
	var s strings.Builder
	s.WriteString(proofHead + "\n")
	if p.Extra != nil {
		s.WriteString("extra " + base64.StdEncoding.EncodeToString(p.Extra) + "\n")
	}
	fmt.Fprintf(&s, "index %d\n", p.Index)
	writePath(&s, p.Path)
	return s.String() + "\n" + p.Checkpoint
}

// ParseProof reads a proof's form and checks nothing else. Errors: ErrMalformed.
func ParseProof(text string) (p Proof, err error) {
	head, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(text) > maxProof || lines[0] != proofHead || len(lines) < 2 {
		return Proof{}, ErrMalformed
	}
	lines = lines[1:]
	if extra, ok := strings.CutPrefix(lines[0], "extra "); ok && len(lines) > 1 {
		if p.Extra, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil ||
			base64.StdEncoding.EncodeToString(p.Extra) != extra {
			return Proof{}, ErrMalformed
		}
		lines = lines[1:]
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	if !ok {
		return Proof{}, ErrMalformed
	}
	if p.Index, err = parseNumber(index); err != nil {
		return Proof{}, err
	}
	if p.Path, err = parsePath(lines[1:]); err != nil {
		return Proof{}, err
	}
	if _, err := peek(signed); err != nil {
		return Proof{}, err
	}
	p.Checkpoint = signed
	return p, nil
}

// VerifyProof says whether the proof leads from a leaf to a checkpoint that one of the keys signed. The leaf comes
// from what the reader holds, the keys from the fund's poster or page, and neither from the proof.
// Errors: ErrKey, ErrMalformed, ErrOtherLog, ErrWrongKey, ErrSignature, ErrIndex, ErrRoot.
func VerifyProof(text string, leaf [32]byte, vkeys ...string) (Checkpoint, error) {
	p, err := ParseProof(text)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := ParseCheckpoint(p.Checkpoint, vkeys...)
	if err != nil {
		return Checkpoint{}, err
	}
	return c, VerifyInclusion(c, p.Index, leaf, p.Path)
}

// VerifyEntry is VerifyProof of a proof that stands alone: the entry comes from its extra line and is bound by its
// leaf; it must say itself that it stands at this index of this fund's log. What it returns is proven, once the
// error is nil. Errors: those of VerifyProof; ErrMalformed too when there is no entry.
func VerifyEntry(text string, vkeys ...string) (Entry, Checkpoint, error) {
	p, err := ParseProof(text)
	if err != nil {
		return Entry{}, Checkpoint{}, err
	}
	c, err := VerifyProof(text, Leaf(p.Extra), vkeys...)
	if err != nil {
		return Entry{}, c, err
	}
	e, err := Decode(p.Extra)
	switch {
	case err != nil:
		return Entry{}, c, ErrMalformed
	case e.Number != uint64(p.Index):
		return Entry{}, c, ErrIndex
	case e.Fund != path.Base(c.Origin):
		return Entry{}, c, ErrOtherLog
	}
	return e, c, nil
}
