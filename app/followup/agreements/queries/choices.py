"""What the forms offer: countries, institutions, groups, sections of the Guidelines."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.parts import sections
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, WorkingGroup
from app.people.directory.rules import sort_key

ORGANS = ("presidency", "secretariat")
"""Groups that stand as bodies of their own among those who answer."""


@dataclass(frozen=True)
class Choice:
    key: str
    name: LocalizedText


@dataclass(frozen=True)
class Choices:
    countries: tuple[Choice, ...]
    institutions: tuple[tuple[Choice, tuple[Choice, ...]], ...]
    groups: tuple[Choice, ...]
    sections: tuple[Choice, ...]


def choices(db: Session) -> Choices:
    """Institutions stand under their country. Four statements."""
    states = countries(db)
    found = db.scalars(select(Institution).order_by(Institution.kind, Institution.id)).all()
    institutions = tuple(
        (
            state,
            tuple(Choice(str(one.id), one.name) for one in found if one.country_code == state.key),
        )
        for state in states
        if any(one.country_code == state.key for one in found)
    )
    named = select(WorkingGroup).where(WorkingGroup.slug.not_in(ORGANS))
    groups = db.scalars(named.order_by(WorkingGroup.position, WorkingGroup.id))
    return Choices(
        states,
        institutions,
        tuple(Choice(one.slug, one.name) for one in groups),
        tuple(Choice(code, title) for code, title in sections(db).items()),
    )


def countries(db: Session) -> tuple[Choice, ...]:
    """By their name in Spanish, as people look for them."""
    rows = sorted(db.scalars(select(Country)), key=lambda one: sort_key(one.name.in_()))
    return tuple(Choice(one.code, one.name) for one in rows)
