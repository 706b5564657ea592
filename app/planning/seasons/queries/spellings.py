"""How the rows of a pasted table may name groups, countries and people."""

import re
from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.rules.people import plain_key

AROUND = re.compile(
    r"^(?:el |the )?(?:(?:grupo|gt|mesa)(?: de trabajo)?(?: de| sobre)?|(?:working )?group on) "
    r"| (?:working group|wg|group)$"
)


def groups_by_key(db: Session) -> dict[str, str]:
    """Returns the slug of each group by the keys of its slug, its code, its names and its short
    names.
    """
    short = current_body().short_names
    return {
        group_key(name): group.slug
        for group in db.scalars(select(WorkingGroup))
        for names in (group.name, short.get(group.slug, group.name))
        for name in (group.slug, group.code, *names.values())
    }


def group_key(name: str) -> str:
    """Returns what a name says of a group beyond being one: "Grupo de Trabajo de Protección",
    "el grupo de protección" and "Protection WG" say what their short names say.
    """
    key = re.sub(r"[\s_-]+", " ", plain_key(name)).strip(" «»“”\"'.")
    return AROUND.sub("", key).strip() or key


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
