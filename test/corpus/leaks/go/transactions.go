package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"time"
)

type Store struct {
	db *sql.DB
	tx *sql.Tx
}

var ErrEmpty = errors.New("empty")

func earlyReturn(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func deferredRollback(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func rollbackOnEachPath(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		tx.Rollback()
		return ErrEmpty
	}
	if _, err = tx.Exec("UPDATE t SET n = ?", n); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func onePathForgotten(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err = tx.Exec("UPDATE t SET n = ?", n); err != nil {
		tx.Rollback()
		return err
	}
	if _, err = tx.Exec("UPDATE u SET n = ?", n); err != nil {
		return err
	}
	return tx.Commit()
}

func commitErrorPath(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func closureRollsBackOnError(db *sql.DB, n int) (err error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tx.Rollback()
			return
		}
		err = tx.Commit()
	}()
	if n == 0 {
		return ErrEmpty
	}
	_, err = tx.Exec("UPDATE t SET n = ?", n)
	return err
}

func shadowedErrorIsNotSeen(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tx.Rollback()
		}
	}()
	if _, err := tx.Exec("UPDATE t SET n = ?", n); err != nil {
		return err
	}
	return tx.Commit()
}

func recoverIdiom(db *sql.DB, fn func(*sql.Tx) error) (err error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			tx.Rollback()
			panic(p)
		} else if err != nil {
			tx.Rollback()
		} else {
			err = tx.Commit()
		}
	}()
	err = fn(tx)
	return err
}

func onlyRecovers(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			tx.Rollback()
		}
	}()
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func committedFlag(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			tx.Rollback()
		}
	}()
	if n == 0 {
		return ErrEmpty
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	committed = true
	return nil
}

func flagSetTooEarly(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			tx.Rollback()
		}
	}()
	done = true
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func nestedNilError(db *sql.DB) {
	// ok: go/sql-transaction
	if tx, err := db.Begin(); err == nil {
		tx.Exec("DELETE FROM t")
		tx.Commit()
	}
}

func nestedNilErrorForgets(db *sql.DB) {
	// ruleid: go/sql-transaction
	if tx, err := db.Begin(); err == nil {
		tx.Exec("DELETE FROM t")
	}
}

func switchOnError(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	switch {
	case errors.Is(err, sql.ErrConnDone):
		return nil
	case err != nil:
		return err
	}
	return tx.Commit()
}

func switchOnErrorValue(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	switch err {
	case nil:
		return tx.Commit()
	case sql.ErrConnDone:
		return nil
	default:
		return err
	}
}

func errorReassigned(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE t SET n = ?", n)
	if err != nil {
		return err
	}
	return tx.Commit()
}

func givenToCaller(db *sql.DB) (*sql.Tx, error) {
	// ok: go/sql-transaction
	return db.Begin()
}

func givenToCallerLater(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	// ok: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return tx, nil
}

func givenToCallerButForgottenOnce(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	// ruleid: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec("SET search_path = shop"); err != nil {
		return nil, err
	}
	return tx, nil
}

func callerForgets(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := givenToCaller(db)
	if err != nil {
		return err
	}
	if n < 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func callerCloses(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := givenToCallerLater(context.Background(), db)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if n < 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func (s *Store) storedInField() error {
	// ok: go/sql-transaction
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	s.tx = tx
	return nil
}

func (s *Store) storedAtOnce() (err error) {
	// ok: go/sql-transaction
	s.tx, err = s.db.Begin()
	return err
}

func (s *Store) fieldDatabase(n int) error {
	// ruleid: go/sql-transaction
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	return tx.Commit()
}

func finish(tx *sql.Tx, err error) error {
	if err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func handedToHelper(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE t SET n = ?", n)
	return finish(tx, err)
}

func deferredHelper(db *sql.DB, n int) (err error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { err = finish(tx, err) }()
	if n == 0 {
		return ErrEmpty
	}
	return nil
}

func rollbackQuietly(tx *sql.Tx) {
	if err := tx.Rollback(); err != nil {
		log.Println(err)
	}
}

func deferredHelperDirect(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer rollbackQuietly(tx)
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func insertAll(tx *sql.Tx, n int) error {
	_, err := tx.Exec("INSERT INTO t VALUES (?)", n)
	return err
}

func helperOnlyUses(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := insertAll(tx, n); err != nil {
		return err
	}
	return tx.Commit()
}

func insertOrRollback(tx *sql.Tx, n int) error {
	if _, err := tx.Exec("INSERT INTO t VALUES (?)", n); err != nil {
		tx.Rollback()
		return err
	}
	return nil
}

func helperClosesOnError(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := insertOrRollback(tx, n); err != nil {
		return err
	}
	return tx.Commit()
}

func helperClosesOnErrorOnly(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := insertOrRollback(tx, n); err != nil {
		return err
	}
	if n > 3 {
		return nil
	}
	return tx.Commit()
}

func exits(db *sql.DB) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tx.Exec("DELETE FROM t"); err != nil {
		log.Fatalf("delete: %v", err)
	}
	if err := tx.Commit(); err != nil {
		os.Exit(1)
	}
}

func die(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func exitsByHelper(db *sql.DB) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		die(err)
	}
	if _, err := tx.Exec("DELETE FROM t"); err != nil {
		die(err)
	}
	tx.Commit()
}

func panics(db *sql.DB, n int) {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		panic(err)
	}
	if n == 0 {
		panic("nothing to do")
	}
	tx.Commit()
}

func panicsWithDefer(db *sql.DB, n int) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		panic(err)
	}
	defer tx.Rollback()
	if n == 0 {
		panic("nothing to do")
	}
	tx.Commit()
}

