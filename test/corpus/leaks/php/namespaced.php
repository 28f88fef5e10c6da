<?php
namespace Shop\Orders;

use Illuminate\Support\Facades\DB;

final class Orders
{
    public function __construct(private readonly \PDO $pdo) {}

    public function ends_the_program(bool $stop): void
    {
        // ok: php/pdo-transaction
        $this->pdo->beginTransaction();
        if ($stop) {
            exit(1);
        }
        $this->pdo->commit();
    }

    public function throws_as_a_value(?string $sql): void
    {
        // ruleid: php/pdo-transaction
        $this->pdo->beginTransaction();
        $text = $sql ?? throw new \LogicException('none');
        $this->pdo->commit();
    }

    public function throws_as_a_value_and_rolls_back(?string $sql): void
    {
        // ok: php/pdo-transaction
        $this->pdo->beginTransaction();
        try {
            $text = $sql ?? throw new \LogicException('none');
            $this->pdo->commit();
        } catch (\Throwable $e) {
            $this->pdo->rollBack();
            throw $e;
        }
    }

    public function of_a_named_connection(array $rows): void
    {
        // ruleid: php/laravel-transaction
        DB::connection('tenant')->beginTransaction();
        if ($rows === []) {
            return;
        }
        DB::connection('tenant')->commit();
    }

    public function of_a_named_connection_ended(array $rows): void
    {
        // ok: php/laravel-transaction
        DB::connection('tenant')->beginTransaction();
        if ($rows === []) {
            DB::connection('tenant')->rollBack();
            return;
        }
        DB::connection('tenant')->commit();
    }

    public function of_the_whole_program(): void
    {
        global $wpdb;
        // ruleid: php/wordpress-transaction
        $wpdb->query('START TRANSACTION');
        if ($wpdb->insert('item', ['n' => 1]) === false) {
            return;
        }
        $wpdb->query('COMMIT');
    }

    public function asked_whether_it_is_there(string $path): void
    {
        // ok: php/stream
        $file = fopen($path, 'r');
        if (!is_resource($file)) {
            throw new \RuntimeException('not there');
        }
        fclose($file);
    }
}
