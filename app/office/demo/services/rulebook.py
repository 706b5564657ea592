"""What whoever plans has done beyond events: a licence, an override of the presidency, another
process's calendar.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import demo_data
from app.office.demo.services.cycle import SUMMARY
from app.office.demo.services.personas import PRESIDENCY
from app.people.directory.models import WorkingGroup
from app.people.identity.models import Account
from app.planning.arranging.services.planning import plan_event
from app.planning.calendars import services as calendars
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.values import SourceDraft, SourceKind
from app.planning.events.models import Event, EventGroup
from app.planning.events.values import (
    EventDraft,
    EventKind,
    holder_of,
)
from app.planning.scheduling.services.settings import add_licence
from app.planning.scheduling.values import OverrideAsked, Rule

SACM = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Convoca//demonstration//ES
BEGIN:VEVENT
UID:sacm-coming@example.org
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:{first:%Y%m%d}
DTEND;VALUE=DATE:{after:%Y%m%d}
SUMMARY:Conferencia Suramericana sobre Migraciones (SACM)
END:VEVENT
END:VCALENDAR
"""


def load_rule_book(db: Session, *, today: date, now: datetime) -> None:
    add_licence(
        db, actor=SYSTEM, key="zoom-500", label=demo_data("events")["licence"], capacity=2, now=now
    )
    _another_process(db, today=today, now=now)
    _stands_beside(db, now=now)


def _another_process(db: Session, *, today: date, now: datetime) -> None:
    """A meeting of two days, ten weeks ahead: whoever plans then is told."""
    first = today + timedelta(weeks=10, days=1 - today.weekday())
    content = (
        SACM.format(first=first, after=first + timedelta(days=2)).replace("\n", "\r\n").encode()
    )
    reading = read_calendar(content, kind=SourceKind.PROCESS, now=now, timezone=REFERENCE_ZONE)
    name = LocalizedText(
        es="Conferencia Suramericana sobre Migraciones", en="South American Conference on Migration"
    )
    calendars.add_source(
        db, actor=SYSTEM, draft=SourceDraft(SourceKind.PROCESS, name), reading=reading, now=now
    )


def _stands_beside(db: Session, *, now: datetime) -> None:
    """The presidency lets a webinar on borders stand beside the end of one on mass movements, and
    says why.
    """
    found = db.execute(
        select(Event)
        .join(EventGroup, EventGroup.event_id == Event.id)
        .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(
            WorkingGroup.slug == "irregular-mass-migration",
            Event.starts_at > now + timedelta(days=30),
        )
        .order_by(Event.starts_at)
        .limit(1)
    ).scalar_one()
    if found.ends_at is None:
        return
    span = Timespan(found.ends_at - timedelta(minutes=30), found.ends_at + timedelta(minutes=30))
    beside = demo_data("events")["side_by_side"]
    reason = beside["reason"]
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=beside["title"],
        summary=SUMMARY,
        span=span,
        groups=("border-management",),
    )
    overrides = [OverrideAsked(Rule.CROSS_GROUP, holder_of(found.id), reason)]
    overrides += [OverrideAsked(rule, "", reason) for rule in (Rule.GROUP_WEEK, Rule.GROUP_MONTH)]
    plan_event(db, actor=_presidency(db), draft=draft, publish=True, now=now, overrides=overrides)


def _presidency(db: Session) -> Actor:
    row = db.scalars(select(Account).where(Account.email == "presidency@example.org")).one()
    return Actor(
        account_id=row.id,
        person_id=row.person_id,
        grants=frozenset({Grant(Role.PRESIDENCY, PRESIDENCY)}),
    )
