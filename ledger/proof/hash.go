package proof

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
)

// Leaf is the leaf hash of RFC 6962 §2.1: SHA-256(0x00 || canonical).
func Leaf(canonical []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte{0x00})
	h.Write(canonical)
	return sum(h.Sum(nil))
}

// Node is the interior hash of RFC 6962 §2.1: SHA-256(0x01 || left || right).
func Node(left, right [32]byte) [32]byte {
	var b [1 + 64]byte
	b[0] = 0x01
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// ListRoot is the RFC 6962 tree hash of a list (a roster, a gift list) whose items stand in their order. The
// root of no items is SHA-256 of nothing. The list's length is not in the root: put it beside it as a fact.
func ListRoot(items [][]byte) [32]byte {
	// stack holds the roots of complete subtrees, the widest first; their widths are the bits of the count.
	var stack [][32]byte
	for i, item := range items {
		top := Leaf(item)
		for n := i; n&1 == 1; n >>= 1 {
			top = Node(stack[len(stack)-1], top)
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, top)
	}
	if len(stack) == 0 {
		return sha256.Sum256(nil)
	}
	root := stack[len(stack)-1]
	for i := len(stack) - 2; i >= 0; i-- {
		root = Node(stack[i], root)
	}
	return root
}

// The domains of the two hashes of a commitment: fixed prefixes, so that neither can be mistaken for the other.
const (
	saltDomain   = "sovang/v1/salt"
	commitDomain = "sovang/v1/commit"
)

// MinSecret is the least length of a commitment secret, in bytes; 32 random bytes are usual.
const MinSecret = 16

// Commit is the commitment to the value of one field: SHA-256("sovang/v1/commit" || salt || value). The two
// parts before the value have fixed lengths, so no other split of the same bytes exists. The secret is of one entry
// only and random; a secret under MinSecret bytes is a programmer's mistake and panics, because a name under a
// guessable salt is not hidden.
func Commit(secret []byte, field string, value []byte) [32]byte {
	return commit(Salt(secret, field), value)
}

// Salt is the salt of one field: HMAC-SHA256(secret, "sovang/v1/salt" || field). Giving it away opens that field
// and no other.
func Salt(secret []byte, field string) [32]byte {
	if len(secret) < MinSecret {
		panic("proof: commitment secret too short")
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(saltDomain))
	mac.Write([]byte(field))
	return sum(mac.Sum(nil))
}

// Open says whether c is the commitment to value under salt.
func Open(c [32]byte, salt [32]byte, value []byte) bool {
	got := commit(salt, value)
	return subtle.ConstantTimeCompare(got[:], c[:]) == 1
}

func commit(salt [32]byte, value []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(commitDomain))
	h.Write(salt[:])
	h.Write(value)
	return sum(h.Sum(nil))
}

func sum(b []byte) [32]byte { return [32]byte(b) }
