"""One person by number, for services of other packages: not scoped by an actor, because the answers
serve the service alone.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.people.directory.models import Person

NAMES_OF = (
    select(Person.id, Person.full_name)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
)
EMAIL_OF_PERSON = select(Person.email).where(
    Person.id == bindparam("person_id"), Person.email != ""
)


def person_of(db: Session, person_id: int | None, *, locked: bool = False) -> Person | None:
    return None if person_id is None else db.get(Person, person_id, with_for_update=locked)


def is_official(db: Session, person_id: int | None) -> bool:
    """Returns True for somebody of the directory who is not a guest."""
    person = person_of(db, person_id)
    return person is not None and not person.is_guest


def names_of(db: Session, people: Iterable[int]) -> dict[int, str]:
    """Returns the names of those who exist, in the order of their numbers."""
    rows = db.execute(NAMES_OF, {"people": list(set(people))})
    return {row.id: row.full_name for row in rows}


def emails_of_person(db: Session, person_id: int) -> frozenset[str]:
    return frozenset(db.scalars(EMAIL_OF_PERSON, {"person_id": person_id}))


def emails_of_others(db: Session, person_id: int, emails: Collection[str]) -> frozenset[str]:
    """Returns those of the addresses, in small letters, that somebody else has too."""
    folded = func.lower(Person.email)
    query = select(folded).where(Person.id != person_id, folded.in_(emails))
    return frozenset(db.scalars(query))
