"""One folder per pytest run, shared by all its workers; what is dear to make is made in it once.

The main process holds a lock in it, which the kernel frees however that process ends. A run that
was killed leaves its folder behind; the next run takes it away, with the database server that may
still be running in it.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.support import patience

VARIABLE = "CONVOCA_TEST_SESSION"
PREFIX = "convoca-tests-"
MEMORY = Path("/dev/shm")
ROOM = 6 * 1024**3
"""Bytes that must be free there: many times what a run takes."""
_held: list[IO[str]] = []


def is_roomy(folder: Path) -> bool:
    """Returns whether a run fits into the folder and PostgreSQL may be started from it."""
    if not os.access(folder, os.W_OK):
        return False
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize >= ROOM and not there.f_flag & os.ST_NOEXEC


def hold(folder: Path) -> None:
    lock = (folder / "owner.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    _held.append(lock)


def is_abandoned(folder: Path) -> bool:
    try:
        with (folder / "owner.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return not folder.exists()
    return True


def begin(*, may_use_memory: bool = False) -> Path:
    """Called by the main process only; workers inherit the folder through the environment.

    Tests make and throw away thousands of small databases, at which a disk is slow: where they may,
    and unless TMPDIR says otherwise, what is temporary lies in memory, within the folder, so that
    it goes when the folder goes. Whoever measures may not: a disk is part of what is measured.
    """
    in_memory = may_use_memory and "TMPDIR" not in os.environ and is_roomy(MEMORY)
    parent = MEMORY if in_memory else Path(tempfile.gettempdir())
    clear_stale(parent)
    folder = parent / f"{PREFIX}{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    hold(folder)
    os.environ[VARIABLE] = str(folder)
    if in_memory:
        (folder / "tmp").mkdir()
        os.environ["TMPDIR"] = str(folder / "tmp")
        tempfile.tempdir = None  # asked for anew
    return folder


def end(folder: Path) -> None:
    stop_process(folder / "watchdog.pid", signal.SIGTERM)
    os.environ.pop(VARIABLE, None)
    if os.environ.get("TMPDIR") == str(folder / "tmp"):
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
    shutil.rmtree(folder, ignore_errors=True)
    while _held:
        _held.pop().close()


def clear_stale(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        if is_abandoned(folder):
            stop_process(folder / "watchdog.pid", signal.SIGTERM)
            stop_process(folder / "postgresql" / "postmaster.pid", signal.SIGQUIT)
            shutil.rmtree(folder, ignore_errors=True)


def stop_process(pid_file: Path, how: signal.Signals, seconds: int = 10) -> None:
    """Ends the process named by the first line of the file and waits for it to be gone."""
    if not pid_file.exists():
        return
    process = int(pid_file.read_text().splitlines()[0])
    with suppress(ProcessLookupError):
        os.kill(process, how)
        wait_until(lambda: not is_running(process), seconds)


def is_running(process: int) -> bool:
    """A process that ended but was never waited for is still in the table; it counts as gone."""
    with suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except ProcessLookupError:
        return False
    except (FileNotFoundError, PermissionError):
        return not Path("/proc/self").exists()
    return state != "Z"


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    limit = time.monotonic() + patience.scaled(seconds)
    while not done():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def folder() -> Path:
    return Path(os.environ[VARIABLE])


@contextmanager
def locked(name: str) -> Iterator[None]:
    with (folder() / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def once(name: str, build: Callable[[Path], None]) -> Path:
    """The path `name` in the run's folder, built by whichever worker comes first while the others
    wait.
    """
    target = folder() / name
    ready = folder() / f"{name}.ready"
    with locked(name):
        if not ready.exists():
            build(target)
            ready.touch()
    return target
