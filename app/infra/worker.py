"""The worker of gunicorn for several processes: gunicorn starts and watches the processes, waitress
serves in each.

gunicorn's own threads read a request while they hold a place in the pool, so as many slow clients
as there are threads stop the site. Named in deploy/convoca-web.service as `--worker-class
app.infra.worker.BufferingWorker`.
"""

import gc
import os
import sys
import time
from importlib import import_module
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from app.infra.platform import platform
from app.infra.server import SWITCH_SECONDS, listening

TURN_SECONDS = 1.0
LATE_LIBRARIES = (
    *("icalendar", "markdown_it", "nh3", "rapidfuzz.fuzz", "rapidfuzz.process"),
    *("segno", "urllib3.connection", "webauthn", "xlsxwriter"),
)
"""What the application imports when it first needs it, for a quick start of the single process.
Imported before the fork, the workers share it.
"""


class BufferingWorker(Worker):
    """Serves with `threads` threads. SIGTERM lets requests finish, for at most `graceful_timeout`
    seconds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Runs before the fork. With `--preload` the application is there by then, and stays
        shared: a collection in the worker would write to each object of it.
        """
        super().__init__(*args, **kwargs)
        for name in LATE_LIBRARIES:
            import_module(name)
        gc.collect()
        gc.freeze()

    def run(self) -> None:
        """Serves until the arbiter says stop or is gone."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._channels: dict[int, Any] = {}
        server = create_server(
            self.wsgi,
            map=self._channels,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            **listening(platform(self.wsgi).settings),
        )
        while self.alive and self.ppid == os.getppid():
            self._turn()
        for listener in self._of(BaseWSGIServer):
            listener.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self._is_busy() and time.monotonic() < deadline:
            self._turn()
        server.task_dispatcher.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to stop. Wakes the loop, which would else wait for its next event."""
        super().handle_exit(sig, frame)
        for listener in self._of(BaseWSGIServer):
            listener.pull_trigger()

    def _turn(self) -> None:
        self.notify()  # the arbiter kills a worker that it does not hear of
        wasyncore.loop(timeout=TURN_SECONDS, use_poll=True, map=self._channels, count=1)

    def _is_busy(self) -> bool:
        return any(
            channel.requests or channel.total_outbufs_len for channel in self._of(HTTPChannel)
        )

    def _of(self, kind: type[Any]) -> list[Any]:
        return [one for one in getattr(self, "_channels", {}).values() if isinstance(one, kind)]
