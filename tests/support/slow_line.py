"""A slow link between server and browser: whatever reads a page that has only begun to arrive fails
at once here, and once in a hundred runs elsewhere. `SLOW_LINE=1 ./run test tests/journeys` has all
browser tests walk over one.
"""

import os
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VARIABLE = "SLOW_LINE"
ANSWER_SECONDS, HALF_SECONDS = 0.1, 0.3


def is_asked_for() -> bool:
    return VARIABLE in os.environ


def slowly(application: "WSGIApplication") -> "WSGIApplication":
    """The application, whose every answer comes late and whose every page comes in two halves."""

    def serve(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        page = False

        def begin(status: str, headers: list[tuple[str, str]], problem: object = None) -> object:
            nonlocal page
            page = dict(headers).get("Content-Type", "").startswith("text/html")
            return start(status, headers)

        answer = application(environ, begin)  # type: ignore[arg-type]  # the optional third argument
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        time.sleep(ANSWER_SECONDS)
        return _halves(body) if page else [body]

    return serve


def _halves(body: bytes) -> Iterator[bytes]:
    middle = len(body) // 3  # the head, and what stands above `main`
    yield body[:middle]
    time.sleep(HALF_SECONDS)
    yield body[middle:]