func conditionalBegin(db *sql.DB, tx *sql.Tx, n int) error {
	own := false
	if tx == nil {
		var err error
		// ok: go/sql-transaction
		tx, err = db.Begin()
		if err != nil {
			return err
		}
		own = true
	}
	_, err := tx.Exec("UPDATE t SET n = ?", n)
	if own {
		if err != nil {
			tx.Rollback()
			return err
		}
		return tx.Commit()
	}
	return err
}

func conditionalBeginForgets(db *sql.DB, useTx bool, n int) error {
	var tx *sql.Tx
	var err error
	if useTx {
		// ruleid: go/sql-transaction
		tx, err = db.Begin()
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return ErrEmpty
	}
	if useTx {
		return tx.Commit()
	}
	return nil
}

func conditionalBeginNil(db *sql.DB, useTx bool) (err error) {
	var tx *sql.Tx
	if useTx {
		// ok: go/sql-transaction
		tx, err = db.Begin()
		if err != nil {
			return err
		}
	}
	if tx != nil {
		err = tx.Commit()
	}
	return err
}

func handedToGoroutine(db *sql.DB) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	go func() {
		tx.Exec("DELETE FROM t")
		tx.Commit()
	}()
	return nil
}

func sentToChannel(db *sql.DB, ch chan<- *sql.Tx) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	ch <- tx
	return nil
}

func alias(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	current := tx
	defer current.Rollback()
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func overwritten(db *sql.DB) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	// ok: go/sql-transaction
	tx, err = db.Begin()
	if err != nil {
		return err
	}
	return tx.Commit()
}

func discarded(db *sql.DB) {
	// ruleid: go/sql-transaction
	db.Begin()
}

func discardedByBlank(db *sql.DB) error {
	// ruleid: go/sql-transaction
	_, err := db.Begin()
	return err
}

