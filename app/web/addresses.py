"""What an address may hold: a number that no row can have leads nowhere, instead of to the database."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1


class RowNumber(IntegerConverter):
    """`<int:…>`: digits up to what both databases can hold; beyond, the address does not exist (404)."""

    def __init__(self, map: Map, *args: int, **kwargs: bool) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})  # type: ignore[arg-type]  # as in its own signature


def init_addresses(app: Flask) -> None:
    """Call it before any blueprint is registered: rules look their converter up when they are made."""
    app.url_map.converters["int"] = RowNumber
