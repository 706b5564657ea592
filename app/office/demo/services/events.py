"""The demo's events: the real public history, a year behind and half a year ahead, the coming
congress with its agenda, and what planning decided about them.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.kernel import dated
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.reference import REFERENCE, REFERENCE_ZONE, reference_day
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import DATA, demo_data
from app.office.demo.services.people import PRESIDENCY
from app.participation.registrations.models import Registration
from app.participation.registrations.services.deciding import set_capacity
from app.participation.registrations.services.registering import register
from app.participation.registrations.values import (
    CONSENT_VERSION,
    CapacityDraft,
    ConsentPurpose,
    RegistrationStatus,
)
from app.people.directory.models import Appointment, Institution, Person, WorkingGroup
from app.people.identity.models import Account
from app.planning.agenda.services import add_sessions
from app.planning.arranging.services.planning import plan_event, wall_times, write_brief
from app.planning.arranging.services.requests import approve_event, ask_approval, ask_with_draft
from app.planning.calendars import services as calendars
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.values import SourceDraft, SourceKind
from app.planning.cycles.services.editions import (
    add_item,
    add_source,
    save_table,
    set_edition_funding,
    tick_item,
)
from app.planning.cycles.services.plans import add_entry, approve_plan
from app.planning.events.models import Attendance, Edition, Event, EventGroup, EventLink, WorkTable
from app.planning.events.values import (
    NO_TEXT,
    Brief,
    DatePrecision,
    EditionLink,
    EntryDraft,
    EventDraft,
    EventKind,
    EventStatus,
    GenderMarker,
    LinkRole,
    Mode,
    Participant,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
    TableDraft,
    holder_of,
)
from app.planning.scheduling.services.settings import add_licence
from app.planning.scheduling.values import OverrideAsked, Rule

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


# The coming congress with its cycle, a year of webinars behind and half a year before us, and who
# came.

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
    first, last = (reference_day(instant) for instant in (span.starts_at, span.ends_at))
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
    local = reference_day(congress.starts_at - timedelta(days=82))
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
    """Plans three webinars in two weeks, each a month before it takes place. Each working group has
    its turn, and there are never two at once.
    """
    held: list[tuple[UUID, Timespan]] = []
    webinars = demo_data("events")["webinars"]
    for number, span in enumerate(webinar_hours(today)):
        webinar = webinars[number % len(webinars)]
        group, marker = webinar["group"], webinar.get("gender")
        speaker = (
            (Participant(people[SPEAKERS[group]], PersonRole.MODERATOR),)
            if group in SPEAKERS
            else ()
        )
        draft = EventDraft(
            kind=EventKind.WEBINAR,
            title=webinar["title"],
            summary=SUMMARY,
            span=span,
            groups=(group,),
            people=speaker,
            join_url=JOIN_URL.format(number=number),
            capacity=chance.choice((None, 300, 500)),
            gender_marker=None if marker is None else GenderMarker(marker),
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
    """Plans the meetings of the consultation group and of the vice-ministers, on two days in a row
    at the end of the presidency's year.
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
    """Registers between 25 and 70 of those who served then; two of three attended, most of them to
    the end.
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


# The coming congress's tables, checklist and fund; last year's plan as it was approved, this
# year's and the next as drafts: whoever tries the demo publishes under no plan until the presidency
# approves one.

A_YEAR = 24


def load_editions(db: Session, *, today: date, now: datetime, people: dict[str, int]) -> None:
    data = demo_data("editions")
    for position, table in enumerate(data["tables"], start=1):
        draft = TableDraft(
            theme=table["theme"],
            position=position,
            coordinator=table["coordinator"],
            moderator_id=people.get(table.get("moderator", "")),
            rapporteur_id=people.get(table.get("rapporteur", "")),
        )
        save_table(db, actor=SYSTEM, slug=COMING, draft=draft, now=now)
    for one in data["checklist"]:
        item = add_item(db, actor=SYSTEM, slug=COMING, words=one["words"], now=now)
        tick_item(db, actor=SYSTEM, slug=COMING, item_id=item, is_done=one["is_done"], now=now)
    fund = add_source(db, actor=SYSTEM, name=data["fund"], now=now)
    set_edition_funding(db, actor=SYSTEM, slug=COMING, sources=[fund], now=now)
    for year in (today.year - 1, today.year, today.year + 1):
        _plan(db, year, now=now)
    last, year = now.replace(year=now.year - 1, month=1, day=20), today.year - 1
    decision = data["decision"].format(year=year - 1)
    approve_plan(db, actor=SYSTEM, year=year, decision_ref=decision, now=last)


def _plan(db: Session, year: int, *, now: datetime) -> None:
    """Writes an annual plan with an entry for each working group, one for the congress and one for
    the organs, and puts the demo's events under them.
    """
    titles = demo_data("editions")["plan"]
    groups = db.scalars(
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    for group in groups.all():
        title = LocalizedText(
            {code: text.format(group=group.name[code]) for code, text in titles["webinars"].items()}
        )
        draft = EntryDraft(title, group.slug, events_planned=A_YEAR)
        of_group = select(EventGroup.event_id).where(EventGroup.working_group_id == group.id)
        _put_under(
            db,
            year,
            add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now),
            Event.id.in_(of_group),
        )
    linked = select(EventLink.event_id).where(EventLink.role.in_(list(LinkRole)))
    draft = EntryDraft(titles["congress"], quarter=3, events_planned=3)
    _put_under(
        db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), Event.id.in_(linked)
    )
    draft, organs = (
        EntryDraft(titles["governance"], quarter=4, events_planned=2),
        Event.kind == EventKind.GOVERNANCE,
    )
    _put_under(db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), organs)


def _put_under(db: Session, year: int, entry_id: int, which: ColumnElement[bool]) -> None:
    """Puts the events of the demo's own making under an entry. Events of the public history stay
    without one, because no plan of those years is known.
    """
    ours = or_(Event.source_url == "", Event.source_url.is_(None))
    held = update(Event).where(which, ours, Event.wall_starts.startswith(f"{year}-"))
    db.execute(held.values(plan_entry_id=entry_id).execution_options(synchronize_session=False))


# The agenda of the coming congress and of its preparatory webinar, briefs, and two webinars on the
# way to approval.

HOUR = timedelta(hours=1)
CONTACT = "seminarios@example.org"
PARTNERS = ("SICA", "UNICEF")
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
    """Returns the work tables, at the same hour in four rooms. Where nobody moderates yet, somebody
    who serves in the coordinating country does.
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
        partners = PARTNERS if event_id in coming[:1] else ()
        shown = replace(brief, recording_url=recording, partners=partners)
        write_brief(db, actor=SYSTEM, event_id=event_id, brief=shown, now=now)


