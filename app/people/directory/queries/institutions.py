"""Institutions of the countries: a focal point sees those of their own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.infra.orm import in_force
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.models import (
    Appointment,
    Country,
    DoubtfulInstitution,
    Institution,
    Post,
)
from app.people.directory.queries.roster import CODE, CountryName
from app.people.directory.rules.institutions import KnownInstitution, country_index


@dataclass(frozen=True)
class InstitutionRow:
    """An institution with how many people serve there on the day that was asked for."""

    id: int
    country_code: str
    name: LocalizedText
    kind: str
    mandate: str
    closed_on: date | None
    serving: int
    is_sensitive: bool = False


@dataclass(frozen=True)
class CountryInstitutions:
    country: CountryName
    rows: tuple[InstitutionRow, ...]


@dataclass(frozen=True)
class SuggestedRow:
    """An institution of the body's file by its place in it; `is_there`: the country has it."""

    place: int
    country_code: str
    name: LocalizedText
    kind: str
    is_there: bool


_WOMENS_MECHANISM = (
    select(Institution.id)
    .where(
        Institution.country_code == bindparam("country"),
        Institution.kind == "womens-mechanism",
        Institution.closed_on.is_(None),
    )
    .limit(1)
)
SERVING = (
    select(Post.institution_id, func.count().label("serving"))
    .join(Appointment, Appointment.post_id == Post.id)
    .group_by(Post.institution_id)
)


def institutions_by_country(
    db: Session, *, actor: Actor, on: date, country_code: str = ""
) -> tuple[CountryInstitutions, ...]:
    """Returns every country that the actor may see, by name, with its institutions; closed ones
    last. Two statements.
    """
    wanted = select(Country)
    if not policy.may_keep_reference(actor):
        wanted = wanted.where(Country.code.in_(actor.scopes(Role.FOCAL_POINT)))
    if country_code:
        wanted = wanted.where(Country.code == country_code)
    countries = db.scalars(wanted).all()
    if country_code and not (CODE.fullmatch(country_code) and countries):
        raise NotFound
    found: dict[str, list[InstitutionRow]] = {country.code: [] for country in countries}
    for row in _rows(db, found.keys(), on):
        found[row.country_code].append(row)
    return tuple(
        CountryInstitutions(CountryName(c.code, c.name, c.timezone), tuple(found[c.code]))
        for c in countries
    )


def has_womens_mechanism(db: Session, country_code: str) -> bool:
    """Returns True where an open institution of the country is its mechanism that serves women
    (requirement R10 of the first user).
    """
    return db.scalar(_WOMENS_MECHANISM, {"country": country_code}) is not None


def institution_of(db: Session, *, actor: Actor, institution_id: int, on: date) -> InstitutionRow:
    row = db.get(Institution, institution_id)
    if row is None or not policy.may_keep_institutions(actor, row.country_code):
        raise NotFound
    return next(one for one in _rows(db, [row.country_code], on) if one.id == institution_id)


def known_institutions(db: Session, *, actor: Actor) -> tuple[KnownInstitution, ...]:
    """Returns the open institutions of every country, then those that the body's file suggests."""
    policy.require_may_keep_reference(actor)
    there = db.scalars(select(Institution).where(Institution.closed_on.is_(None)))
    return (
        *(KnownInstitution(row.id, row.country_code, tuple(row.name.values())) for row in there),
        *(
            KnownInstitution(None, one.country, (*one.name.values(), *filter(None, (one.short,))))
            for one in current_body().suggested_institutions
        ),
    )


def open_institutions(
    db: Session, *, actor: Actor, country_code: str
) -> tuple[KnownInstitution, ...]:
    """Returns the open institutions of a country, as `match_institution` compares them."""
    policy.require_may_keep_institutions(actor, country_code)
    there = select(Institution).where(
        Institution.country_code == country_code, Institution.closed_on.is_(None)
    )
    return tuple(
        KnownInstitution(row.id, row.country_code, tuple(row.name.values()))
        for row in db.scalars(there.order_by(Institution.id))
    )


def country_spellings(db: Session) -> dict[str, str]:
    """Returns every way to write one of the body's countries, simplified, with its code."""
    also = {country.code: country for country in current_body().countries}
    return country_index(
        (
            row.code,
            (
                *row.name.values(),
                *(also[row.code].name.values() if row.code in also else ()),
                *(also[row.code].also if row.code in also else ()),
            ),
        )
        for row in db.scalars(select(Country))
    )


def suggestions(db: Session, *, actor: Actor) -> tuple[SuggestedRow, ...]:
    policy.require_may_keep_reference(actor)
    there: dict[str, set[str]] = {code: set() for code in db.scalars(select(Country.code))}
    for row in db.scalars(select(Institution).where(Institution.closed_on.is_(None))):
        there[row.country_code].update(row.name.values())
    return tuple(
        SuggestedRow(
            place, one.country, one.name, one.kind, bool(there[one.country] & {*one.name.values()})
        )
        for place, one in enumerate(current_body().suggested_institutions)
        if one.country in there
    )


def doubtful_lines(db: Session, *, actor: Actor) -> tuple[str, ...]:
    """Returns the lines that wait for an answer, as they would be pasted again."""
    policy.require_may_keep_reference(actor)
    rows = db.scalars(select(DoubtfulInstitution).order_by(DoubtfulInstitution.id))
    return tuple(row.text for row in rows)


def _rows(db: Session, codes: Collection[str], on: date) -> list[InstitutionRow]:
    serving = SERVING.where(
        in_force(Appointment, on),
    ).subquery()
    query = (
        select(Institution, serving.c.serving)
        .outerjoin(serving, serving.c.institution_id == Institution.id)
        .where(Institution.country_code.in_(codes))
        .order_by(Institution.closed_on.is_not(None), Institution.kind, Institution.id)
    )
    return [
        InstitutionRow(
            id=row.id,
            country_code=row.country_code,
            name=row.name,
            kind=row.kind,
            mandate=row.mandate,
            closed_on=row.closed_on,
            serving=serving_there or 0,
            is_sensitive=row.is_sensitive,
        )
        for row, serving_there in db.execute(query)
    ]
