<?php

namespace Shop;

use Illuminate\Support\Facades\DB;
use PDO;

class Accounts
{
    private bool $strict = false;

    public function __construct(private PDO $pdo)
    {
    }

    public function early(int $amount): void
    {
        // ruleid: php/pdo-transaction
        $this->pdo->beginTransaction();
        if ($amount === 0) {
            return;
        }
        $this->pdo->exec('UPDATE account SET amount = 0');
        $this->pdo->commit();
    }

    public function rolledBack(int $amount): void
    {
        // ok: php/pdo-transaction
        $this->pdo->beginTransaction();
        try {
            $this->pdo->exec('UPDATE account SET amount = 0');
            $this->pdo->commit();
        } catch (\Throwable $e) {
            $this->pdo->rollBack();
            throw $e;
        }
    }

    public function conditional(): void
    {
        if ($this->strict) {
            // ok: php/pdo-transaction
            $this->pdo->beginTransaction();
        }
        try {
            $this->pdo->exec('UPDATE account SET amount = 0');
        } finally {
            if ($this->strict) {
                $this->pdo->rollBack();
            }
        }
    }

    /** Runs the work in a transaction, whatever it does. */
    public function transact(callable $work): mixed
    {
        // ok: php/pdo-transaction
        $this->pdo->beginTransaction();
        try {
            $result = $work($this->pdo);
            $this->pdo->commit();
            return $result;
        } catch (\Throwable $e) {
            $this->pdo->rollBack();
            throw $e;
        }
    }

    public function pay(int $amount): void
    {
        $this->transact(fn (PDO $pdo) => $pdo->exec('UPDATE account SET amount = 0'));
    }

    private function giveUp(PDO $pdo): void
    {
        if ($pdo->inTransaction()) {
            $pdo->rollBack();
        }
    }

    public function byHelper(PDO $pdo): void
    {
        // ok: php/pdo-transaction
        $pdo->beginTransaction();
        try {
            $pdo->exec('UPDATE account SET amount = 0');
            $pdo->commit();
        } finally {
            $this->giveUp($pdo);
        }
    }

    public function laravel(bool $dry): int
    {
        // ruleid: php/laravel-transaction
        DB::beginTransaction();
        $changed = DB::update('UPDATE account SET amount = 0');
        if ($dry) {
            return 0;
        }
        DB::commit();
        return $changed;
    }

    public function laravelManaged(): mixed
    {
        // ok: php/laravel-transaction
        return DB::transaction(function () {
            return DB::update('UPDATE account SET amount = 0');
        });
    }

    public function each(array $amounts): void
    {
        foreach ($amounts as $amount) {
            // ruleid: php/pdo-transaction
            $this->pdo->beginTransaction();
            if ($amount < 0) {
                continue;
            }
            $this->pdo->commit();
        }
    }

    public function match(PDO $pdo, string $kind): string
    {
        // ok: php/pdo-transaction
        $pdo->beginTransaction();
        $said = match (true) {
            $kind === 'yes' => $pdo->commit() ? 'done' : 'lost',
            default => $pdo->rollBack() ? 'undone' : 'lost',
        };
        return $said;
    }
}

class Tape
{
    public function beginTransaction(): void
    {
    }
}

function roll(Tape $tape): void
{
    $tape->beginTransaction();
}
