"""Static files: addresses that change with the content, styles and scripts without their spaces."""

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path

import rcssmin
import rjsmin
from flask import Flask, Response, send_file, send_from_directory
from werkzeug.security import safe_join

from app.web.addresses import path_of

STATIC = Path(__file__).with_name("static")
MADE_SMALLER = {".css": (rcssmin.cssmin, "text/css"), ".js": (rjsmin.jsmin, "text/javascript")}


@cache
def content_of(path: str) -> bytes:
    """Returns what is served for a static file: our styles and scripts without comments and spaces,
    everything else, and what others shipped, byte for byte.
    """
    content = (STATIC / path).read_bytes()
    smaller = MADE_SMALLER.get(Path(path).suffix)
    if smaller is None or path.startswith("vendor/"):
        return content
    return str(smaller[0](content.decode())).encode()


@cache
def _digest(path: str) -> str:
    return hashlib.sha256(content_of(path)).hexdigest()[:10]


def asset(path: str) -> str:
    """Returns a static file's address, which changes with its content: it is kept for a year."""
    return path_of("static", filename=path, v=_digest(path))


def init_assets(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_static_file)
    app.jinja_env.globals["asset"] = asset


def _static_file(filename: str) -> Response:
    """Answers with a static file; 404 where there is none."""
    smaller = MADE_SMALLER.get(Path(filename).suffix)
    if (
        smaller is None
        or safe_join(str(STATIC), filename) is None
        or not (STATIC / filename).is_file()
    ):
        return send_from_directory(STATIC, filename)
    content = BytesIO(content_of(filename))
    return send_file(content, mimetype=smaller[1], etag=_digest(filename), conditional=True)
