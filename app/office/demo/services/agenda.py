"""The agenda of the coming congress and of its preparatory webinar, briefs, and two webinars on the
way to approval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import demo_data
from app.office.demo.services.cycle import COMING, JOIN_URL, SUMMARY, at_clock
from app.people.directory.models import Appointment, Institution, Person, WorkingGroup
from app.people.identity.models import Account
from app.planning.agenda.services import add_sessions
from app.planning.arranging.services.brief import write_brief
from app.planning.arranging.services.life import approve_event, ask_approval
from app.planning.arranging.services.planning import plan_event
from app.planning.arranging.services.requests import ask_with_draft
from app.planning.events.models import Edition, Event, EventGroup, EventLink, WorkTable
from app.planning.events.values import (
    NO_TEXT,
    Brief,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
)

HOUR = timedelta(hours=1)
CONTACT = "seminarios@example.org"
RECORDING = "https://video.example.org/rcm-{number}"
BRIEFS_AHEAD, RECORDINGS = 4, 3


@dataclass(frozen=True)
class DemoSession:
    """A session from `start` to `end`, in hours after its event begins."""

    start: float
    end: float
    kind: SessionKind
    title: LocalizedText
    room: str = ""
    people: tuple[SessionPart, ...] = ()
    table: int | None = None
    notes: LocalizedText = NO_TEXT


def load_agenda(db: Session, *, today: date, now: datetime, people: Mapping[str, int]) -> None:
    congress = _linked(db, LinkRole.CONGRESS)
    parts = [*_listed("congress", people), *_tables(db)]
    _write(db, congress, sorted(parts, key=lambda part: part.start), now=now)
    _write(db, _linked(db, LinkRole.PREPARATORY), _listed("preparation", people), now=now)
    _briefs(db, now=now)
    _pending(db, today=today, now=now, people=people)


def _linked(db: Session, role: LinkRole) -> Event:
    joined = select(Event).join(EventLink, EventLink.event_id == Event.id).join(Edition)
    linked = joined.where(
        Edition.slug == COMING, EventLink.role == role, Event.status == EventStatus.PUBLISHED
    )
    return db.scalars(linked.order_by(Event.starts_at.desc()).limit(1)).one()


def _write(db: Session, event: Event, parts: Sequence[DemoSession], *, now: datetime) -> None:
    if event.starts_at is None:
        raise ValueError("the demo's own events have hours")
    drafts = [
        SessionDraft(
            kind=part.kind,
            title=part.title,
            span=Timespan(event.starts_at + part.start * HOUR, event.starts_at + part.end * HOUR),
            room=part.room,
            notes=part.notes,
            work_table_id=part.table,
            people=part.people,
        )
        for part in parts
    ]
    add_sessions(db, actor=SYSTEM, event_id=event.id, drafts=drafts, now=now)


def _listed(event: str, people: Mapping[str, int]) -> list[DemoSession]:
    return [
        DemoSession(
            start=one["start"],
            end=one["end"],
            kind=SessionKind(one["kind"]),
            title=one["title"],
            room=one.get("room", ""),
            people=tuple(
                SessionPart(people[who["persona"]], PersonRole(who["role"]))
                for who in one.get("people", ())
            ),
        )
        for one in demo_data("agenda")[event]
    ]


def _tables(db: Session) -> list[DemoSession]:
    """At the same hour in four rooms. Where nobody moderates yet, somebody who serves in the
    coordinating country.
    """
    tables = db.scalars(
        select(WorkTable).join(Edition).where(Edition.slug == COMING).order_by(WorkTable.position)
    )
    parts, taken = [], set[int]()
    for table, room in zip(tables.all(), demo_data("agenda")["rooms"], strict=False):
        moderator = table.moderator_id or _somebody(db, table.coordinator_country, taken)
        named = [(moderator, PersonRole.MODERATOR), (table.rapporteur_id, PersonRole.RAPPORTEUR)]
        who = tuple(SessionPart(number, role) for number, role in named if number is not None)
        taken |= {part.person_id for part in who}
        title = LocalizedText(es=f"Mesa {table.position}", en=f"Table {table.position}")
        parts.append(
            DemoSession(
                start=3,
                end=6,
                kind=SessionKind.WORK_TABLE,
                title=title,
                room=room,
                people=who,
                table=table.id,
            )
        )
    return parts


def _somebody(db: Session, country: str | None, taken: set[int]) -> int | None:
    serving = select(Person.id).join(Appointment, Appointment.person_id == Person.id)
    wanted = serving.where(
        Person.country_code == country, Person.email.not_like("%-%"), Person.id.not_in(taken)
    )
    return db.scalar(wanted.where(Appointment.valid_until.is_(None)).order_by(Person.id).limit(1))


def _briefs(db: Session, *, now: datetime) -> None:
    institution = db.scalar(
        select(Institution.id).where(Institution.kind == "secretariat").order_by(Institution.id)
    )
    ours = select(Event.id).where(
        Event.kind == EventKind.WEBINAR,
        Event.status == EventStatus.PUBLISHED,
        Event.source_url == "",
    )
    coming = db.scalars(
        ours.where(Event.starts_at > now).order_by(Event.starts_at).limit(BRIEFS_AHEAD)
    ).all()
    past = db.scalars(
        ours.where(Event.ends_at <= now).order_by(Event.starts_at.desc()).limit(RECORDINGS)
    ).all()
    events = demo_data("events")
    brief = Brief(
        concept=events["concept"],
        objectives=events["objectives"],
        institution_id=institution,
        contact=CONTACT,
        languages=("es", "en"),
        interpretation=("es-en",),
        dial_in=events["dial_in"],
    )
    for number, event_id in enumerate((*coming, *past)):
        recording = RECORDING.format(number=number) if event_id in past else ""
        shown = replace(brief, recording_url=recording)
        write_brief(db, actor=SYSTEM, event_id=event_id, brief=shown, now=now)


def _pending(db: Session, *, today: date, now: datetime, people: Mapping[str, int]) -> None:
    """One wishes for the hour of another group and waits for the presidency; the next one, on a
    Friday, when the demo holds nothing else, has been authorized.
    """
    monday = today - timedelta(days=today.weekday())
    organizer = _acting(db, people["organizer"], Role.ORGANIZER)
    presidency = _acting(db, people["presidency"], Role.PRESIDENCY)
    asked_at = now - timedelta(days=2)
    waiting, authorized = (
        demo_data("events")[name] for name in ("waiting_for_authorization", "authorized")
    )
    (waits, approved) = (
        EventDraft(
            kind=EventKind.WEBINAR,
            title=one["title"],
            summary=SUMMARY,
            span=Timespan(starts, starts + HOUR),
            groups=(one["group"],),
            join_url=JOIN_URL.format(number=600 + number),
        )
        for number, one in enumerate((waiting, authorized))
        for starts in [at_clock(monday + timedelta(weeks=one["weeks_ahead"], days=4), time(15, 30))]
    )
    wished = replace(waits, span=_hour_of_another(db, waits.groups[0], since=now) or waits.span)
    ask_with_draft(db, actor=organizer, draft=wished, reason=waiting["reason"], now=asked_at)
    event_id = plan_event(db, actor=organizer, draft=approved, publish=False, now=asked_at)
    ask_approval(db, actor=organizer, event_id=event_id, reason=authorized["reason"], now=asked_at)
    approve_event(
        db,
        actor=presidency,
        event_id=event_id,
        reason=authorized["answer"],
        now=now - timedelta(days=1),
    )


def _hour_of_another(db: Session, group: str, *, since: datetime) -> Timespan | None:
    """Returns when a webinar of another group is held, a month from now or later."""
    row = db.execute(
        select(Event.starts_at)
        .join(EventGroup, EventGroup.event_id == Event.id)
        .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(
            Event.kind == EventKind.WEBINAR,
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > since + timedelta(days=30),
            WorkingGroup.slug != group,
            WorkingGroup.kind == "working-group",
        )
        .order_by(Event.starts_at, Event.id)
        .limit(1)
    ).first()
    return Timespan(row.starts_at, row.starts_at + HOUR) if row and row.starts_at else None


def _acting(db: Session, person_id: int, role: Role) -> Actor:
    account = db.scalars(select(Account).where(Account.person_id == person_id)).one()
    return Actor(account_id=account.id, person_id=person_id, grants=frozenset({Grant(role)}))
