"""Reads of the directory. Rosters are scoped by actor: another country's names are never loaded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.directory import policy, rules
from app.directory.models import Appointment, Country, Institution, Person, Post
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.text import LocalizedText

Columns = TypeVarTuple("Columns")
PER_PAGE = 20
LONGEST_SEARCH = 80
CODE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class CountryName:
    code: str
    name: LocalizedText
    timezone: str


@dataclass(frozen=True)
class InstitutionName:
    id: int
    name: LocalizedText


@dataclass(frozen=True)
class RosterRow:
    """Somebody in a post today. `is_confirmed`: a focal point said within 90 days that it stands."""

    appointment_id: int
    person_id: int
    full_name: str
    email: str
    institution: LocalizedText
    post: LocalizedText
    valid_from: date
    confirmed_on: date | None
    is_confirmed: bool


@dataclass(frozen=True)
class RosterPage:
    """Part of the roster; `paging` counts all that fits the search."""

    rows: Sequence[RosterRow]
    paging: Paging


def country_of(db: Session, code: str) -> CountryName | None:
    """None for what is no country of ours, or no code at all."""
    row = db.get(Country, code) if CODE.fullmatch(code) else None
    return None if row is None else CountryName(row.code, row.name, row.timezone)


def countries(db: Session) -> Sequence[CountryName]:
    return [CountryName(row.code, row.name, row.timezone) for row in db.scalars(select(Country).order_by(Country.code))]


def institutions_of(db: Session, *, actor: Actor, country_code: str) -> Sequence[InstitutionName]:
    policy.require_may_keep_roster(actor, country_code)
    query = select(Institution).where(Institution.country_code == country_code).order_by(Institution.id)
    return [InstitutionName(row.id, row.name) for row in db.scalars(query)]


def post_titles_of(db: Session, *, actor: Actor, country_code: str) -> Sequence[LocalizedText]:
    """The titles in use in a country, each once: suggestions for whoever types one."""
    policy.require_may_keep_roster(actor, country_code)
    query = (
        select(Post.title)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code)
        .distinct()
    )
    return sorted(set(db.scalars(query)), key=lambda title: rules.sort_key(title.es))[:100]


def roster_of(db: Session, *, actor: Actor, country_code: str, on: date, search: str = "", to_confirm: bool = False,
              number: int = 1) -> RosterPage:  # fmt: skip
    """Who serves in a country on a day, for its own focal point; two statements whatever the length.

    Each word of `search` must occur in the name or the address, accents and case apart. `to_confirm` keeps those whom
    nobody confirmed within 90 days. A page beyond the last is the last.
    """
    policy.require_may_keep_roster(actor, country_code)
    wanted = [_open_in(country_code, on), *_matches(search)]
    if to_confirm:
        wanted.append(or_(Appointment.confirmed_on.is_(None), Appointment.confirmed_on < on - rules.CONFIRMATION_HOLDS))
    total = db.scalar(_joined(select(func.count(Appointment.id))).where(*wanted)) or 0
    paging = Paging(total, PER_PAGE, number)
    query = _rows().where(*wanted).limit(PER_PAGE).offset(paging.offset)
    return RosterPage([_row(row, on) for row in db.execute(query)], paging)


def whole_roster(db: Session, *, actor: Actor, country_code: str, on: date) -> Sequence[RosterRow]:
    policy.require_may_keep_roster(actor, country_code)
    query = _rows().where(_open_in(country_code, on))
    return [_row(row, on) for row in db.execute(query)]


def person_known_as(db: Session, country_code: str, full_name: str, email: str) -> Person | None:
    """By name and address together: several persons may share a mailbox, and several a name."""
    query = select(Person).where(
        Person.country_code == country_code,
        Person.sort_key == rules.sort_key(full_name),
        func.lower(Person.email) == email.lower(),
    )
    return db.scalars(query.order_by(Person.id).limit(1)).first()


def vacant_post(db: Session, institution_id: int, title: str, on: date) -> int | None:
    """A target post of that title in which nobody serves on the day or later."""
    taken = select(Appointment.id).where(
        Appointment.post_id == Post.id, or_(Appointment.valid_until.is_(None), Appointment.valid_until > on)
    )
    there = select(Post.id).where(Post.institution_id == institution_id, Post.is_target, _titled(title))
    return db.scalar(there.where(~taken.exists()).order_by(Post.id).limit(1))


def serving_since(db: Session, person_id: int, institution_id: int, title: str, on: date) -> date | None:
    """Since when somebody serves in a post of that title there, if they do on that day or will after it."""
    query = (
        select(func.min(Appointment.valid_from))
        .join(Post, Post.id == Appointment.post_id)
        .where(
            Appointment.person_id == person_id,
            Post.institution_id == institution_id,
            _titled(title),
            or_(Appointment.valid_until.is_(None), Appointment.valid_until > on),
        )
    )
    return db.scalar(query)


_BY_NAME = (Person.sort_key, Appointment.id)


def _rows() -> Select[Appointment, Person, LocalizedText, LocalizedText]:
    return _joined(select(Appointment, Person, Institution.name, Post.title)).order_by(*_BY_NAME)


def _joined(query: Select[*Columns]) -> Select[*Columns]:
    return (
        query.select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
    )


def _open_in(country_code: str, on: date) -> ColumnElement[bool]:
    return and_(
        Institution.country_code == country_code,
        Appointment.valid_from <= on,
        or_(Appointment.valid_until.is_(None), Appointment.valid_until > on),
    )


def _matches(search: str) -> list[ColumnElement[bool]]:
    plain = func.replace(Person.sort_key, "~", "")
    shown = "".join(letter if letter.isprintable() else " " for letter in search[:LONGEST_SEARCH])
    words = rules.plain_key(shown).split()
    return [
        or_(plain.contains(w, autoescape=True), func.lower(Person.email).contains(w, autoescape=True)) for w in words
    ]


def _titled(title: str) -> ColumnElement[bool]:
    columns = Post.__table__.c
    return or_(columns.title_es == title, columns.title_en == title)


def _row(row: Row[Appointment, Person, LocalizedText, LocalizedText], on: date) -> RosterRow:
    held, person, institution, post = row
    return RosterRow(
        held.id, person.id, person.full_name, person.email, institution, post, held.valid_from, held.confirmed_on,
        rules.is_confirmed(held.confirmed_on, on),
    )  # fmt: skip
