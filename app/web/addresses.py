"""Numbers in addresses: `<int:…>` takes what a row can bear, and nothing else is an address of ours."""

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

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
