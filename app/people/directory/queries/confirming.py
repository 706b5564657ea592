"""Reads of the quarterly rounds."""

from collections.abc import Collection
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.people.directory import policy
from app.people.directory.models import (
    Appointment,
    ConfirmationRound,
    FocalPoint,
    Institution,
    Post,
)
from app.people.directory.rules.confirming import QuarterRound, quarter_of


def round_of(db: Session, *, actor: Actor, country_code: str, on: date) -> QuarterRound | None:
    """Returns the round of the quarter, for the country's own focal point; None before it is asked."""
    policy.require_may_keep_roster(actor, country_code)
    return next(iter(_rounds(db, on, (), ConfirmationRound.country_code == country_code)), None)


def rounds_on(
    db: Session, *, actor: Actor, on: date, to_declare: Collection[str]
) -> tuple[QuarterRound, ...]:
    """Returns the rounds of all countries in the quarter, for whoever sees all delegations; two
    statements. `to_declare`: the countries that give no names and whose counts are due.
    """
    if not policy.sees_all_delegations(actor):
        return ()
    return _rounds(db, on, to_declare)


def _rounds(
    db: Session, on: date, to_declare: Collection[str], *within: ColumnElement[bool]
) -> tuple[QuarterRound, ...]:
    quarter = quarter_of(on)
    rows = db.scalars(
        select(ConfirmationRound)
        .where(ConfirmationRound.quarter == quarter, *within)
        .order_by(ConfirmationRound.country_code)
    ).all()
    waiting: dict[str, int] = {}
    if rows:
        codes = {row.country_code for row in rows}
        given = {"countries": list(codes), "quarter": quarter, "on": on}
        waiting.update((code, number) for code, number in db.execute(_waiting(), given))
    return tuple(
        QuarterRound(
            id=row.id,
            country_code=row.country_code,
            quarter=row.quarter,
            asked_on=row.asked_on,
            reminded_on=row.reminded_on,
            told_on=row.told_on,
            waiting=waiting.get(row.country_code, 0),
            is_to_declare=row.country_code in to_declare,
        )
        for row in rows
    )


@cache
def _waiting() -> Select[str, int]:
    """Counts by country the people in target posts for whom nobody has answered since the day on
    which the quarter began.
    """
    quarter, on = (bindparam(name, type_=Date()) for name in ("quarter", "on"))
    is_answered = or_(
        Appointment.valid_until.is_not(None),
        Appointment.confirmed_on >= quarter,
        Appointment.doubted_on >= quarter,
    )
    people = (
        select(Institution.country_code, Appointment.person_id)
        .join(Post, Post.institution_id == Institution.id)
        .join(Appointment, Appointment.post_id == Post.id)
        .where(
            Institution.country_code.in_(bindparam("countries", expanding=True)),
            and_(Post.is_target, in_force(Appointment, on)),
        )
        .group_by(Institution.country_code, Appointment.person_id)
        .having(func.max(case((is_answered, 1), else_=0)) == 0)
        .subquery()
    )
    return select(people.c.country_code, func.count()).group_by(people.c.country_code)


def countries_answered_for(db: Session, on: date) -> frozenset[str]:
    """Returns the countries that have a focal point on the day."""
    return frozenset(db.scalars(select(FocalPoint.country_code).where(in_force(FocalPoint, on))))
