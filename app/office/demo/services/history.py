"""The real public events of the RCM, 1996–2026, with their sources; partial dates stay as they were
found.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import DATA, demo_data
from app.people.directory.models import WorkingGroup
from app.planning.arranging.services.planning import wall_times
from app.planning.events.models import Edition, Event, EventGroup, EventLink
from app.planning.events.values import (
    DatePrecision,
    EventKind,
    EventStatus,
    LinkRole,
    Mode,
)

CSV = DATA / "rcm_events.csv"
ADOPTED_AT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)

RESULTS_WEBINAR = "Webinar sobre los resultados del II Congreso"


def load_history(db: Session) -> int:
    """Adds each event once; returns how many. History claims no time: what is past can clash with
    nothing.
    """
    groups = {group.slug: group.id for group in db.scalars(select(WorkingGroup))}
    rows, themes = list(read_history()), demo_data("history")["group_of_theme"]
    editions = _editions(db)
    for row in rows:
        event = _event(row)
        db.add(event)
        db.flush()
        slug = themes.get(row["theme"])
        if slug and row["kind"] == "RCM":
            db.add(EventGroup(event_id=event.id, working_group_id=groups[slug]))
        _link(db, event.id, row, editions)
    db.flush()
    return len(rows)


def read_history() -> Iterator[dict[str, str]]:
    with CSV.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def span_of(row: dict[str, str]) -> Timespan | None:
    """Returns the local days of an event as instants, or None when its date is not known to the
    day.
    """
    if row["date_precision"] != "day":
        return None
    zone = REFERENCE
    first, last = (
        date.fromisoformat(row[key] or row["start_date"]) for key in ("start_date", "end_date")
    )
    return Timespan(
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def _event(row: dict[str, str]) -> Event:
    span = span_of(row)
    wall_starts, wall_ends = wall_times(span, REFERENCE_ZONE)
    return Event(
        id=_identifier(row),
        kind=_kind(row),
        status=EventStatus.PUBLISHED,
        title=LocalizedText(es=row["title_es"], en=row["title_en"]),
        summary=LocalizedText(en=row["objective"]),
        starts_at=span.starts_at if span else None,
        ends_at=span.ends_at if span else None,
        timezone=REFERENCE_ZONE,
        wall_starts=wall_starts,
        wall_ends=wall_ends,
        tzdata_version=version("tzdata"),
        is_all_day=True,
        date_precision=DatePrecision(row["date_precision"]),
        found_start=row["start_date"],
        found_end=row["end_date"],
        mode=Mode.ONLINE if row["mode"] == "virtual" else Mode.IN_PERSON,
        place=row["place"],
        source_url=row["source_url"],
        created_at=ADOPTED_AT,
        changed_at=ADOPTED_AT,
        published_at=ADOPTED_AT,
    )


def _identifier(row: dict[str, str]) -> UUID:
    return uuid5(NAMESPACE_URL, f"{row['source_url']}#{row['title_es']}#{row['start_date']}")


def _kind(row: dict[str, str]) -> EventKind:
    title = row["title_es"].lower()
    if row["kind"] == "external":
        return EventKind.EXTERNAL
    if row["theme"] == "Governance":
        return EventKind.GOVERNANCE
    if "congreso" in title and "webinar" not in title:
        return EventKind.CONGRESS
    if "webinar" in title or row["mode"] == "virtual":
        return EventKind.WEBINAR
    return EventKind.TRAINING if row["theme"] == "Training" else EventKind.WORKSHOP


def _editions(db: Session) -> dict[str, int]:
    dates = {row["title_es"]: row for row in read_history()}
    ids = {}
    for one in demo_data("history")["editions"]:
        title = one["title_begins"]
        row = next(row for name, row in dates.items() if name.startswith(title))
        edition = Edition(
            slug=one["slug"],
            label=one["label"],
            theme=LocalizedText(es=row["title_es"], en=row["title_en"]),
            presidency_code=one.get("presidency"),
            place=one.get("place", ""),
            starts_on=row["start_date"],
            ends_on=row["end_date"],
        )
        db.add(edition)
        db.flush()
        ids[title] = edition.id
    return ids


def _link(db: Session, event_id: UUID, row: dict[str, str], editions: dict[str, int]) -> None:
    title = row["title_es"]
    for prefix, edition_id in editions.items():
        if title.startswith(prefix):
            db.add(EventLink(event_id=event_id, edition_id=edition_id, role=LinkRole.CONGRESS))
    if title.startswith(RESULTS_WEBINAR):
        # One webinar, two roles: it followed up the II Congress and prepared the III.
        db.add(
            EventLink(
                event_id=event_id, edition_id=editions["II Congreso"], role=LinkRole.FOLLOW_UP
            )
        )
        db.add(
            EventLink(
                event_id=event_id,
                edition_id=editions["III Congreso Regional"],
                role=LinkRole.PREPARATORY,
            )
        )
