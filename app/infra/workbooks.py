"""A program of its own: reads the first sheet of a spreadsheet from its input and prints it as
JSON.

It runs apart (`sheets.py`) because a hostile workbook may ask for all memory or trip the library:
one cell at XFD1048576 makes 17 thousand million. Here only this process dies. It knows nothing of
the application.
"""

import contextlib
import io
import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_MEMORY = 768 * 1024 * 1024
MOST_SECONDS = 20
HEAD_OF_SHEET = 100_000
"""Bytes before its rows in which a sheet says how wide its columns are."""
MOST_COLUMNS = 1_000


def words(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def hidden_columns(content: bytes) -> list[int]:
    """Returns the places of the columns that the first sheet of an XLSX file hides; of other files
    nothing is told.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            book = parts.read("xl/workbook.xml").decode(errors="replace")
            links = parts.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
            number = re.search(r'<sheet\b[^>]*r:id="([^"]+)"', book)
            link = next(
                one
                for one in re.findall(r"<Relationship\b[^>]*>", links)
                if number and f'Id="{number[1]}"' in one
            )
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', link)
            with parts.open(f"xl/{target[1] if target else ''}") as sheet:
                head = sheet.read(HEAD_OF_SHEET).decode(errors="replace")
    except (zipfile.BadZipFile, KeyError, StopIteration, OSError):
        return []
    places: list[int] = []
    for column in re.findall(r"<col\b[^>]*>", head.partition("<sheetData")[0]):
        said = dict(re.findall(r'(\w+)="(\w+)"', column))
        if said.get("hidden") in ("1", "true"):
            first, last = int(said.get("min", 1)), int(said.get("max", 1))
            places.extend(range(first - 1, min(last, MOST_COLUMNS)))
    return places


def answer(content: bytes, most_rows: int, most_cells: int) -> dict[str, Any]:
    import python_calamine  # after the limits

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            return {"defect": "empty", "rows": []}
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > most_rows or sheet.total_height * sheet.total_width > most_cells:
            return {"defect": "long", "rows": []}
        rows = [[words(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    except python_calamine.PasswordError:
        return {"defect": "password", "rows": []}
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        return {"defect": type(error).__name__, "rows": []}
    return {
        "defect": "",
        "rows": rows,
        "merged": merged,
        "hidden": hidden_columns(content),
        "sheets": len(book.sheet_names),
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
