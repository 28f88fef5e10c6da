#!/usr/bin/env php
<h1>before</h1>
<?php
declare(strict_types=1);

namespace Shop\Orders;

use PDO;
use Shop\Db\{Pool, Connection as Conn};
use Shop\Money as Cash, Shop\Clock;
use function Shop\Db\{connect, disconnect as hangUp};
use function strlen as length;
use const Shop\LIMIT;
use Shop\{function helper, const TOP, Thing};

const ANSWER = 42, OTHER = 'x' . 'y';
define('TABLE', "orders");

#[\Attribute(\Attribute::TARGET_CLASS), Route('/orders', methods: ['GET'])]
#[Final_]
abstract class Base extends \ArrayObject implements \Countable, namespace\Named
{
    use Loud, Quiet {
        Loud::speak insteadof Quiet;
        Quiet::speak as protected whisper;
        shout as cry;
    }

    public const int LIMIT = 3, MORE = self::LIMIT * 2;
    final protected const FLAGS = [1, 'a' => 2];
    public static ?PDO $pdo = null;
    protected readonly int|string|null $id;
    private (Countable&Traversable)|null $dnf;
    public private(set) string $seen = '';
    var $old = array(1, 2, 'k' => array());
    /** @var Conn */
    private $conn;
    public string $name {
        get => $this->name . '!';
        final set(string $value) {
            $this->name = trim($value);
        }
        &reset { return $this->name; }
    }

    public function __construct(
        private readonly PDO $db,
        #[Sensitive] protected ?Cash $cash = new Cash(1, amount: 2),
        public int $count = self::LIMIT { set => $value + 1; },
        Conn &...$rest,
    ) {
        parent::__construct();
        static::$pdo ??= $db;
    }

    abstract protected function &load(int $id, ?array $options = null): static;

    final public static function make(self|false $from, Countable&\Traversable $both): ?self
    {
        static $made = 0, $last;
        global $config, $$name;
        $made++;
        --$made;
        return new static($from, ...func_get_args());
    }

    public function stop(): never
    {
        exit;
    }

    public function fail(): never
    {
        exit(1);
    }
}

interface Named extends \Stringable, \JsonSerializable
{
    const X = 1;
    public function name(): string;
}

trait Loud
{
    private array $listeners = [];
    public function speak(): void { echo 'LOUD', "!", PHP_EOL; }
}

enum Suit: string implements Named
{
    use Quiet;
    const WILD = self::Spades;
    #[Deprecated]
    case Hearts = 'H';
    case Spades = 'S';
    public function name(): string
    {
        return match ($this) {
            self::Hearts, self::Spades => 'red or black',
        };
    }
}

final readonly class Everything extends Base
{
    public function &load(int $id, ?array $options = null): static
    {
        $this->conn->begin();
        try {
            $x = $id === 1 ? 'one' : ($id ?: 'none');
            $y = $options['limit'] ?? $options[LIMIT] ?? throw new \LogicException('none');
            if ($id > 0 and !$x or $y xor true) {
                goto done;
            } elseif ($id == 3) {
                return $this;
            } else if ($id <> 4) {
                unset($x, $options['a'], $this->old);
            } else {
                ;
            }
        } catch (\PDOException | \RuntimeException $e) {
            throw $e;
        } catch (\Throwable) {
            print 'caught';
        } finally {
            $this->conn?->close();
        }
        done:
        return $this;
    }

    function loops(iterable $rows): \Generator
    {
        foreach ($rows as $key => &$row) {
            foreach ($row as ['id' => $id, 'tags' => [$first, , $third]]) {
                if ($id) continue 2;
                break;
            }
            switch ($key) {
                case 1:
                case 2:
                    break 2;
                case 3;
                    continue 2;
                default:
                    yield;
            }
        }
        foreach ($rows as list($a, list(, $b)));
        foreach ($rows as $row): yield $row; endforeach;
        for ($i = 0, $j = 10; $i < 5, $j > 0; $i++, $j--) { $k[] = $i; }
        for (;;): break; endfor;
        while ($i--) $j **= 2;
        while (true): break; endwhile;
        do { $i += 1; } while ($i < 10);
        switch ($i): case 0: echo 1; break; default: echo 2; endswitch;
        if ($i): echo 1; elseif ($j): echo 2; else: echo 3; endif;
        $got = yield $key => $row;
        yield from $this->loops([]);
        return $got;
    }

    public function values(int|float $n, ?\Closure $f = null, mixed ...$more): array
    {
        [$a, [$b, 'c' => $c]] = [1, [2, 'c' => 3]];
        list('x' => $x, 'y' => list($y)) = $more;
        [$a, $b] = [$b, $a];
        $ref = &$this->old['k'];
        $byRef = fn &(int $i): int => $i <=> $n;
        $closure = static function (int $q) use ($a, &$b): void { $b = $q; };
        $arrow = static fn(callable $g): callable => fn() => $g($a);
        $strlen = strlen(...);
        $method = $this->load(...);
        $static = self::make(...);
        $object = new class(1, $n) extends Base implements Named { public function name(): string { return 'x'; } };
        $plain = new class { };
        $made = new $a; $made = new ($a . 'B')($n); $made = new $this->old; $made = new (Everything::class);
        $dyn = $$a . ${'b' . $n} . $this->{'c' . $n} . $this->$a . $this->$a() . Everything::$a . Everything::{$a}() . $made::LIMIT . $made::class . self::{'X'};
        $text = "a $a b{$this->conn->name} c${b} $more[0] $more[key] $this->name \n" . 'single \'q\'' . "plain";
        $here = <<<HTML
            <p>$a {$more['x']} ${b} $this->name $more[1] \t</p>
            HTML;
        $now = <<<'SQL'
            SELECT '$x'
            SQL;
        $shell = `ls -l $a \n`;
        $cast = (int) $a + (array) $b . (string) $c - -$n % 3 ** 2 << 1 >> 2 & ~$n | 4 ^ 5;
        $hex = 0x1F + 0b11 + 0o17 + 017 + 1_000.5e3 + .5;
        $copy = clone $made;
        $quiet = @file_get_contents('x') or die('no');
        $is = $made instanceof Everything && $made instanceof $a && !($made instanceof \Countable);
        $call = ($f)(1)(2); $call = 'strlen'('x'); $call = [$this, 'load'](1); $call = (fn() => 1)();
        $a .= 'x'; $a ??= 1; $a <<= 1; $a ?? $b; $a != 1; $a !== 2; $a >= 3; $a <= 4; $a || $b;
        $chain = $this?->conn?->query(sql: 'x', ...$more)?->rows[0] ?? null;
        $piped = $n |> abs(...) |> (fn($v) => $v + 1);
        $kind = match (true) { $n > 1, $n < 0 => helper(), $n === 1 => throw new \DomainException(), default => null, };
        include 'a.php'; include_once __DIR__ . '/b.php'; require('c.php'); require_once 'd.php';
        \Shop\Db\connect(); namespace\helper(); Cash\round(1); connect(); hangUp(); length('x');
        return compact('a', 'b') + [...$more, 'k' => &$b, $a => $c, null, TRUE, False];
    }
}

function plain(array|null $x, self $y = null, bool $z = false): ?int { function inner(): void {} return null; }
function &reference(): mixed { static $x; return $x; }

declare(ticks=1) { tick(); }
declare(ticks=1): tick(); enddeclare;
{ block(); }
if (PHP_SAPI === 'cli'): ?>
<p>text <?= $title ?> and <?php echo $more, 'x' ?></p>
<?php endif ?>
after
