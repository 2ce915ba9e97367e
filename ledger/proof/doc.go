// Package proof is what a stranger needs to check a fund's ledger without our database and without our word:
// the canonical bytes of an entry, its leaf hash, the root of a list, and commitments that stand in for personal
// data. This comment is the specification of canonical v1 and the reader's guide to checkpoints and proofs; with it
// a second verifier is an afternoon's work. testdata/canonical.py is one such reader of entries, and
// testdata/verify.py one such verifier of receipts, in plain Python.
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
// follows the last field, and the whole is at most 65,535 bytes. Fields stand in ascending order of their tags;
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
//
// # The log
//
// Each fund has one log: its entries in the order of their numbers, without a gap, from 0. Over it stands the tree
// of RFC 6962 §2.1 in SHA-256: leaf SHA-256(0x00 || canonical), node SHA-256(0x01 || left || right). The root of the
// first n entries binds every byte of each of them and their order. One more log, over all funds, has the text of
// a fund's checkpoint as its leaf: who keeps its root keeps every fund's.
//
// A log is published under /log/CODE/ of the installation, and the one over all funds under /log/, in the layout of
// c2sp.org/tlog-tiles: checkpoint, tile/<L>/<N>[.p/<W>] and tile/entries/<N>[.p/<W>].
//
// # Checkpoints
//
// A checkpoint (c2sp.org/tlog-checkpoint) says how many entries a log has, and their root. Its text is three lines,
// each with a line feed: the origin, which names the log, host/log/CODE; the size in decimal without leading zeros;
// the root in base64 with padding (RFC 4648 §4). It stands in a signed note (c2sp.org/signed-note): the text, an
// empty line, then signature lines
//
//	— name base64(key id, 4 bytes || signature)
//
// that begin with U+2014. Name is the origin. The signature is Ed25519 (RFC 8032) over the text with its last line
// feed and without the empty line. The key's id is the first four bytes of SHA-256(name || 0x0A || 0x01 || public
// key), so that a key is of one log; a verifier key in print is
//
//	name+id in hex+base64(0x01 || public key)
//
// and stands on the fund's posters and its public page. Take it from there, never from the sheet that is to be
// checked. After a rotation the old verifier stays listed beside the new one, for older receipts. Lines of
// other names or ids are passed over. Among them are cosignatures of witnesses (c2sp.org/tlog-cosignature): the id
// takes 0x04 in place of 0x01, the signature is 8 bytes of Unix seconds and 64 of Ed25519 over "cosignature/v1\ntime
// SECONDS\n" || text, and it says that this is the largest tree that the witness saw of this log, and that it
// continues all it saw before.
//
// # Proofs
//
// A receipt carries a proof (c2sp.org/tlog-proof) that its entry stands in the log. It is text:
//
//	c2sp.org/tlog-proof@v1
//	extra base64(canonical)
//	index 7
//	base64(hash), one line for each, from the leaf's neighbour up to the root's child
//	(an empty line)
//	the signed checkpoint, to the end
//
// The path is that of RFC 6962 §2.1.1. To check it, start with h = the leaf, at = the index, last = the size less one.
// For each hash p of the path: when at is odd or at = last, h becomes node(p, h), and then, while at is even and not
// 0, at and last are halved; else h becomes node(h, p). Then at and last are halved once more. When last is 0 before
// a hash, or is not 0 after all of them, the path has not the right length. At the end h must be the root.
//
// A verifier refuses, and says which it was:
//
//	ErrMalformed  a line is not in its form. There is one form: no other base64, zeros, line ends or spare bits
//	ErrOtherLog   the origin is not the key's name, or the entry's fund is not the last part of the origin
//	ErrWrongKey   no signature line has the key's name and id
//	ErrSignature  there is such a line, and the signature in it is not good
//	ErrIndex      the index is not below the size, the path is too short or too long, or the entry has another number
//	ErrRoot       the path leads elsewhere: the entry, the path or the index is not that of the log
//
// A proof shows that the log holds this entry, as it was when the checkpoint was signed. It does not show that the
// receipt still stands: a void is a later entry. It does not show names: who holds an entry's salts can open its
// commitments. That everybody sees the same log is what witnesses are for.
//
// # Growth
//
// That a larger checkpoint continues a smaller one is shown by the path of RFC 6962 §2.1.2 (VerifyConsistency). A
// witness is asked with it in the form of add-checkpoint (c2sp.org/tlog-witness; Growth): "old SIZE", a line for each
// hash, an empty line, the checkpoint.
//
// # Worked proof
//
// The worked example is entry 7; the fund's log has 8 entries. The verifier key is
//
//	sovang.example/log/HD+f0367fbf+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
//
// and the proof, testdata/worked_example.tlog-proof, is
//
//	c2sp.org/tlog-proof@v1
//	extra AQAB… (the bytes of the worked example in base64, 344 characters in one line)
//	index 7
//	UpSzjfscj6CZ40NFU3pf5Bc1J/gBxflMW76imhpMH+Y=
//	PLGnfB2Ihgk2uguLbMrrUwMrSH14ClAF+lbiRUYDr68=
//	V9XMyUkRmquv8pplOsAIKps7MYt4GKs+k5BTvKox2WA=
//
//	sovang.example/log/HD
//	8
//	JwgKBpFYng4IyvMnpB/9qfH4oeaiZKs5lyOGQiYI7Dg=
//
//	— sovang.example/log/HD 8DZ/vzjZcBe8YajsFAZiJ7O+JzbYVOmtL8PNxHhKyb8AR5IyzSYRbNS+JIx1ZFvrlZyNuxvXjAQglLKaLe6U407rQQA=
package proof
