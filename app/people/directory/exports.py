"""A roster as CSV for spreadsheets: UTF-8 with a byte-order mark, and no cell that a spreadsheet
would calculate.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula (OWASP,
    CSV injection).
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(STARTS_A_FORMULA) else cell


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Lines end with CR LF, as RFC 4180 wants."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    for row in (header, *rows):
        writer.writerow([harmless(cell) for cell in row])
    return (BOM + text.getvalue()).encode()
