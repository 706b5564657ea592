"""What components/pagination.html wants, for lists that the database cuts."""

from typing import Any

from flask import request, url_for

KEPT = ("q", "part")
Part = dict[str, int | str | None]


def page_asked() -> int:
    """What is no number is the first page."""
    return max(1, min(request.args.get("page", 1, type=int), 1_000_000))


def part_of(number: int, pages: int, total: int, size: int) -> Part:
    first = (number - 1) * size

    def url(page: int) -> str | None:
        kept: dict[str, Any] = {key: value for key, value in request.args.items() if key in KEPT} | {"page": page}
        return url_for(str(request.endpoint), **(request.view_args or {}), **kept) if 1 <= page <= pages else None

    return {
        "number": number, "pages": pages, "total": total, "first": first + 1, "last": min(first + size, total),
        "previous_url": url(number - 1), "next_url": url(number + 1),
    }  # fmt: skip
