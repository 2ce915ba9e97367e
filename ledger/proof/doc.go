// Package proof is what a stranger needs to check a fund's ledger without our database and without our word:
// the canonical bytes of an entry, its leaf hash, the root of a list, and commitments that stand in for personal
// data. This comment is the specification of canonical v1; with it a second encoder is an afternoon's work, and
// testdata/canonical.py is one such reader in plain Python.
//
// # Canonical v1
//
// An entry is one line of a fund's log. Its canonical form is one byte 0x01, then fields. A field is
//
//	tag     2 bytes, unsigned
//	length  4 bytes, unsigned: the number of bytes of the value
//	value
//
// All integers are big-endian and of fixed width; signed ones are two's complement. There is no padding, nothing
// follows the last field, and the whole is at most 65,536 bytes. Fields stand in ascending order of their tags;
// only tags 10 to 13 may repeat. Tags 1 to 8 are always there, once. Tag 9 is left out when nothing is reversed. A
// reader refuses a tag that it does not know (a new tag comes with a new first byte) and takes any kind.
//
//	tag  field         value
//	  1  fund          1-40 of A-Z a-z 0-9 . _ -
//	  2  number        8 bytes, below 2^63: index of the entry in the fund's log, from 0 without a gap
//	  3  kind          1-40 of a-z 0-9 . _ -
//	  4  effective_on  10 bytes: a day of the Gregorian calendar, "2022-07-27", years 0001-9999
//	  5  recorded_at   8 bytes: microseconds since 1970-01-01T00:00:00Z without leap seconds, from 0, before year 10000
//	  6  actor         8 bytes, signed: who wrote it
//	  7  key           16 bytes: the idempotency key
//	  8  request       32 bytes: hash of the request
//	  9  reverses      8 bytes: number of the entry taken back, below this entry's own
//	 10  posting       21 bytes: debit (4, signed), credit (4), purpose (4), amount (8, signed), sign (1)
//	 11  document      year (2), number (8, signed), n (1), series (n bytes), code (the rest)
//	 12  fact          n (1), name (n bytes), value (the rest)
//	 13  commitment    32 bytes, name (the rest)
//
// Postings stand in line order. Debit and credit are ids of accounts, above zero and different; purpose is 0
// (unrestricted) or above; amount is whole đồng above zero; sign is 0x00, or 0x01 for a posting written in
// negative (ghi số âm). Documents stand as they were given: year 1-9999, number from 1, series 1-40 bytes, code
// 0-40 bytes. Facts stand in ascending byte order of their names, and so do commitments; no name repeats within
// its list; a name is 1-100 characters from "!" to "~" of ASCII. Series, codes and values of facts are text:
// well-formed UTF-8 in Unicode normal form C, without control characters (category Cc: U+0000-001F, U+007F-009F)
// and with at most 16 combining marks (category M) in a row.
//
// So an entry has one form and a form has one entry. Every part has its length before it or a fixed width: "ab"
// beside "c" never hashes like "a" beside "bc". Nothing is optional but by absence, nothing has a default, no
// number has two spellings, and text that looks alike is alike, byte for byte.
//
// # Hashes
//
// The leaf of an entry is SHA-256(0x00 || canonical) and joins the fund's tree of RFC 6962 at index number. The
// canonical bytes are published, so they hold no personal data. A name, an address, a memo enters as
//
//	salt       = HMAC-SHA256(secret, "sovang/v1/salt" || field)
//	commitment = SHA-256("sovang/v1/commit" || salt || value)
//
// where secret is random, of this entry alone, and field is the name beside the commitment. Who holds a salt and
// the value can show that the entry speaks of it (Open), for that field and no other; with the secret deleted nobody
// can, and the log stays whole. An unsalted hash of a name would be found by trying names. This holds for tag 8
// too: where the request tells of a person, it is the commitment Commit(secret, "request", request). An item of a
// list under ListRoot that names a person is a commitment likewise.
//
// A list too long for one entry enters as a fact that holds the root of its own tree of RFC 6962, with its length
// in a fact beside it: leaf SHA-256(0x00 || item), node SHA-256(0x01 || left || right), the left subtree as wide as
// the largest power of two below the number of items, no items SHA-256 of nothing (ListRoot).
//
// # Worked example
//
// Fund HD, entry 7, recorded by actor 3 on 2022-07-27 at 08:30:00.000001 in Vietnam: a gift of 500.000 đ in cash
// (account 1 to account 9, unrestricted), Phiếu thu 12 of 2022 with code 7K3M9Q2XWV, one fact, one commitment. The
// key is the bytes 00 to 0f, the secret 32 bytes 2a, the request Commit(secret, "request", "{}"), the payer "Trần
// Thị Hoa".
//
//	01
//	0001 00000002 4844
//	0002 00000008 0000000000000007
//	0003 00000008 646f6e6174696f6e
//	0004 0000000a 323032322d30372d3237
//	0005 00000008 0005e4bf5afd7601
//	0006 00000008 0000000000000003
//	0007 00000010 000102030405060708090a0b0c0d0e0f
//	0008 00000020 e0ccce9d25f5e7e031848772f155f923327f82e2a75fa52fdfe4b1a9b0f09763
//	000a 00000015 000000010000000900000000000000000007a12000
//	000b 00000017 07e6000000000000000c025054374b334d395132585756
//	000c 0000000b 066d6574686f6463617368
//	000d 00000025 76ef2ec5607ff682445d1ba7ff29b2ada40b18abb7b26c310584e7c9bea599657061796572
//
// The leaf of these bytes is
//
//	dddd756f67075a374570e1f9f539b456a5b2f2e40b8d8b0d8ef50b0a1780d3a1
package proof
