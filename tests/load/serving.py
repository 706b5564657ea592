"""How long `flask serve` takes to its first answer, and what two workers of gunicorn weigh."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from config import Settings
from tests.load import Figure, spread
from tests.support import session
from tests.support.databases import ROOT, SECRET, demo_sqlite, sqlite_url
from tests.support.workers import WORKER

STARTS = 3
WORKERS = 2
PAGES = ("/sign-in", "/programme", "/courses/guidelines", "/verify")
ROUNDS = 5
WAIT_SECONDS = 60


def run() -> Iterator[Figure]:
    folder = session.folder() / "serving"
    folder.mkdir()
    shutil.copyfile(demo_sqlite(), folder / "convoca.sqlite3")
    yield from spread(
        "flask serve, start to first /healthz",
        [start_up(folder) for _ in range(STARTS)],
        database="sqlite, demo data",
    )
    yield from weight(folder)


def start_up(folder: Path) -> float:
    port = free_port()
    began = time.perf_counter()
    with running("flask", "serve", port=port, folder=folder):
        first_answer(port)
        return time.perf_counter() - began


def weight(folder: Path) -> Iterator[Figure]:
    """PSS shares out what processes have in common, so that the sum is what the machine really
    gives.
    """
    port = free_port()
    line = (
        *("gunicorn", "app:create_app()", "--preload", "--worker-class", WORKER),
        *("--workers", str(WORKERS), "--threads", "4", "--bind", f"127.0.0.1:{port}"),
    )
    with running(*line, port=port, folder=folder) as server:
        first_answer(port)
        for _ in range(ROUNDS):
            for page in PAGES:
                urlopen(f"http://127.0.0.1:{port}{page}", timeout=10).read()
        family = [server.pid, *_children(server.pid)]
        total = sum(map(_pss_kilobytes, family)) / 1024
    about: dict[str, str | int] = {"processes": len(family), "requests": ROUNDS * len(PAGES)}
    yield Figure(f"gunicorn, {WORKERS} workers, PSS", round(total, 1), "MiB", about)


@contextmanager
def running(*words: str, port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    env = {
        **kept,
        "FLASK_APP": "app",
        "PORT": str(port),
        "CONVOCA_DATA": str(folder),
        "SECRET_KEY": SECRET,
        "DATABASE_URL": sqlite_url(folder / "convoca.sqlite3"),
        "JOBS": "inprocess" if words[0] == "flask" else "external",
    }
    command = [sys.executable, "-m", *words]
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=WAIT_SECONDS)


def first_answer(port: int) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError(f"no answer within {WAIT_SECONDS} s")


def _children(process: int) -> list[int]:
    return [
        int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def _pss_kilobytes(process: int) -> int:
    found = re.search(
        r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE
    )
    if found is None:
        raise RuntimeError(f"/proc/{process}/smaps_rollup names no Pss")
    return int(found[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
