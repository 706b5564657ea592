"""Keeps the names of people of sensitive units inside their country (decision 90)."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import both
from app.infra.orm import not_over
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import (
    InstitutionNamed,
    InstitutionProtected,
    PersonNamed,
    PersonProtected,
)
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.rules import people as rules
from app.people.directory.values import Withheld

STAND_IN = N_("Identity withheld")


def protect_institution(
    db: Session,
    *,
    actor: Actor,
    institution_id: int,
    is_sensitive: bool,
    today: date,
    now: datetime,
) -> int:
    """Marks an institution of the own country as sensitive, or no longer; returns how many names
    are withheld or told again with it. Who is protected as a person stays so.
    """
    house = db.get(Institution, institution_id, with_for_update=True)
    if house is None or not policy.may_answer_for(actor, house.country_code):
        raise NotFound
    if house.is_sensitive is is_sensitive:
        return 0
    house.is_sensitive = is_sensitive
    db.flush()
    if is_sensitive:
        changed = withhold_staff(db, institution_id, today)
    else:
        staff = db.scalars(_staff(today).where(Institution.id == institution_id)).all()
        changed = sum(
            _tell(person)
            for person in staff
            if person.withheld == Withheld.UNIT and not _serves_in_sensitive(db, person, today)
        )
    db.flush()
    kind = InstitutionProtected if is_sensitive else InstitutionNamed
    journal.record(db, kind(house.id, house.country_code, changed), actor=actor, now=now)
    return changed


def protect_person(
    db: Session, *, actor: Actor, person_id: int, is_withheld: bool, today: date, now: datetime
) -> bool:
    """Withholds the name of somebody of the own country, or no longer; returns whether that changed
    anything. Whoever serves in a sensitive unit stays withheld as long as they do.
    """
    person = db.get(Person, person_id, with_for_update=True)
    if person is None or not policy.may_answer_for(actor, person.country_code or ""):
        raise NotFound
    if is_withheld == (person.withheld == Withheld.PERSON):
        return False
    if is_withheld:
        withhold(person, Withheld.PERSON)
    elif _serves_in_sensitive(db, person, today):
        person.withheld = Withheld.UNIT
    else:
        _tell(person)
    db.flush()
    kind = PersonProtected if is_withheld else PersonNamed
    journal.record(db, kind(person.id, person.country_code or ""), actor=actor, now=now)
    return True


def withhold_in_unit(db: Session, person: Person, institution_id: int) -> None:
    """Withholds the name of who begins to serve in a sensitive unit."""
    if db.get_one(Institution, institution_id).is_sensitive:
        withhold(person, Withheld.UNIT)


def withhold_staff(db: Session, institution_id: int, today: date) -> int:
    """Withholds the names of all who serve in a unit; returns how many were told until now."""
    staff = db.scalars(_staff(today).where(Institution.id == institution_id)).all()
    return sum(withhold(person, Withheld.UNIT) for person in staff)


def withhold(person: Person, why: Withheld) -> bool:
    """Puts a stand-in in the place of name and address; returns whether they stood there."""
    if person.withheld:
        person.withheld = max(why, Withheld(person.withheld), key=list(Withheld).index)
        return False
    stand_in = f"{' / '.join(both(STAND_IN).values())} ({person.country_code} {person.id})"
    person.withheld = why
    person.withheld_name, person.withheld_key = person.full_name, person.sort_key
    person.withheld_email = person.email
    person.full_name, person.sort_key = stand_in, rules.sort_key(stand_in)
    person.email = ""
    return True


def write_name(person: Person, name: str) -> None:
    """Writes the true name, where it stands."""
    if person.withheld:
        person.withheld_name, person.withheld_key = name, rules.sort_key(name)
    else:
        person.full_name, person.sort_key = name, rules.sort_key(name)


def write_email(person: Person, email: str) -> None:
    """Writes the true address, where it stands."""
    if person.withheld:
        person.withheld_email = email
    else:
        person.email = email


def _tell(person: Person) -> bool:
    person.full_name, person.sort_key = person.withheld_name, person.withheld_key
    person.email = person.withheld_email
    forget_withheld(person)
    return True


def forget_withheld(person: Person) -> None:
    """Empties what was withheld of somebody who is erased or named again."""
    person.withheld = person.withheld_name = person.withheld_key = person.withheld_email = ""


def _staff(today: date) -> Select[Person]:
    return (
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(not_over(Appointment, today))
        .order_by(Person.id)
        .distinct()
    )


def _serves_in_sensitive(db: Session, person: Person, today: date) -> bool:
    where = (Person.id == person.id, Institution.is_sensitive)
    return db.scalars(_staff(today).where(*where)).first() is not None
