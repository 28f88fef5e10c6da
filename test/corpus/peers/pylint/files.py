"""After pylint's page of consider-using-with: what a block should hold, of the standard library."""
import subprocess
import urllib.request


def closed_when_nothing_raises(path):
    # ruleid: python/file
    file = open(path, encoding="utf8")
    contents = file.read()
    file.close()
    return contents


def not_even_closed(path):
    # ruleid: python/file
    contents = open(path, encoding="utf8").read()
    return contents


def held(path):
    # ok: python/file
    with open(path, encoding="utf8") as file:
        return file.read()


def handed_back(path):
    # ok: python/file
    return open(path, encoding="utf8")


def answer_never_closed(url):
    # ruleid: python/urllib-response
    answer = urllib.request.urlopen(url, timeout=3)
    return answer.status


def answer_held(url):
    # ok: python/urllib-response
    with urllib.request.urlopen(url, timeout=3) as answer:
        return answer.status


def ended(command):
    with subprocess.Popen(command) as process:
        return process.wait()


class Reader:
    """Closed by its own method: no block can hold it."""

    def __init__(self, path):
        # ok: python/file
        self.file = open(path, encoding="utf8")

    def close(self):
        self.file.close()
