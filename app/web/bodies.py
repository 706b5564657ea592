"""What a request must be before a view sees it: text that a database can hold and, for the API, one
JSON object.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

from app.infra.platform import platform
from app.infra.shallow import is_shallow_json
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, storable
from app.web.errors import wants_problem
from config import LARGEST_BODY

View = TypeVar("View", bound=Callable[..., Any])
WITH_BODY = ("POST", "PUT", "PATCH")
KILOBYTE = 1024
LARGEST_JSON = 64 * KILOBYTE
MOST_NAMES = 5_000
NOT_AN_OBJECT = N_("Send one JSON object, in braces.")
TOO_MANY_NAMES = N_("Send at most %(most)s names and values: this has more.")


class DiskNearlyFull(Refusal):
    """What people type goes before files. What else of the request is kept for its owner."""

    kind = Kind.UNAVAILABLE
    rule = "disk-nearly-full"
    msgid = N_(
        "Files are not accepted just now, because the disk of the platform is nearly full. What you send without a "
        "file is still saved."
    )


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Marks a route that takes files larger than the application's limit. Put it under `@requires`.

    Raises ValueError for more than the proxy lets through.
    """
    if most_bytes > LARGEST_BODY:
        raise ValueError(
            f"{most_bytes} bytes: more than LARGEST_BODY of config.py, the limit of the proxy"
        )

    def declare(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]  # read before the body is
        return view

    return declare


def takes_packages(view: View) -> View:
    """Marks the route that takes packages: as much as the setting PACKAGE_MEGABYTES allows. The
    proxy lets more through at its address alone.
    """
    view.most_bytes_setting = "largest_package"  # type: ignore[attr-defined]  # read before the body is
    return view


def most_bytes_of(view: Callable[..., Any]) -> int | None:
    """Returns how many bytes the view's body may have; None for the application's own limit."""
    if setting := getattr(view, "most_bytes_setting", ""):
        limit: int = getattr(platform().settings, setting)
        return limit
    most: int | None = getattr(view, "most_bytes", None)
    return most


def init_bodies(app: Flask) -> None:
    """Checks bodies before each request, after the guards: whoever may not come in hears that
    first.
    """
    app.before_request(_require_readable)


def _require_readable() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    usual = LARGEST_JSON if wants_problem() else None
    most_bytes = most_bytes_of(current_app.view_functions[request.endpoint]) or usual
    if most_bytes:
        request.max_content_length = most_bytes
    typed: list[Any] = [*request.args.values(), *(request.view_args or {}).values()]
    if wants_problem() and request.method in WITH_BODY:
        typed.extend(texts(json_object()))
    elif not wants_problem():
        typed.extend(request.form.values())
        has_file = any(file.filename for file in request.files.values())
        if has_file and not platform().health.takes_files():
            raise DiskNearlyFull
    if not all(map(storable, typed)):
        raise BadRequest


def json_object(*, most_names: int = MOST_NAMES) -> dict[str, Any]:
    """Returns the body, or an empty object when there is none. Every JSON body is read here, because
    size, depth and number of names are asked before anything walks through it.

    Raises BadRequest for what is no JSON or too deep, UnsupportedMediaType for another content type,
    RequestEntityTooLarge for more bytes than the route takes, and InvalidInput for an array (which
    spectree would silently take for no body) or too many names.
    """
    data = request.get_data(cache=True)
    if not data:
        return {}
    if not is_shallow_json(data):
        raise BadRequest
    body = request.get_json()
    if not isinstance(body, dict):
        raise InvalidInput({"body": Sentence(NOT_AN_OBJECT)})
    if sum(1 for _ in islice(names(body), most_names + 1)) > most_names:
        raise InvalidInput({"body": Sentence(TOO_MANY_NAMES, {"most": most_names})})
    return body


def names(value: Any) -> Iterator[str]:
    """Yields every name within a JSON value, and "" for each entry of a list: what validation looks
    at one by one.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield from item.keys()
            waiting.extend(item.values())
        elif isinstance(item, list):
            yield from ("" for _ in item)
            waiting.extend(item)


def texts(value: Any) -> Iterator[str]:
    """Yields every text within a JSON value, names included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend((*item.keys(), *item.values()))
        elif isinstance(item, list):
            waiting.extend(item)
