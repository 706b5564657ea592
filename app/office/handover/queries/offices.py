"""Terms of the presidency and of focal points, and who may see which handover. A constant number of
statements.
"""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby

from sqlalchemy import Select, select
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
from app.people.identity.rules import overlap


def presidency_terms(db: Session) -> tuple[PresidencyYear, ...]:
    """Returns all terms with their people, the latest first. Two statements."""
    grants = db.execute(
        select(RoleGrant, Person.id, Person.full_name)
        .join(Account, Account.id == RoleGrant.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(RoleGrant.role == Role.PRESIDENCY.value)
        .order_by(Person.sort_key, RoleGrant.id)
    ).all()
    rows = db.execute(
        select(PresidencyTerm, Country).join(Country).order_by(PresidencyTerm.valid_from.desc())
    )
    return tuple(
        PresidencyYear(
            term.id,
            term.country_code,
            country.name,
            term.valid_from,
            term.valid_until,
            tuple(Holder(person, name, g.id) for g, person, name in grants if _acts_in(g, term)),
        )
        for term, country in rows
    )


def _acts_in(grant: RoleGrant, term: PresidencyTerm) -> bool:
    if grant.scope != term.country_code or (
        grant.valid_until is not None and grant.valid_until <= grant.valid_from
    ):
        return False
    return overlap(grant.valid_from, grant.valid_until, term.valid_from, term.valid_until)


def focal_point_terms(
    db: Session, countries: Collection[str] | None = None
) -> dict[str, tuple[PresidencyYear, ...]]:
    """Returns the terms by country, in order. Leaves out those that were ended before they began.
    One statement.
    """
    asked: Select[FocalPoint, str, Country] = (
        select(FocalPoint, Person.full_name, Country)
        .join(Person, Person.id == FocalPoint.person_id)
        .join(Country, Country.code == FocalPoint.country_code)
        .order_by(FocalPoint.country_code, FocalPoint.valid_from, FocalPoint.id)
    )
    if countries is not None:
        asked = asked.where(FocalPoint.country_code.in_(countries))
    terms = [
        PresidencyYear(
            row.id,
            row.country_code,
            country.name,
            row.valid_from,
            row.valid_until,
            (Holder(row.person_id, name),),
        )
        for row, name, country in db.execute(asked)
        if dated.not_over(row.valid_until, row.valid_from)
    ]
    return {
        code: tuple(found) for code, found in groupby(terms, key=lambda term: term.country_code)
    }


def all_handovers(db: Session, today: date) -> tuple[Handover, ...]:
    """Returns the handover of the presidency and of each country's focal point whose term has
    begun. Three statements.
    """
    return tuple(_found(presidency_terms(db), focal_point_terms(db), today))


def _found(
    presidency: Iterable[PresidencyYear],
    focal_points: dict[str, tuple[PresidencyYear, ...]],
    today: date,
) -> Iterable[Handover]:
    found = [handover_among(OfficeKind.PRESIDENCY, tuple(presidency), today)]
    found += [
        handover_among(OfficeKind.FOCAL_POINT, terms, today)
        for _code, terms in sorted(focal_points.items())
    ]
    return [one for one in found if one is not None]


def handovers_for(db: Session, *, actor: Actor, today: date) -> tuple[Handover, ...]:
    """Returns the handovers the actor may open: for the secretariat that of the presidency and
    those that are near, for others their own.
    """
    seen = [one for one in all_handovers(db, today) if policy.may_read_handover(actor, one, today)]
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
