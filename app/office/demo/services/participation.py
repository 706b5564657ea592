"""Who takes part in the demo's events: invitations and their answers, attendance, materials and
surveys, and letters with a history.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.practices.services import accept_practice, submit_practice
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.infra import journal
from app.infra.files import files
from app.infra.installation import secret_keys
from app.infra.journal import Delivery, JournalEntry
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.reference import REFERENCE
from app.kernel.text import as_language
from app.office.demo.data import demo_data
from app.office.notifications.queries import recipients
from app.office.outbox.facts import MessageQueued
from app.office.outbox.models import Message
from app.participation.attendance.models import AttendanceImport
from app.participation.attendance.queries.sheet import around_of, known_people
from app.participation.attendance.rules.matching import Matcher
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.services.importing import covers, keep_participants, upload_report
from app.participation.attendance.services.recording import record
from app.participation.attendance.values import Span
from app.participation.invitations.facts import InvitationSent, NominationMade
from app.participation.invitations.rules import INVITATION, opened_key
from app.participation.invitations.services.guests import register_guest
from app.participation.invitations.services.inviting import invite, invite_countries, invite_guests
from app.participation.invitations.services.nominating import nominate
from app.participation.invitations.values import (
    GuestDraft,
    GuestLine,
    InvitationClass,
    InvitationDraft,
)
from app.participation.materials.models import MaterialDownload
from app.participation.materials.services import add_material
from app.participation.materials.values import GivenFile, MaterialDraft, MaterialKind, Visibility
from app.participation.registrations.models import Invitation, Registration
from app.participation.registrations.queries.entitlement import invitation_by_id, people_to_write_to
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Way
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Institution,
    Person,
    Post,
    WorkingGroup,
)
from app.planning.events.models import (
    Attendance,
    Edition,
    Event,
    EventFunding,
    EventGroup,
    EventLink,
    EventStep,
    FundingSource,
)
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import Step
from app.planning.events.values import EventKind, EventStatus, LinkRole

COMING = "congress-next"
NOMINATED = "GT"


def load_invitations(db: Session, *, today: date, now: datetime) -> None:
    for role in (LinkRole.PREPARATORY, LinkRole.CONGRESS):
        event = _event(db, role)
        if event is None or event.starts_at is None or event.starts_at <= now:
            continue
        _countries(db, event, today=today, now=now)
        for lines, one in (
            ("organisations", InvitationClass.WOMENS_ORGANISATION),
            ("guests", InvitationClass.SPECIAL_GUEST),
        ):
            invite_guests(
                db,
                actor=SYSTEM,
                event_id=event.id,
                invitation_class=one,
                lines=_lines(demo_data("people")[lines]),
                now=now,
            )
        _houses(db, event, now=now)
        _come(db, event.id, now=now)


def _event(db: Session, role: LinkRole) -> Event | None:
    linked = select(Event).join(EventLink, EventLink.event_id == Event.id).join(Edition)
    return db.scalars(
        linked.where(Edition.slug == COMING, EventLink.role == role, Event.status == "published")
        .order_by(Event.starts_at.desc())
        .limit(1)
    ).first()


def _countries(db: Session, event: Event, *, today: date, now: datetime) -> None:
    """Asks for names a month before, or in ten days; one country has named somebody already."""
    assert event.starts_at is not None  # noqa: S101 - asked by the caller
    by = max(today + timedelta(days=10), event.starts_at.date() - timedelta(days=30))
    for country in demo_data("people")["countries_asked"]:
        draft = InvitationDraft(
            InvitationClass.MEMBER_COUNTRY,
            Way.COUNTRY,
            country_code=country["country"],
            places=country.get("places"),
            respond_by=by,
        )
        invite(db, actor=SYSTEM, event_id=event.id, draft=draft, now=now)
    focal = db.scalars(select(FocalPoint).where(FocalPoint.country_code == NOMINATED)).first()
    official = db.scalar(
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(
            Institution.country_code == NOMINATED,
            Person.country_code == NOMINATED,
            Appointment.valid_until.is_(None),
        )
        .order_by(Person.id)
        .limit(1)
    )
    if focal is not None and official is not None:
        grants = frozenset({Grant(Role.FOCAL_POINT, NOMINATED)})
        actor = Actor(person_id=focal.person_id, grants=grants, country=NOMINATED)
        nominate(
            db,
            actor=actor,
            event_id=event.id,
            country_code=NOMINATED,
            person_ids=[official],
            today=today,
            now=now,
        )


def _houses(db: Session, event: Event, *, now: datetime) -> None:
    """Invites a key institution, a group, and observers with an open link."""
    house = (
        select(Institution.id)
        .where(Institution.kind == "womens-mechanism")
        .order_by(Institution.id)
        .limit(1)
    )
    group = db.scalar(select(WorkingGroup.slug).where(WorkingGroup.slug == "protection"))
    drafts = [
        InvitationDraft(
            InvitationClass.KEY_INSTITUTION, Way.INSTITUTION, institution_id=db.scalar(house)
        ),
        InvitationDraft(InvitationClass.KEY_INSTITUTION, Way.GROUP, group=group or ""),
        InvitationDraft(
            InvitationClass.OBSERVER,
            Way.LINK,
            name="Países y organismos observadores",
            places=20,
            closes_at=event.starts_at,
            language="es",
        ),
    ]
    for draft in drafts:
        invite(db, actor=SYSTEM, event_id=event.id, draft=draft, now=now)


def _come(db: Session, event_id: UUID, *, now: datetime) -> None:
    come = demo_data("people")["guests_who_come"]
    invitations = select(Invitation).where(
        Invitation.event_id == event_id, Invitation.email.in_(come)
    )
    for row in db.scalars(invitations.order_by(Invitation.id)).all():
        guest = GuestDraft(
            name=row.name,
            organisation=row.organisation,
            email=row.email,
            country_code="",
            language="en" if row.language == "en" else "es",
            form_key=row.email,
        )
        register_guest(
            db,
            token=opened_key(row.sealed_key, own=secret_keys(db), purpose=INVITATION),
            draft=guest,
            consent_version=CONSENT_VERSION,
            purposes=REQUIRED_CONSENT,
            now=now,
        )


def _lines(people: Sequence[Mapping[str, str]]) -> tuple[GuestLine, ...]:
    return tuple(
        GuestLine(
            number=number,
            name=one["name"],
            organisation=one["organisation"],
            email=one["email"],
            language=one["language"],
        )
        for number, one in enumerate(people, start=1)
    )


# How far the events of the demo are: the next webinar has its invitations, letters of inviting were
# handed over, and what is long over is closed.

SENDER = "notifications.send_message"
NAMED = (("HN", 3), ("GT", 2))
STILL_OPEN = 1
"""So many wait for somebody to close them, beside the one whose report is not applied yet."""


def load_progress(db: Session, *, today: date, now: datetime) -> None:
    """Gives the coming and the past events their invitations and answers, and closes those that are
    over. Called last, because a closed event takes no attendance.
    """
    event = db.scalars(
        select(Event)
        .where(Event.kind == "webinar", Event.status == "published", Event.starts_at > now)
        .order_by(Event.starts_at)
        .offset(1)
        .limit(1)
    ).first()
    if event is not None:
        _invite(db, event.id, today=today, now=now)
    db.flush()
    _hand_over(db, today=today, now=now)
    _close(db, now=now)


def _invite(db: Session, event_id: UUID, *, today: date, now: datetime) -> None:
    """Invites all countries to an event, beside the people who register by themselves; two
    countries have named people already.
    """
    invite_countries(
        db,
        actor=SYSTEM,
        event_id=event_id,
        codes=tuple(db.scalars(select(Country.code).order_by(Country.code))),
        terms=InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY, keeps_open=True),
        now=now,
    )
    db.flush()
    for code, number in NAMED:
        focal = db.scalar(select(FocalPoint.person_id).where(FocalPoint.country_code == code))
        grants = frozenset({Grant(Role.FOCAL_POINT, code)})
        nominate(
            db,
            actor=Actor(person_id=focal, grants=grants, country=code),
            event_id=event_id,
            country_code=code,
            person_ids=_serving(db, code, number),
            today=today,
            now=now,
        )


def _serving(db: Session, code: str, number: int) -> Sequence[int]:
    serving = (
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == code, Person.country_code == code)
        .where(Appointment.valid_until.is_(None), Person.email != "")
        .order_by(Person.id)
        .distinct()
    )
    return db.scalars(serving.limit(number)).all()


def _hand_over(db: Session, *, today: date, now: datetime) -> None:
    """Writes the letters of inviting as they were handed over, so that none of them is ever sent."""
    facts = (InvitationSent.__name__, NominationMade.__name__)
    for entry in db.scalars(select(JournalEntry).where(JournalEntry.fact.in_(facts))).all():
        event = db.get_one(Event, UUID(entry.payload["event_id"]))
        subject = f"Invitación: {event.title.in_('es')}"
        if entry.fact == NominationMade.__name__:
            _letters(db, entry, [entry.payload["person_id"]], subject, event.id, at=now)
            continue
        invitation = invitation_by_id(db, entry.payload["invitation_id"])
        if invitation is None:
            continue
        if invitation.way == Way.GUEST:
            _guest_letter(db, entry, invitation, subject, at=now)
        elif invitation.way != Way.LINK:
            meant = people_to_write_to(db, invitation, on=today)
            _letters(db, entry, meant, subject, event.id, at=now)


def _letters(
    db: Session,
    entry: JournalEntry,
    person_ids: Sequence[int],
    subject: str,
    event_id: UUID,
    *,
    at: datetime,
) -> None:
    for to in recipients(db, person_ids).values():
        message = Message(
            dedupe=f"{entry.id}.{to.person_id}",
            person_id=to.person_id,
            event_id=event_id,
            recipient=to.address,
            language=to.language,
            subject=subject,
            body="",
            created_at=at,
            sent_at=at + timedelta(seconds=2),
        )
        _settled(db, message, at)


def _guest_letter(
    db: Session, entry: JournalEntry, invitation: Invitation, subject: str, *, at: datetime
) -> None:
    message = Message(
        dedupe=f"{entry.id}.guest",
        event_id=invitation.event_id,
        recipient=invitation.email,
        language=as_language(invitation.language),
        subject=subject,
        body="",
        created_at=at,
        sent_at=at + timedelta(seconds=2),
    )
    _settled(db, message, at)


def _settled(db: Session, message: Message, at: datetime) -> None:
    db.add(message)
    db.flush()
    queued = journal.record(db, MessageQueued(message.id), actor=SYSTEM, now=at)
    message.entry_id = queued.id
    db.add(Delivery(entry_id=queued.id, handler=SENDER, state="done", next_at=at, done_at=at))


def _close(db: Session, *, now: datetime) -> None:
    """Closes an event two days after its end. No letter is sent."""
    over = db.scalars(
        select(Event)
        .where(Event.status == "published", Event.closed_at.is_(None), Event.ends_at < now)
        .where(Event.id.not_in(select(AttendanceImport.event_id)))
        .order_by(Event.ends_at.desc())
        .offset(STILL_OPEN)
    ).all()
    for event in over:
        assert event.ends_at is not None  # noqa: S101 - asked for above
        event.closed_at = min(event.ends_at + timedelta(days=2), now)
        db.add(EventStep(event_id=event.id, step=Step.CLOSE.value, at=event.closed_at))
    db.flush()


# A report of the last webinar that was sent and waits for its organizer: most names are clear,
# some are not.

DOUBTFUL, CORRECTED = 4, 1
HEADING = "Nombre (nombre original);Correo electrónico;Hora de entrada;Hora de salida;Duración (minutos);Invitado"
REASON = "Se conectó desde la sala de la dirección, con otro nombre"


def load_attendance(db: Session, *, now: datetime) -> None:
    """Uploads an attendance report of the last published webinar of a working group, with people
    under their own name and some under another.
    """
    event = db.scalars(
        select(Event)
        .join(EventGroup, EventGroup.event_id == Event.id)
        .where(
            Event.kind == "webinar",
            Event.status == "published",
            Event.ends_at < now,
            Event.closed_at.is_(None),
        )
        .order_by(Event.ends_at.desc())
        .limit(1)
    ).one()
    around = around_of(event_of(db, actor=SYSTEM, event_id=event.id))
    content = _report(db, event, around.starts_at).encode("utf-8-sig")
    report = read_report(rows_of(content).rows, around)
    made = upload_report(
        db,
        actor=SYSTEM,
        event_id=event.id,
        content=content,
        filename="participantes.csv",
        report=report,
        now=now,
    )
    matcher = Matcher(known_people(db, event_id=event.id))
    there = participants(
        report.stays, Span(around.starts_at, around.ends_at), shared=matcher.shared
    )
    proposals = [(one, matcher.propose(one)) for one in there]
    keep_participants(db, import_id=made.import_id, proposals=proposals, covered=covers(report))
    _correct(db, event.id, now)


def _report(db: Session, event: Event, starts_at: datetime) -> str:
    came = db.execute(
        select(Person.full_name, Person.email, Attendance.minutes)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.event_id == event.id, Attendance.minutes > 0)
        .order_by(Person.id)
    )
    lines = [_line(starts_at, name, email, minutes) for name, email, minutes in came]
    missed = db.scalars(
        select(Person.full_name)
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(
            Attendance, (Attendance.person_id == Person.id) & (Attendance.event_id == event.id)
        )
        .where(Registration.event_id == event.id, Attendance.id.is_(None))
        .order_by(Person.id)
        .limit(DOUBTFUL)
    )
    short = [f"{words[0]} {words[-1]}" for words in map(str.split, missed)]
    lines += [
        _line(starts_at, name, "", 20 + 10 * number)
        for number, name in enumerate((*short, *demo_data("people")["strangers"]))
    ]
    return "\r\n".join([HEADING, *lines, ""])


def _line(starts_at: datetime, name: str, email: str, minutes: int) -> str:
    first = starts_at.astimezone(REFERENCE)
    last = first + timedelta(minutes=minutes)
    return f"{name};{email};{first:%d/%m/%Y %H:%M:%S};{last:%d/%m/%Y %H:%M:%S};{minutes};No"


def _correct(db: Session, event_id: UUID, now: datetime) -> None:
    """Corrects one person's minutes by hand, with a reason."""
    attendances = select(Attendance).where(Attendance.event_id == event_id, Attendance.minutes > 1)
    for row in db.scalars(attendances.order_by(Attendance.minutes, Attendance.id).limit(CORRECTED)):
        minutes = {row.person_id: row.minutes - 1}
        record(
            db,
            actor=SYSTEM,
            event_id=event_id,
            minutes=minutes,
            reason=REASON,
            source="manual",
            now=now,
        )


