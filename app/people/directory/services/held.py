"""Newcomers whose address belongs to somebody of another country: the secretariat decides who is
meant.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.people.directory import policy, queries
from app.people.directory.facts import NewcomerHeld, NewcomerSettled
from app.people.directory.models import HeldNewcomer, Person
from app.people.directory.rules import people as rules
from app.people.directory.services.roster import require_institution, start_for_secretariat
from app.people.directory.values import Newcomer


def hold_newcomer(
    db: Session, *, actor: Actor, country_code: str, newcomer: Newcomer, today: date, now: datetime
) -> bool:
    """Keeps a newcomer for the secretariat to decide on. Returns False when the same person waits
    already.
    """
    policy.require_may_keep_roster(actor, country_code)
    name, email, title = (
        rules.tidy(newcomer.full_name),
        newcomer.email.strip(),
        rules.tidy(newcomer.post_title),
    )
    rules.require_newcomer(name, email, title, newcomer.valid_from, today)
    require_institution(db, country_code, newcomer.institution_id)
    same = select(HeldNewcomer.id).where(
        HeldNewcomer.country_code == country_code,
        HeldNewcomer.email == email,
        HeldNewcomer.full_name == name,
    )
    if db.scalar(same) is not None:
        return False
    row = HeldNewcomer(
        country_code=country_code,
        full_name=name,
        email=email,
        institution_id=newcomer.institution_id,
        post_title=title,
        valid_from=newcomer.valid_from,
        asked_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(db, NewcomerHeld(row.id, country_code), actor=actor, now=now)
    return True


def accept_newcomer(
    db: Session, *, actor: Actor, held_id: int, person_id: int | None, today: date, now: datetime
) -> int:
    """Starts the appointment that waited; returns the person's id.

    `person_id`: the person known by the address, who serves in the other country from now on; None
    for somebody else who shares the mailbox. Refuses, at the field, anybody who does not have the
    address.
    """
    row = _held(db, actor, held_id)
    if person_id is not None:
        if person_id not in {
            one.person_id for one in queries.people_of_address(db, email=row.email)
        }:
            raise InvalidInput({"person": Sentence(rules.NOBODY_CHOSEN)})
        db.get_one(Person, person_id).country_code = row.country_code
    newcomer = Newcomer(
        row.full_name, row.email, row.institution_id, row.post_title, row.valid_from
    )
    started = start_for_secretariat(
        db,
        actor=actor,
        country_code=row.country_code,
        newcomer=newcomer,
        person_id=person_id,
        today=today,
        now=now,
    )
    _settle(db, row, "accepted", actor=actor, now=now)
    return started


def decline_newcomer(db: Session, *, actor: Actor, held_id: int, now: datetime) -> None:
    """Declines the newcomer. The focal point may add the person again with another address."""
    _settle(db, _held(db, actor, held_id), "declined", actor=actor, now=now)


def _held(db: Session, actor: Actor, held_id: int) -> HeldNewcomer:
    policy.require_may_decide_held(actor)
    row = db.get(HeldNewcomer, held_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _settle(db: Session, row: HeldNewcomer, decision: str, *, actor: Actor, now: datetime) -> None:
    journal.record(db, NewcomerSettled(row.id, row.country_code, decision), actor=actor, now=now)
    db.delete(row)
    db.flush()
