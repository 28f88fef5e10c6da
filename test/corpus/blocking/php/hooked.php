<?php

// With Swoole's hooks the same calls give way to other coroutines.
namespace Shop\Hooked;

use Swoole\Http\Request;
use Swoole\Http\Response;
use Swoole\Http\Server;
use Swoole\Runtime;

Runtime::enableCoroutine();

$server = new Server('0.0.0.0', 81);
$server->on('request', function (Request $request, Response $response) {
    // ok: php/blocking-in-loop
    sleep(1);
    // ok: php/blocking-in-loop
    $response->end(file_get_contents('https://rates.example'));
});
