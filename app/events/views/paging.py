"""Pages of a long list, one number in the address."""

from typing import Any

from flask import request, url_for

from app.events.views.agenda import Page

LAST = 100_000


def page_number() -> int:
    """What the address asks for; a number that is none, or beyond reason, is the nearest."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST)


def page_of(endpoint: str, number: int, size: int, total: int, **args: Any) -> Page:
    pages = max(1, -(-total // size))

    def url(other: int) -> str | None:
        return url_for(endpoint, page=other, **args) if 1 <= other <= pages else None

    first = (number - 1) * size + 1
    return Page(number, pages, total, first, min(number * size, total), url(number - 1), url(number + 1))
