package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/migrations/localpg/pgtest"
)

func TestNewGivesEachTestItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for range 4 {
		t.Run("one of several", func(t *testing.T) {
			t.Parallel()
			admin, app := pgtest.New(t)
			run(t, admin, `CREATE TABLE only_here (x integer)`)
			run(t, app, `SET ROLE sovang_app`)
		})
	}
}

func run(t *testing.T, dsn, statement string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
