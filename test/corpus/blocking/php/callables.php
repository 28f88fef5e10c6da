<?php
namespace Shop\Work;

use React\EventLoop\Loop;

final class Worker
{
    public function start(): void
    {
        Loop::futureTick($this->turn(...));
        Loop::addTimer(1, [$this, 'told']);
        Loop::addTimer(1, [self::class, 'shared']);
    }

    private function turn(): void
    {
        // ruleid: php/blocking-in-loop
        sleep(1);
    }

    public function told(): void
    {
        // ruleid: php/blocking-in-loop
        sleep(1);
    }

    public static function shared(): void
    {
        // ruleid: php/blocking-in-loop
        sleep(1);
    }

    public function untold(): void
    {
        // ok: php/blocking-in-loop
        sleep(1);
    }
}
