"""What people earned at an event: how long they were there and what they did. Not scoped by actor;
the edge asks `attested_event` first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.infra.journal import Delivery, JournalEntry
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.participation.attendance.queries.sheet import length_of_series, spent_in_series
from app.participation.registrations.rules import PartStat
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.values import SpeakerState
from app.people.directory.models import Country, Person
from app.planning.events.models import Attendance, Event, EventPerson
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import length_of, parts_told, roles_in
from app.planning.events.rules.presence import enough_minutes, present
from app.planning.events.values import EventDetail, EventStatus, PersonRole
from app.training.certificates import policy, rules
from app.training.certificates.facts import CertificateIssued
from app.training.certificates.models import Certificate
from app.training.certificates.queries.achievements import Achievement, holder_of, served_by
from app.training.certificates.queries.history import Letters
from app.training.certificates.values import OF_EVENTS, OF_PARTS, CertificateKind
from app.web.letters_ahead import LetterFate

EVENT_ID = bindparam("event_id", type_=Event.id.type)
ROLE_OF = {
    CertificateKind.SPEAKER: PersonRole.SPEAKER,
    CertificateKind.MODERATOR: PersonRole.MODERATOR,
    CertificateKind.HOST: PersonRole.HOST,
}
INSTANT = timedelta(microseconds=1)
HAVE_LEFT = (LetterFate.HANDED_OVER, LetterFate.FILED, LetterFate.RETURNED)
LEAVES_WITHIN = timedelta(minutes=10)

_MINUTES = select(Attendance.person_id, Attendance.minutes).where(
    Attendance.event_id == EVENT_ID, Attendance.minutes > 0
)
_HOSTS = select(EventPerson.person_id).where(
    EventPerson.event_id == EVENT_ID, EventPerson.role == PersonRole.HOST
)
_WITHOUT = select(OutsideSpeaker.person_id).where(
    OutsideSpeaker.event_id == EVENT_ID,
    or_(
        OutsideSpeaker.is_protected,
        OutsideSpeaker.taken_out_at.is_not(None),
        OutsideSpeaker.state == SpeakerState.DECLINED,
    ),
)
_PEOPLE = (
    select(Person, Country)
    .outerjoin(Country, Country.code == Person.country_code)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.sort_key, Person.id)
)
_ISSUED = select(
    Certificate.kind,
    Certificate.person_id,
    ~exists()
    .where(
        JournalEntry.subject_kind == "certificate",
        JournalEntry.subject_id == Certificate.code,
        Delivery.entry_id == JournalEntry.id,
        Delivery.handler == "certificates.on_certificate_issued",
        Delivery.state == "pending",
    )
    .correlate(Certificate),
).where(
    Certificate.event_id == EVENT_ID,
    Certificate.kind.in_(sorted(OF_EVENTS)),
    Certificate.replaces_id.is_(None),
)
"""With whether the background has come to drawing it; what waits for an address is not waited for."""
UNISSUED = timedelta(days=120)
"""For how long after closing an event is named; its page issues them for ever."""
ISSUED_WITHIN = timedelta(minutes=15)
"""What was closed a moment ago is still being issued in the background."""
_CAME_WITHOUT = (
    select(Event.id)
    .join(Attendance, Attendance.event_id == Event.id)
    .where(
        Event.closed_at.between(bindparam("closed_since"), bindparam("closed_until")),
        Event.status == EventStatus.PUBLISHED,
        Event.kind.in_(sorted(rules.ATTESTED_KINDS)),
        ~Event.is_confidential,
        ~exists().where(
            Certificate.event_id == Event.id,
            Certificate.person_id == Attendance.person_id,
            Certificate.kind == CertificateKind.ATTENDANCE,
        ),
    )
)
SOMEBODY_CAME_WITHOUT = _CAME_WITHOUT.exists()
"""Says whether `unissued_events` is worth asking; wants the values of `lately`."""
_MOST_WITHOUT = (
    _CAME_WITHOUT.add_columns(
        Event.title,
        Event.starts_at,
        Event.ends_at,
        func.max(Attendance.minutes).label("most"),
    )
    .group_by(Event.id)
    .order_by(Event.closed_at.desc(), Event.id)
)
"""Of each event the longest time of somebody without a certificate."""
_LETTERS = (
    select(
        Certificate.kind,
        Certificate.person_id,
        JournalEntry.id,
        exists().where(
            Delivery.entry_id == JournalEntry.id,
            Delivery.handler == "notifications.on_certificate_issued",
            Delivery.state == "pending",
        ),
    )
    .join(
        JournalEntry,
        and_(
            JournalEntry.subject_kind == CertificateIssued.subject_kind,
            JournalEntry.subject_id == Certificate.code,
            JournalEntry.fact == CertificateIssued.__name__,
        ),
    )
    .where(Certificate.event_id == EVENT_ID, Certificate.replaces_id.is_(None))
)
"""With whether the letter to the holder is yet to be written."""
HANDLERS = ("certificates.on_certificates_asked", "certificates.on_event_closed")
"""Under whose names certificates of an event are issued in the background."""
_IN_HAND = select(
    exists().where(
        Delivery.entry_id == JournalEntry.id,
        Delivery.handler.in_(HANDLERS),
        Delivery.state == "pending",
        JournalEntry.subject_kind == "event",
        JournalEntry.subject_id == bindparam("subject_id"),
    )
)


@dataclass(frozen=True)
class UnissuedEvent:
    """An event that was closed and at which somebody earned a certificate of attendance that was
    not issued.
    """

    id: UUID
    title: LocalizedText
    ends_at: datetime


@dataclass(frozen=True)
class Candidate:
    """Somebody who earned a certificate of an event. `is_printable` is False for a name that the
    paper cannot show: it is corrected first.
    """

    person_id: int
    name: str
    is_issued: bool
    is_printable: bool


@dataclass(frozen=True)
class KindOfEvent:
    """One kind of certificate at one event: who earned it, and how many are issued and drawn."""

    kind: CertificateKind
    candidates: tuple[Candidate, ...]
    issued: int
    drawn: int

    @property
    def without(self) -> tuple[int, ...]:
        """Returns the people who have none yet and can be given one."""
        return tuple(
            one.person_id for one in self.candidates if one.is_printable and not one.is_issued
        )

    @property
    def to_issue(self) -> int:
        return len(self.without)

    @property
    def unprintable(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.candidates if not (one.is_printable or one.is_issued))


@dataclass(frozen=True)
class LettersOfKind:
    """The letters to those who got one kind of certificate at an event: how many are written or yet
    to be, and how many of these have left. `is_moving` while they are being written, and while some
    of the last minutes wait to leave: what waits longer does so until the mail works again.
    """

    total: int = 0
    left: int = 0
    is_moving: bool = False


@dataclass(frozen=True)
class EventPapers:
    """The certificates of an event. `came` people were there, of whom those of kind attendance for
    `enough` of its `length` minutes; `is_in_hand` while some are being issued in the background.
    """

    event: EventDetail
    came: int
    enough: int
    length: int
    kinds: tuple[KindOfEvent, ...]
    is_in_hand: bool

    def of(self, kind: CertificateKind) -> KindOfEvent:
        return next(one for one in self.kinds if one.kind is kind)

    @property
    def attendance(self) -> KindOfEvent:
        return self.of(CertificateKind.ATTENDANCE)

    @property
    def parts_to_issue(self) -> int:
        """Returns how many certificates of parts nobody has issued yet."""
        return sum(one.to_issue for one in self.kinds if one.kind in OF_PARTS)

    @property
    def is_busy(self) -> bool:
        """Returns True while some are being issued or drawn."""
        return self.is_in_hand or any(one.drawn < one.issued for one in self.kinds)


def unissued_events(db: Session, *, actor: Actor, now: datetime) -> Sequence[UnissuedEvent]:
    """Returns the events closed lately at which somebody was for 80 % of the time and has
    no certificate, the last to close first; for organizers, in one statement.
    """
    policy.require_may_see_register(actor)
    rows = db.execute(_MOST_WITHOUT, lately(now))
    return [
        UnissuedEvent(row.id, row.title, row.ends_at)
        for row in rows
        if row.ends_at and present(row.most, length_of(row.starts_at, row.ends_at))
    ]


def lately(now: datetime) -> dict[str, object]:
    """Returns the values of the statements about closed events."""
    return {"closed_since": now - UNISSUED, "closed_until": now - ISSUED_WITHIN}


def attested_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> EventDetail:
    """Returns an event for those who issue its certificates. Refuses others, and with
    NothingToAttest an event of which none are issued.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_issue_for_event(actor, event.group_slugs, event.kind)
    if not is_attested(event, now):
        raise rules.NothingToAttest
    return event


