"""Terms of the presidency and of focal points, and who may see which handover. A constant number of
statements.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.office.handover import policy
from app.office.handover.rules import handover_among, is_near
from app.office.handover.values import Handover, Holder, OfficeKind, PresidencyYear
from app.people.directory.models import Country, FocalPoint, Person, PresidencyTerm
from app.people.directory.queries.roster import CODE
from app.people.identity.models import Account, RoleGrant

FocalPointTerms = Mapping[str, Sequence[PresidencyYear]]
"""The terms of the focal points by country, in order."""
PRESIDENCY_GRANTS = (
    select(
        RoleGrant.id,
        RoleGrant.scope,
        RoleGrant.valid_from,
        RoleGrant.valid_until,
        Person.id.label("person_id"),
        Person.full_name,
    )
    .join(Account, Account.id == RoleGrant.account_id)
    .join(Person, Person.id == Account.person_id)
    .where(RoleGrant.role == Role.PRESIDENCY.value)
    .order_by(Person.sort_key, RoleGrant.id)
)
PRESIDENCY_TERMS = (
    select(
        PresidencyTerm.id,
        PresidencyTerm.country_code,
        Country.name,
        PresidencyTerm.valid_from,
        PresidencyTerm.valid_until,
    )
    .join(Country)
    .order_by(PresidencyTerm.valid_from.desc())
)
FOCAL_POINT_TERMS = (
    select(
        FocalPoint.id,
        FocalPoint.country_code,
        Country.name,
        FocalPoint.valid_from,
        FocalPoint.valid_until,
        FocalPoint.person_id,
        Person.full_name,
    )
    .join(Person, Person.id == FocalPoint.person_id)
    .join(Country, Country.code == FocalPoint.country_code)
    .order_by(FocalPoint.country_code, FocalPoint.valid_from, FocalPoint.id)
)


def presidency_terms(db: Session) -> tuple[PresidencyYear, ...]:
    """Returns all terms with their people, the latest first. Two statements."""
    grants = db.execute(PRESIDENCY_GRANTS).all()
    return tuple(
        PresidencyYear(
            id=term.id,
            country_code=term.country_code,
            country=term.name,
            since=term.valid_from,
            until=term.valid_until,
            holders=tuple(
                Holder(grant.person_id, grant.full_name, grant.id)
                for grant in grants
                if _acts_in(grant, term)
            ),
        )
        for term in db.execute(PRESIDENCY_TERMS)
    )


def _acts_in(grant: Row[*tuple[Any, ...]], term: Row[*tuple[Any, ...]]) -> bool:
    """Says whether a row of PRESIDENCY_GRANTS holds during one of PRESIDENCY_TERMS."""
    return grant.scope == term.country_code and dated.overlap(
        (grant.valid_from, grant.valid_until), (term.valid_from, term.valid_until)
    )


def focal_point_terms(
    db: Session, countries: Collection[str] | None = None
) -> dict[str, tuple[PresidencyYear, ...]]:
    """Returns the terms by country, in order. Leaves out those that were ended before they began.
    One statement.
    """
    wanted = FOCAL_POINT_TERMS
    if countries is not None:
        wanted = wanted.where(FocalPoint.country_code.in_(countries))
    terms = [
        PresidencyYear(
            id=row.id,
            country_code=row.country_code,
            country=row.name,
            since=row.valid_from,
            until=row.valid_until,
            holders=(Holder(row.person_id, row.full_name),),
        )
        for row in db.execute(wanted)
        if dated.not_over(row.valid_until, row.valid_from)
    ]
    return {code: tuple(some) for code, some in groupby(terms, key=lambda term: term.country_code)}


def all_handovers(
    db: Session, today: date, *, focal_points: FocalPointTerms | None = None
) -> tuple[Handover, ...]:
    """Returns the handover of the presidency and of each country's focal point whose term has
    begun. Three statements, or two for a caller that has read `focal_point_terms` already.
    """
    terms = focal_point_terms(db) if focal_points is None else focal_points
    handovers = (
        handover_among(OfficeKind.PRESIDENCY, presidency_terms(db), today),
        *(handover_among(OfficeKind.FOCAL_POINT, terms[code], today) for code in sorted(terms)),
    )
    return tuple(handover for handover in handovers if handover is not None)


def handovers_for(
    db: Session, *, actor: Actor, today: date, focal_points: FocalPointTerms | None = None
) -> tuple[Handover, ...]:
    """Returns the handovers the actor may open: for the secretariat that of the presidency and
    those that are near, for others their own. `focal_points` as for `all_handovers`.
    """
    everything = all_handovers(db, today, focal_points=focal_points)
    seen = [one for one in everything if policy.may_read_handover(actor, one, today)]
    if not actor.holds(Role.ORGANIZER):
        return tuple(seen)
    return tuple(one for one in seen if one.office is OfficeKind.PRESIDENCY or is_near(one, today))


def handover_of(
    db: Session, *, actor: Actor, office: OfficeKind, country_code: str, today: date
) -> Handover:
    """Returns one handover; `country_code` is "" for the presidency. Raises NotFound also for what
    the actor may not see.
    """
    if office is OfficeKind.PRESIDENCY:
        terms = presidency_terms(db) if country_code == "" else ()
    else:
        codes = [country_code] if CODE.fullmatch(country_code) else []
        terms = focal_point_terms(db, codes).get(country_code, ())
    handover = handover_among(office, terms, today)
    if handover is None or not policy.may_read_handover(actor, handover, today):
        raise NotFound
    return handover
