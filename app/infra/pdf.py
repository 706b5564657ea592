"""HTML in, PDF out, drawn by a process of its own.

A document takes from a tenth of a second to several seconds of CPU, and threads of Python share one
core: drawn in this process, a few of them stop every page. So each process of the application has
one drawing process beside it (`app.infra.printing_process`), started at the first document, which
draws one at a time, at a lower priority, and ends when a document takes too much work. At most
MOST_WAITING requests of the machine wait; the next ones hear so at once, because each one that
waits holds one of the few threads that answer pages (decisions 60 and 106).
"""

import atexit
import fcntl
import hashlib
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic

from app.infra.printing_process import DRAWN, FRAME, NO_ENGINE
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

ROOT = Path(__file__).resolve().parents[2]
MOST_WAITING = 2
MOST_SECONDS = 30
"""Of the processor, for one document: how busy the machine is beside does not count."""
MOST_PATIENCE = 240
"""Seconds until a process that does nothing any more is killed. On a machine with eight times more
work than processors, what MOST_SECONDS allows is drawn by then.
"""
RETRY_SECONDS = 10
KEPT_BYTES = 24 * 1024 * 1024
PAGES = "app.infra.printing:page"
ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "PYTHONPATH")
"""What the drawing process finds of the environment: no key and no password."""


class PdfEngineMissing(Refusal):
    """WeasyPrint cannot load Pango. The rest of the application works; `./run doctor` says how to
    install it.
    """

    kind = Kind.UNAVAILABLE
    rule = "pdf-engine-missing"
    msgid = N_(
        "PDF files cannot be made on this server yet: the Pango libraries are missing. Run “./run doctor”."
    )


class PdfBusy(Refusal):
    kind = Kind.UNAVAILABLE
    rule = "pdf-busy"
    msgid = N_("Several PDF files are being made just now, so yours was not begun.")

    def __init__(self) -> None:
        super().__init__()
        self.seconds = RETRY_SECONDS


class PdfTooLong(Refusal):
    kind = Kind.UNAVAILABLE
    rule = "pdf-too-long"
    msgid = N_(
        "This PDF file was given up: it would have taken longer than %(seconds)s seconds to make."
    )


class DrawingFailed(Exception):
    """The drawing process met an error, which the message names, or ended. A bug in a template, not
    in a request.
    """


def pdf_of(html: str, *, can_wait: bool = False) -> bytes:
    """Returns the PDF/UA-1 file of a whole HTML document, which must have a title and a lang
    (templates/print/paper.html).

    Equal HTML gives equal bytes on the same machine, and is drawn once while it is remembered.
    Whatever the document names is not fetched: the only files it may load are the house's fonts,
    and anything else raises DrawingFailed. About 100 ms a page. Raises PdfBusy, unless the caller
    `can_wait` because it is no request; PdfTooLong; PdfEngineMissing where Pango is not.
    """
    return drawn_by(PAGES, html.encode(), can_wait=can_wait)


def drawn_by(recipe: str, content: bytes, *, can_wait: bool = False) -> bytes:
    """Returns what a function of the drawing process makes of the content. `recipe` is its module
    and name. Raises what `pdf_of` raises.
    """
    return _press.drawn_by(recipe, content, can_wait=can_wait)


