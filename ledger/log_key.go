package ledger

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"sovang/ledger/proof"
)

// Keys sign what the installation publishes. They live in a file outside the database: who holds only the database
// cannot sign, and who restores only the database does not bring old keys back.
type Keys struct {
	origin  string // of the log over all funds, "sovang.example/log"; a fund's is origin/CODE
	sign    ed25519.PrivateKey
	retired []ed25519.PublicKey // newest first; they still verify old receipts
	witness ed25519.PrivateKey  // another key: a cosignature says something else than a log's own signature
}

const (
	maxOrigin  = 100 // characters of the log's name
	maxKeys    = 100 // keys in a file
	keyComment = "# Sổ Vàng: keys that sign the log. Secret; keep a copy, but not beside the database's.\n"
)

// What LoadOrMakeKey refuses; test with errors.Is.
var (
	ErrKeyFile = errors.New("ledger: the key file is not in its form")
	ErrKeyMode = errors.New("ledger: the key file can be read by others; its mode must be 0600")
)

// LoadOrMakeKey reads the key file, or makes it with mode 0600 when there is none. origin names the log, "host/log",
// and is taken only for a new file: a log keeps its name for ever, whatever the host is called later.
// Errors: ErrKeyFile, ErrKeyMode, and those of the file system.
func LoadOrMakeKey(path, origin string) (*Keys, error) {
	k, err := loadKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if k, err = newKeys(origin); err != nil {
		return nil, err
	}
	err = k.write(path, os.Link) // unlike Rename, Link leaves what another program made in this moment
	if errors.Is(err, fs.ErrExist) {
		return loadKeys(path)
	}
	return k, err
}

// RotateKey makes a new signing key and keeps the old one's verifier, so that receipts signed with it still verify.
// The new verifier must be published; programs that run with the old key go on with it until they start anew.
// Errors: as LoadOrMakeKey.
func RotateKey(path string) (*Keys, error) {
	k, err := loadKeys(path)
	if err != nil {
		return nil, err
	}
	if len(k.retired)+1 >= maxKeys {
		return nil, fmt.Errorf("%w: %d keys", ErrKeyFile, maxKeys)
	}
	k.retired = append([]ed25519.PublicKey{k.sign.Public().(ed25519.PublicKey)}, k.retired...)
	if _, k.sign, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return nil, err
	}
	return k, k.write(path, os.Rename)
}

// NewKeys makes keys that are kept nowhere, for tests and demonstrations. It answers ErrKeyFile for a bad name.
func NewKeys(origin string) (*Keys, error) { return newKeys(origin) }

func newKeys(origin string) (*Keys, error) {
	k := &Keys{origin: origin}
	if !validOrigin(origin) {
		return nil, fmt.Errorf("%w: name %q", ErrKeyFile, origin)
	}
	var err error
	if _, k.sign, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return nil, err
	}
	_, k.witness, err = ed25519.GenerateKey(rand.Reader)
	return k, err
}

// validOrigin: printable ASCII without space and plus, as names of keys must be; no slash at its ends.
func validOrigin(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' || r == '+' {
			return false
		}
	}
	return s != "" && len(s) <= maxOrigin && strings.Trim(s, "/") == s
}

// Origin names the log of a fund by its code; "" is the log over all funds.
func (k *Keys) Origin(code string) string {
	if code == "" {
		return k.origin
	}
	return k.origin + "/" + code
}

// Verifiers are the keys that check a log's checkpoints, the one in use first: what stands on the fund's posters and
// public page. "" is the log over all funds.
func (k *Keys) Verifiers(code string) []string {
	list := []string{verifierKey(k.Origin(code), k.sign.Public().(ed25519.PublicKey))}
	for _, pub := range k.retired {
		list = append(list, verifierKey(k.Origin(code), pub))
	}
	return list
}

// WitnessKey checks this installation's cosignatures.
func (k *Keys) WitnessKey() string {
	return proof.CosignerKey(k.witnessName(), k.witness.Public().(ed25519.PublicKey))
}

func (k *Keys) witnessName() string { return k.origin + "/witness" }

func verifierKey(name string, pub ed25519.PublicKey) string {
	vkey, err := note.NewEd25519VerifierKey(name, pub)
	if err != nil {
		panic("ledger: public key: " + err.Error()) // only keys of the right length come here
	}
	return vkey
}

// signer signs as one log: C2SP asks that the key's name be the log's origin.
type signer struct {
	note.Verifier
	key ed25519.PrivateKey
}

// Sign is the signature over a note's text.
func (s signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }

// checkpoint signs a size and a root of a log.
func (k *Keys) checkpoint(code string, size int64, root [32]byte) (string, error) {
	v, err := note.NewVerifier(k.Verifiers(code)[0])
	if err != nil {
		return "", err
	}
	c := proof.Checkpoint{Origin: k.Origin(code), Size: size, Root: root}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signer{v, k.sign})
	return string(signed), err
}

// write puts the file in place whole or not at all.
func (k *Keys) write(path string, place func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	var b bytes.Buffer
	b.WriteString(keyComment)
	fmt.Fprintf(&b, "origin %s\nsign %s\nwitness %s\n", k.origin, encodeKey(k.sign.Seed()), encodeKey(k.witness.Seed()))
	for _, pub := range k.retired {
		fmt.Fprintf(&b, "retired %s\n", encodeKey(pub))
	}
	_, err = f.Write(b.Bytes())
	if err := errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return place(f.Name(), path)
}

func encodeKey(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func loadKeys(path string) (*Keys, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s", ErrKeyMode, path)
	}
	k := &Keys{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && line[0] != '#' && !k.take(line) {
			return nil, fmt.Errorf("%w: %s", ErrKeyFile, path)
		}
	}
	if lines.Err() != nil || k.sign == nil || k.witness == nil || !validOrigin(k.origin) || len(k.retired) >= maxKeys {
		return nil, fmt.Errorf("%w: %s", ErrKeyFile, path)
	}
	return k, nil
}

// take reads one line of the file; it never says what stood there.
func (k *Keys) take(line string) bool {
	what, value, _ := strings.Cut(line, " ")
	if what == "origin" {
		k.origin = value
		return true
	}
	key, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil || len(key) != ed25519.SeedSize { // as long as a public key
		return false
	}
	switch what {
	case "sign":
		k.sign = ed25519.NewKeyFromSeed(key)
	case "witness":
		k.witness = ed25519.NewKeyFromSeed(key)
	case "retired":
		k.retired = append(k.retired, key)
	default:
		return false
	}
	return true
}
