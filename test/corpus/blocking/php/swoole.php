<?php

namespace Shop\Swoole;

use Swoole\Coroutine;
use Swoole\Http\Request;
use Swoole\Http\Response;
use Swoole\Http\Server;
use Swoole\Timer;

$server = new Server('0.0.0.0', 80);

$server->on('request', function (Request $request, Response $response) {
    // ruleid: php/blocking-in-loop
    sleep(1);
    // ok: php/blocking-in-loop
    Coroutine::sleep(1);
    $response->end('done');
});

class Items
{
    public function onRequest(Request $request, Response $response): void
    {
        // ruleid: php/blocking-in-loop
        $pdo = new \PDO('mysql:host=db');
        // ruleid: php/blocking-in-loop
        $pdo->exec('UPDATE item SET seen = 1');
        $response->end('done');
    }

    public function count(): int
    {
        // ok: php/blocking-in-loop
        $pdo = new \PDO('mysql:host=db');
        // ok: php/blocking-in-loop
        return $pdo->query('SELECT count(*) FROM item')->fetchColumn();
    }
}

Timer::tick(1000, function () {
    // ruleid: php/blocking-in-loop
    gethostbyname('rates.example');
});

go(function () {
    // ok: php/blocking-in-loop
    Coroutine\System::gethostbyname('rates.example');
});
