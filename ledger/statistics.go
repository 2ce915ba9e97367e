package ledger

import "context"

// RefreshStatistics tells PostgreSQL what the tables hold now. Who books thousands of gifts into a new database calls
// it when done; later autovacuum sees to it. It takes under a second. Codes: unavailable.
func (l *Ledger) RefreshStatistics(ctx context.Context) error {
	_, err := l.pool.Exec(ctx, `SELECT refresh_statistics()`)
	return fromPg(err)
}