# What webinars leave behind: materials with their downloads, answers to surveys, good practices to
# read and review.

EVENTS_WITH_SURVEY, EVENTS_WITH_MATERIALS, EVENTS_PAID_FOR = 8, 6, 12


def load_aftermath(
    db: Session, *, chance: Random, today: date, now: datetime, people: dict[str, int]
) -> None:
    held = db.scalars(
        select(Event)
        .where(
            Event.kind == EventKind.WEBINAR,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at < now,
        )
        .where(Event.ends_at > now - timedelta(days=200))
        .order_by(Event.ends_at.desc(), Event.id)
    ).all()
    note = files().put(demo_data("aftermath")["note"].encode())
    for event in held[:EVENTS_WITH_MATERIALS]:
        _materials(db, event.id, note, chance=chance, today=today, now=event.ends_at or now)
    for event in held[:EVENTS_WITH_SURVEY]:
        _survey(db, event, chance=chance)
    fund = db.scalars(select(FundingSource.id)).first()
    if fund is not None:
        db.add_all(
            EventFunding(event_id=event.id, funding_source_id=fund)
            for event in held[:EVENTS_PAID_FOR]
        )
    coming = db.scalars(
        select(Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            Event.kind != EventKind.EXTERNAL,
        )
        .order_by(Event.starts_at)
        .limit(2)
    )
    for event_id in coming:
        _materials(db, event_id, note, chance=chance, today=today, now=now)
    _practices(db, now=now, people=people)


