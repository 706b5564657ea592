"""Several worker processes behind one address, as in production: gunicorn in a subprocess."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 30.0


@dataclass(frozen=True)
class Served:
    url: str
    process: int

    def kill_one(self) -> int:
        """SIGKILL to one of the workers, whatever it is doing; the master puts another in its place."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        return int(children[0])


@contextmanager
def workers(
    database_url: str, data: Path, *, processes: int = 3, threads: int = 4, factory: str = "app:create_app()"
) -> Iterator[str]:
    """Yields the base URL once a worker answers; stops all of them at the end. Background work is off."""
    with served(database_url, data, processes=processes, threads=threads, factory=factory) as running:
        yield running.url


@contextmanager
def served(
    database_url: str, data: Path, *, processes: int = 3, threads: int = 4, factory: str = "app:create_app()"
) -> Iterator[Served]:
    """As `workers`, for who also wants to hurt them."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "DATABASE_URL": database_url, "CONVOCA_DATA": str(data), "ENVIRONMENT": "test", "JOBS": "off",
        "BASE_URL": url, "SECRET_KEY": "k" * 40, "PYTHONTZPATH": "",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", factory, "--workers", str(processes), "--threads", str(threads),
        "--bind", f"127.0.0.1:{port}", "--log-level", "warning",
    ]  # fmt: skip
    with (data / "gunicorn.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"{url}/healthz", server, data / "gunicorn.log")
            yield Served(url, server.pid)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the workers did not start:\n{log.read_text()}")
