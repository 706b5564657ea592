"""The second origin, on which pages made by others run: no account, no cookie, nothing of ours
there.

Their scripts may do what they like on that origin and reach nothing of the application, because the
browser keeps origins apart. With CONTENT_ORIGIN its host answers with such pages only. Without it,
on a machine of one's own, `localhost` and `127.0.0.1` are two origins of the same server, and each
is the second one of the other; docs/decisions/0041 says why that is enough there.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from app.infra.installation import site_address
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from config import Settings

View = TypeVar("View", bound=Callable[..., Any])
LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


def on_content_origin(view: View) -> View:
    """Makes a view answer on the second origin only. Put it under `@requires`."""
    view.on_content_origin = True  # type: ignore[attr-defined]  # read below
    return view


def content_origin() -> str:
    """Returns the second origin for the current page, such as `https://content.example.org`; ""
    where there is none.
    """
    settings = _settings()
    if settings.content_origin or settings.environment == "production":
        return settings.content_origin
    return _counterpart()


def application_origin() -> str:
    """Returns the origin of the application, for a request to the second one."""
    settings = _settings()
    return site_address() if settings.content_origin else _counterpart()


def own_host() -> str:
    """Returns the host, with its port, to which this request was sent."""
    return request.host.lower()


def content_host() -> str:
    """Returns the host, with its port, of the second origin; "" where there is none."""
    return urlsplit(content_origin()).netloc.lower()


def init_content_origin(app: Flask) -> None:
    app.before_request(_keep_apart)


def _settings() -> Settings:
    return platform().settings


def _counterpart() -> str:
    """Returns the other name of the loopback address with the same port; "" for any other host."""
    host, colon, port = request.host.lower().partition(":")
    other = LOOPBACK.get(host)
    return f"{request.scheme}://{other}{colon}{port}" if other else ""


def _keep_apart() -> Response | None:
    """Refuses other pages on the second origin, and pages of the second origin elsewhere."""
    configured = urlsplit(_settings().content_origin).netloc.lower()
    is_there = bool(configured) and own_host() == configured
    view = current_app.view_functions.get(request.endpoint or "")
    belongs = bool(getattr(view, "on_content_origin", False))
    if belongs or is_there:
        g.without_actor = g.stateless = True
    if is_there and not belongs and request.endpoint != "static":
        return Response(status=404)
    if belongs and configured and not is_there:
        raise NotFound
    return None
