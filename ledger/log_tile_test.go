package ledger_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
	"sovang/migrations/localpg/pgtest"
)

// tilePath writes the path of a tile as c2sp.org/tlog-tiles does.
func tilePath(level string, n int64, width int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + path
}

// C15: a stranger puts the tiles together and comes to the signed root, by the hashes and by the entries.
func TestC15TilesComeTogetherToTheRoot(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx := t.Context()
	giveMany(t, f, f.Fund, 600)
	build(t, f)
	for _, code := range []string{"HD", ""} {
		signed, err := f.Published(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		c, err := proof.ParseCheckpoint(signed, f.LogKeys().Verifiers(code)...)
		if err != nil {
			t.Fatal(err)
		}
		var byHash, byEntry proof.Tree
		for n := int64(0); n*256 < c.Size; n++ {
			width := min(256, c.Size-n*256)
			data, err := f.Tile(ctx, code, tilePath("0", n, width))
			if err != nil || int64(len(data)) != width*32 {
				t.Fatalf("%d bytes, %v", len(data), err)
			}
			for ; len(data) > 0; data = data[32:] {
				byHash.Add([32]byte(data[:32]))
			}
			if data, err = f.Tile(ctx, code, tilePath("entries", n, width)); err != nil {
				t.Fatal(err)
			}
			for len(data) > 0 {
				end := 2 + int(binary.BigEndian.Uint16(data))
				byEntry.Add(proof.Leaf(data[2:end]))
				data = data[end:]
			}
		}
		if byHash.Root() != c.Root || byEntry.Root() != c.Root || byEntry.Size() != c.Size {
			t.Errorf("log %q: %d hashes and %d entries do not come to the root of %d", code, byHash.Size(), byEntry.Size(), c.Size)
		}
	}
}

// httpTiles reads tiles as a client of the published log would.
type httpTiles struct {
	ctx context.Context
	f   *ledgertest.Fixture
}

func (h httpTiles) Height() int                         { return 8 }
func (h httpTiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (h httpTiles) ReadTiles(want []tlog.Tile) (data [][]byte, err error) {
	for _, w := range want {
		d, err := h.f.Tile(h.ctx, "HD", strings.Replace(w.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		data = append(data, d)
	}
	return data, nil
}

// C15: the client of the Go checksum database proves from our tiles whatever it wants, each tile checked by itself
// against the root.
func TestC15AnotherClientProvesFromTheTiles(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	giveMany(t, f, f.Fund, 530)
	signed, size, err := f.Checkpoint(t.Context(), f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	c, err := proof.PeekCheckpoint(signed)
	if err != nil {
		t.Fatal(err)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: c.Root}, httpTiles{t.Context(), f})
	for _, no := range []int64{0, 1, 255, 256, 511, 512, size - 1} {
		path, err := tlog.ProveRecord(size, no, reader)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Prove(t.Context(), f.Fund, no)
		if err != nil {
			t.Fatal(err)
		}
		p, err := proof.ParseProof(text)
		if err != nil || len(p.Path) != len(path) {
			t.Fatalf("%d hashes are not %d, %v", len(p.Path), len(path), err)
		}
		for i := range path {
			if p.Path[i] != [32]byte(path[i]) {
				t.Errorf("entry %d: hash %d of the path differs", no, i)
			}
		}
	}
}

func TestTilesThatDoNotStandAreNotServed(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	giveMany(t, f, f.Fund, 270)
	_, size, err := f.Checkpoint(t.Context(), f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	f.Give(1_000) // beyond the checkpoint
	rest := size - 256
	for _, tt := range []struct {
		path string
		want ledger.Code
	}{
		{"tile/0/000", ""},
		{"tile/0/000.p/1", ""},
		{"tile/1/000.p/1", ""},
		{tilePath("0", 1, rest), ""},
		{tilePath("0", 1, rest+1), ledger.CodeNotFound},
		{"tile/1/000.p/2", ledger.CodeNotFound},
		{"tile/2/000.p/1", ledger.CodeNotFound},
		{"tile/0/001", ledger.CodeNotFound},
		{"tile/entries/000", ""},
		{tilePath("entries", 1, rest+1), ledger.CodeNotFound},
		{"tile/data/000", ledger.CodeNotFound},
		{"tile/8/0/000", ledger.CodeNotFound},
		{"tile/0/000.p/0", ledger.CodeNotFound},
		{"tile/0/000.p/256", ledger.CodeNotFound},
		{"tile/0/0", ledger.CodeNotFound},
		{"tile/0/x000/000", ledger.CodeNotFound},
		{"tile/-1/000", ledger.CodeNotFound},
		{"tile/64/000", ledger.CodeNotFound},
		{"tile/0/x999/x999/x999/x999/x999/x999/999", ledger.CodeNotFound},
		{"tile/0/../000", ledger.CodeNotFound},
		{"checkpoint", ledger.CodeNotFound},
		{"", ledger.CodeNotFound},
		{"tile/0/" + strings.Repeat("x000/", 20) + "000", ledger.CodeNotFound},
	} {
		if _, err := f.Tile(t.Context(), "HD", tt.path); ledger.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.path, err, tt.want)
		}
	}
	if _, err := f.Tile(t.Context(), "KHONG-CO", "tile/0/000"); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Error(err)
	}
	if _, err := f.Published(t.Context(), "KHONG-CO"); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Error(err)
	}
}

// 680 funds are what a province has; the log over them all then fills tiles of its own.
func TestC15TheLogOver680FundsComesToItsRoot(t *testing.T) {
	t.Parallel()
	admin, app := pgtest.New(t)
	f := books(t, app, logKeys(t))
	f.AdminDSN = admin
	ledgertest.Exec(t, admin, `
		INSERT INTO fund (fund_id, code, name, level, chart, valid_from)
		SELECT n, 'XA-' || n, 'Quỹ xã thử ' || n, 'commune', 'MINH-HOA', '2021-01-01' FROM generate_series(1, 680) AS t (n)`)
	ledgertest.Exec(t, admin, `
		INSERT INTO entry (fund_id, entry_no, recorded_at, effective_on, actor, line_count, kind, key, request_hash, canonical)
		SELECT n, 0, '2022-07-27', '2022-07-27', 1, 0, 'note', gen_random_uuid(), sha256('x'), convert_to('entry ' || n, 'UTF8')
		  FROM generate_series(1, 680) AS t (n)`)
	ledgertest.Exec(t, admin, `INSERT INTO fund_head (fund_id, next_entry) SELECT n, 1 FROM generate_series(1, 680) AS t (n)`)
	build(t, f)
	signed, err := f.Published(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := proof.ParseCheckpoint(signed, f.LogKeys().Verifiers("")...)
	if err != nil || c.Size != 680 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, no := range []int64{0, 255, 256, 511, 512, 679} {
		text, err := f.Prove(t.Context(), ledger.AllFunds, no)
		if err != nil {
			t.Fatal(err)
		}
		p, err := proof.ParseProof(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.VerifyProof(text, proof.Leaf(p.Extra), f.LogKeys().Verifiers("")...); err != nil {
			t.Errorf("leaf %d: %v", no, err)
		}
	}
	if problems, err := f.VerifyAgainst(t.Context(), ledger.AllFunds, signed, nil); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
