package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// Published is the newest checkpoint of a log as it stands, for /log/CODE/checkpoint; code "" is the log over all
// funds. Anybody may ask. Codes: not_found (no such fund, or no checkpoint yet), unavailable.
func (l *Ledger) Published(ctx context.Context, code string) (signed string, err error) {
	log, err := l.logID(ctx, code)
	if err != nil {
		return "", err
	}
	err = l.readLog(ctx, log, func(tx pgx.Tx) error {
		h, err := readLogHead(ctx, tx, log)
		if err == nil && h.newest == 0 {
			err = &Error{Code: CodeNotFound}
		}
		signed = h.note
		return err
	})
	return signed, err
}

// Tile serves the log in the layout of c2sp.org/tlog-tiles. path is what follows /log/CODE/: "tile/0/x001/234" or
// "tile/0/000.p/17" for hashes, "tile/entries/000" for what they are hashes of; code "" is the log over all funds.
// What it gives never changes. Nothing beyond the newest checkpoint is served. Anybody may ask.
// Codes: not_found, unavailable.
func (l *Ledger) Tile(ctx context.Context, code, path string) (data []byte, err error) {
	t, entries, ok := parseTilePath(path)
	if !ok {
		return nil, &Error{Code: CodeNotFound}
	}
	log, err := l.logID(ctx, code)
	if err != nil {
		return nil, err
	}
	err = l.readLog(ctx, log, func(tx pgx.Tx) error {
		h, err := readLogHead(ctx, tx, log)
		if err != nil {
			return err
		}
		from := t.N * tileWidth
		to := from + int64(t.W)
		if to > h.newest>>(tileHeight*t.L) {
			return &Error{Code: CodeNotFound}
		}
		if entries {
			data, err = bundle(ctx, tx, log, from, to)
			return err
		}
		r := tileReader{ctx: ctx, tx: tx, log: log, held: map[tileAt][]byte{}}
		if err := r.fetch(map[tileAt]int{{t.L, t.N}: t.W}); err != nil {
			return err
		}
		data = r.held[tileAt{t.L, t.N}][:t.W*tlog.HashSize]
		return nil
	})
	return data, err
}

// parseTilePath reads "tile/<L>/<N>[.p/<W>]" and "tile/entries/<N>[.p/<W>]". sumdb/tlog knows the same paths with
// the height in them, and "data" for entries.
func parseTilePath(path string) (t tlog.Tile, entries, ok bool) {
	const maxPath = 60
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > maxPath || strings.HasPrefix(rest, "data/") {
		return t, false, false
	}
	if after, found := strings.CutPrefix(rest, "entries/"); found {
		rest, entries = "data/"+after, true
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if err != nil || t.L > 7 || t.N >= math.MaxInt64>>(2*tileHeight) {
		return t, false, false
	}
	t.L = max(t.L, 0)
	return t, entries, true
}

// bundle is the entries one after the other, each behind its length in two bytes.
func bundle(ctx context.Context, tx pgx.Tx, log FundID, from, to int64) ([]byte, error) {
	list, err := leafBodies(ctx, tx, log, from, to)
	if err != nil {
		return nil, err
	}
	if int64(len(list)) != to-from {
		return nil, fmt.Errorf("log of fund %d: entries %d to %d are not whole", log, from, to-1)
	}
	var data []byte
	for i, body := range list {
		if len(body) > math.MaxUint16 {
			return nil, fmt.Errorf("log of fund %d: entry %d is too long for a bundle", log, from+int64(i))
		}
		data = append(binary.BigEndian.AppendUint16(data, uint16(len(body))), body...)
	}
	return data, nil
}