def is_attested(event: EventDetail, now: datetime) -> bool:
    """Returns True for an event that was held and of which certificates are issued."""
    return rules.is_attested(
        event.kind,
        event.status,
        event.ends_at,
        now,
        is_confidential=event.is_confidential,
    )


def papers_of(db: Session, *, event: EventDetail) -> EventPapers:
    """Returns the certificates of an event, in a number of statements that does not grow with its
    people.
    """
    minutes = dict(db.execute(_MINUTES, {"event_id": event.id}).all())
    length = length_of(event.starts_at, event.ends_at)
    earned = {
        CertificateKind.ATTENDANCE: _present(db, event.id, minutes, length),
        **_parts(db, event.id),
    }
    people = db.execute(
        _PEOPLE, {"people": sorted({one for some in earned.values() for one in some})}
    ).all()
    issued: dict[str, dict[int, bool]] = {kind: {} for kind in earned}
    for kind, person_id, is_drawn in db.execute(_ISSUED, {"event_id": event.id}):
        issued[kind][person_id] = is_drawn
    return EventPapers(
        event=event,
        came=len(minutes),
        enough=enough_minutes(length) or 0,
        length=length,
        kinds=tuple(
            KindOfEvent(
                kind=kind,
                candidates=tuple(
                    Candidate(
                        person_id=person.id,
                        name=person.full_name,
                        is_issued=person.id in issued[kind],
                        is_printable=rules.is_printable(person.own_name),
                    )
                    for person, _country in people
                    if person.id in who
                ),
                issued=len(issued[kind]),
                drawn=sum(issued[kind].values()),
            )
            for kind, who in earned.items()
        ),
        is_in_hand=bool(db.scalar(_IN_HAND, {"subject_id": str(event.id)})),
    )


