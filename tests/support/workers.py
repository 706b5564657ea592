"""Several worker processes behind one address, as in production: gunicorn."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.support import patience

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 90.0
SECRET = "k" * 40
"""With it a test signs sessions that the workers accept."""
WORKER = "app.infra.worker.BufferingWorker"


@dataclass(frozen=True)
class Served:
    url: str
    process: int

    def workers(self) -> list[int]:
        """The processes that answer; a gunicorn worker has threads from its first request on."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return [
            int(child) for child in children if len(list(Path(f"/proc/{child}/task").iterdir())) > 1
        ]

    def wake(self, processes: int) -> None:
        """Asks until all of them have answered: the first to be up would take every connection."""
        deadline = time.monotonic() + patience.scaled(SECONDS_TO_START)
        with ThreadPoolExecutor(4 * processes) as pool:
            while len(self.workers()) < processes and time.monotonic() < deadline:
                list(pool.map(self._ask, range(4 * processes)))

    def _ask(self, _number: int) -> None:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
            answer.read()

    def connections(self, worker: int) -> int:
        """Returns how many clients are connected to a worker: of its sockets, those of this port
        that proc_pid_net(5) calls established.
        """
        port = urlsplit(self.url).port
        lines = Path(f"/proc/{worker}/net/tcp").read_text().splitlines()[1:]
        of_port = {
            f"socket:[{fields[9]}]"
            for fields in map(str.split, lines)
            if fields[3] == "01" and int(fields[1].rpartition(":")[2], 16) == port
        }
        own = 0
        for link in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                own += os.readlink(link) in of_port
        return own

    def kill_one_that_serves(self, clients: int) -> int:
        """SIGKILL to the worker with most clients, once there are so many. Whoever keeps requests
        from being answered meanwhile can be certain that they die with it.
        """
        deadline = time.monotonic() + patience.scaled(SECONDS_TO_START)
        while time.monotonic() < deadline:
            number, busiest = max((self.connections(one), one) for one in self.workers())
            if number >= clients:
                os.kill(busiest, signal.SIGKILL)
                return busiest
            time.sleep(0.01)
        raise RuntimeError("no worker has so many clients")

    def kill_one(self) -> int:
        """SIGKILL to the worker that has done most, whatever it is doing; the master puts another
        in its place.
        """
        busiest = max(self.workers(), key=_ticks)
        os.kill(busiest, signal.SIGKILL)
        return busiest


@contextmanager
def workers(
    database_url: str,
    data: Path,
    *,
    processes: int = 3,
    threads: int = 4,
    factory: str = "app:create_app()",
) -> Iterator[str]:
    """Yields the base URL once a worker answers; stops all of them at the end. Background work is
    off.
    """
    with served(
        database_url, data, processes=processes, threads=threads, factory=factory
    ) as running:
        yield running.url


@contextmanager
def served(
    database_url: str,
    data: Path,
    *,
    processes: int = 3,
    threads: int = 4,
    factory: str = "app:create_app()",
    given: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """As `workers`, for who also wants to hurt them, or gives them more settings."""
    listener = socket.create_server(
        ("127.0.0.1", 0)
    )  # handed on, so that nobody takes the port in between
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "CONVOCA_DATA": str(data),
        "ENVIRONMENT": "test",
        "JOBS": "off",
        "BASE_URL": url,
        "SECRET_KEY": SECRET,
        "PYTHONTZPATH": "",
        "LIMITS_FACTOR": "1000",
        **(given or {}),
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        factory,
        "--preload",
        "--worker-class",
        WORKER,
        "--workers",
        str(processes),
        "--threads",
        str(threads),
        "--bind",
        f"fd://{listener.fileno()}",
        "--log-level",
        "warning",
    ]
    with (data / "gunicorn.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
        )
        listener.close()
        try:
            _wait_for(f"{url}/healthz", server, data / "gunicorn.log")
            yield Served(url, server.pid)
        finally:
            server.terminate()
            server.wait(timeout=patience.scaled(20))


def _ticks(process: int) -> int:
    """Time of the processor that it has used: fields 14 and 15 of proc(5), counted after the name
    in brackets.
    """
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + patience.scaled(SECONDS_TO_START)
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the workers did not start:\n{log.read_text()}")
