"""What the drawing process is asked in tests instead of a document (`app.infra.pdf.drawn_by`)."""

import os
import time
from pathlib import Path
from tempfile import gettempdir

PDF = b"%PDF-1.7 held"
LONGEST = 60


def gate(process: int | None = None) -> Path:
    """Returns the file that keeps `held` waiting, by the process that asks for the drawing: this
    one, or another.
    """
    return Path(gettempdir()) / f"convoca-held-{process or os.getpid()}"


def held(_content: bytes) -> bytes:
    """Answers once the gate of the parent is gone."""
    path = gate(os.getppid())
    until = time.monotonic() + LONGEST
    while path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return PDF


def forever(_content: bytes) -> bytes:
    time.sleep(LONGEST)
    return PDF


def endless(_content: bytes) -> bytes:
    """Works without end, as a layout that never settles."""
    while True:
        sum(range(10_000))


def echo(content: bytes) -> bytes:
    return content


def ending(_content: bytes) -> bytes:
    """Ends the process, as a fault of Pango would."""
    os._exit(1)


def environment(_content: bytes) -> bytes:
    """Returns the names in the environment."""
    return " ".join(os.environ).encode()


def number(_content: bytes) -> bytes:
    """Returns the number of the drawing process."""
    return str(os.getpid()).encode()
