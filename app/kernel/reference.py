"""The reference zone: the one in which the region counts days, weeks and months."""

import os
import re
from contextlib import suppress
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

FIRST_BODY = "rcm"
FOLDER = Path(__file__).resolve().parents[2] / "reference"
LINE = re.compile(r"^reference_zone:\s*[\"']?([\w/+-]+)", re.MULTILINE)


def body_path(name: str) -> Path:
    """Returns the file of a body: `reference/<name>.yaml`, or the path itself."""
    return Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"


def _zone_of_this_process() -> str:
    """Returns the zone that the file of the body in BODY names. Only this line is read: days are
    counted before anything else is known. What is wrong with the file is said when it is read.
    """
    with suppress(LookupError, ValueError, OSError):
        text = body_path(os.environ.get("BODY") or FIRST_BODY).read_text(encoding="utf-8")
        if found := LINE.search(text):
            return ZoneInfo(found[1]).key
    return "America/Costa_Rica"


REFERENCE_ZONE = _zone_of_this_process()
"""The secretariat's. Its only home: whoever needs it imports it from here."""
REFERENCE = ZoneInfo(REFERENCE_ZONE)


@lru_cache(maxsize=16_384)
def reference_day(at: datetime) -> date:
    """Returns the day that it is at an instant in the reference zone."""
    return at.astimezone(REFERENCE).date()


def reference_start(day: date) -> datetime:
    """Returns the instant at which a day begins in the reference zone."""
    return datetime.combine(day, time(), REFERENCE)
