"""Addresses: `<int:…>` takes what a row can bear; the redirects that the routing makes stay on this
host.
"""

from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from flask import Flask, Response, request, url_for
from werkzeug.routing import IntegerConverter, RequestRedirect, ValidationError

from app.kernel.numbers import LARGEST_ID
from app.web.site import site

ANY_ROW = str(UUID(int=0))


class RowNumber(IntegerConverter):
    def to_python(self, value: str) -> int:
        number: int = super().to_python(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def init_addresses(app: Flask) -> None:
    """Registers the converters of addresses. Called before any address is registered: rules take
    their converters when they are made.
    """
    app.url_map.converters["int"] = RowNumber
    app.after_request(_keep_redirect_on_this_host)


def path_of(endpoint: str, **values: str) -> str:
    """Returns what `url_for` does, worked out once. For the few addresses that stand on every page:
    nothing is let go.

    Where the application is mounted under a prefix, the server says so in each request, and nothing
    is kept.
    """
    kept = site().paths
    key = (endpoint, *values.values())
    path = None if request.script_root else kept.get(key)
    if path is None:
        path = url_for(endpoint, **values)  # type: ignore[arg-type]  # values of the address, none of its options
        if not request.script_root:
            kept[key] = path
    return path


def path_of_row(endpoint: str, **identity: UUID) -> str:
    """Returns what `url_for` does for an address with one UUID in it; for lists, which have many
    rows.
    """
    ((name, value),) = identity.items()
    return path_of(endpoint, **{name: ANY_ROW}).replace(ANY_ROW, str(value))


def _keep_redirect_on_this_host(response: Response) -> Response:
    """Makes the redirect that merges slashes relative, because werkzeug builds it from the
    request's Host header.
    """
    if isinstance(request.routing_exception, RequestRedirect) and response.location:
        target = urlsplit(response.location)
        response.location = urlunsplit(("", "", target.path, target.query, ""))
    return response
