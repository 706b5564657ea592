"""Python processes that have the application imported already: `Forked` and `run` stand for
`subprocess.Popen` and `subprocess.run` where a command begins with `sys.executable`.

Importing the application takes three quarters of what a short command costs. One process for each
run of pytest imports it and does nothing else; a command is a fork of that one, with its own
environment, folder, files and ending. Here it is a child of the process that asked, as a process
that `Popen` starts is: it can be waited for and killed, and SIGTERM reaches it when that process
ends, however that happens. What tests are about the start itself starts Python afresh.

Where pytest has several workers, each of them is such a fork, too: see `fork_workers`. A command's
parent must be the worker that asked for it, so a worker sets a fork of its own aside, from which
its commands are forked.
"""

import atexit
import ctypes
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from execnet import gateway_base, gateway_io

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = 128 * 1024
FIRST_FREE = 100
"""Descriptors are put here before they take the numbers that they must have."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
STANDARD = (0, 1, 2)
ASIDE = "CONVOCA_FORKED_FROM"
"""Names, in the environment of a worker, that worker and its end of the socket to the fork set
aside: "<process>:<descriptor>".
"""
LIBRARIES = ("alembic", "icalendar", "ical.calendar_stream", "playwright.sync_api", "pypdf")
"""What many tests import and the application does not."""
_lock = threading.Lock()
_servers: dict[int, socket.socket] = {}
"""By the process that asks: a fork of it may not use its parent's."""
_status: int | None = None
"""How a command ended, once it has."""


class Forked(subprocess.Popen[Any]):
    """`[sys.executable, "-m", module, …]` or `[sys.executable, "-c", code, …]` in a fork of the
    process that has everything imported.
    """

    is_worker = False

    def _execute_child(self, args: list[str], *given: Any) -> None:
        """In the place of Popen's own, which takes the same arguments in the same order."""
        _executable, _preexec, _close, pass_fds, cwd, env = given[:6]
        pipes = given[9:15]
        umask = given[19]
        assert args[0] == sys.executable, args
        ends = [pipes[0], pipes[3], pipes[5]]
        ordered = {
            "line": args[1:],
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
            "numbers": [*STANDARD, *pass_fds],
            "umask": umask,
            "is_worker": self.is_worker,
        }
        held = [end if end >= 0 else number for number, end in zip(STANDARD, ends, strict=True)]
        with _lock:
            server = _server()
            socket.send_fds(server, [json.dumps(ordered).encode()], [*held, *pass_fds])
            self.pid = int(server.recv(MESSAGE))
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]  # what Popen's own does here


class Worker(Forked):
    """A worker of pytest, with a fork set aside for the commands of its tests."""

    is_worker = True


class WorkerIO(gateway_io.Popen2IOMaster):
    """What execnet knows of the process at the other end."""

    def __init__(self, args: Sequence[str], execmodel: gateway_base.ExecModel) -> None:
        pipe = subprocess.PIPE
        self.popen = Worker([one for one in args if one != "-u"], stdin=pipe, stdout=pipe)
        gateway_base.Popen2IO.__init__(self, self.popen.stdin, self.popen.stdout, execmodel)


def fork_workers() -> None:
    """Called by the main process: workers of pytest begin with the application imported.

    Importing all of it is half of what a worker does before its first test.
    """
    gateway_io.Popen2IOMaster = WorkerIO  # type: ignore[misc]


def run(
    command: list[str],
    *,
    env: dict[str, str],
    timeout: float | None = None,
    umask: int = -1,
) -> "subprocess.CompletedProcess[str]":
    """Waits for the end, with the output as text."""
    with Forked(
        command,
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        umask=umask,
    ) as process:
        try:
            said, complaint = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, said, complaint)


def _server() -> socket.socket:
    owner, _, descriptor = os.environ.get(ASIDE, "").partition(":")
    if os.getpid() not in _servers and owner == str(os.getpid()):
        _servers[os.getpid()] = socket.socket(fileno=int(descriptor))
    if os.getpid() not in _servers:
        ours, its = _ends()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked", str(its.fileno())],
            cwd=ROOT,
            env={**os.environ, "PYTHONTZPATH": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
        )
        its.close()
        _servers[os.getpid()] = ours
        atexit.register(_end, os.getpid(), process)
    return _servers[os.getpid()]


