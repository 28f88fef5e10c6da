"""After the page of rule SIM115: a file that a block should hold."""
from contextlib import ExitStack
from pathlib import Path


def closed_when_nothing_raises(path):
    # ruleid: python/file
    file = open(path)
    text = file.read()
    file.close()
    return text


def held_by_a_block(path):
    # ok: python/file
    with open(path) as file:
        return file.read()


def held_by_a_stack(paths):
    with ExitStack() as stack:
        # ok: python/file
        return [stack.enter_context(open(path)).read() for path in paths]


def closed_at_last(path):
    # ok: python/file
    file = open(path)
    try:
        return file.read()
    finally:
        file.close()


def opened_from_a_path(path):
    # ruleid: python/file
    file = Path(path).open()
    return file.readline()


def handed_back(path):
    # ok: python/file
    return open(path)
