"""Processes that have imported the application already: each is forked from one that does nothing
else.

Importing it costs 3 s of the processor, more than most of what such a process does afterwards. What
is forked runs what `python -c <program>` and `python -m <module>` would run, in an environment of its
own. How a process starts is asked of real ones: tests/infra/test_start.py, test_processes.py.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import IO

from tests.support.databases import ROOT

MOST = 1 << 17
"""Bytes of a request: the program, its arguments and its environment."""


@dataclass(frozen=True)
class Forked:
    """As `subprocess.Popen`: what is written to `stdin` the process reads, and the other way
    round.
    """

    pid: int
    stdin: IO[str]
    stdout: IO[str]
    _told: IO[str]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Returns its exit status; of one that was killed, the signal below zero."""
        return int(self._told.readline())


@contextmanager
def begun(*words: str, env: Mapping[str, str], stderr: int = 2) -> Iterator[Forked]:
    """Begins `python <words>`, where the first is -c or -m; closes its pipes and waits for it at
    the end. What it complains goes to this process's own `stderr` unless another file is given.
    """
    with ExitStack() as ours, ExitStack() as theirs:
        (read, stdin), (stdout, write) = os.pipe(), os.pipe()
        told, tells = socket.socketpair()
        theirs.enter_context(tells)
        for descriptor in (read, write):
            theirs.callback(os.close, descriptor)
        answers = ours.enter_context(told.makefile("r"))
        told.close()  # the file keeps it open
        request = json.dumps([words, dict(env)]).encode()
        streams = [read, write, write if stderr == subprocess.STDOUT else stderr]
        socket.send_fds(_server(), [request], [*streams, tells.fileno()])
        theirs.close()
        process = Forked(int(answers.readline()), os.fdopen(stdin, "w"), os.fdopen(stdout), answers)
        try:
            with process.stdout, process.stdin:
                yield process
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            raise
        answers.read()  # to its end, as Popen waits


def run(*words: str, env: Mapping[str, str]) -> tuple[int, str]:
    """Returns the exit status, and all that the process said and complained."""
    with begun(*words, env=env, stderr=subprocess.STDOUT) as process:
        said = process.stdout.read()
        return process.wait(), said


@cache
def _server() -> socket.socket:
    """Returns where to ask: one process for each worker of the tests, begun with the first
    request.
    """
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            pass_fds=[theirs.fileno()],
        )
    atexit.register(server.wait)
    atexit.register(ours.close)  # before: the last that is registered is the first
    return ours


def serve(requests: socket.socket) -> None:
    """Forks a keeper for each request, and the keeper the process. Returns in that one when its
    program has ended, and in the server when nobody can ask any more.
    """
    import app.factory  # noqa: F401

    gc.freeze()
    while True:
        request, descriptors, *_ = socket.recv_fds(requests, MOST, maxfds=4)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not request:
            return
        if not os.fork():
            requests.close()
            _keep(*json.loads(request), *descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)


def _keep(words: list[str], env: dict[str, str], *descriptors: int) -> None:
    """Tells the number of the process and, when it has ended, how."""
    *streams, tells = descriptors
    if process := os.fork():
        os.write(tells, b"%d\n" % process)
        for stream in streams:
            os.close(stream)
        status = os.waitpid(process, 0)[1]
        os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.close(tells)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    os.environ.clear()
    os.environ.update(env)
    kind, program, *sys.argv[1:] = words
    if kind == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        exec(program, {"__name__": "__main__"})


if __name__ == "__main__":
    with closing(socket.socket(fileno=int(sys.argv[1]))) as asked:
        serve(asked)
