"""How a calendar feed answers: its ETag is worked out before anything is written, so that most
polls cost one query.

Only the ETag says whether a reader has the latest. There is no Last-Modified: when an event leaves
the feed, the last change of those that remain is as old as before, and a reader that asks by date
would keep what is gone.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache

from flask import Response, g, request
from werkzeug.http import is_resource_modified

from app.infra.installation import site_address
from app.infra.platform import platform
from app.kernel.text import Language, as_language
from app.planning.programme.exports.icalendar import RENDERER
from app.planning.programme.queries.feeds import FeedState
from app.web.downloads import name_file

POLLS_SECONDS = 300
ZIP_LEVEL = 2
"""A tenth more octets than at level 4 for less than two thirds of its time: most polls are a 304 anyway."""


def address() -> str:
    """Returns the site's public address; never what a request's Host header says."""
    return site_address()


def host() -> str:
    """Returns the name in the UIDs of events: what it was when the first calendar was given out, or
    as it is set.
    """
    domain = platform().settings.domain
    return domain


def feed_language() -> Language:
    """A feed of no account speaks Spanish unless its address asks for English."""
    return as_language(request.args.get("lang"))


def answer(
    state: FeedState,
    write: Callable[[], bytes],
    *,
    variant: str,
    filename: str,
    is_public: bool = True,
) -> Response:
    """304 when the reader has it already, else the file. `variant`: what else it depends on (name,
    language).
    """
    g.stateless = True  # a feed sets no cookie
    zipped = request.accept_encodings.quality("gzip") > 0
    mark = hashlib.sha256(
        f"{state.mark}|{variant}|{address()}|{RENDERER}|{zipped}".encode()
    ).hexdigest()[:32]
    if not is_resource_modified(request.environ, etag=mark):
        response = Response(status=304)
    else:
        body = write()
        response = Response(
            zipped_body(body) if zipped else body, content_type="text/calendar; charset=utf-8"
        )
        name_file(response, filename, inline=True)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(mark)
    response.headers["Cache-Control"] = (
        f"{'public' if is_public else 'private'}, max-age={POLLS_SECONDS}"
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=8)
def zipped_body(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=ZIP_LEVEL, mtime=0)
