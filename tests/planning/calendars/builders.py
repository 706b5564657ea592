"""Calendars, people who keep them, and what they leave in the calendar of record."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.planning.calendars.models import CalendarSource
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.services import add_source
from app.planning.calendars.values import CalendarReading, SourceDraft, SourceKind
from app.planning.scheduling.models import Claim, Engagement, Resource

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
URL = "https://calendar.example.org/secret-token/basic.ics"
SACM = LocalizedText(es="CSM", en="SACM")


def ics(*events: tuple[str, str, str]) -> bytes:
    """(uid, title, start in UTC as 20261201T150000Z) → an hour each."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for uid, title, start in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"SUMMARY:{title}",
            f"DTSTART:{start}",
            "DURATION:PT1H",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


TWO = ics(("a", "Pleno", "20261201T150000Z"), ("b", "Cierre", "20261202T150000Z"))


def a_reading(content: bytes = TWO, kind: SourceKind = SourceKind.PROCESS) -> CalendarReading:
    return read_calendar(content, kind=kind, now=NOW, timezone="America/Costa_Rica")


def a_process(
    app: Flask, actor: Actor, *, url: str = "", content: bytes | None = None, now: datetime = NOW
) -> int:
    found = a_reading(content) if content is not None else None
    with app.app_context(), transaction() as db:
        return add_source(
            db,
            actor=actor,
            draft=SourceDraft(SourceKind.PROCESS, SACM, None, url),
            reading=found,
            now=now,
        )


def source_of(app: Flask, source_id: int) -> CalendarSource:
    with app.app_context(), reading() as db:
        found = db.get_one(CalendarSource, source_id)
        db.expunge(found)
        return found


def standing(db: Session, source_id: int) -> list[tuple[int, str, str, str, bool, str]]:
    """(engagement id, title, start, party, enforced, part) in order of time."""
    rows = db.execute(
        select(Engagement, Claim, Resource)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Engagement.holder.startswith(f"calendar:{source_id}:"))
        .order_by(Engagement.starts_at, Engagement.id)
    )
    return [
        (e.id, e.title["es"], f"{e.starts_at:%m-%dT%H:%M}", f"{r.kind}/{r.key}", c.enforced, c.part)
        for e, c, r in rows
    ]


def left_by(app: Flask, source_id: int) -> list[tuple[int, str, str, str, bool, str]]:
    with app.app_context(), reading() as db:
        return standing(db, source_id)


def facts_of(app: Flask, source_id: int) -> list[str]:
    with app.app_context(), reading() as db:
        told = select(JournalEntry.fact).where(
            JournalEntry.subject_kind == "calendar", JournalEntry.subject_id == str(source_id)
        )
        return list(db.scalars(told.order_by(JournalEntry.id)))
