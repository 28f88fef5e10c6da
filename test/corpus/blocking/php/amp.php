<?php

namespace Shop\Amp;

use Amp\Http\Server\Request;
use Amp\Http\Server\RequestHandler;
use Amp\Http\Server\Response;
use function Amp\async;
use function Amp\delay;

class Rates implements RequestHandler
{
    public function __construct(private \PDO $pdo)
    {
    }

    public function handleRequest(Request $request): Response
    {
        // ruleid: php/blocking-in-loop
        sleep(1);
        // ruleid: php/blocking-in-loop
        $rows = $this->pdo->query('SELECT 1');
        // ok: php/blocking-in-loop
        delay(1);
        return new Response(200, [], $this->text());
    }

    public function text(): string
    {
        // ok: php/blocking-in-loop
        return 'rates';
    }
}

async(function () {
    // ruleid: php/blocking-in-loop
    exec('sync');
});

async(function () {
    // ok: php/blocking-in-loop
    delay(0.5);
});

function report(\PDO $pdo): void
{
    // ok: php/blocking-in-loop
    $pdo->query('SELECT 1');
}
