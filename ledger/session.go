package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sessions stores signed-in browsers for the web layer. A token is kept by its hash: who reads the table cannot
// sign in with it. It fits alexedwards/scs.
type Sessions struct{ l *Ledger }

// Sessions is the store of this ledger's database.
func (l *Ledger) Sessions() Sessions { return Sessions{l} }

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindCtx gives the data of a session that has not expired.
func (s Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	const query = `SELECT data FROM session WHERE token_hash = $1 AND expires_at > $2`
	err := s.l.pool.QueryRow(ctx, query, tokenHash(token), s.l.now()).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, fromPg(err)
}

// CommitCtx stores a session until its expiry.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	const query = `
		INSERT INTO session (token_hash, data, expires_at) VALUES ($1, $2, $3)
		    ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`
	_, err := s.l.pool.Exec(ctx, query, tokenHash(token), data, expiry)
	return fromPg(err)
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.l.pool.Exec(ctx, `DELETE FROM session WHERE token_hash = $1`, tokenHash(token))
	return fromPg(err)
}

// Sweep removes expired sessions; a server calls it now and then.
func (s Sessions) Sweep(ctx context.Context) error {
	_, err := s.l.pool.Exec(ctx, `DELETE FROM session WHERE expires_at <= $1`, s.l.now())
	return fromPg(err)
}

// Find is FindCtx for scs, which asks for both.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for scs.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for scs.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
