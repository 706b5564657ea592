"""A real HTTP server over a real database, for the browser and for anything that must see the
wire.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from app.infra.platform import platform
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


@contextmanager
def serving(database_url: str, data: Path, **changes: object) -> Iterator[LiveServer]:
    """Serves the application in a thread of this process until the block ends. `changes` are fields
    of Settings.
    """
    listener = create_server(lambda *_: [], host="127.0.0.1", port=0, threads=8)
    url = f"http://127.0.0.1:{listener.effective_port}"
    app = apps.made(
        settings_for(database_url, data, base_url=url, port=listener.effective_port, **changes)
    )
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
        close_app(app)
