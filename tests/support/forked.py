"""Python processes that have the application imported already: `Forked` and `run` stand for
`subprocess.Popen` and `subprocess.run` where a command begins with `sys.executable`.

Importing the application takes three quarters of what a short command costs. One process for each
worker of pytest imports it and does nothing else; a command is a fork of that one, with its own
environment, folder, files and ending. Here it is a child of the process that asked, as a process
that `Popen` starts is: it can be waited for and killed, and SIGTERM reaches it when that process
ends, however that happens. What tests are about the start itself starts Python afresh.
"""

import atexit
import ctypes
import fcntl
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = 128 * 1024
FIRST_FREE = 100
"""Descriptors are put here before they take the numbers that they must have."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
STANDARD = (0, 1, 2)
_lock = threading.Lock()
_servers: dict[int, socket.socket] = {}
"""By the process that asks: a fork of it may not use its parent's."""
_status: int | None = None
"""How a command ended, once it has."""


class Forked(subprocess.Popen[Any]):
    """`[sys.executable, "-m", module, …]` or `[sys.executable, "-c", code, …]` in a fork of the
    process that has everything imported.
    """

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
        }
        held = [end if end >= 0 else number for number, end in zip(STANDARD, ends, strict=True)]
        with _lock:
            server = _server()
            socket.send_fds(server, [json.dumps(ordered).encode()], [*held, *pass_fds])
            self.pid = int(server.recv(MESSAGE))
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]  # what Popen's own does here


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
    if os.getpid() not in _servers:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A command's parent is gone at once; then this process is its parent, and not that of all.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
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


def _become(ordered: dict[str, Any]) -> None:
    """Runs the command as Python runs it."""
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
    from app import create_app
    from tests.support import session, speed
    from tests.support.databases import settings_for
    from tests.support.lifetime import close_app

    speed.share_templates(session.folder() / "templates")
    speed.share_rules()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "none.sqlite3")
        close_app(create_app(settings_for(f"sqlite:///{file}", Path(folder))))
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
        try:
            _become(order)
            _status = 0
        except SystemExit as end:
            _status = end.code if isinstance(end.code, int) else int(end.code is not None)
            raise
        except Exception:
            _status = 1
            raise
