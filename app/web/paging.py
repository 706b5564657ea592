"""Long lists in an address: which number it asks for, and the addresses of the other numbers."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for

FARTHEST = 1_000_000
"""Beyond the end of any list of ours, and still an offset that a database can count to."""


def page_asked(name: str = "page") -> int:
    """Returns the number in the address: 1 for what is no number, the nearest within reason for one
    beyond it.
    """
    return min(max(request.args.get(name, 1, type=int), 1), FARTHEST)


def addresses(*kept: str, name: str = "page") -> Callable[[int], str]:
    """Returns a function from a number to the address of the page being shown with that number; of
    its query only what `kept` names stays.
    """

    def address(number: int) -> str:
        query: dict[str, Any] = {key: request.args.getlist(key) for key in kept} | {name: number}
        return url_for(str(request.endpoint), **(request.view_args or {}), **query)

    return address
