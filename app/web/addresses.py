"""Addresses: `<int:…>` takes what a row can bear; the redirects that the routing makes stay on this
host.
"""

from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from flask import Flask, Response, has_request_context, request, url_for
from werkzeug.routing import IntegerConverter, RequestRedirect, ValidationError

from app.kernel.numbers import LARGEST_ID
from app.web.site import site

ANY_ROW = str(UUID(int=0))
LONGEST_KEPT = 200
"""Characters of a text in an address that is remembered."""


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


def path_of(endpoint: str, /, **values: Any) -> str:
    """Returns what `url_for` does, and remembers it: pages have dozens of links, most of which stand
    in the next one too. Templates know it as `url_for`.

    Not remembered are addresses below a prefix, which the server names in each request, those with
    the host, those that depend on the page's blueprint, and those with a long text, which somebody
    typed: thousands of them would fill the memory.
    """
    is_usual = has_request_context() and not request.script_root and not endpoint.startswith(".")
    is_long = any(isinstance(one, str) and len(one) > LONGEST_KEPT for one in values.values())
    if is_usual and not is_long and "_external" not in values:
        try:
            return site().paths(endpoint, **values)
        except TypeError:  # a list of values cannot be looked up
            pass
    return url_for(endpoint, **values)


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
