#!/usr/bin/env python3
# Every construct of the Python 3 grammar at least once. Not meant to run; it parses without errors.
from __future__ import annotations, division as div

import os, sys as system
import urllib.request
import xml.dom as dom
from . import sibling
from ..parent.module import (name as other, second)
from typing import *

type Pair[T] = tuple[T, T]
type Plain = int | None
type Loose[*Ts, **P] = Callable[P, None]

counter: int = 0
declared: "Optional[os.PathLike]"
first = second = third = None
a, (b, *rest), [c, d] = values
*head, tail = values
counter += 1; counter @= 2
matrix[0], point.x = 1, 2


@decorator
@module.factory(argument=1)
class Child(Base, module.Mixin, metaclass=Meta):
    """Docs.\n"""

    field: int
    value: str = "x"
    shared = []

    def __init__(self, /, positional, *args: int, keyword: bool = True, **options) -> None:
        self.x = positional
        super().__init__(*args, **options)

    @property
    def length(self) -> int: return len(self.shared)

    @staticmethod
    def make(): pass

    class Inner: pass


def generic[T: int, *Ts, **P](x: T, *rest: *Ts, y: "Child" = None, z: list[int] | None = None, w: typing.List[int], v: a.b.C, u: List[int].Member) -> dict[str, T]:
    global counter
    def inner():
        nonlocal_name = 1
        def innermost():
            nonlocal nonlocal_name
            nonlocal_name = 2
        return innermost
    return {**options, "k": x, y: z}


async def coroutine(session, *, timeout):
    async with session.get(url) as response, other():
        data = await response.json()
    async for item in stream():
        yield item
    else:
        pass
    pairs = [await f(x) async for x in agen() if x if not x.y]
    return


def generator():
    got = yield
    yield 1, 2
    yield from other()
    received = (yield 3)


def statements(n):
    if (m := n + 1) > 2 and not n or n is None:
        pass
    elif n in (1, 2) or n not in [3] or n is not True:
        ...
    else:
        raise ValueError(f"bad {n!r:>{m}} {{}}" "joined" rb"\x00\n" '''more''') from None
    while 0 < n <= 10 != m:
        n -= 1
        if n == 5: continue
        break
    else:
        del n, matrix[0], (a, b)
    for i, (j, *k) in enumerate(values): print(i)
    else:
        pass
    try:
        risky()
    except (KeyError, os.error) as error:
        raise
    except module.Error:
        pass
    except Exception as problem:
        raise Other(problem)
    except:
        pass
    else:
        fine()
    finally:
        done()
    try:
        pass
    except* OSError as group:
        pass
    with open(path) as f, lock: f.read()
    with (open(path) as f, open(other)): pass
    with (yield_lock): pass
    with manager() as (x, y), manager() as point.z: pass
    assert n, "message"
    assert n
    function = lambda: None
    function = lambda x, *args, y=1, **kw: (x, y)
    numbers = 1 + 2j * -3.0 // ~4 ** 2 | 5 & 6 ^ 7 << 8 >> 9 % 10 @ 11
    chosen = a if b else c
    text = "a" 'b' if n else r'\d' + u"x" + b"y"
    sliced = data[1:2, ::3, ...][-1][a:b, *c]
    squares = {x: y ** 2 for x, y in items if x}
    unique = {x for x in items for y in x}
    lazy = sum(x for x in items)
    combined = [*a, *(b)], {*a, 1}, (*a, 2), (), ((*b),)
    single = 1,
    call(*args, (*more), key=value, **options)(x)(y for y in z)
    match command:
        case "quit" | 'exit': pass
        case -1 | 2.5 | 3+4j | None | True | False: pass
        case [first, *rest] | (first, rest): pass
        case {"key": value, -1: other, module.NAME: _, **remaining}: pass
        case Point(x=0, y=[_, *_]) as point if point.x: pass
        case module.Class(1, name="n"): pass
        case "a" "b": pass
        case [Point() | None]: pass
        case captured: pass
    match a, *b:
        case _: pass
    return \
        a, b


if __name__ == "__main__":
    system.exit(main())
