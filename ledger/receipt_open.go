package ledger

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// Opening shows one text of a sheet to whoever holds the sheet: with the salt anybody can see that the log's
// commitment is to this text and no other.
type Opening struct {
	Field string // the commitment's name: "payer", "memo" …
	Value string
	Salt  [32]byte
}

// Openings are the texts that stand on the sheet which an entry issued, each with the salt of its commitment, in the
// order of their names. What the entry says of people beside them stays closed: each salt opens one field. Once the
// names are erased there are none. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Openings(ctx context.Context, a Actor, fund FundID, entryNo int64) (list []Opening, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		var secret []byte
		var said string
		const query = `SELECT secret, said FROM entry_person WHERE fund_id = $1 AND entry_no = $2`
		err := tx.QueryRow(ctx, query, fund, entryNo).Scan(&secret, &said)
		if err == pgx.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		var p Printed
		if err := json.Unmarshal([]byte(said), &p); err != nil {
			return err
		}
		fields := p.fields()
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if fields[name] != "" {
				list = append(list, Opening{name, fields[name], proof.Salt(secret, name)})
			}
		}
		return nil
	})
	return list, err
}
