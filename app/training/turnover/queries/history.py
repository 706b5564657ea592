"""A person's past for the focal point of the country: what is on record, and since when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.facts import AppointmentFact
from app.people.directory.models import Appointment, Institution, PersonCorrection, Post
from app.people.directory.queries.people import record_of
from app.people.directory.values import EndReason
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.rules import local_day
from app.training.certificates.values import CertificateKind
from app.training.learning.models import Course, CourseEdition
from app.training.recognised.models import RecognisedTraining
from app.training.turnover import policy
from app.training.turnover.rules.history import PersonPast
from app.training.turnover.values import (
    KeptCertificate,
    PastKind,
    PastLine,
    PostRecord,
    RecordCorrection,
)

_APPOINTMENTS = (
    select(Appointment, Post.title, Institution.name)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(
        Appointment.person_id == bindparam("person_id"),
        Institution.country_code == bindparam("country"),
    )
    .order_by(Appointment.valid_from, Appointment.id)
)
_TOLD = (
    select(JournalEntry.at, JournalEntry.fact, JournalEntry.subject_id, JournalEntry.payload)
    .where(
        JournalEntry.subject_kind == AppointmentFact.subject_kind,
        JournalEntry.subject_id.in_(bindparam("appointments", expanding=True)),
    )
    .order_by(JournalEntry.id)
)
_CERTIFICATES = (
    select(
        Course.title,
        Certificate.completed_on,
        Certificate.issued_at.label("recorded_at"),
        Certificate.last_valid_on,
        Revocation.revoked_at.label("ended_at"),
    )
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
    .where(
        Certificate.person_id == bindparam("person_id"),
        Certificate.kind == CertificateKind.COMPLETION,
    )
    .order_by(Certificate.id)
)
_RECOGNISED = (
    select(
        Course.title,
        RecognisedTraining.completed_on,
        RecognisedTraining.accepted_at.label("recorded_at"),
        RecognisedTraining.last_valid_on,
        RecognisedTraining.ended_at,
    )
    .join(Course, Course.id == RecognisedTraining.course_id)
    .where(
        RecognisedTraining.person_id == bindparam("person_id"),
        RecognisedTraining.accepted_at.is_not(None),
    )
    .order_by(RecognisedTraining.id)
)
_CORRECTIONS = (
    select(PersonCorrection)
    .where(PersonCorrection.person_id == bindparam("person_id"))
    .order_by(PersonCorrection.id)
)
_KINDS = {
    "AppointmentReopened": PastKind.REOPENED,
    "AppointmentConfirmed": PastKind.CONFIRMED,
    "AppointmentDoubted": PastKind.DOUBTED,
    "HandoverNoteAsked": PastKind.NOTE_ASKED,
}


@dataclass(frozen=True)
class PersonHistory:
    """The lines, the latest true day first, and what rules read of a day."""

    person_id: int
    country_code: str
    past: PersonPast
    lines: tuple[PastLine, ...]


def person_history(
    db: Session, *, actor: Actor, country_code: str, person_id: int, timezone: str
) -> PersonHistory:
    """Returns the past of somebody of the country, in a fixed number of statements; for those inside
    the country only. Instants become days of the `timezone`.
    """
    if not policy.is_inside(actor, country_code):
        raise NotFound
    record = record_of(db, actor=actor, person_id=person_id)
    if record.country_code != country_code:
        raise NotFound
    given = {"person_id": person_id, "country": country_code}
    held = [(row, title, name) for row, title, name in db.execute(_APPOINTMENTS, given)]
    told: defaultdict[int, list[Told]] = defaultdict(list)
    ids = [str(row.id) for row, _title, _name in held]
    for at, fact, subject_id, payload in db.execute(_TOLD, {"appointments": ids}):
        told[int(subject_id)].append(Told(local_day(at, timezone), fact, payload))
    posts = tuple(_post(row, title, name, told[row.id]) for row, title, name in held)
    certificates = _certificates(db, person_id, timezone)
    corrections = tuple(
        RecordCorrection(
            row.field,
            row.appointment_id,
            row.before,
            row.after,
            local_day(row.corrected_at, timezone),
        )
        for row in db.scalars(_CORRECTIONS, given)
    )
    past = PersonPast(record.full_name, posts, certificates, corrections)
    lines = [
        *(
            line
            for post, (row, _title, _name) in zip(posts, held, strict=True)
            for line in _lines_of_post(post, row, told[row.id])
        ),
        *(line for one in certificates for line in _lines_of_certificate(one)),
        *(
            PastLine(
                PastKind.CORRECTED,
                None,
                one.recorded_on,
                field=one.field,
                before=one.before,
                after=one.after,
            )
            for one in corrections
        ),
    ]
    return PersonHistory(person_id, country_code, past, _in_order(lines))


@dataclass(frozen=True)
class Told:
    """A fact of the journal about one appointment, with the local day on which it was recorded."""

    on: date
    fact: str
    payload: dict[str, object]

    def day(self, name: str) -> date | None:
        value = self.payload.get(name)
        return date.fromisoformat(value) if isinstance(value, str) and value else None


def _post(
    row: Appointment, title: LocalizedText, name: LocalizedText, told: Sequence[Told]
) -> PostRecord:
    ends = [
        (one.on, one.day("valid_until") if one.fact == "AppointmentEnded" else None)
        for one in told
        if one.fact in ("AppointmentEnded", "AppointmentReopened")
    ]
    confirmed = {one.on for one in told if one.fact == "AppointmentConfirmed"}
    confirmed |= {row.confirmed_on} if row.confirmed_on else set()
    return PostRecord(
        appointment_id=row.id,
        title=title,
        institution=name,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        recorded_on=next((one.on for one in told if one.fact == "AppointmentStarted"), None),
        end_recorded_on=row.end_recorded_on,
        ends=tuple(ends),
        confirmed=tuple(sorted(confirmed)),
    )


def _lines_of_post(post: PostRecord, row: Appointment, told: Sequence[Told]) -> Iterable[PastLine]:
    """Yields what the journal tells of an appointment, and from the row what it does not, such as
    the end of one that came in with an import.
    """
    yield PastLine(PastKind.STARTED, post.valid_from, post.recorded_on, name=post.title)
    if not any(one.fact == "AppointmentConfirmed" for one in told) and post.confirmed:
        day = post.confirmed[-1]
        yield PastLine(PastKind.CONFIRMED, day, day, name=post.title)
    if row.valid_until is not None and not post.ends:
        yield PastLine(
            PastKind.ENDED,
            row.valid_until,
            row.end_recorded_on,
            name=post.title,
            reason=EndReason(row.end_reason) if row.end_reason else None,
        )
    for one in told:
        if one.fact == "AppointmentEnded":
            reason = one.payload.get("reason")
            yield PastLine(
                PastKind.ENDED,
                one.day("valid_until"),
                one.on,
                name=post.title,
                reason=EndReason(reason) if isinstance(reason, str) and reason else None,
            )
        elif one.fact == "ActingNoted":
            is_acting = one.payload.get("is_acting")
            kind = PastKind.ACTING if is_acting else PastKind.HOLDING
            yield PastLine(kind, one.on, one.on, name=post.title, until=one.day("acting_until"))
        elif one.fact == "HandoverNoteReceived" and one.payload.get("is_received"):
            yield PastLine(PastKind.NOTE_RECEIVED, one.on, one.on, name=post.title)
        elif one.fact in _KINDS:
            yield PastLine(
                _KINDS[one.fact], one.on, one.on, name=post.title, until=one.day("valid_until")
            )


def _certificates(db: Session, person_id: int, timezone: str) -> tuple[KeptCertificate, ...]:
    given = {"person_id": person_id}
    own = [(row, False) for row in db.execute(_CERTIFICATES, given)]
    elsewhere = [(row, True) for row in db.execute(_RECOGNISED, given)]
    return tuple(
        KeptCertificate(
            course=row.title,
            completed_on=row.completed_on,
            recorded_on=local_day(row.recorded_at, timezone),
            last_valid_on=row.last_valid_on,
            ended_on=_day(row.ended_at, timezone),
            is_recognised=is_recognised,
        )
        for row, is_recognised in (*own, *elsewhere)
    )


def _day(at: datetime | None, timezone: str) -> date | None:
    return None if at is None else local_day(at, timezone)


def _lines_of_certificate(one: KeptCertificate) -> Iterable[PastLine]:
    kind = PastKind.RECOGNISED if one.is_recognised else PastKind.CERTIFIED
    yield PastLine(
        kind, one.completed_on, one.recorded_on, name=one.course, until=one.last_valid_on
    )
    if one.ended_on is not None:
        end = PastKind.TAKEN_BACK if one.is_recognised else PastKind.REVOKED
        yield PastLine(end, one.ended_on, one.ended_on, name=one.course)


def _in_order(lines: Iterable[PastLine]) -> tuple[PastLine, ...]:
    """Returns each line once, the latest first: by the true day, else by the day of the record."""
    return tuple(
        sorted(
            dict.fromkeys(lines),
            key=lambda line: (line.true_on or line.recorded_on or date.min, line.kind),
            reverse=True,
        )
    )
