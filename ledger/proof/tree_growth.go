package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// maxPath is how many hashes a path may have: a tree of 2^63 leaves has no longer one.
const maxPath = 63

// Growth asks a witness for its cosignature: the body of add-checkpoint (c2sp.org/tlog-witness). It shows that the
// log of Checkpoint begins with the log of the size that the witness saw last.
type Growth struct {
	Old        int64 // the size seen last; 0: none yet
	Path       [][32]byte
	Checkpoint string // signed
}

// Text is the request's body.
func (g Growth) Text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "old %d\n", g.Old)
	writePath(&s, g.Path)
	return s.String() + "\n" + g.Checkpoint
}

// ParseGrowth reads a request's body. Errors: ErrMalformed.
func ParseGrowth(text string) (g Growth, err error) {
	head, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	old, found := strings.CutPrefix(lines[0], "old ")
	if !ok || !found || len(text) > 2*maxNote {
		return Growth{}, ErrMalformed
	}
	if g.Old, err = parseNumber(old); err != nil {
		return Growth{}, err
	}
	if g.Path, err = parsePath(lines[1:]); err != nil {
		return Growth{}, err
	}
	if _, err := peek(signed); err != nil {
		return Growth{}, err
	}
	g.Checkpoint = signed
	return g, nil
}

func writePath(s *strings.Builder, path [][32]byte) {
	for _, h := range path {
		s.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
}

func parsePath(lines []string) (path [][32]byte, err error) {
	if len(lines) > maxPath {
		return nil, ErrMalformed
	}
	for _, line := range lines {
		h, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		path = append(path, h)
	}
	return path, nil
}

// cosignatureType is the algorithm byte of a cosigner's key (c2sp.org/tlog-cosignature).
const cosignatureType = 0x04

// cosigner makes and checks cosignatures of one witness; it is a note.Signer and a note.Verifier.
type cosigner struct {
	name string
	hash uint32
	pub  ed25519.PublicKey
	key  ed25519.PrivateKey // nil: it only verifies
	at   time.Time
}

func newCosigner(name string, pub ed25519.PublicKey) *cosigner {
	sum := sha256.Sum256(append([]byte(name+"\n"), append([]byte{cosignatureType}, pub...)...))
	return &cosigner{name: name, hash: binary.BigEndian.Uint32(sum[:]), pub: pub}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

// message is what is signed: that, as of this second, this is the largest consistent tree seen of the log.
func (c *cosigner) message(seconds uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", seconds), text...)
}

func (c *cosigner) Sign(text []byte) ([]byte, error) {
	seconds := uint64(c.at.Unix())
	sig := binary.BigEndian.AppendUint64(nil, seconds)
	return append(sig, ed25519.Sign(c.key, c.message(seconds, text))...), nil
}

func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	return ed25519.Verify(c.pub, c.message(binary.BigEndian.Uint64(sig), text), sig[8:])
}

// CosignerKey is the verifier key of a witness, to be published: "name+hash+base64" with signature type 4.
func CosignerKey(name string, pub ed25519.PublicKey) string {
	data := append([]byte{cosignatureType}, pub...)
	return fmt.Sprintf("%s+%08x+%s", name, newCosigner(name, pub).hash, base64.StdEncoding.EncodeToString(data))
}

// Cosign adds a witness's cosignature/v1 to a signed checkpoint: that at this time it is the largest it has seen of
// this log, and that it continues all it had seen before. Who calls it has checked that. It gives the checkpoint
// with the new line, and the line alone. Errors: ErrMalformed.
func Cosign(signed, name string, key ed25519.PrivateKey, at time.Time) (cosigned, line string, err error) {
	c := newCosigner(name, key.Public().(ed25519.PublicKey))
	c.key, c.at = key, at
	if _, err := peek(signed); err != nil || at.Unix() < 0 {
		return "", "", ErrMalformed
	}
	end := strings.LastIndex(signed, "\n\n")
	sig, err := c.Sign([]byte(signed[:end+1]))
	if err != nil {
		return "", "", err
	}
	data := append(binary.BigEndian.AppendUint32(nil, c.hash), sig...)
	line = fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(data))
	return signed + line, line, nil
}

// Cosigned says when a witness cosigned this checkpoint. Errors: ErrKey, ErrMalformed, ErrWrongKey, ErrSignature.
func Cosigned(signed, witnessKey string) (time.Time, error) {
	c, err := parseCosignerKey(witnessKey)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := peek(signed); err != nil {
		return time.Time{}, err
	}
	n, err := open(signed, []note.Verifier{c})
	if err != nil {
		return time.Time{}, err
	}
	sig, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil || len(sig) < 12 {
		return time.Time{}, ErrMalformed
	}
	return time.Unix(int64(binary.BigEndian.Uint64(sig[4:])), 0).UTC(), nil
}

func parseCosignerKey(vkey string) (*cosigner, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	hash, data, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil || name == "" || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return nil, ErrKey
	}
	c := newCosigner(name, key[1:])
	if fmt.Sprintf("%08x", c.hash) != hash {
		return nil, ErrKey
	}
	return c, nil
}
