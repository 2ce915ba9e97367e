package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// FundID numbers a fund in this installation; 0 is the installation itself.
type FundID int32

// System is fund 0: the log of users and roles.
const System FundID = 0

// Key makes a write safe to repeat: the same key with the same content gets the first answer again, for
// ever; with other content it is refused (key_reused). It is unique within its fund.
type Key [16]byte

// NewKey is a random key, for a form when it is drawn.
func NewKey() Key {
	var k Key
	_, _ = rand.Read(k[:]) // crypto/rand does not fail
	return k
}

// KeyOf is the key that a caller's own text stands for. The text is at most 200 bytes long.
func KeyOf(text string) Key {
	sum := sha256.Sum256([]byte("sovang/key\x00" + text))
	return Key(sum[:16])
}

// String is the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// requestBody is what a key is bound to: what is asked, by whom.
func requestBody(a Actor, kind string, input any) []byte {
	body, err := json.Marshal(struct {
		Actor int32
		Kind  string
		Input any
	}{a.ID, kind, input})
	if err != nil {
		panic("ledger: input cannot be written as JSON: " + err.Error()) // only plain structs come here
	}
	return body
}

// requestHash is keyed with the entry's secret where the entry has one: the hash stands in the canonical
// bytes, and a bare hash of a name could be guessed. Once the secret is erased, nobody can compare any more
// and the key counts as used.
func requestHash(secret, body []byte) [32]byte {
	if len(secret) == 0 {
		return sha256.Sum256(body)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return [32]byte(mac.Sum(nil))
}
