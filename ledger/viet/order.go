package viet

import (
	"cmp"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Compare is −1, 0 or +1 as a comes before b in Vietnamese order.
func Compare(a, b string) int {
	if c := collate.New(language.Vietnamese).CompareString(a, b); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

// Less says that a comes before b in Vietnamese order.
func Less(a, b string) bool { return Compare(a, b) < 0 }

// GivenNameKey sorts people by tên, họ, đệm.
func GivenNameKey(name string) string {
	family, middle, given := parts(name)
	return strings.Join([]string{given, family, middle}, "\x00")
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
