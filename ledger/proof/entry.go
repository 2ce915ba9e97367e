package proof

import "time"

// MaxCanonical is the largest canonical form, in bytes: what a length of two bytes can tell in a bundle of entries. A longer list enters an entry as its ListRoot.
const MaxCanonical = 1<<16 - 1

// Entry is one line of a fund's log, as it is hashed. It holds no personal data: what is about a person
// stands in Commitments.
type Entry struct {
	Fund        string       // the fund's code, "HD": 1-40 characters of [A-Za-z0-9._-]
	Number      uint64       // entry_no, dense from 0: the entry's index in the fund's Merkle log; below 2^63
	Kind        string       // what happened, an open list: "donation", "receipt.void"; 1-40 characters of [a-z0-9._-]
	EffectiveOn string       // the day it counts for: "2006-01-02"
	RecordedAt  time.Time    // the instant it was written: whole microseconds, 1970 to 9999; decoded as UTC
	Actor       int64        // who wrote it
	Key         [16]byte     // the idempotency key
	Request     [32]byte     // hash of the request; keyed, when the request tells of a person (see the package comment)
	Reverses    *uint64      // the earlier entry of this log that is taken back
	Postings    []Posting    // in line order
	Documents   []Document   // numbered papers issued or touched, in the order given
	Facts       []Fact       // sorted by name, each name once
	Commitments []Commitment // sorted by name, each name once
}

// Posting is one pair Nợ/Có. Accounts are positive and differ; Purpose 0 is "unrestricted"; Amount is whole
// đồng above zero; Negative marks a ghi số âm, which counts with its sign.
type Posting struct {
	Debit, Credit, Purpose int32
	Amount                 int64
	Negative               bool
}

// Document is a number taken from a series of the fund: Series 1-40 bytes, Year 1-9999, Number from 1, and the
// code of its verification page, up to 40 bytes, empty when it has none.
type Document struct {
	Series string
	Year   int
	Number int64
	Code   string
}

// Fact is one named text. Name is 1-100 printable ASCII characters without space.
type Fact struct{ Name, Value string }

// Commitment stands in for a text that may have to be erased. Name is ruled as in Fact; Sum comes from Commit.
type Commitment struct {
	Name string
	Sum  [32]byte
}
