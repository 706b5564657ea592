"""Long lists in parts; a page may hold several, each with its own number in the address."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import request, url_for

A_PAGE = 20
T = TypeVar("T")
Part = dict[str, int | str | None]


def paged(items: Sequence[T], name: str = "page", size: int = A_PAGE) -> tuple[Sequence[T], Part]:
    """What is shown, and what components/pagination.html wants. A number that is none, or too high, is the nearest."""
    pages = max(1, -(-len(items) // size))
    number = min(max(request.args.get(name, 1, type=int), 1), pages)
    first = (number - 1) * size
    shown = items[first : first + size]

    def url(page: int) -> str | None:
        kept: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {}), name: page}
        return url_for(str(request.endpoint), **kept) if 1 <= page <= pages else None

    return shown, {
        "number": number, "pages": pages, "total": len(items), "first": first + 1, "last": first + len(shown),
        "previous_url": url(number - 1), "next_url": url(number + 1),
    }  # fmt: skip
