package viet

import (
	"cmp"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collator is one of a pool: a collate.Collator is not safe for two at once, and costs much to make.
type collator struct {
	*collate.Collator
	collate.Buffer
}

var collators = sync.Pool{New: func() any {
	return &collator{Collator: collate.New(language.Vietnamese)}
}}

// Compare is −1, 0 or +1 as a comes before b in Vietnamese order: a ă â b c d đ e ê …, then the tones ngang,
// huyền, hỏi, ngã, sắc, nặng, then small letters before capitals (CLDR vi, as PostgreSQL's "vi-x-icu"). Texts
// that this order holds for equal are compared byte by byte, so that 0 is the same text.
func Compare(a, b string) int {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	if order := c.CompareString(a, b); order != 0 {
		return order
	}
	return cmp.Compare(a, b)
}

// Less says that a comes before b in Vietnamese order.
func Less(a, b string) bool { return Compare(a, b) < 0 }

// GivenNameKey sorts people as lists do: by tên (the last word), then họ (the first), then đệm (what stands
// between), each in the order of Compare (domain.md §7.3). The key is made of bytes and compares byte by byte: it
// is no text, is stored as bytea, and differs from release to release of the collation's data. A name of one word
// is a tên. Names with equal keys differ in nothing that is read.
func GivenNameKey(name string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	family, middle, given := parts(name)
	var key []byte
	for _, part := range [...]string{given, family, middle} {
		key = appendPart(key, c.KeyFromString(&c.Buffer, part))
		c.Reset()
	}
	return string(key)
}

// appendPart writes one part of a key so that a shorter part comes before a longer one that begins alike,
// whatever follows: 0x00 becomes 0x00 0xFF, and 0x00 0x01 ends the part.
func appendPart(key, part []byte) []byte {
	for _, b := range part {
		key = append(key, b)
		if b == 0 {
			key = append(key, 0xFF)
		}
	}
	return append(key, 0, 1)
}

// parts cuts a name into its first word, its last word and what stands between.
func parts(name string) (family, middle, given string) {
	words := strings.Fields(Clean(name))
	switch n := len(words); n {
	case 0:
		return "", "", ""
	case 1:
		return "", "", words[0]
	default:
		return words[0], strings.Join(words[1:n-1], " "), words[n-1]
	}
}