class WaitingRoom:
    """The places of requests that wait, shared by processes that were forked from one.

    Each is a lock on one byte of a file without a name. The system takes it back from a process that
    ends, however it does, so that nobody who was killed keeps a place.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        """Opens a room, or enters the one of this file."""
        self._file = _nameless_file() if descriptor is None else descriptor
        self._lock = threading.Lock()
        self.taken: set[int] = set()
        """Places of this process: the system's locks bind processes, and no threads."""

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises PdfBusy where none is free."""
        number = self._take()
        try:
            yield
        finally:
            with self._lock:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)
                self.taken.remove(number)

    def _take(self) -> int:
        with self._lock:
            for number in range(MOST_WAITING):
                if number in self.taken:
                    continue
                with suppress(BlockingIOError):
                    fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                    self.taken.add(number)
                    return number
        raise PdfBusy

    def of_child(self) -> "WaitingRoom":
        """Returns the same room for a process that was forked from this one."""
        return WaitingRoom(self._file)


def _nameless_file() -> int:
    """Returns the descriptor of a file that lasts as long as processes hold it."""
    with TemporaryFile() as file:
        return os.dup(file.fileno())


class DrawingPress:
    """The drawing process of this process, the door before it, and what it has drawn last."""

    def __init__(
        self,
        *,
        room: WaitingRoom | None = None,
        seconds: int = MOST_SECONDS,
        patience: float = MOST_PATIENCE,
    ) -> None:
        self._seconds, self._patience = seconds, patience
        self._door = threading.Lock()
        self._keeping = threading.Lock()
        self.room = room or WaitingRoom()
        self._process: subprocess.Popen[bytes] | None = None
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._kept_bytes = 0
        self.drawn = 0
        """How many documents were drawn and not remembered."""

    def drawn_by(self, recipe: str, content: bytes, *, can_wait: bool = False) -> bytes:
        key = hashlib.sha256(recipe.encode() + b"\0" + content).digest()
        if (pdf := self._remembered(key)) is not None:
            return pdf
        with self._through_the_door(can_wait=can_wait):
            if (pdf := self._remembered(key)) is not None:  # whoever went before drew it
                return pdf
            pdf = self.draw(recipe, content)
            self._remember(key, pdf)
        return pdf

    def close(self) -> None:
        """Ends the drawing process. Another one is started for the next document."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _close_pipes(process)

    def leave_to_parent(self) -> None:
        """Drops the pipes in a forked child, because they belong to the parent."""
        if self._process is not None:
            _close_pipes(self._process)

    @contextmanager
    def _through_the_door(self, *, can_wait: bool) -> Iterator[None]:
        if not self._door.acquire(blocking=False):
            self._wait(can_wait=can_wait)
        try:
            yield
        finally:
            self._door.release()

    def _wait(self, *, can_wait: bool) -> None:
        if can_wait:
            self._door.acquire()
            return
        with self.room.place():
            self._door.acquire()

    def _remembered(self, key: bytes) -> bytes | None:
        with self._keeping:
            pdf = self._kept.get(key)
            if pdf is not None:
                self._kept.move_to_end(key)
            return pdf

    def _remember(self, key: bytes, pdf: bytes) -> None:
        """Keeps a drawn file in memory while there is room: papers name people, so none lies about
        on disk.
        """
        with self._keeping:
            self._kept[key] = pdf
            self._kept_bytes += len(pdf)
            while self._kept_bytes > KEPT_BYTES:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1])

    def draw(self, recipe: str, content: bytes) -> bytes:
        """Returns what the process makes of the content. One at a time: `drawn_by` keeps the door."""
        self.drawn += 1
        name = recipe.encode()
        sent = FRAME.pack(len(name), len(content)) + name + content
        deadline = monotonic() + self._patience
        for is_last in (False, True):
            process = self._running()
            try:
                _send(process, sent, deadline)
                status, length = FRAME.unpack(_received(process, FRAME.size, deadline))
                answer = _received(process, length, deadline)
            except TimeoutError:
                self.close()
                raise PdfTooLong(seconds=round(self._patience)) from None
            except (OSError, EOFError, struct.error) as ended:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)  # its pipes are closed, so it is about to end
                self.close()
                if process.returncode == -signal.SIGPROF:
                    raise PdfTooLong(seconds=self._seconds) from None
                if is_last:  # killed from outside, perhaps; the next one may do better
                    raise DrawingFailed("the drawing process ended") from ended
            else:
                break
        if status == NO_ENGINE:
            self.close()  # Pango may be there when it starts again
            raise PdfEngineMissing
        if status != DRAWN:
            raise DrawingFailed(answer.decode("utf-8", "replace"))
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.infra.printing_process", str(self._seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd=ROOT,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            )
        return self._process


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _send(process: subprocess.Popen[bytes], content: bytes, deadline: float) -> None:
    assert process.stdin is not None  # noqa: S101 - opened above
    left = memoryview(content)
    while left:
        _await(process.stdin.fileno(), select.POLLOUT, deadline)
        left = left[os.write(process.stdin.fileno(), left[: select.PIPE_BUF]) :]


def _received(process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    assert process.stdout is not None  # noqa: S101 - opened above
    parts = bytearray()
    while len(parts) < length:
        _await(process.stdout.fileno(), select.POLLIN, deadline)
        part = os.read(process.stdout.fileno(), min(length - len(parts), 1024 * 1024))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _await(descriptor: int, event: int, deadline: float) -> None:
    """Raises TimeoutError. By poll(), because select() ends at 1,024 descriptors."""
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
        raise TimeoutError


_press = DrawingPress()
_inherited: list[DrawingPress] = []


def _press_of_child() -> None:
    """Makes a new press in a forked child, because two processes cannot talk through one pipe."""
    global _press  # noqa: PLW0603 - one for each process
    _press.leave_to_parent()
    _inherited.append(_press)  # the process is the parent's to end
    _press = DrawingPress(room=_press.room.of_child())


def _end() -> None:
    _press.close()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_press_of_child)