def _ends() -> tuple[socket.socket, socket.socket]:
    """A command's parent is gone at once; then this process is its parent, and not that of all."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _end(asker: int, process: "subprocess.Popen[bytes]") -> None:
    if os.getpid() == asker:
        _servers.pop(asker).close()
        process.wait(timeout=10)


def _serve(asked: socket.socket) -> dict[str, Any] | None:
    """Returns in each fork what it is to do, and nothing once nobody asks any more."""
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(asked, MESSAGE, 16)
        if not message:
            return None
        ends, begins = os.pipe()
        middle = os.fork()
        if middle == 0:
            middle = os.getpid()
            child = os.fork()
            if child:
                os.write(begins, str(child).encode())
                os._exit(0)
            while os.getppid() == middle:
                time.sleep(0.0005)
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            os.close(ends)
            os.close(begins)
            asked.close()
            return {**json.loads(message), "descriptors": descriptors}
        os.close(begins)
        os.waitpid(middle, 0)
        asked.send(os.read(ends, 100))
        for one in (ends, *descriptors):
            os.close(one)


def _set_aside() -> dict[str, Any] | None:
    """Forks a process that this one's commands are forked from. Returns nothing here, and in each
    of those what it is to do.
    """
    ours, its = _ends()
    if os.fork():
        its.close()
        os.environ[ASIDE] = f"{os.getpid()}:{ours.detach()}"
        return None
    ours.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in STANDARD[:2]:  # else whoever reads from the worker never sees its end
        os.dup2(nothing, number)
    os.close(nothing)
    ordered = _serve(its)
    if ordered is None:
        os._exit(0)
    return ordered


def _prepare(ordered: dict[str, Any]) -> None:
    """Gives this process the files, the environment and the folder of the command."""
    moved = [fcntl.fcntl(one, fcntl.F_DUPFD, FIRST_FREE) for one in ordered["descriptors"]]
    for one in ordered["descriptors"]:
        os.close(one)
    for number, one in zip(ordered["numbers"], moved, strict=True):
        os.dup2(one, number)
        os.close(one)
    os.environ.clear()
    os.environ.update(ordered["env"])
    os.chdir(ordered["cwd"])
    if ordered["umask"] >= 0:
        os.umask(ordered["umask"])
    time.tzset()
    tempfile.tempdir = None
    at_once = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdout.reconfigure(write_through=at_once)  # type: ignore[union-attr]


def _become(ordered: dict[str, Any]) -> None:
    """Runs the command as Python runs it."""
    how, what, *rest = ordered["line"]
    sys.argv = ["-c" if how == "-c" else what, *rest]
    if how == "-c":
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)


def _make_one() -> None:
    """Makes an application and throws it away: what is imported and compiled on the way stays. It
    has no database, and a file of its own that no command has.
    """
    import app
    from tests.support import session, speed
    from tests.support.databases import settings_for
    from tests.support.lifetime import close_app

    speed.share_templates(session.folder() / "templates")
    speed.share_rules()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "none.sqlite3")
        close_app(app.create_app(settings_for(f"sqlite:///{file}", Path(folder))))
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _leave() -> None:
    """Runs as the last function of an ending: taking hundreds of modules down would cost as much
    as a short command.
    """
    if _status is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status)


if __name__ == "__main__":
    atexit.register(_leave)
    _make_one()
    if order := _serve(socket.socket(fileno=int(sys.argv[1]))):
        _prepare(order)
        while order["is_worker"] and (command := _set_aside()):
            order = command
            _prepare(order)
        try:
            _become(order)
            _status = 0
        except SystemExit as end:
            _status = end.code if isinstance(end.code, int) else int(end.code is not None)
            raise
        except Exception:
            _status = 1
            raise
