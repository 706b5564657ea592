"""The coming congress with its cycle, a year of webinars behind and half a year before us, and who
came.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.kernel import dated
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import demo_data
from app.office.demo.services.personas import PRESIDENCY
from app.participation.registrations.models import Registration
from app.people.directory.models import Appointment, Person
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Attendance, Edition
from app.planning.events.values import (
    EditionLink,
    EventDraft,
    EventKind,
    LinkRole,
    Mode,
    Participant,
    PersonRole,
)

COMING = "congress-next"
WEEKS_BEHIND, WEEKS_AHEAD = 46, 26
STARTS = (time(8, 30), time(9), time(10), time(11), time(13))
SPEAKERS = {"protection": "convenor-protection", "labour-migration": "convenor-labour"}
JOIN_URL = "https://meet.example.org/rcm-{number}"
SUMMARY: LocalizedText = demo_data("events")["summary"]


def load_cycle(
    db: Session, *, chance: Random, today: date, now: datetime, people: dict[str, int]
) -> None:
    congress = _congress(db, today=today, now=now)
    _preparation(db, congress, today=today, now=now, people=people)
    _governance(db, today=today, now=now)
    held = _webinars(db, chance=chance, today=today, now=now, people=people)
    db.flush()
    _participation(db, held, chance=chance, now=now)


def congress_days(today: date) -> Timespan:
    """Returns the Wednesday and Thursday of the first full week of July, at least five months
    ahead.
    """
    year = today.year if today < date(today.year, 2, 1) else today.year + 1
    first = date(year, 7, 5)
    wednesday = first + timedelta(days=(2 - first.weekday()) % 7)
    return Timespan(at_clock(wednesday, time(8)), at_clock(wednesday + timedelta(days=1), time(17)))


def _congress(db: Session, *, today: date, now: datetime) -> Timespan:
    span = congress_days(today)
    first, last = (
        instant.astimezone(REFERENCE).date() for instant in (span.starts_at, span.ends_at)
    )
    congress = demo_data("events")["congress"]
    theme = congress["theme"].map(lambda text: text.format(year=first.year))
    db.add(
        Edition(
            slug=COMING,
            label=str(first.year),
            theme=theme,
            presidency_code=PRESIDENCY,
            place=congress["place"],
            starts_on=first.isoformat(),
            ends_on=last.isoformat(),
        )
    )
    db.flush()
    draft = EventDraft(
        kind=EventKind.CONGRESS,
        title=theme,
        span=span,
        timezone=congress["timezone"],
        mode=Mode.IN_PERSON,
        place=congress["place"],
        links=(EditionLink(COMING, LinkRole.CONGRESS),),
    )
    plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=now)
    return span


def _preparation(
    db: Session, congress: Timespan, *, today: date, now: datetime, people: dict[str, int]
) -> None:
    """Looks both ways: it follows up the VI Congress and prepares the coming one. It is for all
    groups, so it is on a Friday, when none of them meets.
    """
    local = (congress.starts_at - timedelta(days=82)).astimezone(REFERENCE).date()
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=demo_data("events")["preparation"],
        summary=SUMMARY,
        span=Timespan(at_clock(local, time(9)), at_clock(local, time(10, 45))),
        mode=Mode.ONLINE,
        people=(Participant(people["presidency"], PersonRole.MODERATOR),),
        join_url=JOIN_URL.format(number=500),
        links=(
            EditionLink(COMING, LinkRole.PREPARATORY),
            EditionLink("congress-6", LinkRole.FOLLOW_UP),
        ),
    )
    plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=now)


def _webinars(
    db: Session, *, chance: Random, today: date, now: datetime, people: dict[str, int]
) -> list[tuple[UUID, Timespan]]:
    """Three in two weeks, each working group in turn, never two at once; planned a month before."""
    held: list[tuple[UUID, Timespan]] = []
    webinars = demo_data("events")["webinars"]
    for number, span in enumerate(webinar_hours(today)):
        group, title = (webinars[number % len(webinars)][name] for name in ("group", "title"))
        speaker = (
            (Participant(people[SPEAKERS[group]], PersonRole.MODERATOR),)
            if group in SPEAKERS
            else ()
        )
        draft = EventDraft(
            kind=EventKind.WEBINAR,
            title=title,
            summary=SUMMARY,
            span=span,
            groups=(group,),
            people=speaker,
            join_url=JOIN_URL.format(number=number),
            capacity=chance.choice((None, 300, 500)),
        )
        planned_at = min(now, span.starts_at - timedelta(days=30))
        held.append((plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=planned_at), span))
    return held


def webinar_hours(today: date) -> Iterator[Timespan]:
    """Yields when the webinars are: Tuesdays to Thursdays in office hours, with a pause at the turn
    of the year.
    """
    monday, congress = today - timedelta(days=today.weekday()), congress_days(today)
    number = 0
    for week in range(-WEEKS_BEHIND, WEEKS_AHEAD):
        for weekday in (1, 3) if week % 2 else (2,):
            day = monday + timedelta(weeks=week, days=weekday)
            start = at_clock(day, STARTS[number % len(STARTS)])
            span = Timespan(start, start + timedelta(minutes=(60, 90, 120)[number % 3]))
            if (
                (day.month, day.day) < (12, 9)
                and (day.month, day.day) > (1, 8)
                and not span.overlaps(congress)
            ):
                yield span
                number += 1


def governance_days(today: date) -> Iterator[tuple[Timespan, str, LocalizedText]]:
    """Yields a Wednesday and a Thursday of the week of 14 December."""
    first = date(today.year if today < date(today.year, 12, 1) else today.year + 1, 12, 14)
    for one in demo_data("events")["governance"]:
        day = first - timedelta(days=first.weekday()) + timedelta(days=one["weekday"])
        span = Timespan(at_clock(day, time(8)), at_clock(day, time(17)))
        yield span, one["group"], one["title"]


def _governance(db: Session, *, today: date, now: datetime) -> None:
    """The consultation group and the vice-ministers meet two days in a row at the end of the
    presidency's year.
    """
    for span, slug, title in governance_days(today):
        draft = EventDraft(
            kind=EventKind.GOVERNANCE,
            title=title,
            span=span,
            groups=(slug,),
            mode=Mode.IN_PERSON,
            place=demo_data("events")["congress"]["place"],
        )
        plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=now)


def _participation(
    db: Session, held: Sequence[tuple[UUID, Timespan]], *, chance: Random, now: datetime
) -> None:
    """Between 25 and 70 of those who then served registered; two of three came, most of them to the
    end.
    """
    careers = _careers(db)
    registered: list[dict[str, object]] = []
    attended: list[dict[str, object]] = []
    for event_id, span in held:
        on, is_past = span.starts_at.date(), span.ends_at <= now
        serving = [
            person_id for person_id, since, until in careers if dated.in_force(since, until, on)
        ]
        for person_id in chance.sample(
            serving, min(len(serving), chance.randint(25, 70) if is_past else chance.randint(4, 18))
        ):
            made_at = min(now, span.starts_at) - timedelta(days=chance.randint(1, 20))
            row: dict[str, object] = {"event_id": event_id, "person_id": person_id}
            registered.append({**row, "created_at": made_at, "changed_at": made_at})
            if is_past and chance.random() < 0.66:
                whole = int(span.duration.total_seconds() // 60)
                minutes = whole if chance.random() < 0.7 else chance.randint(5, whole)
                recorded_at = span.ends_at + timedelta(hours=2)
                attended.append(
                    {**row, "minutes": minutes, "source": "import", "recorded_at": recorded_at}
                )
    for table, rows in ((Registration, registered), (Attendance, attended)):
        if rows:
            db.execute(insert(table), rows)


def _careers(db: Session) -> list[tuple[int, date, date | None]]:
    """Returns persons with the first day in a post and the day after the last, without the
    personas: what they do is left to whoever tries the demo.
    """
    rows = db.execute(
        select(Appointment.person_id, Appointment.valid_from, Appointment.valid_until)
        .join(Person)
        .where(Person.email.not_like("%-%"))
        .order_by(Appointment.person_id)
    )
    return [(person_id, since, until) for person_id, since, until in rows]


def at_clock(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, REFERENCE)
