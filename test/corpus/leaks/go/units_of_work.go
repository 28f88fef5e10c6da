package unitsofwork

import (
	"context"
	"database/sql"
)

type ctxKey struct{}

// Unit of work kept in the context.
type Manager struct{ db *sql.DB }

func (m *Manager) Begin(ctx context.Context) (context.Context, error) {
	// ok: go/sql-transaction
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, ctxKey{}, tx), nil
}

func (m *Manager) Commit(ctx context.Context) error {
	return ctx.Value(ctxKey{}).(*sql.Tx).Commit()
}

func (m *Manager) Run(ctx context.Context, fn func(context.Context) error) error {
	if _, has := ctx.Value(ctxKey{}).(*sql.Tx); has {
		return fn(ctx)
	}
	// ok: go/sql-transaction
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(context.WithValue(ctx, ctxKey{}, tx)); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

type UoW struct {
	db *sql.DB
	tx *sql.Tx
}

func (u *UoW) Begin() error {
	var err error
	// ok: go/sql-transaction
	u.tx, err = u.db.Begin()
	return err
}

func (u *UoW) Commit() error {
	defer func() { u.tx = nil }()
	return u.tx.Commit()
}

func (u *UoW) Rollback() error { return u.tx.Rollback() }

func useUoW(u *UoW, f func() error) error {
	if err := u.Begin(); err != nil {
		return err
	}
	if err := f(); err != nil {
		u.Rollback()
		return err
	}
	return u.Commit()
}

type Option func(*sql.TxOptions)

func withOpts(ctx context.Context, db *sql.DB, f func(*sql.Tx) error, opts ...Option) error {
	o := &sql.TxOptions{}
	for _, opt := range opts {
		opt(o)
	}
	var tx *sql.Tx
	var err error
	// ruleid: go/sql-transaction
	if tx, err = db.BeginTx(ctx, o); err != nil {
		return err
	}
	if err = f(tx); err == nil {
		return tx.Commit()
	}
	return err
}

func done(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) (err error) {
	// ok: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		tx.Rollback()
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	committed = true
	return nil
}

func methodValue(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	// ok: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	rollback := tx.Rollback
	defer rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func cleanupFunc(db *sql.DB) (*sql.Tx, func(), error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return nil, nil, err
	}
	return tx, func() { _ = tx.Rollback() }, nil
}

func useCleanup(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, cleanup, err := cleanupFunc(db)
	if err != nil {
		return err
	}
	defer cleanup()
	if _, err := tx.Exec("x"); err != nil {
		return err
	}
	return tx.Commit()
}

func useCleanupLeak(db *sql.DB) error {
	// todoruleid: go/sql-transaction
	tx, cleanup, err := cleanupFunc(db)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("x"); err != nil {
		return err
	}
	cleanup()
	return nil
}
