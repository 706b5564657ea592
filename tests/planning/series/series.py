"""Series for tests: four Tuesdays at nine in Costa Rica, planned, looked at, and what stands in
their way.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Event
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventDraft, holder_of
from app.planning.scheduling.queries.calendar import engagement_of
from app.planning.series.rules import Frequency, Recurrence
from app.planning.series.services import SeriesOutcome, plan_series
from tests.planning.events.planning_builders import HOUR, NOW, ORGANIZER, a_draft, planner_of

START = datetime(2027, 2, 23, 15, tzinfo=UTC)
"""A Tuesday, 09:00 in Costa Rica."""
WEEK = timedelta(weeks=1)
NEW_YORK = ZoneInfo("America/New_York")


def every_week(count: int = 4, **more: Any) -> Recurrence:
    return Recurrence(Frequency.WEEKLY, 1, count=count, **more)


def a_first(**changes: Any) -> EventDraft:
    return a_draft(**{"span": Timespan(START, START + HOUR), **changes})


def other(week: int, **changes: Any) -> EventDraft:
    """Labour Migration in the hour of a week's occurrence, counted from 1."""
    starts = START + (week - 1) * WEEK
    return a_draft(
        **{
            "groups": ("labour-migration",),
            "span": Timespan(starts, starts + HOUR),
            "title": LocalizedText(es="Laboral", en="Labour"),
            **changes,
        }
    )


def within(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context(), transaction() as db:
        return work(db)


def look(app: Flask, query: Callable[[Session], Any]) -> Any:
    with app.app_context(), reading() as db:
        return query(db)


def plan(app: Flask, draft: EventDraft | None = None, **changes: Any) -> SeriesOutcome:
    given: dict[str, Any] = {
        "actor": ORGANIZER,
        "draft": draft or a_first(),
        "recurrence": every_week(),
        "publish": True,
        "now": NOW,
    }
    found: SeriesOutcome = within(app, lambda db: plan_series(db, **(given | changes)))
    return found


def event(app: Flask, event_id: UUID) -> EventDetail:
    found: EventDetail = look(app, lambda db: event_of(db, actor=ORGANIZER, event_id=event_id))
    return found


def starts(app: Flask, events: Sequence[UUID]) -> list[datetime]:
    return [found.starts_at for one in events if (found := event(app, one)).starts_at]


def count(app: Flask, model: type[Any]) -> int:
    return int(look(app, lambda db: db.scalar(select(func.count()).select_from(model))))


def facts(app: Flask, kind: str) -> list[dict[str, Any]]:
    asked = select(JournalEntry.payload).where(JournalEntry.fact == kind).order_by(JournalEntry.id)
    return list(look(app, lambda db: db.scalars(asked).all()))


def book(app: Flask, draft: EventDraft) -> UUID:
    """Something by itself, published."""
    who = planner_of(draft)
    event_id: UUID = within(
        app, lambda db: plan_event(db, actor=who, draft=draft, publish=True, now=NOW)
    )
    return event_id


def held(app: Flask, event_id: UUID) -> Any:
    return look(app, lambda db: engagement_of(db, holder=holder_of(event_id)))


def an_hour_later(app: Flask, event_id: UUID, by: timedelta = HOUR) -> Timespan:
    span = event(app, event_id).span
    assert span
    return Timespan(span.starts_at + by, span.ends_at + by)


def in_the_way(app: Flask, *weeks: int) -> None:
    with app.app_context(), transaction() as db:
        for week in weeks:
            starts = START + (week - 1) * WEEK
            group = ("labour-migration", "border-management")[week % 2]
            draft = a_draft(
                groups=(group,),
                span=Timespan(starts, starts + HOUR),
                title=LocalizedText(es=f"Laboral {week}", en=f"Labour {week}"),
            )
            plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)


def a_series(
    app: Flask, draft: EventDraft | None = None, *, publish: bool = True
) -> tuple[UUID, ...]:
    with app.app_context(), transaction() as db:
        first = draft or a_draft(span=Timespan(START, START + HOUR))
        return plan_series(
            db,
            actor=ORGANIZER,
            draft=first,
            recurrence=Recurrence(Frequency.WEEKLY, 1, count=4),
            publish=publish,
            now=NOW,
        ).events


def starts_in(app: Flask) -> list[datetime]:
    """Of the events of all series, in order."""
    asked_for = (
        select(Event.starts_at).where(Event.series_id.is_not(None)).order_by(Event.starts_at)
    )
    with app.app_context(), reading() as db:
        return [starts for starts in db.scalars(asked_for) if starts]
