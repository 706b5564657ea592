"""Numbers as question files write them."""

import re
from decimal import Decimal

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


def number_of(written: str) -> Decimal | None:
    """Returns None for what is not a number of at most 30 digits beside the point."""
    return Decimal(written) if NUMBER.fullmatch(written) else None


def number_text(number: Decimal) -> str:
    """Returns a number without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
