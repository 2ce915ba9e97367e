package ledger

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger/proof"
)

// Follow is Cosign of a log that is published elsewhere: it fetches the checkpoint and, where it has seen the log
// before, the few tiles that show that it continues. fetch gets what stands under the log's address ("checkpoint",
// "tile/0/000.p/17"), as Published and Tile give it; what it gives is trusted in nothing. The cosignature's line
// comes back, with the checkpoint that it belongs to. Codes: those of Cosign, and what fetch returns as an error.
func (l *Ledger) Follow(ctx context.Context, logKeys []string, fetch func(ctx context.Context, path string) ([]byte, error)) (signed, line string, err error) {
	data, err := fetch(ctx, "checkpoint")
	if err != nil {
		return "", "", err
	}
	c, err := proof.ParseCheckpoint(string(data), logKeys...)
	if err != nil {
		return "", "", refusedProof("checkpoint", err)
	}
	last, err := l.Witnessed(ctx, c.Origin)
	if err != nil {
		return "", "", err
	}
	g := proof.Growth{Old: last.Size, Checkpoint: string(data)}
	if last.Size > 0 && last.Size < c.Size {
		reader := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, fetchedTiles{ctx, fetch})
		path, err := tlog.ProveTree(c.Size, last.Size, reader) // each tile is checked against the root
		if err != nil {
			return "", "", fmt.Errorf("tiles of %s: %w", c.Origin, err)
		}
		for _, h := range path {
			g.Path = append(g.Path, h)
		}
	}
	line, err = l.Cosign(ctx, logKeys, g.Text())
	return g.Checkpoint, line, err
}

// fetchedTiles reads tiles by their published paths; it is a tlog.TileReader.
type fetchedTiles struct {
	ctx   context.Context
	fetch func(ctx context.Context, path string) ([]byte, error)
}

func (f fetchedTiles) Height() int { return tileHeight }

func (f fetchedTiles) SaveTiles([]tlog.Tile, [][]byte) {} // each is asked for once in a while

func (f fetchedTiles) ReadTiles(tiles []tlog.Tile) (list [][]byte, err error) {
	for _, t := range tiles {
		data, err := f.fetch(f.ctx, strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1))
		if err != nil {
			return nil, err
		}
		list = append(list, data)
	}
	return list, nil
}
