// Package proof is what a stranger needs to check a fund's ledger: the canonical bytes of an entry, its leaf
// hash, the root of a list, and commitments that stand in for personal data. It knows no database.
package proof
