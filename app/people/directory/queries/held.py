"""Newcomers who wait for the secretariat, because their address belongs to somebody of another
country.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.reference import reference_start
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.models import Country, HeldNewcomer, Institution, Person


@dataclass(frozen=True)
class PersonOfAddress:
    person_id: int
    full_name: str
    country: LocalizedText | None


@dataclass(frozen=True)
class HeldRow:
    """Somebody whom a focal point wrote down; `owners` are the people known by the address."""

    id: int
    full_name: str
    email: str
    country: LocalizedText
    institution: LocalizedText
    post_title: str
    valid_from: date
    asked_at: datetime
    owners: tuple[PersonOfAddress, ...] = ()


def people_of_address(db: Session, *, email: str) -> Sequence[PersonOfAddress]:
    """Returns everybody whose contact the address is, without guests of a single event."""
    rows = db.execute(
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(func.lower(Person.email) == email.lower(), Person.is_guest.is_(False))
        .order_by(Person.sort_key, Person.id)
    )
    return [PersonOfAddress(person.id, person.full_name, country) for person, country in rows]


def is_address_elsewhere(db: Session, *, email: str, country_code: str) -> bool:
    """Returns whether the address is the contact of somebody of another country, or of none."""
    query = select(Person.id).where(
        func.lower(Person.email) == email.strip().lower(),
        Person.is_guest.is_(False),
        func.coalesce(Person.country_code, "") != country_code,
    )
    return db.scalar(query.limit(1)) is not None


def held_newcomers(db: Session, *, actor: Actor) -> tuple[HeldRow, ...]:
    """Returns all who wait, the longest first, with the owners of the address. For the secretariat;
    two statements.
    """
    policy.require_may_decide_held(actor)
    rows = db.execute(
        select(HeldNewcomer, Country.name, Institution.name)
        .join(Country, Country.code == HeldNewcomer.country_code)
        .join(Institution, Institution.id == HeldNewcomer.institution_id)
        .order_by(HeldNewcomer.id)
    ).all()
    addresses = {row.email.lower() for row, _country, _institution in rows}
    owners: dict[str, list[PersonOfAddress]] = {}
    people = (
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(func.lower(Person.email).in_(addresses), Person.is_guest.is_(False))
        .order_by(Person.sort_key, Person.id)
    )
    for person, country in db.execute(people):
        owners.setdefault(person.email.lower(), []).append(
            PersonOfAddress(person.id, person.full_name, country)
        )
    return tuple(
        HeldRow(
            row.id,
            row.full_name,
            row.email,
            country,
            institution,
            row.post_title,
            row.valid_from,
            row.asked_at,
            tuple(owners.get(row.email.lower(), ())),
        )
        for row, country, institution in rows
    )


def held_of_country(db: Session, *, actor: Actor, country_code: str) -> tuple[str, ...]:
    """Returns the names of a country's newcomers who wait, for its focal point."""
    policy.require_may_keep_roster(actor, country_code)
    query = select(HeldNewcomer.full_name).where(HeldNewcomer.country_code == country_code)
    ended = actor.ended_on(Role.FOCAL_POINT, country_code)
    if ended is not None:
        query = query.where(HeldNewcomer.asked_at < reference_start(ended))
    return tuple(db.scalars(query.order_by(HeldNewcomer.id)))


HELD_NEWCOMERS = select(func.count(HeldNewcomer.id))
"""How many newcomers wait for the secretariat, to be asked together with other numbers."""
