package main

import (
	"context"
	"fmt"

	"sovang/migrations"
)

// migrateCmd makes or upgrades the database. Behind DATABASE_URL the login must be allowed to (migrations.Up).
type migrateCmd struct {
	dataFlag
}

// Run is kong's.
func (c *migrateCmd) Run(ctx context.Context, m *Main) error {
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return err
	}
	d, err := m.start(ctx, folder)
	if err != nil {
		return err
	}
	if d.server == nil {
		err = migrations.Up(ctx, d.admin)
	}
	if stopErr := d.close(); err == nil {
		err = stopErr
	}
	if err == nil {
		fmt.Fprintf(m.Stdout, "Cơ sở dữ liệu đã ở phiên bản %d.\n", migrations.Version())
	}
	return err
}
