package ledger_test

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/viet"
	"sovang/migrations/localpg/pgtest"
)

// The order of names in Go is PostgreSQL's ICU order for Vietnamese: a list sorted here and a list sorted there are
// the same list.
func TestNamesSortAsInPostgreSQL(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.New(t)
	c := connect(t, admin)
	words := []string{"An", "Ân", "Ăn", "Ánh", "ánh", "Bình", "Bính", "Bỉnh", "Cường", "Dung", "Dũng", "Đức", "Đông", "Em", "Ê",
		"Gấm", "Hoa", "Hoà", "Hòa", "Hoá", "Hoả", "Hoạ", "Ích", "Khánh", "Lan", "Mỹ", "Ngà", "Ngã", "Nga", "Oanh", "Ông", "Ơn",
		"Phúc", "Quý", "Sơn", "Tâm", "Thuỷ", "Thủy", "Uyên", "Ưng", "Vân", "Xuân", "Yến", "Ý", "H'Hen", "Müller", "a", "à", "ả", "ã", "á", "ạ"}
	rows, err := c.Query(t.Context(), `SELECT w FROM unnest($1::text[]) AS t (w) ORDER BY w COLLATE "vi-x-icu", w COLLATE "C"`, words)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	got := slices.SortedFunc(slices.Values(words), viet.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("Go:         %v\nPostgreSQL: %v", got, want)
	}
}
