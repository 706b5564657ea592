"""Hours as people type them: "9", "9:30", "6pm", "14h", "9-11", "de 1 a 3 pm"."""

import re
from datetime import time
from typing import Any

import wtforms
from flask_babel import gettext as _
from wtforms.widgets import TextInput

from app.kernel.text import N_

NOT_AN_HOUR = N_("Write the time as 14:30, 2:30 pm or 9-11.")
ONE = r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?\s*(a\.?\s?m\.?|p\.?\s?m\.?|h|hs|hrs)?"
HOURS = re.compile(
    rf"(?:de\s+|from\s+)?{ONE}(?:\s*(?:-|–|—|a|to|hasta|until)\s*{ONE})?", re.IGNORECASE | re.ASCII
)
NOON, DAY = 12, 24


def hours_in(text: str) -> tuple[time, time | None]:
    """Returns the hour typed and, where a span was typed, the hour it ends.

    "am" or "pm" behind a span is meant for both hours where that leaves the start before the end.
    Raises ValueError for what is no hour.
    """
    found = HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    half, until_half = _half(found[3]), _half(found[6])
    if found[4] is None:
        return _time(found[1], found[2], half), None
    ends = _time(found[4], found[5], until_half)
    if half or not until_half:
        return _time(found[1], found[2], half), ends
    starts = _time(found[1], found[2], until_half)
    return (starts if starts < ends else _time(found[1], found[2], "am")), ends


def _half(typed: str | None) -> str:
    letters = (typed or "").lower().replace(".", "").replace(" ", "")
    return letters if letters in ("am", "pm") else ""


def _time(hour: str, minute: str | None, half: str) -> time:
    number = int(hour)
    if half:
        if not 1 <= number <= NOON:
            raise ValueError(hour)
        number = number % NOON + (NOON if half == "pm" else 0)
    return time(number, int(minute or 0))


def share_range(start: "HourField", end: "HourField") -> bool:
    """Moves the end of a range typed into the box of the start ("15-16:30") to where ends are.

    It counts before what stands there, which the page may have proposed itself. Returns whether
    there was a range.
    """
    if start.until is None:
        return False
    end.data, end.process_errors = start.until, []
    start.until = None
    return True


class HourField(wtforms.Field):
    """An hour in free typing. `until` is the end, where a span was typed ("9-11")."""

    widget = TextInput()
    data: time | None
    until: time | None = None

    def _value(self) -> str:
        if self.errors and self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:%H:%M}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.until = None
        if not text:
            return
        try:
            self.data, self.until = hours_in(text)
        except ValueError:
            raise ValueError(_(NOT_AN_HOUR)) from None