func loopReopens(db *sql.DB, names []string) error {
	for _, name := range names {
		// ruleid: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func loopCloses(db *sql.DB, names []string) error {
	for _, name := range names {
		// ok: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if name == "" {
			tx.Rollback()
			continue
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func deferInLoop(db *sql.DB, names []string) error {
	for range names {
		// ruleid: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
	}
	return nil
}

func deferInClosureInLoop(db *sql.DB, names []string) error {
	for _, name := range names {
		err := func() error {
			// ok: go/sql-transaction
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			if name == "" {
				return ErrEmpty
			}
			return tx.Commit()
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

func breakLeavesOpen(db *sql.DB, names []string) error {
	for _, name := range names {
		// ruleid: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if name == "" {
			break
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func retry(db *sql.DB) error {
	var lastErr error
	for i := 0; i < 3; i++ {
		// ok: go/sql-transaction
		tx, err := db.Begin()
		if err != nil {
			lastErr = err
			continue
		}
		if _, err := tx.Exec("DELETE FROM t"); err != nil {
			tx.Rollback()
			lastErr = err
			continue
		}
		return tx.Commit()
	}
	return lastErr
}

func gotoFail(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		err = ErrEmpty
		goto fail
	}
	return tx.Commit()
fail:
	tx.Rollback()
	return err
}

func gotoOut(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		goto out
	}
	return tx.Commit()
out:
	return ErrEmpty
}

func selects(ctx context.Context, db *sql.DB, ch chan int) error {
	// ruleid: go/sql-transaction
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case n := <-ch:
		if _, err := tx.Exec("UPDATE t SET n = ?", n); err != nil {
			tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

func namedCleanup(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	rollback := func() {
		if err := tx.Rollback(); err != nil {
			log.Println(err)
		}
	}
	if n == 0 {
		rollback()
		return ErrEmpty
	}
	return tx.Commit()
}

func withTx(db *sql.DB, fn func(tx *sql.Tx) error) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func withTxRight(db *sql.DB, fn func(tx *sql.Tx) error) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		if rb := tx.Rollback(); rb != nil {
			return fmt.Errorf("%v, and rolling back: %w", err, rb)
		}
		return err
	}
	return tx.Commit()
}

func deferTooLate(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrEmpty
	}
	defer tx.Rollback()
	return tx.Commit()
}

func conditionalDefer(db *sql.DB, n int, keep bool) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if !keep {
		defer tx.Rollback()
	}
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func plausibleGuard(db *sql.DB, n int) (failed bool) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return true
	}
	defer func() {
		if failed {
			tx.Rollback()
		} else {
			tx.Commit()
		}
	}()
	return work(n)
}

func work(n int) bool { return n > 0 }

func closedByInterface(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func(t interface{ Rollback() error }) { _ = t.Rollback() }(tx)
	if n == 0 {
		return ErrEmpty
	}
	return tx.Commit()
}

func holdsInStruct(db *sql.DB) (*Store, error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	return &Store{db: db, tx: tx}, nil
}

func unknownCallee(db *sql.DB, sink interface{ Take(*sql.Tx) }) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	sink.Take(tx)
	return nil
}

func closedOnOneBranch(db *sql.DB, dry bool) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if !dry {
		return tx.Commit()
	}
	return nil
}

func elseIfChain(db *sql.DB, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	} else if n == 0 {
		return tx.Rollback()
	} else if n == 1 {
		return errors.Join(tx.Rollback(), ErrEmpty)
	}
	return tx.Commit()
}

func inLocalStruct(db *sql.DB, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	s := &Store{db: db, tx: tx}
	if n == 0 {
		return ErrEmpty
	}
	return s.tx.Commit()
}

func openedInClosure(db *sql.DB, n int) error {
	var tx *sql.Tx
	err := work2(func() (err error) {
		// todoruleid: go/sql-transaction
		tx, err = db.Begin()
		return err
	})
	if err != nil || n == 0 {
		return err
	}
	return tx.Commit()
}

func work2(f func() error) error { return f() }

type repository interface {
	Save(tx *sql.Tx, n int) error
}

func handedToInterface(db *sql.DB, r repository, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := r.Save(tx, n); err != nil {
		return err
	}
	return tx.Commit()
}

func handedToInterfaceAndEnded(db *sql.DB, r repository, n int) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := r.Save(tx, n); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func handedToFunctionOfTable(db *sql.DB, steps []func(*sql.Tx) error, n int) error {
	// ruleid: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := steps[n](tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Nobody ends it here: whoever it is handed to does.
func handedOver(db *sql.DB, f finisher) error {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	return f.Finish(tx)
}

type finisher interface {
	Finish(tx *sql.Tx) error
	Wrap(tx *sql.Tx) (unit, error)
}

type unit interface{ Done() error }

// What it is wrapped in has it, though it is ended here where that fails.
func wrapped(db *sql.DB, f finisher) (unit, error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	u, err := f.Wrap(tx)
	if err != nil {
		tx.Rollback()
		return nil, err
	}
	return u, nil
}

func openWithErrorJoined(db *sql.DB, n int) (err error) {
	// ok: go/sql-transaction
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if n == 0 {
		return fmt.Errorf("n is %d", n)
	}
	return tx.Commit()
}

// A function that does nothing stands for the first turn's release.
func releasedByNextTurn(ctx context.Context, ids []int) {
	release := func() {}
	for range ids {
		var turn context.Context
		release()
		// ok: go/context-cancel
		turn, release = context.WithTimeout(ctx, time.Second)
		<-turn.Done()
	}
	release()
}

func notReleasedByNextTurn(ctx context.Context, ids []int) {
	release := func() {}
	for range ids {
		var turn context.Context
		// ruleid: go/context-cancel
		turn, release = context.WithTimeout(ctx, time.Second)
		<-turn.Done()
	}
	release()
}