def letters_of(
    db: Session, *, event_id: UUID, letters: Letters, now: datetime
) -> dict[CertificateKind, LettersOfKind]:
    """Returns the letters about the certificates of an event by kind; two statements. `letters` is
    the port's `written`.
    """
    rows = db.execute(_LETTERS, {"event_id": event_id}).all()
    written = letters(db, [(entry_id, person_id) for _kind, person_id, entry_id, _due in rows])
    told: dict[CertificateKind, LettersOfKind] = defaultdict(LettersOfKind)
    for kind, _person_id, entry_id, is_due in rows:
        letter, of_kind = written.get(entry_id), told[CertificateKind(kind)]
        if letter is None and not is_due:
            continue  # to whom no letter goes
        waits = letter is not None and letter.fate is LetterFate.WAITING
        told[CertificateKind(kind)] = LettersOfKind(
            total=of_kind.total + 1,
            left=of_kind.left + (letter is not None and letter.fate in HAVE_LEFT),
            is_moving=of_kind.is_moving
            or letter is None
            or (waits and letter.at > now - LEAVES_WITHIN),
        )
    return told


def achievements_at(
    db: Session, *, event: EventDetail, kind: CertificateKind, people: Sequence[int]
) -> list[Achievement]:
    """Returns what these people achieved at an event that is over. They earned it: `papers_of` says
    so.
    """
    if event.ends_at is None:
        return []
    minutes = dict(db.execute(_MINUTES, {"event_id": event.id}).all())
    last = event.ends_at - INSTANT  # half-open: what ends at midnight was held the day before
    day = rules.local_day(last, event.timezone)
    served = served_by(db, people)
    return [
        Achievement(
            key=rules.of_event(event.id, kind, person.id),
            kind=kind,
            holder=holder_of(person, country, served[person.id], day),
            title=event.title,
            decided_at=last,
            timezone=event.timezone,
            minutes=minutes[person.id] if kind is CertificateKind.ATTENDANCE else 0,
            event_id=event.id,
        )
        for person, country in db.execute(_PEOPLE, {"people": sorted(people)})
    ]


def _present(
    db: Session, event_id: UUID, minutes: Mapping[int, int], length: int
) -> frozenset[int]:
    """Returns who was there for 80 % of the event or, of an event in a series, for some of it and
    for 80 % of the series held so far.
    """
    there = {who for who, spent in minutes.items() if present(spent, length)}
    rest = minutes.keys() - there
    series = length_of_series(db, event_id) if rest else None
    if series is not None:
        spent = spent_in_series(db, series, rest)
        there |= {who for who in rest if present(spent.get(who, 0), series.minutes)}
    return frozenset(there)


def _parts(db: Session, event_id: UUID) -> dict[CertificateKind, frozenset[int]]:
    """Returns who had which part. Who declined had none, and the protected are certified nowhere:
    a paper that names them is what they were protected from.
    """
    declined = {
        who for who, part in parts_told(db, event_id).items() if part.partstat == PartStat.DECLINED
    }
    without = declined.union(db.scalars(_WITHOUT, {"event_id": event_id}))
    had = {who: set(roles) for who, roles in roles_in(db, event_id).items()}
    for who in db.scalars(_HOSTS, {"event_id": event_id}):
        had.setdefault(who, set()).add(PersonRole.HOST)
    return {
        kind: frozenset(who for who, roles in had.items() if role in roles and who not in without)
        for kind, role in ROLE_OF.items()
    }
