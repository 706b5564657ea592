"""The programme as a list of days, for whoever prefers lists."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.planning.events.values import EventStatus
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules.month import first_and_last_day
from app.planning.programme.views.month import Marks, title_of
from app.web.locale import reader_language
from app.web.render import Moment, day_text, moment


def agenda_days(entries: Iterable[ProgrammeEntry], marks: Marks) -> list[dict[str, Any]]:
    """Entries under the day on which they start where they are held, in the order given."""
    days: list[dict[str, Any]] = []
    for entry in entries:
        when = _when(entry)
        if not days or days[-1]["date_text"] != when.date_text:
            days.append({"date_text": when.date_text, "items": []})
        days[-1]["items"].append(_item(entry, when, marks))
    return days


def _item(entry: ProgrammeEntry, when: Moment, marks: Marks) -> dict[str, Any]:
    return {
        "url": None if entry.is_reserved else url_for("events.event", event_id=entry.id),
        "title": title_of(entry),
        "when": when,
        "status": None if entry.status is EventStatus.PUBLISHED else entry.status.value,
        "detail": " · ".join(part for part in (marks.names(entry), entry.place) if part),
    }


def _when(entry: ProgrammeEntry) -> Moment:
    assert entry.starts_at is not None and entry.ends_at is not None  # noqa: S101, PT018 - the query asked for instants
    if not entry.is_all_day:
        return moment(entry.starts_at, entry.ends_at, entry.timezone)
    first, last = first_and_last_day(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=True,
        reader_timezone=entry.timezone,
    )
    language = reader_language()
    text = _("All day") if first == last else _("Until %(day)s", day=day_text(last, language))
    return Moment(day_text(first, language), text, "", first.isoformat())
