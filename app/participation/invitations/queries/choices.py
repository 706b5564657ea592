"""Whom one may invite: what the form offers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, WorkingGroup


@dataclass(frozen=True)
class Option:
    """`value` is what the form sends."""

    value: str
    label: LocalizedText


@dataclass(frozen=True)
class InvitationChoices:
    """Institutions stand under their country."""

    countries: Sequence[Option]
    institutions: Sequence[tuple[LocalizedText, Sequence[Option]]]
    groups: Sequence[Option]


def choices(db: Session) -> InvitationChoices:
    countries = [
        Option(row.code, row.name) for row in db.scalars(select(Country).order_by(Country.code))
    ]
    houses: dict[str, list[Option]] = {}
    for row in db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.country_code, Institution.id)
    ):
        houses.setdefault(row.country_code, []).append(Option(str(row.id), row.name))
    groups = (
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    return InvitationChoices(
        countries,
        [
            (country.label, houses[country.value])
            for country in countries
            if country.value in houses
        ],
        [Option(row.slug, row.name) for row in db.scalars(groups)],
    )
