package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Why a checkpoint or a proof is refused. Each is a sentence of its own to the person who asked; test with
// errors.Is.
var (
	ErrKey       = errors.New("proof: the verifier key is not one")
	ErrMalformed = errors.New("proof: not in the form of a proof or a checkpoint")
	ErrOtherLog  = errors.New("proof: of another log than the key")
	ErrWrongKey  = errors.New("proof: not signed with this key")
	ErrSignature = errors.New("proof: the signature does not fit the text")
	ErrIndex     = errors.New("proof: the index does not fit the size, the path or the entry")
	ErrRoot      = errors.New("proof: the path does not lead to the root")
)

// maxNote is the largest signed note that is looked at, in bytes: a checkpoint with a hundred cosignatures.
const maxNote = 64 << 10

// Checkpoint is what a log says of itself at one moment: which log, how many entries, and their root.
type Checkpoint struct {
	Origin string // "sovang.example/log/HD"
	Size   int64
	Root   [32]byte
}

// Text is the note text that is signed: origin, size and root in a line each.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads a signed checkpoint that one of the verifier keys must have signed; each key names its
// log. Keys stand on the fund's posters and page ("name+hash+base64") and are never taken from the checkpoint's own
// bearer. Signatures by others, witnesses among them, are passed over.
// Errors: ErrKey, ErrMalformed, ErrOtherLog, ErrWrongKey, ErrSignature.
func ParseCheckpoint(signed string, vkeys ...string) (Checkpoint, error) {
	var ours []note.Verifier
	names := map[string]bool{}
	for _, vkey := range vkeys {
		v, err := note.NewVerifier(strings.TrimSpace(vkey))
		if err != nil {
			return Checkpoint{}, ErrKey
		}
		ours, names[v.Name()] = append(ours, v), true
	}
	c, err := peek(signed)
	if err != nil {
		return Checkpoint{}, err
	}
	if len(ours) > 0 && !names[c.Origin] {
		return Checkpoint{}, ErrOtherLog
	}
	n, err := open(signed, ours)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, s := range n.Sigs {
		if s.Name == c.Origin {
			return c, nil
		}
	}
	return Checkpoint{}, ErrWrongKey
}

// open verifies a note, and that each signature is written in its one form.
func open(signed string, known []note.Verifier) (*note.Note, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(known...))
	var bad *note.InvalidSignatureError
	var none *note.UnverifiedNoteError
	switch {
	case errors.As(err, &bad):
		return nil, ErrSignature
	case errors.As(err, &none):
		return nil, ErrWrongKey
	case err != nil:
		return nil, ErrMalformed
	}
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return nil, ErrMalformed
		}
	}
	return n, nil
}

// PeekCheckpoint reads a checkpoint without looking at its signatures, for one's own notes only. Errors:
// ErrMalformed.
func PeekCheckpoint(signed string) (Checkpoint, error) { return peek(signed) }

func peek(signed string) (Checkpoint, error) {
	end := strings.LastIndex(signed, "\n\n")
	if end < 0 || len(signed) > maxNote {
		return Checkpoint{}, ErrMalformed
	}
	return parseText(signed[:end+1])
}

// parseText reads the note text. Extension lines are allowed by C2SP; ours have none, and they say nothing here.
func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return Checkpoint{}, ErrMalformed
	}
	for _, line := range lines {
		if line == "" {
			return Checkpoint{}, ErrMalformed
		}
	}
	size, err := parseNumber(lines[1])
	if err != nil {
		return Checkpoint{}, err
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// parseNumber reads a number below 2^63 in its one decimal form.
func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, ErrMalformed
	}
	return n, nil
}

// parseHash reads 32 bytes in their one base64 form.
func parseHash(s string) ([32]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 32 || len(s) != base64.StdEncoding.EncodedLen(32) {
		return [32]byte{}, ErrMalformed
	}
	return [32]byte(b), nil
}
