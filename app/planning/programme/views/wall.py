"""A month's table, drawn once for all who see the same in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask import get_template_attribute, request
from markupsafe import Markup

from app.kernel.text import Language
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.views.month import Marks, month_text, month_weeks, weekday_names
from app.web.locale import reader_language, reader_timezone

TABLES_KEPT = 64
"""About 40 KB each, where a month is full."""


def month_table(
    month: date,
    entries: Sequence[ProgrammeEntry],
    *,
    today: date,
    marks: Marks,
    holidays: Mapping[date, tuple[str, ...]],
    plans: bool,
) -> Markup:
    """Returns the table in the reader's language and time zone.

    `entries` are those that the reader may see; `plans` adds to each free day where to plan on it.
    """
    return _drawn(
        _Shown(
            month,
            tuple(entries),
            today,
            marks,
            tuple(holidays.items()),
            plans,
            reader_timezone(),
            reader_language(),
            request.script_root,
        )
    )


class _Shown(NamedTuple):
    """Everything that shows in a table, among it the prefix of its addresses: whoever is given a
    kept table is given what would be drawn anew.
    """

    month: date
    entries: tuple[ProgrammeEntry, ...]
    today: date
    marks: Marks
    holidays: tuple[tuple[date, tuple[str, ...]], ...]
    plans: bool
    timezone: str
    language: Language
    prefix: str


@lru_cache(maxsize=TABLES_KEPT)
def _drawn(shown: _Shown) -> Markup:
    weeks = month_weeks(
        shown.month,
        shown.entries,
        today=shown.today,
        marks=shown.marks,
        timezone=shown.timezone,
        language=shown.language,
        holidays=dict(shown.holidays),
        plans=shown.plans,
    )
    draw = get_template_attribute("planning/programme/_month.html", "month_table")
    table: str = draw(weeks, weekday_names(shown.language), month_text(shown.month, shown.language))
    return Markup(table)  # noqa: S704  # a macro escapes
