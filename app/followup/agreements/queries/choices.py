"""What the forms offer: countries, institutions, groups, sections of the Guidelines."""

from collections.abc import Mapping
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
class NamedChoice:
    key: str
    name: LocalizedText


@dataclass(frozen=True)
class AgreementChoices:
    countries: tuple[NamedChoice, ...]
    institutions: tuple[tuple[NamedChoice, tuple[NamedChoice, ...]], ...]
    groups: tuple[NamedChoice, ...]
    sections: Mapping[str, LocalizedText]


def choices(db: Session) -> AgreementChoices:
    """Returns what the forms offer, institutions under their country, in four statements."""
    states = countries(db)
    open_institutions = db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.kind, Institution.id)
    ).all()
    institutions = tuple(
        (
            state,
            tuple(
                NamedChoice(str(one.id), one.name)
                for one in open_institutions
                if one.country_code == state.key
            ),
        )
        for state in states
        if any(one.country_code == state.key for one in open_institutions)
    )
    named = select(WorkingGroup).where(WorkingGroup.slug.not_in(ORGANS))
    groups = db.scalars(named.order_by(WorkingGroup.position, WorkingGroup.id))
    return AgreementChoices(
        states,
        institutions,
        tuple(NamedChoice(one.slug, one.name) for one in groups),
        sections(db),
    )


def countries(db: Session) -> tuple[NamedChoice, ...]:
    """Returns the countries by their name in Spanish, as people look for them."""
    rows = sorted(db.scalars(select(Country)), key=lambda one: sort_key(one.name.in_()))
    return tuple(NamedChoice(one.code, one.name) for one in rows)
