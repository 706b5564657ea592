"""What services of other packages ask the directory by a key that they were given.

Not scoped by an actor: the answers tell whether a key exists, or serve the service alone.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.people.directory.models import Country, Institution, Person, WorkingGroup

COUNTRY_CODES = select(Country.code)
GROUP_SLUGS = select(WorkingGroup.slug)
NAMES_OF = (
    select(Person.id, Person.full_name)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
)
EMAIL_OF_PERSON = select(Person.email).where(
    Person.id == bindparam("person_id"), Person.email != ""
)


def country_codes(db: Session) -> frozenset[str]:
    return frozenset(db.scalars(COUNTRY_CODES))


def is_country(db: Session, code: str) -> bool:
    return db.get(Country, code) is not None


def lock_country(db: Session, code: str) -> None:
    """Locks what belongs to a country for one writer at a time."""
    db.scalars(select(Country.code).where(Country.code == code).with_for_update()).one()


def group_slugs(db: Session, *, kind: str = "") -> frozenset[str]:
    """Returns the slugs of the groups of one kind, such as "working-group", or of all."""
    query = GROUP_SLUGS.where(WorkingGroup.kind == kind) if kind else GROUP_SLUGS
    return frozenset(db.scalars(query))


def group_id_of(db: Session, slug: str) -> int | None:
    return db.scalar(select(WorkingGroup.id).where(WorkingGroup.slug == slug))


def is_institution(db: Session, institution_id: int) -> bool:
    return db.get(Institution, institution_id) is not None


def countries_of_institutions(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Returns the country of each institution that exists."""
    rows = db.execute(
        select(Institution.id, Institution.country_code).where(Institution.id.in_(ids))
    )
    return {row.id: row.country_code for row in rows}


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
