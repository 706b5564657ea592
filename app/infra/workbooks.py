"""A program of its own: reads the first sheet of a spreadsheet from its input and prints it as
JSON.

It runs apart (`sheets.py`) because a hostile workbook may ask for all memory or trip the library:
one cell at XFD1048576 makes 17 thousand million. Here only this process dies. It knows nothing of
the application.
"""

import contextlib
import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_MEMORY = 768 * 1024 * 1024
MOST_SECONDS = 20


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
    except python_calamine.PasswordError:
        return {"defect": "password", "rows": []}
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        return {"defect": type(error).__name__, "rows": []}
    return {"defect": "", "rows": rows}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
