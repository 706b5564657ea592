"""Which countries give no names, and whom of them the platform has on record."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.people.directory.models import (
    Appointment,
    FocalPoint,
    HeldNewcomer,
    Institution,
    Person,
    Post,
)
from app.people.directory.queries.roster import country_of, is_erased


def gives_no_names(db: Session, country_code: str) -> bool:
    country = country_of(db, country_code)
    return country is not None and country.gives_no_names


def people_named(db: Session, country_code: str) -> dict[int, str]:
    """Returns who of a country, or of its roster, has a name here, by number. Guests, who are in no
    list but that of their event, are not among them.
    """
    on_roster = (
        select(Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code)
    )
    rows = db.execute(
        select(Person.id, Person.full_name)
        .where(
            (Person.country_code == country_code)
            | (Person.country_code.is_(None) & Person.id.in_(on_roster)),
            Person.is_guest.is_(False),
        )
        .order_by(Person.id)
    )
    return {number: name for number, name in rows if not is_erased(number, name)}


def rows_named(db: Session, country_code: str) -> tuple[int, int]:
    """Returns how many appointments and how many waiting newcomers a country has."""
    appointments = (
        select(func.count(Appointment.id))
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code)
    )
    held = select(func.count(HeldNewcomer.id)).where(HeldNewcomer.country_code == country_code)
    return db.scalar(appointments) or 0, db.scalar(held) or 0


def answering_for(db: Session, country_code: str, on: date) -> Collection[int]:
    """Returns who is or will be the country's focal point."""
    wanted = select(FocalPoint.person_id).where(
        FocalPoint.country_code == country_code,
        (FocalPoint.valid_until.is_(None)) | (FocalPoint.valid_until > on),
    )
    return set(db.scalars(wanted))
