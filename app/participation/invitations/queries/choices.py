"""Whom one may invite: what the form offers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import Way
from app.people.directory.models import Country, FocalPoint, Institution, Person, WorkingGroup
from app.people.identity.models import Account


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


@dataclass(frozen=True)
class CountryToInvite:
    """`asked`: the focal points who get the letter; nobody where the country has none, or none who
    has an address.
    `is_invited`: its invitation stands already.
    """

    code: str
    name: LocalizedText
    asked: Sequence[str]
    is_invited: bool


def countries_to_invite(
    db: Session, *, event_id: UUID, named: Collection[str], on: date
) -> tuple[CountryToInvite, ...]:
    """Returns the countries that the event names, or all of the region; three statements.

    Not scoped: for whoever may invite to the event.
    """
    focal_points: dict[str, list[str]] = {}
    rows = db.execute(
        select(FocalPoint.country_code, Person.full_name)
        .join(Person, Person.id == FocalPoint.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            or_(Person.email != "", Account.email.is_not(None)),
            in_force(FocalPoint, on),
        )
        .order_by(Person.sort_key)
        .distinct()
        .add_columns(Person.sort_key)
    )
    for code, name, _key in rows:
        focal_points.setdefault(code, []).append(name)
    query = select(Invitation.country_code).where(
        Invitation.event_id == event_id,
        Invitation.way == Way.COUNTRY,
        Invitation.revoked_at.is_(None),
    )
    invited = set(db.scalars(query))
    return tuple(
        CountryToInvite(
            code=row.code,
            name=row.name,
            asked=tuple(focal_points.get(row.code, ())),
            is_invited=row.code in invited,
        )
        for row in db.scalars(select(Country).order_by(Country.code))
        if not named or row.code in named
    )


def countries(db: Session) -> list[Option]:
    return [
        Option(row.code, row.name) for row in db.scalars(select(Country).order_by(Country.code))
    ]


def choices(db: Session) -> InvitationChoices:
    states = countries(db)
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
        states,
        [(state.label, houses[state.value]) for state in states if state.value in houses],
        [Option(row.slug, row.name) for row in db.scalars(groups)],
    )
