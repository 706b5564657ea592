"""A real HTTP server over a real database, for the browser and for anything that must see the
wire.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from app.infra.platform import platform
from config import Settings
from tests.support import apps, slow_line
from tests.support.databases import settings_for
from tests.support.lifetime import close_app


@dataclass(frozen=True)
class LiveServer:
    """`url` has no trailing slash. `app` is the application served, for looking into its
    database.
    """

    url: str
    app: Flask

    def drain(self) -> int:
        """Runs all background work that is due (mail, certificates); returns how many pieces."""
        with self.app.app_context():
            done = platform(self.app).jobs.drain()
        return done


running: dict[str, Flask] = {}
"""The applications that are served in this process, by their addresses."""


_ports: dict[str, int] = {}
"""Where the application that is lent was served, by its database: its address is one of its settings."""


@contextmanager
def serving(database_url: str, data: Path, **changes: object) -> Iterator[LiveServer]:
    """Serves an application of its own in a thread of this process until the block ends. `changes`
    are fields of Settings.
    """
    listener = _listener()
    app = apps.made(_settings(listener, database_url, data, **changes))
    try:
        with _served(listener, app) as server:
            yield server
    finally:
        close_app(app)


@contextmanager
def serving_lent(database_url: str, data: Path, **changes: object) -> Iterator[LiveServer]:
    """As `serving`, with the application of this worker that served this database before, at the
    same address: see `apps.lent`.
    """
    listener = _listener(_ports.get(database_url, 0))
    _ports[database_url] = listener.effective_port
    with (
        apps.lent(_settings(listener, database_url, data, **changes)) as app,
        _served(listener, app) as server,
    ):
        yield server


def _listener(port: int = 0) -> Any:
    """At another port where somebody has taken this one."""
    try:
        return create_server(lambda *_: [], host="127.0.0.1", port=port, threads=8)
    except OSError:
        return create_server(lambda *_: [], host="127.0.0.1", port=0, threads=8)


def _url(listener: Any) -> str:
    return f"http://127.0.0.1:{listener.effective_port}"


def _settings(listener: Any, database_url: str, data: Path, **changes: object) -> Settings:
    address: dict[str, object] = {"base_url": _url(listener), "port": listener.effective_port}
    return settings_for(database_url, data, **address, **changes)


@contextmanager
def _served(listener: Any, app: Flask) -> Iterator[LiveServer]:
    url = _url(listener)
    listener.application = slow_line.slowly(app) if slow_line.is_asked_for() else app
    thread = threading.Thread(target=listener.run, name="live-server")
    thread.start()
    running[url] = app
    try:
        yield LiveServer(url, app)
    finally:
        del running[url]
        listener.task_dispatcher.shutdown()
        # Closed from within its own loop: closing a socket under a running select() would crash the
        # thread.
        listener.trigger.pull_trigger(lambda: wasyncore.close_all(listener._map))
        thread.join(timeout=10)
