"""A process that writes the same thing again and again, and dies by kill -9 at bad moments.

`python -m tests.support.killed <module> <function> <argument …>` makes the application once. For
each number that it reads it forks a process that calls `function(number, *arguments)`, counts on,
and prints each number once it is written; how that process ended is printed below zero.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count

from flask import Flask

from app import create_app
from tests.infra.test_processes import environment
from tests.support import forked

Save = Callable[..., None]
KilledAfter = Callable[[int, int, float], int]


@contextmanager
def writer(app: Flask, save: Save, *arguments: int) -> Iterator[KilledAfter]:
    """Gives a function of the first number, of how many saves to wait for, and of how many seconds
    after them the process is killed. It returns the last number that was said to be written.
    """
    words = (__name__, save.__module__, save.__name__, *map(str, arguments))
    with forked.begun("-m", *words, env=environment(app)) as process:
        begins, says = process.stdin, process.stdout

        def killed_after(first: int, saves: int, moment: float) -> int:
            print(first, file=begins, flush=True)
            victim = int(says.readline())
            said = [int(says.readline()) for _save in range(saves)]
            time.sleep(moment)
            os.kill(victim, signal.SIGKILL)
            for number in map(int, says):
                if number < 0:
                    assert number == -signal.SIGKILL
                    break
                said.append(number)
            return max(said)

        yield killed_after


def main(module: str, function: str, *arguments: str) -> None:
    save, given = getattr(import_module(module), function), list(map(int, arguments))
    app = create_app()
    for first in sys.stdin:
        victim = os.fork()
        if not victim:
            print(os.getpid(), flush=True)
            with app.app_context():
                for number in count(int(first)):
                    save(number, *given)
                    print(number, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
