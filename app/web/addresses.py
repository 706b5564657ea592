"""Addresses: `<int:…>` takes what a row can bear; the redirects that the routing makes stay on this host."""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter, RequestRedirect, ValidationError

from app.kernel.numbers import LARGEST_ID


class RowNumber(IntegerConverter):
    def to_python(self, value: str) -> int:
        number: int = super().to_python(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def init_addresses(app: Flask) -> None:
    """Before any address is registered: rules take their converters when they are made."""
    app.url_map.converters["int"] = RowNumber
    app.after_request(_keep_redirect_on_this_host)


def _keep_redirect_on_this_host(response: Response) -> Response:
    """Makes the redirect that merges slashes relative, because werkzeug builds it from the request's Host header."""
    if isinstance(request.routing_exception, RequestRedirect) and response.location:
        target = urlsplit(response.location)
        response.location = urlunsplit(("", "", target.path, target.query, ""))
    return response
