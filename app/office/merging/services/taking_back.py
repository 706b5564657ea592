"""Takes somebody back who was written down by mistake, while nothing hangs on the record."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.office.merging.queries.records import what_hangs
from app.office.merging.rules import SomethingHangs
from app.office.outbox.services.erasing import drop_letters_to
from app.people.directory.facts import PersonTakenBack
from app.people.directory.policy import require_may_correct
from app.people.directory.queries.people import person_of, record_of
from app.people.directory.services.people import lock_joined_records, take_out_person
from app.people.identity.services import accounts


def take_back_person(db: Session, *, actor: Actor, person_id: int, now: datetime) -> str:
    """Takes the record out, with its appointments, its letters and an account that nobody has used;
    returns the name that stood there. The link of an invitation that left no longer works.

    Raises SomethingHangs when anything else is about the person.
    """
    lock_joined_records(db)
    if person_of(db, person_id, locked=True) is None:
        raise NotFound
    record = record_of(db, actor=actor, person_id=person_id)
    require_may_correct(actor, record.country_code)
    hanging = what_hangs(db, person_id)
    if hanging:
        raise SomethingHangs(what=sum(hanging.values()))
    drop_letters_to(db, person_id=person_id)
    accounts.erase_person(db, person_id=person_id, now=now)
    take_out_person(db, person_id=person_id)
    fact = PersonTakenBack(person_id, record.country_code)
    journal.record(db, fact, actor=actor, now=now)
    return record.full_name