def _materials(
    db: Session, event_id: UUID, note: str, *, chance: Random, today: date, now: datetime
) -> None:
    data = demo_data("aftermath")
    file = GivenFile("nota-conceptual.txt", data["note"].encode())
    drafts = [
        MaterialDraft(
            kind=MaterialKind(one["kind"]),
            title=one["title"],
            language=one["languages"],
            visibility=Visibility(one["visibility"]),
            url=one.get("url", ""),
            file=None if "url" in one else file,
            sections=tuple(one.get("sections", ())),
            theme=one.get("theme", ""),
        )
        for one in data["materials"]
    ]
    for draft in drafts:
        added = add_material(
            db,
            actor=SYSTEM,
            event_id=event_id,
            draft=draft,
            file_key=note if draft.file else "",
            now=now,
        )
        if draft.file is not None:
            for country in chance.sample(("HN", "GT", "SV", "MX", "PA", "CR", ""), 4):
                times = chance.randint(1, 12)
                db.add(
                    MaterialDownload(material_id=added, on=today, country_code=country, times=times)
                )
    db.flush()


def _survey(db: Session, event: Event, *, chance: Random) -> None:
    """Answers the survey of an event for about half of those who attended, mostly kindly."""
    came = db.scalars(
        select(Attendance.person_id)
        .where(Attendance.event_id == event.id, Attendance.minutes > 0)
        .order_by(Attendance.person_id)
    ).all()
    day = (event.ends_at or event.created_at).date()
    comments = demo_data("aftermath")["comments"]
    for person_id in chance.sample(came, len(came) // 2):
        scores = chance.choices((1, 2, 3, 4, 5), weights=(1, 2, 6, 14, 11), k=4)
        comment = chance.choice(comments) if chance.random() < 0.2 else ""
        db.add(SurveyBallot(event_id=event.id, person_id=person_id))
        db.add(
            SurveyAnswer(
                event_id=event.id,
                language="es",
                useful=scores[0],
                clear=scores[1],
                timely=scores[2],
                applied=scores[3],
                comment=comment,
                answered_on=day,
            )
        )
    db.flush()


def _practices(db: Session, *, now: datetime, people: dict[str, int]) -> None:
    author = db.get_one(Person, people["official-hn"])
    actor = Actor(person_id=author.id, name=author.full_name)
    for number, one in enumerate(demo_data("aftermath")["practices"]):
        draft = PracticeDraft(
            category=Category(one["category"]),
            title=one["title"],
            summary=one["summary"],
            organisation=one["organisation"],
            organisation_type=OrganisationType(one["organisation_type"]),
            country_code=one["country"],
        )
        at = now - timedelta(days=40 - number)
        added = submit_practice(db, actor=actor, draft=draft, event_id=None, now=at)
        if one["is_accepted"]:
            accept_practice(db, actor=SYSTEM, practice_id=added, now=at + timedelta(days=2))


TAKEN = 6
DATA = demo_data("letters")
SUBJECTS, DEAD, RETURNED = (DATA[name] for name in ("subjects", "dead", "returned"))


def load_letters(db: Session, *, now: datetime) -> None:
    """Writes letters that are settled already, so that none of them is ever sent."""
    statement = (
        select(Person).where(Person.email != "", Person.is_guest.is_(False)).order_by(Person.id)
    )
    people = list(db.scalars(statement.offset(20).limit(len(DEAD) + len(RETURNED) + 1 + TAKEN)))
    for number, person in enumerate(people):
        at = now - timedelta(hours=7 + 19 * number)
        message = Message(
            dedupe=f"demo.{number}",
            person_id=person.id,
            recipient=person.email,
            language="es",
            subject=SUBJECTS[number % len(SUBJECTS)],
            body="",
            created_at=at,
        )
        db.add(message)
        db.flush()
        entry = journal.record(db, MessageQueued(message.id), actor=SYSTEM, now=at)
        message.entry_id = entry.id
        _settle(db, message, number, at)
    db.flush()


def _settle(db: Session, message: Message, number: int, at: datetime) -> None:
    if number < len(DEAD):
        attempts = 1 if DEAD[number].startswith("CannotSucceed") else 12
        db.add(
            Delivery(
                entry_id=message.entry_id,
                handler=SENDER,
                state="dead",
                attempts=attempts,
                next_at=at,
                error=DEAD[number],
            )
        )
        return
    db.add(
        Delivery(entry_id=message.entry_id, handler=SENDER, state="done", next_at=at, done_at=at)
    )
    message.sent_at, message.is_filed = at + timedelta(seconds=2), True
    returned = number - len(DEAD)
    if returned < len(RETURNED):
        message.bounced_at, message.bounce_note = at + timedelta(minutes=3), RETURNED[returned]
    elif returned == len(RETURNED):
        message.bounced_at, message.bounce_note = at + timedelta(minutes=3), RETURNED[1]
        message.given_up_at, message.given_up_reason = at + timedelta(hours=5), DATA["given_up"]
