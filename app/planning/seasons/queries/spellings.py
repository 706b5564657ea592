"""How the rows of a pasted table may name groups, countries and people."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.rules import plain_key


def groups_by_key(db: Session) -> dict[str, str]:
    """Returns the slug of each group by its slug, its code and its names."""
    return {
        key: group.slug
        for group in db.scalars(select(WorkingGroup))
        for key in (group.slug, plain_key(group.code), *map(plain_key, group.name.values()))
    }


def countries_by_key(db: Session) -> dict[str, str]:
    """Returns the code of each country by its code and its names."""
    return {
        key: country.code
        for country in db.scalars(select(Country))
        for key in (plain_key(country.code), *map(plain_key, country.name.values()))
    }


def slugs_of_kind(db: Session, kind: str) -> dict[int, str]:
    rows = db.execute(select(WorkingGroup.id, WorkingGroup.slug).where(WorkingGroup.kind == kind))
    return {row.id: row.slug for row in rows}


def all_people(db: Session) -> Sequence[Row[int, str]]:
    """Returns number and name of everybody, by number."""
    return db.execute(select(Person.id, Person.full_name).order_by(Person.id)).all()
