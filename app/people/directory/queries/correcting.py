"""One person's record for whoever may put it right, and for its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    Country,
    Institution,
    Person,
    PersonCorrection,
    Post,
)
from app.people.directory.queries.roster import is_erased, people_known_to


@dataclass(frozen=True)
class HeldPost:
    """A post somebody has or had; `until` is the first day without it."""

    appointment_id: int
    institution_id: int
    institution: LocalizedText
    title: LocalizedText
    since: date
    until: date | None


@dataclass(frozen=True)
class CorrectionLine:
    """What was on record and what is since. `by` is the account that put it right."""

    field: str
    before: str
    after: str
    at: datetime
    by: int | None


@dataclass(frozen=True)
class CorrectionAskedRow:
    """What its owner says should change; "" where nothing. `decision` is "" while it waits."""

    id: int
    person_id: int
    name_on_record: str
    country_code: str
    country: LocalizedText | None
    full_name: str
    email: str
    post: str
    note: str
    asked_at: datetime
    decision: str
    reason: str


@dataclass(frozen=True)
class PersonRecord:
    """`posts` the latest first; those still held have no `until` or one ahead."""

    person_id: int
    full_name: str
    email: str
    country_code: str
    country: LocalizedText | None
    posts: tuple[HeldPost, ...]
    history: tuple[CorrectionLine, ...]
    asked: CorrectionAskedRow | None


def record_of(db: Session, *, actor: Actor, person_id: int) -> PersonRecord:
    """Returns the record; NotFound for what the actor may not see, and for guests, joined and
    erased ones.
    """
    row = db.execute(
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            Person.id == person_id,
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
            *(() if actor.holds(Role.ORGANIZER) else people_known_to(actor)),
        )
    ).one_or_none()
    if row is None or not policy.may_see_record(actor, row[0].country_code or ""):
        raise NotFound
    person, country = row
    if is_erased(person.id, person.full_name):
        raise NotFound
    return PersonRecord(
        person.id,
        person.full_name,
        person.email,
        person.country_code or "",
        country,
        posts_of(db, person_id),
        _history(db, person_id),
        waiting_of(db, person_id),
    )


def record_for_mark(db: Session, person_id: int) -> tuple[object, ...]:
    """Returns what a writer has before the eyes when a record is put right."""
    person = db.get_one(Person, person_id)
    posts = [
        (one.appointment_id, one.institution_id, tuple(sorted(one.title.items())))
        for one in posts_of(db, person_id)
    ]
    return (person.full_name, person.email, *posts)


def posts_of(db: Session, person_id: int) -> tuple[HeldPost, ...]:
    rows = db.execute(
        select(Appointment, Post.title, Institution)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
    )
    return tuple(
        HeldPost(held.id, house.id, house.name, title, held.valid_from, held.valid_until)
        for held, title, house in rows
    )


def last_asked(db: Session, person_id: int) -> CorrectionAskedRow | None:
    """Returns the latest wish of a person for the own record, decided or not; for that person."""
    return _asked(db, CorrectionRequest.person_id == person_id)


def waiting_of(db: Session, person_id: int) -> CorrectionAskedRow | None:
    return _asked(db, CorrectionRequest.person_id == person_id, CorrectionRequest.decision == "")


def request_by_id(db: Session, request_id: int) -> CorrectionAskedRow | None:
    """For letters."""
    return _asked(db, CorrectionRequest.id == request_id)


def corrections_waiting(db: Session, *, actor: Actor) -> Sequence[CorrectionAskedRow]:
    """Wishes that the actor may decide, the longest waiting first: the secretariat's of all
    countries.
    """
    query = _rows().where(CorrectionRequest.decision == "")
    if not (actor.is_system or actor.holds(Role.ORGANIZER)):
        own = actor.scopes(Role.FOCAL_POINT)
        query = query.where(Person.country_code.in_(own), *people_known_to(actor))
    return [_line(*row) for row in db.execute(query)]


def _rows() -> Select[CorrectionRequest, str, str | None, LocalizedText]:
    return (
        select(CorrectionRequest, Person.full_name, Person.country_code, Country.name)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .order_by(CorrectionRequest.asked_at, CorrectionRequest.id)
    )


def _asked(db: Session, *wanted: ColumnElement[bool]) -> CorrectionAskedRow | None:
    row = db.execute(
        _rows().where(*wanted).order_by(None).order_by(CorrectionRequest.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _line(*row)


def _line(
    row: CorrectionRequest, name: str, code: str | None, country: LocalizedText | None
) -> CorrectionAskedRow:
    return CorrectionAskedRow(
        row.id,
        row.person_id,
        name,
        code or "",
        country,
        row.full_name,
        row.email,
        row.post,
        row.note,
        row.asked_at,
        row.decision,
        row.reason,
    )


def _history(db: Session, person_id: int) -> tuple[CorrectionLine, ...]:
    rows = db.scalars(
        select(PersonCorrection)
        .where(PersonCorrection.person_id == person_id)
        .order_by(PersonCorrection.id.desc())
    )
    return tuple(
        CorrectionLine(row.field, row.before, row.after, row.corrected_at, row.corrected_by)
        for row in rows
    )
