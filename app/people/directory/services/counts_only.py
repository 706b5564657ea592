"""A country that gives no names: refuses who is written down for it, and empties its roster."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.people.directory import policy
from app.people.directory.facts import NamesGivenUp, NamesTakenUp
from app.people.directory.models import (
    Appointment,
    ConfirmationRound,
    Country,
    HeldNewcomer,
    Institution,
    Post,
    RosterDraft,
)
from app.people.directory.rules.people import GivesNoNames


def require_names(db: Session, country_code: str) -> None:
    """Refuses a country that gives no names. Locks its row, so that one that gives them up waits for
    whoever is being written down, and the other way round.
    """
    since = select(Country.counts_only_since).where(Country.code == country_code)
    if db.scalar(since.with_for_update(read=True)) is not None:
        raise GivesNoNames


def require_counts(db: Session, country_code: str) -> None:
    """Refuses, as if there were nothing, a country that keeps its roster here. Locks its row, so that
    of two who declare at once the second waits.
    """
    since = select(Country.counts_only_since).where(Country.code == country_code)
    if db.scalar(since.with_for_update()) is None:
        raise NotFound


def locked_for_choice(db: Session, *, actor: Actor, country_code: str) -> Country:
    """Returns the country, whose names nobody else gives up or takes up meanwhile."""
    policy.require_may_choose_names(actor, country_code)
    country = db.get(Country, country_code, with_for_update=True)
    if country is None:
        raise NotFound
    return country


def appointments_in(db: Session, country_code: str) -> Collection[int]:
    return set(
        db.scalars(
            select(Appointment.id)
            .join(Post, Post.id == Appointment.post_id)
            .join(Institution, Institution.id == Post.institution_id)
            .where(Institution.country_code == country_code)
        )
    )


def empty_roster(
    db: Session, *, actor: Actor, country: Country, people: int, now: datetime
) -> None:
    """Empties the roster of a country, which gives no names from now on. `people`: how many were
    erased before, by who knows what every package keeps of them.
    """
    appointments = appointments_in(db, country.code)
    db.execute(delete(RosterDraft).where(RosterDraft.appointment_id.in_(appointments)))
    db.execute(delete(Appointment).where(Appointment.id.in_(appointments)))
    for table in (HeldNewcomer, ConfirmationRound):
        db.execute(delete(table).where(table.country_code == country.code))
    country.counts_only_since = reference_day(now)
    db.flush()
    fact = NamesGivenUp(country.code, people, len(appointments))
    journal.record(db, fact, actor=actor, now=now)


def take_up_names(db: Session, *, actor: Actor, country_code: str, now: datetime) -> bool:
    """Lets a country keep a roster here again, which begins empty; returns whether anything changed."""
    country = locked_for_choice(db, actor=actor, country_code=country_code)
    if country.counts_only_since is None:
        return False
    country.counts_only_since = None
    db.flush()
    journal.record(db, NamesTakenUp(country_code), actor=actor, now=now)
    return True
