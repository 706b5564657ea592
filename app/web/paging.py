"""Long lists in an address: which number it asks for, and the addresses of the other numbers."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for

FARTHEST = 1_000_000
"""Beyond the end of any list of ours, and still an offset that a database can count to."""


def page_asked(name: str = "page") -> int:
    """What is no number is the first; one that is beyond reason is the nearest within it."""
    return min(max(request.args.get(name, 1, type=int), 1), FARTHEST)


def addresses(*kept: str, name: str = "page") -> Callable[[int], str]:
    """Of the page being shown, with another number; of its query only what `kept` names stays."""

    def address(number: int) -> str:
        query: dict[str, Any] = {key: request.args.getlist(key) for key in kept} | {name: number}
        return url_for(str(request.endpoint), **(request.view_args or {}), **query)

    return address
