<?php

function matched(PDO $pdo, ?object $order): int
{
    // ruleid: php/pdo-transaction
    $pdo->beginTransaction();
    $n = match (true) {
        $order?->n > 3 => throw new LengthException('too many'),
        $order?->n === 2 => 4,
        default => 5,
    };
    $pdo->commit();
    return $n;
}

function matchedOut(PDO $pdo, int $n): int
{
    // ruleid: php/pdo-transaction
    $pdo->beginTransaction();
    $kind = match ($n) {
        1, 2 => 'few',
        default => 'many',
    };
    if ($kind === 'many') {
        return 0;
    }
    $pdo->commit();
    return 1;
}

function matchedWell(PDO $pdo, int $n): int
{
    // ok: php/pdo-transaction
    $pdo->beginTransaction();
    try {
        $result = match ($n) {
            1, 2 => 4,
            default => throw new LengthException('too many'),
        };
        $pdo->commit();
        return $result;
    } catch (\Throwable $e) {
        $pdo->rollBack();
        throw $e;
    }
}

function matchedShort(PDO $pdo, ?object $order): int
{
    // ok: php/pdo-transaction
    $pdo->beginTransaction();
    try {
        $n = $order?->n ?? throw new LengthException('none');
        return match (true) { $n > 3 => 1, default => 0 };
    } finally {
        $pdo->rollBack();
    }
}