def _pending(db: Session, *, today: date, now: datetime, people: Mapping[str, int]) -> None:
    """Leaves one draft that wishes for the hour of another group and waits for the presidency, and
    another, on a Friday on which the demo holds nothing else, that has been authorized.
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


# One coming webinar is full and has a line, another wants approval: what organizers and officials
# meet every week.

NOT_SOON = timedelta(days=14)
IN_LINE, PENDING, PER_COUNTRY = 5, 4, 12
LEFT_ALONE = ("protection",)
"""The group of the personas' own webinars, at which whoever tries the demo finds free places."""


def load_capacities(db: Session, *, now: datetime) -> None:
    """Sets the capacity and the approval of two events. Called after all registrations are loaded,
    because those count for their country's quota too.
    """
    country = (
        select(Person.country_code).where(Person.id == Registration.person_id).scalar_subquery()
    )
    registration = (
        update(Registration)
        .where(Registration.country_code == "")
        .values(country_code=func.coalesce(country, ""))
    )
    db.execute(registration.execution_options(synchronize_session=False))
    coming = _coming(db, now)
    if coming:
        _fill(db, coming[0], now)
    if len(coming) > 1:
        _with_approval(db, coming[1], now)


def _coming(db: Session, now: datetime) -> Sequence[Event]:
    alone = select(EventGroup.event_id).join(WorkingGroup).where(WorkingGroup.slug.in_(LEFT_ALONE))
    coming = select(Event).where(
        Event.kind == EventKind.WEBINAR,
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at > now + NOT_SOON,
        Event.is_confidential.is_(False),
        Event.id.not_in(alone),
    )
    return db.scalars(coming.order_by(Event.starts_at, Event.id).limit(2)).all()


def _fill(db: Session, event: Event, now: datetime) -> None:
    placed = (
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.REGISTERED,
    )
    taken = db.scalar(select(func.count()).where(*placed)) or 0
    set_capacity(
        db,
        actor=SYSTEM,
        event_id=event.id,
        draft=CapacityDraft(max(1, taken), PER_COUNTRY),
        now=now,
    )
    _register(db, event.id, IN_LINE + (taken == 0), now)


def _with_approval(db: Session, event: Event, now: datetime) -> None:
    closes = event.starts_at - timedelta(days=2) if event.starts_at else None
    set_capacity(
        db,
        actor=SYSTEM,
        event_id=event.id,
        draft=CapacityDraft(closes_at=closes, needs_approval=True),
        now=now,
    )
    _register(db, event.id, PENDING, now)


def _register(db: Session, event_id: UUID, number: int, now: datetime) -> None:
    """Registers the first people by name who serve and are not registered yet, except the personas,
    who are left to whoever tries the demo.
    """
    registered = select(Registration.person_id).where(Registration.event_id == event_id)
    people = db.scalars(
        select(Person.id)
        .where(
            Person.id.in_(select(Appointment.person_id).where(Appointment.valid_until.is_(None)))
        )
        .where(Person.email.not_like("%-%"), Person.id.not_in(registered))
        .order_by(Person.sort_key, Person.id)
        .limit(number)
    )
    purposes = (ConsentPurpose.ATTENDANCE_LIST, ConsentPurpose.STATISTICS)
    for person in people.all():
        register(
            db,
            actor=Actor(person_id=person),
            event_id=event_id,
            consent_version=CONSENT_VERSION,
            purposes=purposes,
            now=now,
        )


# What whoever plans has done beyond events: a licence, an override of the presidency, another
# process's calendar.

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
    """Adds a meeting of another process, of two days in ten weeks, of which whoever plans on those
    days is warned.
    """
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
    """Plans a webinar on borders that overlaps the end of one on mass movements by the presidency's
    override, with its reason.
    """
    row = db.execute(
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
    if row.ends_at is None:
        return
    span = Timespan(row.ends_at - timedelta(minutes=30), row.ends_at + timedelta(minutes=30))
    beside = demo_data("events")["side_by_side"]
    reason = beside["reason"]
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=beside["title"],
        summary=SUMMARY,
        span=span,
        groups=("border-management",),
    )
    overrides = [OverrideAsked(Rule.CROSS_GROUP, holder_of(row.id), reason)]
    overrides += [OverrideAsked(rule, "", reason) for rule in (Rule.GROUP_WEEK, Rule.GROUP_MONTH)]
    plan_event(db, actor=_presidency(db), draft=draft, publish=True, now=now, overrides=overrides)


def _presidency(db: Session) -> Actor:
    row = db.scalars(select(Account).where(Account.email == "presidency@example.org")).one()
    return Actor(
        account_id=row.id,
        person_id=row.person_id,
        grants=frozenset({Grant(Role.PRESIDENCY, PRESIDENCY)}),
    )
