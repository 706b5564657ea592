"""Whom one may invite: what the form offers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, WorkingGroup


@dataclass(frozen=True)
class Choice:
    """`value` is what the form sends."""

    value: str
    label: LocalizedText


@dataclass(frozen=True)
class Choices:
    """Institutions stand under their country."""

    countries: Sequence[Choice]
    institutions: Sequence[tuple[LocalizedText, Sequence[Choice]]]
    groups: Sequence[Choice]


def choices(db: Session) -> Choices:
    countries = [
        Choice(row.code, row.name) for row in db.scalars(select(Country).order_by(Country.code))
    ]
    houses: dict[str, list[Choice]] = {}
    for row in db.scalars(select(Institution).order_by(Institution.country_code, Institution.id)):
        houses.setdefault(row.country_code, []).append(Choice(str(row.id), row.name))
    groups = (
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    return Choices(
        countries,
        [
            (country.label, houses[country.value])
            for country in countries
            if country.value in houses
        ],
        [Choice(row.slug, row.name) for row in db.scalars(groups)],
    )
