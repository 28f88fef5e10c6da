<?php

namespace Shop\React;

use React\EventLoop\Loop;
use React\Http\Browser;
use React\Http\HttpServer;
use React\Http\Message\Response;
use React\Socket\SocketServer;

$server = new HttpServer(function ($request) {
    // ruleid: php/blocking-in-loop
    $rates = file_get_contents('https://rates.example');
    return new Response(200, [], $rates);
});

$quick = new HttpServer(function ($request) use ($browser) {
    // ok: php/blocking-in-loop
    return $browser->get('https://rates.example')->then(fn ($answer) => new Response(200, [], (string) $answer->getBody()));
});

$socket = new SocketServer('0.0.0.0:80');
$socket->on('connection', function ($connection) {
    // ruleid: php/blocking-in-loop
    usleep(500000);
    // ruleid: php/blocking-in-loop
    $connection->write(stamp());
});

function stamp(): string
{
    // Not on the loop by itself: told where a callback calls it.
    // ok: php/blocking-in-loop
    return shell_exec('date') ?? '';
}

Loop::addPeriodicTimer(60, function () {
    // ruleid: php/blocking-in-loop
    echo stamp();
});

Loop::addTimer(1, function () {
    // ok: php/blocking-in-loop
    echo date('c');
});

class Poller
{
    public function __construct(private Browser $browser)
    {
    }

    public function start(): void
    {
        Loop::futureTick(function () {
            // ruleid: php/blocking-in-loop
            $this->load();
        });
        // ok: php/blocking-in-loop
        $this->load();
    }

    private function load(): void
    {
        $handle = curl_init('https://rates.example');
        curl_setopt($handle, CURLOPT_TIMEOUT, 5);
        curl_exec($handle);
    }
}
